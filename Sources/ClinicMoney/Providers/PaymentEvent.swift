import Clinic
import FHIRModel
import FHIRStore
import JSONTape

/// What a provider tells of a payment, as JSON:
///
///     {"id": "evt_1", "type": "payment.succeeded",
///      "payment": {"reference": "pay_1", "amount": "12.50", "currency": "EUR",
///                  "nonce": "…" | "invoice": "000001", "method": "card"}}
///
/// `nonce` is that of a QR code; `invoice` is a number that was issued, or `Invoice/id`.
struct PaymentEvent {
    /// Known types; others are taken and come to nothing, because providers send what nobody asked for.
    enum Kind: String, CaseIterable, Sendable {
        case succeeded = "payment.succeeded"
        case failed = "payment.failed"
        case cleared = "payment.cleared"
    }

    private let id: String
    private let type: String
    private let payment: JSONNode?

    /// Throws `StoreError` (400) for a body that is no event.
    init(_ body: [UInt8]) throws {
        guard let document = try? Document.parse(body, limits: .fhir) else {
            throw Self.invalid("the body is no JSON", "$this")
        }
        let node = JSONNode(document)
        guard let id = Self.text(node["id"], 200) else { throw Self.invalid("the event has no id", "id") }
        guard let type = Self.text(node["type"], 100) else { throw Self.invalid("the event has no type", "type") }
        self.id = id
        self.type = type
        payment = node["payment"]
        guard let kind = Kind(rawValue: type) else { return }
        guard Self.text(payment?["reference"], 200) != nil else {
            throw Self.invalid("the payment has no reference", "payment.reference")
        }
        for name in ["nonce", "invoice", "method", "currency"] where payment?[named: name] != nil {
            guard Self.text(payment?[named: name], 200) != nil else {
                throw Self.invalid("\(name) is a text", "payment.\(name)")
            }
        }
        guard kind == .succeeded else { return }
        guard let amount, FHIRDecimal(0) < amount, Self.text(payment?["currency"], 3) != nil else {
            throw Self.invalid("the payment has no amount with a currency", "payment.amount")
        }
    }

    private var amount: FHIRDecimal? {
        (payment?["amount"]?.numberText ?? payment?["amount"]?.string).flatMap { FHIRDecimal($0) }
    }

    /// The parameters of `ReceivePayment`.
    /// - Parameter method: where the event names none.
    func parameters(provider: String, method: String) throws -> JSONNode {
        var writer = ParametersWriter()
        writer.add("provider", string: provider)
        writer.add("event", string: id)
        writer.add("type", string: type)
        writer.add("method", string: Self.text(payment?["method"], 64).flatMap(PaymentMethod.ofMoney) ?? method)
        for name in ["reference", "invoice", "nonce"] {
            if let text = Self.text(payment?[named: name], 200) { writer.add(name, string: text) }
        }
        if let amount, let currency = Self.text(payment?["currency"], 3) {
            var money = Money()
            money.value = amount
            money.currency = currency
            writer.add("amount", "Money", json: money.json)
        }
        return JSONNode(try Document.parse(writer.bytes))
    }

    /// Nil for what is no text that could be stored.
    private static func text(_ node: JSONNode?, _ limit: Int) -> String? {
        guard let text = node?.string, !text.isEmpty, text.utf8.count <= limit,
            !text.unicodeScalars.contains(where: { $0.value < 0x20 })
        else { return nil }
        return text
    }

    private static func invalid(_ message: String, _ expression: String) -> StoreError {
        StoreError(.invalidRequest, message, expression: expression, details: "invalid-event")
    }
}
