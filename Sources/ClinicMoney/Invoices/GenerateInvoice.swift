import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape

/// `POST /Invoice/$generate`: a draft of what is billable on an account or in a visit.
///
/// The charges become billed, so that no other invoice takes them.
struct GenerateInvoice: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "generate", typeName: "Invoice", level: .type, affectsState: true,
            documentation: "Drafts an invoice of the billable charges of an account or a visit.",
            roles: [.cashier, .registration, .pharmacy], events: ["invoice.generated"],
            parameters: [
                .init(.input, "account", 0, 1, "Reference", "The account that is billed."),
                .init(.input, "encounter", 0, 1, "Reference", "The visit that is billed, in place of an account."),
                .init(.input, "charges", 0, nil, "Reference", "Only these ChargeItems."),
                .init(.output, "return", 1, 1, "Invoice", "The draft."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let account = try work.parameters.reference("account", "Account")
        let encounter = try work.parameters.reference("encounter", "Encounter")
        guard (account == nil) != (encounter == nil), let place = account ?? encounter else {
            throw OperationParameters.invalid("one of account and encounter is given")
        }
        let owner = try await work.read(place, element: "Parameters.parameter")
        let charges = try await charges(of: place, work)
        let lines = try await ChargePricing(work).lines(of: charges.map(\.node))
        let billed = zip(charges, lines).filter { !$0.1.isEmpty }
        if work.parameters.has("charges"), billed.count < charges.count {
            throw StoreError(
                .businessRule, "a charge has no price", expression: "ChargeItem.priceOverride", details: "no-price")
        }
        guard let first = billed.first else { throw Self.nothingBillable }
        guard Set(billed.map { $0.0.node["subject"]?["reference"]?.string }).count == 1 else {
            throw StoreError(
                .businessRule, "an invoice is of one patient", expression: "ChargeItem.subject", details: "not-allowed")
        }
        var draft = InvoiceDraft(first.0, owner: owner)
        try await draft.complete(billed.map { (charge: $0.0, line: $0.1) }, work)
        var changes = ChangeSet(work)
        let invoice = changes.create(json: draft.bytes, type: "Invoice")
        for (charge, _) in billed {
            var edit = charge.edit
            edit.set("status", "billed")
            changes.update(charge, edit)
        }
        changes.record("invoice.generated", invoice)
        return ClinicAnswer(try await changes.apply()[0])
    }

    /// The charges, locked, in the order in which they were rendered.
    private func charges(of place: LocalReference, _ work: ClinicWork) async throws -> [StoredResource] {
        let named = try work.parameters.references("charges", "ChargeItem")
        let parameter = place.typeName == "Account" ? "account" : "context"
        let found = try await work.search("ChargeItem", [(parameter, place.text)])
            .filter { $0.status == "billable" }.map(\.reference)
        let wanted = named.isEmpty ? found : named
        let locked = try await work.lock(all: wanted, element: work.parameters.place(of: "charges"))
        for charge in named where !found.contains(charge) || locked[charge]?.status != "billable" {
            throw StoreError(
                .businessRule, "\(charge.text) is not billable here", expression: work.parameters.place(of: "charges"),
                details: "not-billable")
        }
        return locked.values.filter { $0.status == "billable" }.sorted { left, right in
            (Self.time(left), left.reference) < (Self.time(right), right.reference)
        }
    }

    private static func time(_ charge: StoredResource) -> String {
        (charge.node["occurrenceDateTime"] ?? charge.node["occurrencePeriod"]?["start"])?.string ?? ""
    }

    private static var nothingBillable: StoreError {
        StoreError(
            .businessRule, "there is no billable charge with a price", expression: "Parameters.parameter",
            details: "nothing-billable")
    }
}
