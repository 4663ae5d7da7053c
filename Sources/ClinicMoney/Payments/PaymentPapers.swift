import Clinic
import FHIRStore
import JSONTape

/// The PaymentNotice and the PaymentReconciliation of a payment, as they are written first.
///
/// R4 demands a recipient and a reconciliation of every notice; the server fills both.
struct PaymentPapers: Sendable {
    static let receiptSystem = "urn:martlet:receipt"
    static let referenceSystem = "urn:martlet:payment-reference"
    static let methodExtension = "urn:martlet:payment-method"
    private static let methodSystem = "urn:martlet:codesystem:payment-method"

    let payment: NewPayment
    /// What is paid: an invoice, an account, a patient.
    let request: LocalReference
    /// The clinic as a Reference; nil where it has no name.
    let organization: [UInt8]?
    let now: String
    var receipt: String?

    func notice(_ state: PaymentState) -> [UInt8] {
        var notice = ResourceEdit(nil)
        notice.set("resourceType", "PaymentNotice")
        notice.append("extension", json: method)
        if let receipt { notice.append("identifier", json: Self.identifier(Self.receiptSystem, receipt)) }
        if let reference = payment.reference {
            notice.append("identifier", json: Self.identifier(Self.referenceSystem, reference))
        }
        notice.set("status", "active")
        notice.set("request", json: request.json)
        notice.set("created", now)
        notice.set("payment", json: payment.reconciliation.json)
        if state == .paid { notice.set("paymentDate", String(now.prefix(10))) }
        if let organization { notice.set("payee", json: organization) }
        notice.set("recipient", json: ClinicParty.orUnnamed(organization))
        notice.set("amount", json: payment.amount.json)
        notice.set("paymentStatus", json: state.json)
        return notice.bytes
    }

    /// - Parameter details: see `detail`.
    func reconciliation(_ details: [[UInt8]], isPending: Bool = false) -> [UInt8] {
        var paper = ResourceEdit(nil)
        paper.set("resourceType", "PaymentReconciliation")
        if let receipt { paper.append("identifier", json: Self.identifier(Self.receiptSystem, receipt)) }
        paper.set("status", isPending ? "draft" : "active")
        paper.set("created", now)
        paper.set("outcome", isPending ? "queued" : "complete")
        paper.set("paymentDate", String(now.prefix(10)))
        paper.set("paymentAmount", json: payment.amount.json)
        if let reference = payment.reference {
            paper.set("paymentIdentifier", json: Self.identifier(Self.referenceSystem, reference))
        }
        paper.set("detail", items: details)
        return paper.bytes
    }

    /// One settlement: `payment` of an invoice, or `adjustment` with a negative amount for what was given back.
    static func detail(_ type: String, _ request: LocalReference, _ amount: Amount, now: String) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.key("type")
            writer.raw(
                Array(
                    #"{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/payment-type","code":"\#(type)"}]}"#
                        .utf8))
            writer.key("request")
            writer.raw(request.json)
            writer.member("date", String(now.prefix(10)))
            writer.key("amount")
            writer.raw(amount.json)
            writer.endObject()
        }
    }

    static func identifier(_ system: String, _ value: String) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("system", system)
            writer.member("value", value)
            writer.endObject()
        }
    }

    /// A PaymentReconciliation.processNote.
    static func note(_ text: String) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("type", "display")
            writer.member("text", text)
            writer.endObject()
        }
    }

    private var method: [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("url", Self.methodExtension)
            writer.key("valueCodeableConcept")
            writer.beginObject()
            writer.key("coding")
            writer.beginArray()
            writer.beginObject()
            writer.member("system", Self.methodSystem)
            writer.member("code", payment.method)
            writer.endObject()
            writer.endArray()
            writer.endObject()
            writer.endObject()
        }
    }
}
