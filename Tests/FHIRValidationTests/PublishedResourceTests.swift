import FHIRDefinitions
import FHIRPath
import FHIRValidation
import Foundation
import JSONTape
import Testing

/// Resources that others have published as valid have no errors.
@Suite struct PublishedResourceTests {
    private let validator = ResourceValidator(definitions: .r4, engine: FHIRPathEngine())

    /// Examples that break the standard, and where, positions left out.
    static let faulty: [String: Set<String>] = [
        // Nothing to read in the narrative (txt-2).
        "EventDefinition-example": ["EventDefinition.text.div"],
        // A part of an extension is called otherwise in its definition.
        "Bundle-hla-1": ["Bundle.entry.resource.extension.extension"],
        // References to types that the element may not point at.
        "DeviceUseStatement-example": ["DeviceUseStatement.reasonReference.reference"],
        "MedicationRequest-medrx0301": ["MedicationRequest.dispenseRequest.performer.reference"],
        // A body temperature without a time, which the profile of vital signs asks for.
        "Observation-f202": ["Observation.effective"],
        "Observation-clinical-gender": ["Observation.performer.reference"],
        // Display items without linkId.
        "Questionnaire-qs1": [
            "Questionnaire.item.item.linkId", "Questionnaire.item.item.item.linkId",
            "Questionnaire.item.item.item.item.linkId",
            // Extensions that the standard does not have.
            "Questionnaire.item.item.item.extension.url", "Questionnaire.item.item.item.item.extension.url",
        ],
    ]

    @Test func officialExamplesHaveNoErrors() throws {
        let files = try ReferenceData.files(under: "fhir-r4/examples", ending: ".json")
        var passed = 0
        for file in files {
            let issues = try issues(in: [UInt8](Data(contentsOf: file)))
            if issues.isEmpty { passed += 1 }
            let name = file.deletingPathExtension().lastPathComponent
            let places = Set(issues.map { $0.expression.replacing(#/\[\d+\]/#, with: "") })
            #expect(places == Self.faulty[name] ?? [], "\(name): \(describe(issues))")
        }
        print("official examples without errors: \(passed) of \(files.count)")
    }

    @Test func syntheaResourcesHaveNoErrors() throws {
        var count = 0
        var passed = 0
        for file in try ReferenceData.files(under: "synthea-10-patients", ending: ".ndjson") {
            for line in [UInt8](try Data(contentsOf: file)).split(separator: UInt8(ascii: "\n")) {
                let issues = try issues(in: Array(line))
                #expect(issues.isEmpty, "\(file.lastPathComponent): \(describe(issues))")
                count += 1
                if issues.isEmpty { passed += 1 }
            }
        }
        print("Synthea resources without errors: \(passed) of \(count)")
    }

    private func issues(in bytes: [UInt8]) throws -> [ValidationIssue] {
        let node = JSONNode(try Document.parse(bytes, limits: .fhir))
        let name = try #require(node["resourceType"]?.string)
        let issues = validator.issues(in: node, type: try #require(FHIRDefinitions.r4.resourceType(named: name)))
        return issues.filter { $0.severity == .error }
    }

    private func describe(_ issues: [ValidationIssue]) -> String {
        issues.prefix(5).map { "\($0.expression): \($0.message) at \($0.line):\($0.column)" }.joined(separator: "; ")
    }
}
