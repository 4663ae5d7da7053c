import Clinic
import FHIRStore
import JSONTape

/// The document by which an invoice is credited: an Invoice of a type of its own, whose amounts are below zero.
struct CreditNote: Sendable {
    static let system = "urn:martlet:credit-note"
    static let typeSystem = "urn:martlet:invoice-type"
    static let creditsExtension = "urn:martlet:credited-invoice"
    /// How a credit note stands in the books.
    static let method = "credit-note"
    private static let series = NumberSeries("credit-note", isGapFree: true)

    let invoice: StoredResource
    let amount: Amount
    let number: String
    let reason: String
    /// Names of the invoice's lines, where all of it is credited at once: then each of them is. Nil for a part.
    let names: [String]?

    /// Waits for whoever credits at the moment.
    static func next(in transaction: StoreTransaction) async throws -> String {
        "CN-" + InvoiceNumber.padded(try await series.next(in: transaction))
    }

    /// The invoice that a credit note credits; nil for any other invoice.
    static func original(of invoice: JSONNode) -> LocalReference? {
        (invoice["extension"]?.items ?? []).first { $0["url"]?.string == creditsExtension }
            .flatMap { LocalReference($0["valueReference"]) }
    }

    /// The number of a credit note.
    static func number(of note: JSONNode) -> String? {
        (note["identifier"]?.items ?? []).first { $0["system"]?.string == system }?["value"]?.string
    }

    func json(now: String) throws -> [UInt8] {
        var note = ResourceEdit(nil)
        note.set("resourceType", "Invoice")
        note.append("extension", json: credits)
        note.append("identifier", json: PaymentPapers.identifier(Self.system, number))
        // It is settled by being written: nobody pays it.
        note.set("status", "balanced")
        note.set("type", json: type)
        for name in ["subject", "recipient"] {
            if let value = invoice.node[named: name] { note.set(name, json: value.source) }
        }
        note.set("date", now)
        if let issuer = invoice.node["issuer"] { note.set("issuer", json: issuer.source) }
        if let account = invoice.node["account"] { note.set("account", json: account.source) }
        let negated = names.flatMap { Self.negated(invoice.node, $0) }
        note.set("lineItem", items: negated ?? [line])
        let net = negated == nil ? amount : Amount(invoice.node["totalNet"]) ?? amount
        note.set("totalNet", json: Amount(-net.minor, net.currency).json)
        note.set("totalGross", json: Amount(-amount.minor, amount.currency).json)
        note.append("note", json: ResourceEdit.json { Self.write(["text": reason], to: &$0) })
        return note.bytes
    }

    private var credits: [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("url", Self.creditsExtension)
            writer.key("valueReference")
            writer.raw(invoice.reference.json)
            writer.endObject()
        }
    }

    private var type: [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.key("coding")
            writer.beginArray()
            Self.write(["system": Self.typeSystem, "code": "credit-note", "display": "Credit note"], to: &writer)
            writer.endArray()
            writer.endObject()
        }
    }

    /// One line for a part of an invoice: which of its lines it is of, nobody said.
    private var line: [UInt8] {
        let name = InvoiceNumber.of(invoice.node) ?? invoice.reference.id
        let price = Amount(-amount.minor, amount.currency)
        return ResourceEdit.json { writer in
            writer.beginObject()
            writer.key("sequence")
            writer.number(1)
            writer.key("chargeItemCodeableConcept")
            Self.write(["text": "Credit for invoice " + name], to: &writer)
            writer.key("priceComponent")
            writer.beginArray()
            writer.raw(PriceComponent(.base, amount: price.decimal, currency: price.currency.code).json)
            writer.endArray()
            writer.endObject()
        }
    }

    /// The lines of an invoice with all amounts below zero; factors of taxes and discounts stay. Nil where it has none.
    private static func negated(_ invoice: JSONNode, _ names: [String]) -> [[UInt8]]? {
        let items = invoice["lineItem"]?.items ?? []
        guard !items.isEmpty, items.count == names.count else { return nil }
        return zip(items, names).enumerated().map { index, line in
            let (item, name) = line
            return ResourceEdit.json { writer in
                writer.beginObject()
                writer.key("sequence")
                writer.number(index + 1)
                // The charge itself stays with the invoice that billed it.
                writer.key("chargeItemCodeableConcept")
                if let concept = item["chargeItemCodeableConcept"] {
                    writer.copy(concept)
                } else {
                    write(["text": name.isEmpty ? "charge" : name], to: &writer)
                }
                writer.key("priceComponent")
                writer.beginArray()
                for node in item["priceComponent"]?.items ?? [] {
                    guard var component = PriceComponent(node) else { continue }
                    component.amount = component.amount.flatMap { try? ExactDecimal.zero.minus($0) }
                    writer.raw(component.json)
                }
                writer.endArray()
                writer.endObject()
            }
        }
    }

    private static func write(_ members: KeyValuePairs<String, String>, to writer: inout JSONWriter) {
        writer.beginObject()
        for (name, value) in members {
            writer.key(named: name)
            writer.string(value)
        }
        writer.endObject()
    }
}
