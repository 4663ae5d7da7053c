import Clinic
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// Looks for orders of the same service for the same patient within a day.
struct DuplicateOrders: Sendable {
    /// Hours within which a second order of one service is asked about.
    static let hours = ClinicSetting(
        "order.duplicate-hours", "Hours within which a second order of one service for one patient is a duplicate.",
        standard: "24")

    private let work: ClinicWork

    init(_ work: ClinicWork) { self.work = work }

    /// Refuses orders that were placed already (409 duplicate). The patient is locked, so that no other is placed now.
    func refuse(_ drafts: [OrderDraft], for patient: LocalReference) async throws {
        var seen: Set<String> = []
        for draft in drafts {
            guard seen.isDisjoint(with: draft.code.keys) else { throw Self.refusal(nil, draft) }
            seen.formUnion(draft.code.keys)
        }
        let hours = try await Self.hours.integer(in: work.transaction)
        let since = Instant(
            microsecondsSince1970: work.now.microsecondsSince1970 - Int64(max(0, hours)) * 3_600_000_000)
        let recent = try await work.search(
            "ServiceRequest",
            [
                ("subject", patient.text), ("authored", "ge" + since.text),
                ("status", "draft,active,on-hold,completed"),
            ])
        for order in recent {
            guard let code = CodeableConcept(stored: order.node["code"]) else { continue }
            if let draft = drafts.first(where: { !$0.code.keys.isDisjoint(with: code.keys) }) {
                throw Self.refusal(order.reference, draft)
            }
        }
    }

    private static func refusal(_ order: LocalReference?, _ draft: OrderDraft) -> StoreError {
        let what = order.map { "\($0.text) orders it already" } ?? "the call orders it twice"
        return StoreError(
            .conflict, "a duplicate order: \(what); override with a reason if it is meant",
            expression: draft.item.place, details: "duplicate")
    }
}
