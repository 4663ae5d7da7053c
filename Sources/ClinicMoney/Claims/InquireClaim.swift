import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape
import FHIRFormats

/// `POST /Claim/$inquire`: what became of a claim; a payer that has not decided is asked again.
struct InquireClaim: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "inquire", typeName: "Claim", level: .type, affectsState: true,
            documentation: "Asks what became of a claim.", roles: [.cashier], events: ["claim.adjudicated"],
            parameters: [
                .init(
                    .input, "resource", 0, 1, "Resource", "The Claim with its id or identifier, or a Bundle with it."),
                .init(.input, "claim", 0, 1, "Reference", "The claim, in place of the resource."),
                .init(.output, "return", 1, 1, "ClaimResponse", "What the payer says by now."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let claim = try await work.lock(try await reference(work), element: "Parameters.parameter")
        guard
            let found = try await work.search("ClaimResponse", [("request", claim.reference.text)])
                .max(by: { $0.reference.id < $1.reference.id })
        else {
            throw StoreError(
                .businessRule, "the claim was not submitted", expression: "Parameters.parameter",
                details: "illegal-transition")
        }
        let response = try await work.lock(found.reference)
        var changes = ChangeSet(work)
        var edit = response.edit
        if response.node["outcome"]?.string == "queued", claim.status == "active" {
            let sum = try ClaimSum(claim.node)
            let insurance = claim.node["insurance"]?.items.first { $0["focal"]?.bool == true }
            let isInForce = try await CoverageCheck.isInForce(
                LocalReference(insurance?["coverage"]), patient: claim.reference("patient"), work)
            let payer = PayerSimulator(try await MoneySettings.payer.value(in: work.transaction))
            let decisions = try payer.adjudicate(sum.items, isInForce: isInForce, isInquiry: true)
            ClaimAnswer(claim: claim.reference, node: claim.node, sum: sum, now: work.now.text)
                .complete(&edit, decisions, isInForce: isInForce)
            changes.record("claim.adjudicated", response.reference)
        }
        changes.update(response, edit)
        return ClinicAnswer(try await changes.apply()[0])
    }

    private func reference(_ work: ClinicWork) async throws -> LocalReference {
        if let claim = try work.parameters.reference("claim", "Claim") { return claim }
        let claim = try ClaimRequest.resource(work.parameters, type: "Claim")
        if let stored = try await ClaimRequest.stored(claim, type: "Claim", work) { return stored.reference }
        for identifier in claim["identifier"]?.items ?? [] {
            guard let value = identifier["value"]?.string else { continue }
            let token = [identifier["system"]?.string ?? "", value].map(Self.escaped).joined(separator: "|")
            if let found = try await work.search("Claim", [("identifier", token)], limit: 1).first {
                return found.reference
            }
        }
        throw StoreError(
            .businessRule, "no such claim is stored", expression: "Parameters.parameter", details: "unknown-reference")
    }

    /// R4 search.html#escaping.
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if #",|$\"#.contains(character) { result.append("\\") }
            result.append(character)
        }
    }
}
