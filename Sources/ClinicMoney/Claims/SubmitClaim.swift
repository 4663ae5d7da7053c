import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape
import FHIRFormats

/// `POST /Claim/$submit`: stores a claim, sends it to the payer, and answers what the payer says.
/// https://hl7.org/fhir/R4/claim-operation-submit.html
struct SubmitClaim: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "submit", typeName: "Claim", level: .type, affectsState: true,
            documentation: "Submits a claim to its payer.",
            definition: "http://hl7.org/fhir/OperationDefinition/Claim-submit", roles: [.cashier],
            events: ["claim.submitted", "claim.adjudicated"],
            parameters: [
                .init(.input, "resource", 1, 1, "Resource", "A Claim, or a Bundle with one."),
                .init(.output, "return", 1, 1, "ClaimResponse", "What the payer says, or that it is queued."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let claim = try ClaimRequest.resource(work.parameters, type: "Claim")
        let status = claim["status"]?.string ?? ""
        guard status == "draft" || status == "active" else {
            throw StoreError.illegalTransition("Claim", status, "active")
        }
        let sum = try ClaimSum(claim)
        let former = try await ClaimRequest.stored(claim, type: "Claim", work)
        if let former, try await ClaimBook(work).isSubmitted(former.reference) { throw ClaimBook.duplicate }
        let reference = former?.reference ?? LocalReference("Claim", work.store.makeID())
        try await ClaimBook(work).submit(claim, reference)
        var edit = ResourceEdit(claim)
        edit.set("status", "active")
        if claim["total"] == nil { edit.set("total", json: sum.total.json) }
        if claim["created"] == nil { edit.set("created", work.now.text) }

        let insurance = claim["insurance"]?.items.first { $0["focal"]?.bool == true } ?? claim["insurance"]?.items.first
        let isInForce = try await CoverageCheck.isInForce(
            LocalReference(insurance?["coverage"]), patient: LocalReference(claim["patient"]), work)
        let payer = PayerSimulator(try await MoneySettings.payer.value(in: work.transaction))
        let decisions = try payer.adjudicate(sum.items, isInForce: isInForce, isInquiry: false)
        var changes = ChangeSet(work)
        if former == nil {
            edit.remove("id")
            changes.create(json: edit.bytes, type: "Claim", id: reference.id)
        } else {
            changes.update(reference, json: edit.bytes)
        }
        let answer = ClaimAnswer(claim: reference, node: claim, sum: sum, now: work.now.text)
        let response = changes.create(json: answer.json(decisions, isInForce: isInForce), type: "ClaimResponse")
        changes.record("claim.submitted", reference)
        if decisions != nil { changes.record("claim.adjudicated", response) }
        let saved = try await changes.apply()
        guard let written = saved.last else { throw StoreError(.fault, "the response was not written") }
        return ClinicAnswer(written)
    }
}
