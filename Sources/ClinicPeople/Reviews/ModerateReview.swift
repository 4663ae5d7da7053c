import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape

/// `POST /Communication/[id]/$moderate`: somebody of the clinic publishes a review, or does not, with a reason.
struct ModerateReview: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "moderate", typeName: "Communication", level: .instance, affectsState: true,
            documentation: "Publishes a review, or refuses to.", roles: [.satisfaction, .superadmin],
            transition: .init(from: ["preparation"], to: "completed"),
            events: ["review.published", "review.refused"],
            parameters: [
                .init(.input, "publish", 1, 1, "boolean", "Whether it becomes public."),
                .init(.input, "reason", 0, 1, "CodeableConcept", "Why not; a string stands for its text."),
                .init(.output, "return", 1, 1, "Communication", "The review as it is now."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let review = try work.instance
        let isReview = (review.node["category"]?.items ?? []).contains { concept in
            (concept["coding"]?.items ?? []).contains { $0["code"]?.string == "review" }
        }
        guard isReview else {
            throw StoreError(
                .businessRule, "this is no review", expression: "Communication.category", details: "not-allowed")
        }
        let isPublic = work.parameters.bool("publish")
        guard isPublic || work.parameters.has("reason") else {
            throw OperationParameters.invalid("a review is refused with a reason")
        }
        var changes = ChangeSet(work)
        var edit = review.edit
        if isPublic {
            // SM-MSG: what was prepared is sent first.
            edit.set("status", "in-progress")
            changes.update(review, edit)
            edit.set("status", "completed")
        } else {
            edit.set("status", "not-done")
            if let reason = work.parameters.concept("reason") { edit.set("statusReason", json: reason) }
        }
        changes.update(review, edit)
        changes.record(isPublic ? "review.published" : "review.refused", review.reference)
        let saved = try await changes.apply()
        return ClinicAnswer(saved[saved.count - 1])
    }
}
