import Clinic
import FHIRStore
import JSONTape
import FHIRFormats

/// The invoice that `$generate` writes, as it is put together.
struct InvoiceDraft {
    private var edit = ResourceEdit(nil)

    /// - Parameters:
    ///   - first: a charge of the patient.
    ///   - owner: the Account or Encounter that is billed.
    init(_ first: StoredResource, owner: StoredResource) {
        edit.set("resourceType", "Invoice")
        edit.set("status", "draft")
        if let subject = first.node["subject"] {
            edit.set("subject", json: subject.source)
            edit.set("recipient", json: subject.source)
        }
        let account =
            owner.reference.typeName == "Account"
            ? owner.reference.json : (owner.node["account"]?.items.first ?? first.node["account"]?.items.first)?.source
        if let account { edit.set("account", json: account) }
    }

    mutating func complete(
        _ billed: [(charge: StoredResource, line: [PriceComponent])], _ work: ClinicWork
    ) async throws {
        edit.set("date", work.now.text)
        if let issuer = try await ClinicParty.organization(work) { edit.set("issuer", json: issuer) }
        let codes = Set(billed.flatMap { $0.line.compactMap(\.currency) })
        guard codes.count == 1, let code = codes.first else { throw InvoiceSum.mixedCurrency }
        edit.set(
            "lineItem", items: billed.enumerated().map { Self.line($0.offset + 1, $0.element.charge, $0.element.line) })
        let sum = try InvoiceSum(lines: billed.map(\.line), currency: Currency(code))
        edit.set("totalNet", json: sum.netAmount.json)
        edit.set("totalGross", json: sum.grossAmount.json)
    }

    var bytes: [UInt8] { edit.bytes }

    private static func line(_ sequence: Int, _ charge: StoredResource, _ line: [PriceComponent]) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.key("sequence")
            writer.number(sequence)
            writer.key("chargeItemReference")
            writer.raw(charge.reference.json)
            writer.key("priceComponent")
            writer.beginArray()
            for component in line { writer.raw(component.json) }
            writer.endArray()
            writer.endObject()
        }
    }
}
