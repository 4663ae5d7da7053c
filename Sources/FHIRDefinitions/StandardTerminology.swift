import CFHIRDefinitions
package import JSONTape

/// The code systems, value sets and concept maps that R4 brings along, as resources without words for people.
///
/// The texts lie in the program; a resource is parsed when it is asked for.
package final class StandardTerminology: Sendable {
    /// Those of FHIR R4 (4.0.1), indexed at first use.
    package static let r4 = StandardTerminology(Tables.embedded.terminology)

    /// Type and URL, tab between them, to the place of the JSON.
    private let places: [String: Range<Int>]
    // Safe: bytes of the program itself, which never change and live as long as the process.
    nonisolated(unsafe) private let bytes: UnsafeBufferPointer<UInt8>
    /// Systems that concept maps translate from and to, to the URLs of the maps.
    private let mapsBySource: [String: [String]]
    private let mapsByTarget: [String: [String]]

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        var places: [String: Range<Int>] = [:]
        var maps: [(url: String, place: Range<Int>)] = []
        var start = 0
        while start < bytes.count {
            let line = UnsafeBufferPointer(rebasing: bytes[start...])
            let end = start + (line.firstIndex(of: UInt8(ascii: "\n")) ?? line.count)
            defer { start = end + 1 }
            guard bytes[start] != UInt8(ascii: "#") else { continue }
            // Type, URL and JSON; the JSON has no tabs.
            guard let first = bytes[start..<end].firstIndex(of: UInt8(ascii: "\t")),
                let second = bytes[(first + 1)..<end].firstIndex(of: UInt8(ascii: "\t"))
            else { continue }
            let key = String(decoding: bytes[start..<second], as: UTF8.self)
            places[key] = (second + 1)..<end
            if key.hasPrefix("ConceptMap\t") { maps.append((String(key.dropFirst(11)), (second + 1)..<end)) }
        }
        self.places = places
        var sources: [String: [String]] = [:]
        var targets: [String: [String]] = [:]
        for (url, place) in maps {
            guard let document = try? Document.parse(Array(bytes[place])) else { continue }
            for group in JSONNode(document)["group"]?.items ?? [] {
                if let system = group["source"]?.string, sources[system]?.last != url {
                    sources[system, default: []].append(url)
                }
                if let system = group["target"]?.string, targets[system]?.last != url {
                    targets[system, default: []].append(url)
                }
            }
        }
        mapsBySource = sources
        mapsByTarget = targets
    }

    /// The resource with this URL; nil if the standard has none, or has not its content.
    /// - Parameter type: `CodeSystem`, `ValueSet` or `ConceptMap`.
    package func resource(_ type: String, url: String) -> JSONNode? { placedResource(type, url: url)?.resource }

    /// The same, and where its JSON stands, for ``text(_:)``.
    package func placedResource(_ type: String, url: String) -> (resource: JSONNode, place: Range<Int>)? {
        guard let place = places["\(type)\t\(url)"],
            let document = try? Document.parse(Array(bytes[place]), limits: Self.limits)
        else { return nil }
        return (JSONNode(document), place)
    }

    /// What stands at a place. Lives as long as the process.
    package func text(_ place: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[place])
    }

    /// URLs of the resources of a type, sorted.
    package func urls(of type: String) -> [String] {
        let prefix = type + "\t"
        return places.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }.sorted()
    }

    /// URLs of the concept maps that translate from a system, or in reverse to it.
    package func conceptMaps(from system: String, isReverse: Bool) -> [String] {
        (isReverse ? mapsByTarget : mapsBySource)[system] ?? []
    }

    private static let limits = JSONLimits(maximumByteCount: 1 << 24, maximumDepth: 64)
}
