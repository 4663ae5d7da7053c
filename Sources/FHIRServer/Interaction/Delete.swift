import FHIRFormats
import FHIRDefinitions
import FHIRStore

/// delete (R4 http.html#delete).
extension Interactions {
    /// 204 whether or not there was something to delete; `ETag` names the version that records the deletion.
    func delete(_ type: TypeID, id: String, _ request: InteractionRequest) async throws -> InteractionAnswer {
        guard ResourceID.isValid(id) else { return InteractionAnswer(204) }
        let precondition = try WritePrecondition(ifMatch: request.conditions.ifMatch, ifNoneMatch: nil)
        let result = try await store.delete(type, id: id, precondition)
        var answer = InteractionAnswer(204)
        if result.effect == .deleted {
            answer.isOnRecord = true
            answer.version = result.stamp.version
            answer.lastModified = result.stamp.updated
        }
        if request.conditions.prefer.return == .operationOutcome {
            answer.status = 200
            answer.preferenceApplied = "return=OperationOutcome"
            let words = result.effect == .deleted ? "deleted" : "there was nothing to delete"
            answer.body = OperationOutcome.json([
                OutcomeIssue(.information, code: "informational", diagnostics: words)
            ])
        }
        return answer
    }
}
