import Clinic
import FHIRModel
import FHIRStore
import JSONTape

/// Rules of referrals.
enum Referral {
    /// Nobody refers to themselves (422 self-referral), nor to a role of their own.
    static func refuseOwn(
        _ performer: LocalReference?, _ context: OrderContext, _ category: OrderCategory?, _ work: ClinicWork
    ) async throws {
        guard category == .referral, let performer,
            let requester = context.requester?.reference.flatMap({ LocalReference($0) })
        else { return }
        let to = try await Acting.person(performer, in: work)
        let from = try await Acting.person(requester, in: work)
        guard to == from || performer == requester else { return }
        throw StoreError(
            .businessRule, "nobody refers a patient to themselves", expression: "ServiceRequest.performer",
            details: "self-referral")
    }

    static func isReferral(_ order: JSONNode) -> Bool {
        (order["category"]?.items ?? []).contains { category in
            (category["coding"]?.items ?? []).contains { $0["code"]?.string == OrderCategory.referralCode }
        }
    }
}
