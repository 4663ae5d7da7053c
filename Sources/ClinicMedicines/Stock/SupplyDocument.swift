import Clinic
import FHIRStore
import JSONTape

/// Writes the SupplyDelivery that documents a movement of stock.
struct SupplyDocument: Sendable {
    /// One line of a delivery: item, batch, expiry, quantity, cost.
    static let lineExtension = "urn:martlet:supply-line"
    /// Where goods leave from, if that is a place of our own; a supplier stands in `supplier`.
    static let fromExtension = "urn:martlet:supply-from"
    /// Why, a string.
    static let reasonExtension = "urn:martlet:supply-reason"
    /// What it goes back to: the dispense that goods come back from.
    static let originExtension = "urn:martlet:supply-origin"
    /// What the delivery does to stock: receive, transfer or return, a code.
    static let typeExtension = "urn:martlet:supply-type"

    /// completed, in-progress or abandoned.
    var status: String
    /// receive, transfer or return.
    var type: String
    var lines: [SupplyLine] = []
    /// In place of lines: the one item that is delivered, as `suppliedItem`.
    var suppliedItem: [UInt8]?
    var from: LocalReference?
    var to: LocalReference?
    var patient: [UInt8]?
    var reason: String?
    /// What it goes back to.
    var origins: [LocalReference] = []

    func json(at time: String) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "SupplyDelivery")
            writeExtensions(to: &writer)
            writer.member("status", status)
            if let patient {
                writer.key("patient")
                writer.raw(patient)
            }
            if let code = itemType {
                // R4 supplydelivery-definitions.html#SupplyDelivery.type: the kind of item, by a required binding.
                writer.key("type")
                writer.beginObject()
                writer.key("coding")
                writer.beginArray()
                writer.beginObject()
                writer.member("system", "http://terminology.hl7.org/CodeSystem/supply-item-type")
                writer.member("code", code)
                writer.endObject()
                writer.endArray()
                writer.endObject()
            }
            if let item = suppliedItem ?? (lines.count == 1 ? lines.first.map(Self.suppliedItem) : nil) {
                writer.key("suppliedItem")
                writer.raw(item)
            }
            writer.member("occurrenceDateTime", time)
            // R4 supplydelivery.html: the supplier is a practitioner or an organization.
            if let from, from.typeName != "Location" {
                writer.key("supplier")
                writer.raw(from.json)
            }
            if let to {
                writer.key("destination")
                writer.raw(to.json)
            }
            writer.endObject()
        }
    }

    /// medication, where all lines are drugs; a return always is.
    private var itemType: String? {
        lines.allSatisfy(\.item.isDrug) ? "medication" : lines.allSatisfy { !$0.item.isDrug } ? "device" : nil
    }

    private func writeExtensions(to writer: inout JSONWriter) {
        let place = from?.typeName == "Location" ? from : nil
        writer.key("extension")
        writer.beginArray()
        writer.beginObject()
        writer.member("url", Self.typeExtension)
        writer.member("valueCode", type)
        writer.endObject()
        for line in lines { writer.raw(line.json) }
        if let place { Self.reference(Self.fromExtension, place, to: &writer) }
        for origin in origins { Self.reference(Self.originExtension, origin, to: &writer) }
        if let reason {
            writer.beginObject()
            writer.member("url", Self.reasonExtension)
            writer.member("valueString", reason)
            writer.endObject()
        }
        writer.endArray()
    }

    private static func reference(_ url: String, _ reference: LocalReference, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("url", url)
        writer.key("valueReference")
        writer.raw(reference.json)
        writer.endObject()
    }

    private static func suppliedItem(_ line: SupplyLine) -> [UInt8] {
        suppliedItem(line.item.typeName, line.item.json, line.amount)
    }

    /// `SupplyDelivery.suppliedItem`.
    static func suppliedItem(_ typeName: String, _ item: [UInt8], _ amount: MedicineAmount) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.key("quantity")
            writer.raw(amount.json)
            writer.key(named: "item" + typeName)
            writer.raw(item)
            writer.endObject()
        }
    }
}
