import FHIRModel
import Foundation
import JSONTape
import Testing

@Suite("Round trip of the official examples")
struct ExampleRoundTripTests {
    /// The examples of R4, where they are beside the package.
    static let files: [URL] = {
        let data = ProcessInfo.processInfo.environment["MARTLET_TEST_DATA"]
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = data.map { URL(fileURLWithPath: $0) } ?? root.appendingPathComponent("../shared/data")
        let examples = folder.appendingPathComponent("fhir-r4/examples")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: examples.path)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted().map { examples.appendingPathComponent($0) }
    }()

    @Test func everyExampleComesBackAsItWas() throws {
        guard !Self.files.isEmpty else {
            print("skipped: the official examples are not beside the package")
            return
        }
        var modelled = 0
        var exact = 0
        for file in Self.files {
            let original = try Document.parse([UInt8](Data(contentsOf: file)), limits: .fhir)
            let resource: AnyResource
            do {
                resource = try AnyResource(from: JSONNode(original))
            } catch {
                Issue.record("\(file.lastPathComponent): \(error)")
                continue
            }
            if case .model = resource { modelled += 1 }
            let written = try Document.parse(resource.json, limits: .fhir)
            let difference = JSONDifference.first(JSONNode(original), JSONNode(written), at: "$")
            #expect(difference == nil, "\(file.lastPathComponent)")
            if case .model = resource, difference == nil { exact += 1 }
            let isEqual = try AnyResource(from: JSONNode(written)) == resource
            #expect(isEqual, "\(file.lastPathComponent)")
        }
        print("round trip: \(exact) of \(modelled) modelled examples exact, \(Self.files.count) files")
        #expect(exact == modelled && modelled > 0)
    }

    @Test func orderOfPropertiesDoesNotMatter() throws {
        var count = 0
        for file in Self.files {
            let original = try Document.parse([UInt8](Data(contentsOf: file)), limits: .fhir)
            var writer = JSONWriter()
            JSONDifference.writeReversed(JSONNode(original), to: &writer)
            let reversed = try AnyResource(json: writer.bytes)
            guard case .model = reversed else { continue }
            let written = try Document.parse(reversed.json, limits: .fhir)
            let difference = JSONDifference.first(JSONNode(original), JSONNode(written), at: "$")
            #expect(difference == nil, "\(file.lastPathComponent)")
            count += 1
        }
        print("reversed: \(count) examples")
    }
}
