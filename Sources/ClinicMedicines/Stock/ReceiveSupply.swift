package import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore

/// `POST /SupplyDelivery/$receive`: goods come in, and stand in stock at the place they come to.
package struct ReceiveSupply: ClinicOperation {
    package init() {}

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "receive", typeName: "SupplyDelivery", level: .type, affectsState: true,
            documentation: "Receives goods: each line adds to the stock of its batch at the place.",
            roles: [.superadmin, .pharmacy, .laboratory], events: ["stock.received"],
            parameters: [
                .init(.input, "items", 1, nil, nil, "What is received.", parts: SupplyLine.parts),
                .init(.input, "from", 0, 1, "Reference", "Who delivers: Organization or Practitioner."),
                .init(.input, "to", 1, 1, "Reference", "The Location that it comes to."),
                .init(.output, "return", 1, 1, "SupplyDelivery", "The delivery, completed."),
            ])
    }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        guard let place = try await StockPlace("to", of: work.parameters, in: work) else {
            throw OperationParameters.invalid("the parameter to is missing")
        }
        let supplier = try work.parameters.reference("from", "Organization", "Practitioner", "PractitionerRole")
        let lines = try await SupplyLine.all(work)
        for (position, line) in lines.enumerated() where line.item.isDrug {
            guard !line.batch.isEmpty, line.expiry != nil else {
                throw StoreError(
                    .businessRule, "drugs are received with the number of their batch and its expiry",
                    expression: "Parameters.parameter.where(name = 'items')[\(position)]", details: "batch-required")
            }
        }
        var changes = ChangeSet(work)
        let document = SupplyDocument(
            status: "completed", type: "receive", lines: lines, from: supplier, to: place.reference)
        let reference = changes.create(json: document.json(at: work.now.text), type: "SupplyDelivery")
        let entries = lines.map { line in
            StockLedger.Entry(
                item: line.item.key, batch: line.batch, expiry: line.expiry, place: place.reference.text,
                amount: line.amount, quantity: line.amount.value.text)
        }
        try await StockLedger(work).enter(
            entries, StockLedger.Cause(kind: .receive, document: reference, origin: supplier))
        changes.record("stock.received", reference)
        return ClinicAnswer(try await changes.apply()[0])
    }
}
