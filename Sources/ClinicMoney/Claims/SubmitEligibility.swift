import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape
import FHIRFormats

/// `POST /CoverageEligibilityRequest/$submit`: whether the patient is insured.
/// https://hl7.org/fhir/R4/coverageeligibilityrequest-operation-submit.html
struct SubmitEligibility: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "submit", typeName: "CoverageEligibilityRequest", level: .type, affectsState: true,
            documentation: "Asks the payer whether a coverage is in force.",
            definition: "http://hl7.org/fhir/OperationDefinition/CoverageEligibilityRequest-submit",
            roles: [.cashier, .registration],
            events: ["eligibility.answered"],
            parameters: [
                .init(.input, "resource", 1, 1, "Resource", "A CoverageEligibilityRequest, or a Bundle with one."),
                .init(.output, "return", 1, 1, "CoverageEligibilityResponse", "What the payer says."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let type = "CoverageEligibilityRequest"
        let request = try ClaimRequest.resource(work.parameters, type: type)
        let stored = try await ClaimRequest.stored(request, type: type, work)
        var changes = ChangeSet(work)
        var edit = ResourceEdit(request)
        if request["created"] == nil { edit.set("created", work.now.text) }
        let reference: LocalReference
        if let stored {
            reference = stored.reference
            changes.update(reference, json: edit.bytes)
        } else {
            edit.remove("id")
            reference = changes.create(json: edit.bytes, type: type)
        }
        let response = changes.create(
            json: try await answer(request, reference, work), type: "CoverageEligibilityResponse")
        changes.record("eligibility.answered", response)
        let saved = try await changes.apply()
        guard let written = saved.last else { throw StoreError(.fault, "the response was not written") }
        return ClinicAnswer(written)
    }

    private func answer(_ request: JSONNode, _ reference: LocalReference, _ work: ClinicWork) async throws -> [UInt8] {
        var response = ResourceEdit(nil)
        response.set("resourceType", "CoverageEligibilityResponse")
        response.set("status", "active")
        for name in ["purpose", "patient", "servicedDate", "servicedPeriod", "insurer"] {
            if let value = request[named: name] { response.set(name, json: value.source) }
        }
        response.set("created", work.now.text)
        response.set("request", json: reference.json)
        response.set("outcome", "complete")
        var insurance: [[UInt8]] = []
        for item in request["insurance"]?.items ?? [] {
            guard let coverage = item["coverage"] else { continue }
            let isInForce = try await CoverageCheck.isInForce(
                LocalReference(coverage), patient: LocalReference(request["patient"]), work)
            insurance.append(
                ResourceEdit.json { writer in
                    writer.beginObject()
                    writer.key("coverage")
                    writer.copy(coverage)
                    writer.key("inforce")
                    writer.bool(isInForce)
                    writer.endObject()
                })
        }
        response.set("insurance", items: insurance)
        return response.bytes
    }
}
