import Clinic
import FHIRStore
import FHIRDefinitions

/// What operations on payments answer that move money.
enum PaymentAnswer {
    static let allocation = ClinicOperationDeclaration.Parameter(
        .output, "allocation", 0, nil, nil, "What of it went where.",
        parts: [
            .init(.output, "invoice", 1, 1, "Reference", "The invoice."),
            .init(.output, "amount", 1, 1, "Money", "What it was paid."),
        ])

    /// - Parameter saved: the notice, the reconciliation, then invoices.
    static func answer(_ saved: [SavedResource], _ settlement: Settlement, _ amount: Amount) -> ClinicAnswer {
        var answer = ParametersWriter()
        if let notice = saved.first { answer.add("return", resource: notice.json) }
        if saved.count > 1 { answer.add("reconciliation", resource: saved[1].json) }
        for allocation in settlement.allocations {
            var parts = ParametersWriter()
            parts.add("invoice", reference: allocation.invoice)
            parts.add("amount", "Money", json: allocation.amount.json)
            answer.add("allocation", parts: parts)
        }
        let allocated = settlement.allocations.reduce(0) { $0 + $1.amount.minor }
        answer.add("unallocated", "Money", json: Amount(amount.minor - allocated, amount.currency).json)
        return ClinicAnswer(answer)
    }
}
