import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape

/// `POST /ChargeItemDefinition/[id]/$apply`: a charge with the price that the definition gives it; nothing is stored.
/// https://hl7.org/fhir/R4/chargeitemdefinition-operation-apply.html
struct ApplyDefinition: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "apply", typeName: "ChargeItemDefinition", level: .instance, affectsState: false,
            documentation: "Applies the price of a definition to a charge.",
            definition: "http://hl7.org/fhir/OperationDefinition/ChargeItemDefinition-apply",
            roles: [.cashier, .facilityHead],
            parameters: [
                .init(.input, "chargeItem", 1, 1, "Reference", "The ChargeItem."),
                .init(.input, "account", 0, 1, "Reference", "The account that the charge goes to."),
                .init(.output, "return", 1, 1, "ChargeItem", "The charge with its price."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        guard let reference = try work.parameters.reference("chargeItem", "ChargeItem") else {
            throw OperationParameters.invalid("chargeItem is missing")
        }
        let charge = try await work.read(reference, element: work.parameters.place(of: "chargeItem"))
        let definition = ListPrice(definition: try work.instance.reference, node: try work.instance.node)
        let currency = try await MoneySettings.currency.text(in: work.transaction)
        let line = try ChargePricing.line(of: charge.node, definition, currency: currency)
        guard let code = line.first?.currency else {
            throw StoreError(
                .businessRule, "the definition gives no price", expression: "ChargeItemDefinition.propertyGroup",
                details: "no-price")
        }
        let sum = try InvoiceSum(lines: [line], currency: Currency(code))
        var edit = charge.edit
        if let canonical = definition.canonical {
            edit.set("definitionCanonical", items: [ResourceEdit.json { $0.string(canonical) }])
        }
        edit.set("priceOverride", json: sum.netAmount.json)
        if let account = try work.parameters.reference("account", "Account") {
            edit.set("account", items: [account.json])
        }
        return ClinicAnswer(resource: edit.bytes)
    }
}
