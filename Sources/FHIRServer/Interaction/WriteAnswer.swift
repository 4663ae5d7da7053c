import FHIRFormats
import FHIRDefinitions
import FHIRStore
import JSONTape

/// Answers to create and update (R4 http.html#create, #update).
extension Interactions {
    /// Status, headers and the body that `Prefer: return=` asks for; without it the resource as stored, because
    /// that saves the client the read that most make next.
    func answer(
        _ result: WriteResult, _ input: ResourceInput, _ request: InteractionRequest
    ) -> InteractionAnswer {
        let stamp = result.stamp
        let isNew = result.effect == .created
        var answer = InteractionAnswer(isNew ? 201 : 200, version: stamp.version, lastModified: stamp.updated)
        if isNew { answer.location = location(of: input.type, stamp, request) }
        switch request.conditions.prefer.return ?? .representation {
        case .minimal: break
        case .operationOutcome:
            answer.body = OperationOutcome.json([
                OutcomeIssue(.information, code: "informational", diagnostics: result.words)
            ])
        case .representation:
            var writer = JSONWriter(reservingByteCount: input.document.byteRange(input.index).count + 128)
            store.renderer.render(input.document, input.index, stamp: stamp, to: &writer)
            answer.body = writer.bytes
        }
        return answer
    }
}

extension WriteResult {
    /// What happened, for an informational outcome.
    var words: String {
        switch effect {
        case .created: "created as version \(stamp.version)"
        case .updated: "updated to version \(stamp.version)"
        case .unchanged: "the content was the stored one; no new version was made"
        case .deleted: "deleted with version \(stamp.version)"
        case .absent: "there was nothing to delete"
        }
    }
}
