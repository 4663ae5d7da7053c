import Foundation
import HL7Syntax
import JSONTape
import Testing

@testable import HL7Mapping

@Suite struct CorpusMappingTests {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["MARTLET_TEST_DATA"] { return URL(filePath: path) }
        let root = Fixture.folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return root.deletingLastPathComponent().appending(path: "shared/data")
    }()

    private func messages(_ path: String) throws -> [RawMessage] {
        guard let data = try? Data(contentsOf: Self.folder.appending(path: path)) else { return [] }
        return try MessageBatch(splitting: [UInt8](data)).messages.map { try RawMessage(parsing: $0) }
    }

    @Test func everySimulatedResultMapsAndKeepsItsNumbers() throws {
        let results = try messages("hl7v2/simhospital-messages.hl7").filter { MessageHeader($0).messageType == "ORU" }
        var mappedCount = 0
        var numberCount = 0
        for raw in results {
            let mapped = try Mapped(raw)
            let texts = mapped.message.resources.map { String(decoding: $0.json, as: UTF8.self) }
            try check(mapped)
            for segment in raw.segments(named: "OBX") {
                let text = segment[field: 5].string
                guard segment[field: 5].isValued, DecimalText(text) != nil else { continue }
                let digits = text.drop { $0 == "<" || $0 == ">" }
                #expect(texts.contains { $0.contains(digits) }, "\(MessageHeader(raw).controlID) \(segment.location)")
                numberCount += 1
            }
            mappedCount += 1
        }
        print(
            results.isEmpty
                ? "skipped: no data"
                : "ORU corpus: \(mappedCount) of \(results.count) mapped, \(numberCount) numbers kept")
        #expect(mappedCount == results.count)
    }

    @Test(arguments: ["LAB-ORU-1.hl7", "LRI_2.0-NG_CBC_Typ_Message.hl7", "ORU-R01-01.hl7"])
    func sampleMaps(name: String) throws {
        for raw in try messages("hl7v2/samples/" + name) {
            let mapped = try Mapped(raw)
            try check(mapped)
            let reports = mapped.resources("DiagnosticReport").count
            #expect(reports == raw.segments(named: "OBR").count)
        }
    }

    /// What holds for every message: valid JSON, unique ids, references that point backwards.
    private func check(_ mapped: Mapped) throws {
        var known: Set<String> = []
        for resource in mapped.message.resources {
            let node = JSONNode(try Document.parse(resource.json))
            #expect(node.at("resourceType") == resource.type && node.at("id") == resource.id)
            for reference in references(node) { #expect(known.contains(reference), "\(resource.type) → \(reference)") }
            #expect(known.insert("\(resource.type)/\(resource.id)").inserted)
        }
    }

    private func references(_ node: JSONNode) -> [String] {
        if node.isArray { return node.items.flatMap(references) }
        guard node.isObject else { return [] }
        let own = node["reference"]?.string.map { [$0] } ?? []
        return own + node.members.flatMap { references($0.value) }
    }
}
