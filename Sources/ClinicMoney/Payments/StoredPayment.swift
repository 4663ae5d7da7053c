import Clinic
import FHIRStore
import JSONTape

/// A payment in the books with its notice, which is locked.
struct StoredPayment: Sendable {
    let notice: StoredResource
    let row: PaymentRow

    /// Throws `StoreError` (422) for a notice that came from elsewhere: it says what happened there, and is no money
    /// of ours.
    init(_ notice: StoredResource, _ work: ClinicWork) async throws {
        guard let row = try await MoneyLedger(work).payment(notice.reference) else {
            throw StoreError(
                .businessRule, "the payment is not in the books: it was not recorded here",
                expression: "PaymentNotice.payment", details: "not-allowed")
        }
        self.notice = notice
        self.row = row
    }

    /// Refuses (422 illegal-transition) states that an operation does not lead from.
    func require(_ states: [PaymentState], to state: PaymentState) throws {
        guard states.contains(where: { $0.rawValue == row.state }) else {
            throw StoreError.illegalTransition("PaymentNotice", notice.state, state.rawValue)
        }
    }

    /// The notice in another state.
    func edit(_ state: PaymentState) -> ResourceEdit {
        var edit = notice.edit
        edit.set("paymentStatus", json: state.json)
        return edit
    }

    /// Adds settlements to the reconciliation, and says what became of it.
    func addDetails(
        _ details: [[UInt8]], to changes: inout ChangeSet, _ work: ClinicWork,
        _ change: (inout ResourceEdit) -> Void = { _ in }
    ) async throws {
        guard let paper = try await work.lockIfThere(row.reconciliation) else { return }
        var edit = paper.edit
        for detail in details { edit.append("detail", json: detail) }
        change(&edit)
        changes.update(paper, edit)
    }
}
