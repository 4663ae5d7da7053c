import Foundation
import JSONTape
import Testing

/// The official R4 examples and other published JSON, where the reference data is present.
@Suite struct OfficialExampleTests {
    @Test func parseAndRewriteEqual() throws {
        let examples = try ReferenceData.jsonFiles(under: "fhir-r4/examples")
        for file in examples { try expectRoundTrip(file, limits: .fhir) }
        for file in try ReferenceData.jsonFiles(under: "sql-on-fhir") {
            try expectRoundTrip(file, limits: JSONLimits())
        }
    }

    @Test func everyTruncationOfOneIsRefused() throws {
        guard let file = try ReferenceData.jsonFiles(under: "fhir-r4/examples").min(by: { $0.path < $1.path }) else {
            return
        }
        let bytes = [UInt8](try Data(contentsOf: file))
        // The text may end in white space, without which it is whole.
        let whole = bytes.count - bytes.reversed().prefix { $0 <= 0x20 }.count
        for length in 0..<min(whole, 4000) {
            #expect(throws: JSONSyntaxError.self) { try Document.parse(Array(bytes[..<length])) }
        }
    }

    private func expectRoundTrip(_ file: URL, limits: JSONLimits) throws {
        let original = try Document.parse([UInt8](try Data(contentsOf: file)), limits: limits)
        var writer = JSONWriter()
        writer.copy(original, Document.root)
        let copy = try Document.parse(writer.bytes, limits: limits)
        #expect(areEqual(JSONNode(original), JSONNode(copy)), "\(file.lastPathComponent)")
        var second = JSONWriter()
        second.copy(copy, Document.root)
        #expect(second.bytes == writer.bytes, "\(file.lastPathComponent)")
    }

    private func areEqual(_ left: JSONNode, _ right: JSONNode) -> Bool {
        guard left.kind == right.kind, left.count == right.count else { return false }
        switch left.kind {
        case .object:
            return zip(left.members, right.members).allSatisfy { $0.key == $1.key && areEqual($0.value, $1.value) }
        case .array: return zip(left.elements, right.elements).allSatisfy { areEqual($0, $1) }
        default: return left.source == right.source
        }
    }
}

/// Published material that is not part of this repository.
enum ReferenceData {
    /// JSON files below `folder`; none, with a note, where the reference data is absent.
    static func jsonFiles(under folder: String) throws -> [URL] {
        let root = ProcessInfo.processInfo.environment["MARTLET_TEST_DATA"] ?? "../shared/data"
        let directory = URL(fileURLWithPath: root).appendingPathComponent(folder)
        guard FileManager.default.fileExists(atPath: directory.path) else {
            print("skipped: no reference data at \(root)/\(folder)")
            return []
        }
        return try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }
    }
}
