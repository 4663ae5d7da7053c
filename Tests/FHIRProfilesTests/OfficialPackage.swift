import Archives
import Foundation
import JSONTape

/// The official R4 package, where it is at hand.
enum OfficialPackage {
    static let path =
        (ProcessInfo.processInfo.environment["MARTLET_TEST_DATA"]
            ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path + "/../shared/data") + "/fhir-r4/hl7.fhir.r4.core-4.0.1.tgz"

    /// The archive; nil with a note where it is absent.
    static func archive() -> [UInt8]? {
        guard let data = FileManager.default.contents(atPath: path) else {
            print("skipped: the official package is not at \(path)")
            return nil
        }
        return [UInt8](data)
    }

    /// All its StructureDefinitions; nil where it is absent.
    static func definitions() throws -> [JSONNode]? {
        guard let archive = archive() else { return nil }
        var reader = try ArchiveReader(archive)
        var definitions: [JSONNode] = []
        while let entry = try reader.next() {
            guard entry.name.contains("/StructureDefinition-") else { continue }
            definitions.append(JSONNode(try Document.parse(try reader.content())))
        }
        return definitions
    }
}
