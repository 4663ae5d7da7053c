import Clinic
import FHIRModel
import JSONTape

/// The ClaimResponse to a claim.
struct ClaimAnswer: Sendable {
    let claim: LocalReference
    let node: JSONNode
    let sum: ClaimSum
    let now: String

    /// - Parameter decisions: nil while the payer has not decided.
    func json(_ decisions: [ClaimDecision]?, isInForce: Bool) -> [UInt8] {
        var response = ResourceEdit(nil)
        response.set("resourceType", "ClaimResponse")
        response.set("status", "active")
        for name in ["type", "subType", "use", "patient"] {
            if let value = node[named: name] { response.set(name, json: value.source) }
        }
        response.set("created", now)
        response.set("insurer", json: node["insurer"]?.source ?? Array(#"{"display":"the payer"}"#.utf8))
        if let provider = node["provider"] { response.set("requestor", json: provider.source) }
        response.set("request", json: claim.json)
        complete(&response, decisions, isInForce: isInForce)
        return response.bytes
    }

    /// Puts the decision in.
    func complete(_ response: inout ResourceEdit, _ decisions: [ClaimDecision]?, isInForce: Bool) {
        guard let decisions else {
            response.set("outcome", "queued")
            return
        }
        response.set("outcome", "complete")
        if !isInForce { response.set("disposition", "The coverage is not in force.") }
        response.set("item", items: decisions.map(Self.item))
        let payer = decisions.reduce(0) { $0 + $1.payerShare }
        let currency = sum.total.currency
        let totals: [(String, Amount)] = [
            ("submitted", sum.total), ("benefit", Amount(payer, currency)),
            ("copay", Amount(sum.total.minor - payer, currency)),
        ]
        response.set("total", items: totals.map { Self.adjudication($0.0, $0.1) })
        if payer > 0 {
            response.set(
                "payment",
                json: ResourceEdit.json { writer in
                    writer.beginObject()
                    writer.key("type")
                    writer.raw(
                        CodeableConcept.of("http://terminology.hl7.org/CodeSystem/ex-paymenttype", "complete").json)
                    writer.key("amount")
                    writer.raw(Amount(payer, currency).json)
                    writer.endObject()
                })
        }
    }

    /// Shares of payer (`benefit`) and patient (`copay`), which together are the net.
    private static func item(_ decision: ClaimDecision) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.key("itemSequence")
            writer.number(decision.sequence)
            writer.key("adjudication")
            writer.beginArray()
            let currency = decision.net.currency
            writer.raw(adjudication("submitted", decision.net))
            writer.raw(adjudication("benefit", Amount(decision.payerShare, currency)))
            writer.raw(adjudication("copay", Amount(decision.patientShare, currency)))
            writer.endArray()
            writer.endObject()
        }
    }

    private static func adjudication(_ code: String, _ amount: Amount) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.key("category")
            writer.raw(CodeableConcept.of("http://terminology.hl7.org/CodeSystem/adjudication", code).json)
            writer.key("amount")
            writer.raw(amount.json)
            writer.endObject()
        }
    }
}
