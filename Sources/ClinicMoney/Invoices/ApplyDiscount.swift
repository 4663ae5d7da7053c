import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape
import FHIRModel

/// `POST /Invoice/[id]/$apply-discount`: takes a percentage or an amount off a draft, line by line.
///
/// Above the limit of the settings, all discounts together, another person than who drafted the invoice has to do it.
struct ApplyDiscount: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "apply-discount", typeName: "Invoice", level: .instance, affectsState: true,
            documentation: "Takes a discount off a draft; above a limit it takes a second person.",
            roles: [.cashier, .facilityHead], events: ["invoice.discounted"],
            parameters: [
                .init(.input, "percent", 0, 1, "decimal", "Percentage of what the lines come to."),
                .init(.input, "amount", 0, 1, "Money", "The discount, in place of a percentage."),
                .init(.input, "reason", 1, 1, "CodeableConcept", "Why; a string stands for its text."),
                .init(.output, "return", 1, 1, "Invoice", "The invoice as it is now."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let invoice = try work.instance
        if try await MoneyLedger(work).paid(invoice.reference) > 0 {
            throw StoreError(
                .conflict, "the invoice is paid, in part at least", expression: "Invoice.status", details: "paid")
        }
        try work.require(invoice, in: ["draft"], to: "draft")
        let standard = try await MoneySettings.currency.text(in: work.transaction)
        guard let sum = try InvoiceSum(invoice: invoice.node, standard: standard) else {
            throw StoreError(
                .businessRule, "an invoice without priced lines has no discount", expression: "Invoice.lineItem",
                details: "nothing-billable")
        }
        let discount = try Self.discount(work.parameters, off: sum)
        let discounted = try InvoiceDiscount(discount, code: work.parameters.concept("reason"), currency: sum.currency)
            .applied(to: InvoiceSum.lines(of: invoice.node), net: sum.net)
        try await Self.checkLimit(discounted, work)
        let result = try InvoiceSum(lines: discounted, currency: sum.currency)

        var edit = invoice.edit
        edit.set("lineItem", items: zip(invoice.node["lineItem"]?.items ?? [], discounted).map(Self.line))
        edit.set("totalNet", json: result.netAmount.json)
        edit.set("totalGross", json: result.grossAmount.json)
        var changes = ChangeSet(work)
        changes.update(invoice, edit)
        changes.record("invoice.discounted", invoice.reference)
        return ClinicAnswer(try await changes.apply()[0])
    }

    private static func discount(_ parameters: OperationParameters, off sum: InvoiceSum) throws -> InvoiceDiscount.Size
    {
        let amount = try parameters.amount("amount")
        guard parameters.has("percent") != (amount != nil) else {
            throw OperationParameters.invalid("one of percent and amount is given")
        }
        if let amount {
            guard amount.currency == sum.currency else { throw InvoiceSum.mixedCurrency }
            guard amount.minor <= sum.net else {
                throw StoreError(
                    .businessRule, "the discount is more than the invoice comes to",
                    expression: parameters.place(of: "amount"), details: "not-allowed")
            }
            return .amount(amount.minor)
        }
        guard let percent = parameters.decimal("percent").flatMap({ ExactDecimal($0.text) }), !percent.isNegative,
            !percent.isZero, try !ExactDecimal(100).isLess(than: percent)
        else {
            throw OperationParameters.invalid(
                "the parameter percent is above 0 and at most 100", at: parameters.place(of: "percent"))
        }
        return .percent(percent)
    }

    /// All discounts, also those given before: several small ones are a large one.
    private static func checkLimit(_ lines: [[PriceComponent]], _ work: ClinicWork) async throws {
        var (base, discounts) = (ExactDecimal.zero, ExactDecimal.zero)
        for component in lines.joined() {
            let amount = component.amount ?? .zero
            switch component.kind {
            case .base: base = try base.plus(amount.times(component.factor ?? .one))
            case .discount: discounts = try discounts.plus(amount)
            default: break
            }
        }
        let limit = ExactDecimal(try await MoneySettings.discountApproval.decimal(in: work.transaction).text) ?? .zero
        guard try base.times(limit).isLess(than: discounts.times(ExactDecimal(100))) else { return }
        try work.requireAnotherPerson(than: try await work.actor(of: "invoice.generated", on: work.instance.reference))
    }

    private static func line(_ stored: JSONNode, _ components: [PriceComponent]) -> [UInt8] {
        guard !components.isEmpty else { return stored.source }
        var edit = ResourceEdit(stored)
        edit.set("priceComponent", items: components.map(\.json))
        return edit.bytes
    }
}
