import CFHIRProfiles
import FHIRDefinitions
package import JSONTape
import Synchronization

/// The StructureDefinitions of R4 itself: types, resources, profiles and extensions, without long texts.
///
/// The texts lie in the program; a definition is parsed when it is asked for. Their snapshots are worked out at first
/// use and kept.
package final class StandardStructures: StructureDefinitionSource {
    /// Those of FHIR R4 (4.0.1), indexed at first use.
    package static let r4 = StandardStructures(cfhir_r4_structure_definitions())

    /// URL to the place of the JSON.
    private let places: [String: Range<Int>]
    // Safe: bytes of the program itself, which never change and live as long as the process.
    nonisolated(unsafe) private let bytes: UnsafeBufferPointer<UInt8>
    /// Trees of snapshots, by URL.
    private let trees = Mutex<[String: ElementNode]>([:])

    private init(_ table: CFHIRProfilesTable) {
        bytes = UnsafeBufferPointer(start: table.bytes, count: table.count)
        var places: [String: Range<Int>] = [:]
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            defer { start = end + 1 }
            guard bytes[start] != UInt8(ascii: "#"),
                let tab = bytes[start..<end].firstIndex(of: UInt8(ascii: "\t"))
            else { continue }
            places[String(decoding: bytes[start..<tab], as: UTF8.self)] = (tab + 1)..<end
        }
        self.places = places
    }

    /// Business version of all of them.
    package static let version = "4.0.1"

    /// Canonical URLs, sorted.
    package var urls: [String] { places.keys.sorted() }

    /// Whether a canonical names one of them.
    package func contains(_ canonical: CanonicalURL) -> Bool { place(canonical) != nil }

    private func place(_ canonical: CanonicalURL) -> Range<Int>? {
        guard canonical.version == nil || canonical.version == Self.version || canonical.version == "4.0" else {
            return nil
        }
        return places[canonical.url]
    }

    package func structureDefinition(_ canonical: CanonicalURL) -> JSONNode? {
        guard let place = place(canonical),
            let document = try? Document.parse(Array(bytes[place]))
        else { return nil }
        return JSONNode(document)
    }

    /// Canonical URL of a type.
    package static func url(ofType name: String) -> String { "http://hl7.org/fhir/StructureDefinition/\(name)" }

    func tree(_ url: String) -> ElementNode? { trees.withLock { $0[url] } }

    func keep(_ tree: ElementNode, for url: String) { trees.withLock { $0[url] = tree } }
}
