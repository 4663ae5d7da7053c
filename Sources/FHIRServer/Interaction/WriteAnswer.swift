import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// Answers to writes: create, update and patch (R4 http.html#create, #update, #patch).
extension Interactions {
    /// The answer to a write of `input`.
    ///
    /// - Parameter shape: of the resource in the answer; read before the write, so that a bad one changes nothing.
    func answer(
        _ result: WriteResult, _ input: ResourceInput, _ shape: ResourceShape?, _ request: InteractionRequest
    ) -> InteractionAnswer {
        writeAnswer(result, input.type, request) {
            var writer = JSONWriter(reservingByteCount: input.document.byteRange(input.index).count + 128)
            store.renderer.render(input.document, input.index, stamp: result.stamp, shape: shape, to: &writer)
            return writer.bytes
        }
    }

    /// Status, headers and the body that `Prefer: return=` asks for (R4 http.html#ops); without it the resource as
    /// stored, because that saves the client the read that most make next.
    ///
    /// - Parameter representation: the resource as it is now, rendered; asked for only where it is the body.
    func writeAnswer(
        _ result: WriteResult, _ type: TypeID, _ request: InteractionRequest, representation: () -> [UInt8]
    ) -> InteractionAnswer {
        let stamp = result.stamp
        let isNew = result.effect == .created
        var answer = InteractionAnswer(isNew ? 201 : 200, version: stamp.version, lastModified: stamp.updated)
        answer.isOnRecord = true
        let address = location(of: type, stamp, request)
        if isNew { answer.location = address } else { answer.contentLocation = address }
        let preferred = request.conditions.prefer.return
        answer.preferenceApplied = preferred.map { "return=\($0.rawValue)" }
        switch preferred ?? .representation {
        case .minimal: break
        case .operationOutcome:
            answer.body = OperationOutcome.json([
                OutcomeIssue(.information, code: "informational", diagnostics: result.words)
            ])
        case .representation: answer.body = representation()
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
