package import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore

/// `POST /SupplyDelivery/$transfer`: goods leave one place for another, and are on their way until they are accepted
/// or rejected there. The total over all places stays the same.
package struct TransferSupply: ClinicOperation {
    package init() {}

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "transfer", typeName: "SupplyDelivery", level: .type, affectsState: true,
            documentation: "Sends goods from one place to another.",
            roles: [.superadmin, .pharmacy], events: ["stock.transferred"],
            parameters: [
                .init(.input, "items", 1, nil, nil, "What is sent.", parts: SupplyLine.parts),
                .init(.input, "from", 1, 1, "Reference", "The Location that it leaves."),
                .init(.input, "to", 1, 1, "Reference", "The Location that it goes to."),
                .init(.output, "return", 1, 1, "SupplyDelivery", "The delivery, in progress."),
            ])
    }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        guard let from = try await StockPlace("from", of: work.parameters, in: work),
            let to = try await StockPlace("to", of: work.parameters, in: work)
        else { throw OperationParameters.invalid("the parameters from and to are Locations") }
        guard from.reference != to.reference else {
            throw OperationParameters.invalid("from and to are the same place")
        }
        let lines = try await SupplyLine.all(work)
        var changes = ChangeSet(work)
        let document = SupplyDocument(
            status: "in-progress", type: "transfer", lines: lines, from: from.reference, to: to.reference)
        let reference = changes.create(json: document.json(at: work.now.text), type: "SupplyDelivery")
        let ledger = StockLedger(work)
        let cause = StockLedger.Cause(kind: .dispatch, document: reference)
        var entries: [StockLedger.Entry] = []
        for line in lines.sorted(by: { ($0.item.key, $0.batch) < ($1.item.key, $1.batch) }) {
            let parts = try await ledger.take(
                line.item.keys, batch: line.batch.isEmpty ? nil : line.batch, from: from.reference.text, line.amount,
                zone: nil, cause)
            entries += parts.map { part in
                StockLedger.Entry(
                    item: part.item, batch: part.batch, place: reference.text, pool: .transit, amount: line.amount,
                    quantity: part.quantity)
            }
        }
        try await ledger.enter(entries, cause)
        changes.record("stock.transferred", reference)
        return ClinicAnswer(try await changes.apply()[0])
    }
}
