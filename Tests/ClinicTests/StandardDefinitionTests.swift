import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// Operations that HL7 defines are told under HL7's canonical, all others under the server's own.
@Suite struct StandardDefinitionTests {
    private static let standard = [
        "Patient $match": "http://hl7.org/fhir/OperationDefinition/Patient-match",
        "Patient $merge": "http://hl7.org/fhir/OperationDefinition/Patient-merge",
        "Patient $summary": "http://hl7.org/fhir/uv/ips/OperationDefinition/summary",
        "Patient $everything": "http://hl7.org/fhir/OperationDefinition/Patient-everything",
        "Claim $submit": "http://hl7.org/fhir/OperationDefinition/Claim-submit",
        "CoverageEligibilityRequest $submit":
            "http://hl7.org/fhir/OperationDefinition/CoverageEligibilityRequest-submit",
        "ChargeItemDefinition $apply": "http://hl7.org/fhir/OperationDefinition/ChargeItemDefinition-apply",
    ]

    @Test func theCapabilitiesNameThem() async throws {
        try await ClinicServer.with { server in
            let statement = try await server.client.get("metadata").json
            let rest = statement["rest"]?.items.first
            var told: [String: String] = [:]
            for resource in rest?["resource"]?.items ?? [] {
                for operation in resource["operation"]?.items ?? [] {
                    let name = "\(resource["type"]?.string ?? "") $\(operation["name"]?.string ?? "")"
                    told[name] = operation["definition"]?.string
                }
            }
            for (name, canonical) in Self.standard { #expect(told[name] == canonical, "\(name)") }
            let own = told["Invoice $credit-note"] ?? ""
            #expect(own.hasSuffix("/OperationDefinition/Invoice-credit-note"))
            #expect(try await server.client.get("OperationDefinition/Invoice-credit-note").status == 200)
        }
    }
}
