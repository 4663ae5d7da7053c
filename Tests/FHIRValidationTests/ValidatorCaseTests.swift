import FHIRDefinitions
import FHIRFormats
import FHIRPath
import FHIRProfiles
import FHIRValidation
import Foundation
import JSONTape
import Testing

/// The published validator cases: errors where the reference validator finds some, none where it finds none.
@Suite struct ValidatorCaseTests {
    private static let validator = ResourceValidator(definitions: .r4, engine: FHIRPathEngine())
    private static let folder = "fhir-r4/validator"

    @Test func errorsAreWhereTheReferenceFindsThem() throws {
        let files = try ReferenceData.files(under: Self.folder, ending: "manifest.json")
        guard let manifest = files.first else { return }
        let root = manifest.deletingLastPathComponent()
        let cases = JSONNode(try Document.parse([UInt8](Data(contentsOf: manifest))))["test-cases"]?.items ?? []
        var tally: [String: (agreed: Int, count: Int)] = [:]
        var disagreements: [String: String] = [:]
        for node in cases {
            guard let name = node["name"]?.string, let module = node["module"]?.string,
                let expected = Self.expectation(node, root)
            else { continue }
            let found = Self.outcome(node, root)
            tally[module, default: (0, 0)].count += 1
            if found.isEmpty != expected.isEmpty {
                disagreements[name] = (found.first ?? expected.first).map {
                    (found.isEmpty ? "not found: " : "found: ") + $0
                }
            } else {
                tally[module, default: (0, 0)].agreed += 1
            }
        }
        for (name, what) in disagreements.sorted(by: { $0.key < $1.key }) {
            print("validator case \(name): \(what.prefix(300)) [\(ValidatorCaseNotes.notes[name] ?? "-")]")
        }
        for (module, row) in tally.sorted(by: { $0.key < $1.key }) {
            print("validator cases, \(module): \(row.agreed) of \(row.count)")
        }
        let agreed = tally.values.reduce(0) { $0 + $1.agreed }
        print("validator cases agreed: \(agreed) of \(tally.values.reduce(0) { $0 + $1.count })")
        let unexplained = Set(disagreements.keys).subtracting(ValidatorCaseNotes.notes.keys)
        #expect(unexplained.isEmpty)
    }

    /// Texts of the errors that the reference validator gives; nil where there is no outcome.
    private static func expectation(_ node: JSONNode, _ root: URL) -> [String]? {
        guard let path = node["java"]?.string,
            let data = try? Data(contentsOf: root.appendingPathComponent("outcomes/" + path)),
            let document = try? Document.parse([UInt8](data))
        else { return nil }
        return (JSONNode(document)["issue"]?.items ?? []).compactMap { issue in
            let severity = issue["severity"]?.string
            guard severity == "error" || severity == "fatal" else { return nil }
            return issue["details"]?["text"]?.string ?? issue["diagnostics"]?.string ?? "error"
        }
    }

    /// Texts of the errors that are found here.
    private static func outcome(_ node: JSONNode, _ root: URL) -> [String] {
        guard let file = node["file"]?.string else { return [] }
        let others = ["profiles", "supporting"].flatMap { node[named: $0]?.items ?? [] }.compactMap(\.string)
        let resources = others.compactMap { try? resource(root.appendingPathComponent($0)) }
        var demand = ProfileDemand(source: Definitions(resources))
        for other in resources where other["resourceType"]?.string == "Questionnaire" {
            if let url = other["url"]?.string { demand.questionnaires[url] = other }
        }
        for other in resources { if let url = other["url"]?.string { demand.artifacts[url] = other } }
        do {
            let resource = try resource(root.appendingPathComponent(file))
            guard let type = resource["resourceType"]?.string.flatMap({ FHIRDefinitions.r4.resourceType(named: $0) })
            else { return ["no resource type"] }
            let issues = validator.issues(in: resource, type: type, profiles: demand)
            return issues.filter { $0.severity == .error }.map { "\($0.expression): \($0.message)" }
        } catch {
            return ["\(error)"]
        }
    }

    private static func resource(_ file: URL) throws -> JSONNode {
        let bytes = [UInt8](try Data(contentsOf: file))
        let isXML = file.pathExtension == "xml"
        let document =
            isXML
            ? try XMLResourceReader(definitions: .r4).document(bytes) : try Document.parse(bytes, limits: .fhir)
        return JSONNode(document)
    }

    /// Profiles that come with a case.
    struct Definitions: StructureDefinitionSource {
        private var byURL: [String: JSONNode] = [:]

        init(_ resources: [JSONNode]) {
            for resource in resources where resource["resourceType"]?.string == "StructureDefinition" {
                if let url = resource["url"]?.string { byURL[url] = resource }
            }
        }

        func structureDefinition(_ canonical: CanonicalURL) -> JSONNode? {
            guard let found = byURL[canonical.url] else { return StandardStructures.r4.structureDefinition(canonical) }
            return canonical.version == nil || canonical.version == found["version"]?.string ? found : nil
        }
    }
}
