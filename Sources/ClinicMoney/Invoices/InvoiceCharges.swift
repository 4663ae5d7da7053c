import Clinic
import FHIRStore
import JSONTape

/// The charges that an invoice's lines refer to, locked.
struct InvoiceCharges: Sendable {
    private let charges: [StoredResource]

    /// Charges that are not stored here are left out.
    init(of invoice: StoredResource, _ work: ClinicWork) async throws {
        let references = (invoice.node["lineItem"]?.items ?? [])
            .compactMap { LocalReference($0["chargeItemReference"]) }.filter { $0.typeName == "ChargeItem" }
        var found: [StoredResource] = []
        for reference in Set(references).sorted() {
            let type = try work.store.resourceType("ChargeItem")
            guard let version = try await work.transaction.lock(type, id: reference.id) else { continue }
            if let charge = try StoredResource(version, in: work.store) { found.append(charge) }
        }
        charges = found
    }

    /// Those of a draft that was not generated become billed.
    func bill(in changes: inout ChangeSet) { change(from: "billable", to: "billed", in: &changes) }

    /// Those of a cancelled invoice can be billed again.
    func release(in changes: inout ChangeSet) { change(from: "billed", to: "billable", in: &changes) }

    private func change(from: String, to: String, in changes: inout ChangeSet) {
        for charge in charges where charge.status == from {
            var edit = charge.edit
            edit.set("status", to)
            changes.update(charge, edit)
        }
    }
}
