import Synchronization

/// How much one answer may hold, in bytes of compact JSON; the entries of a bundle share what the bundle has.
///
/// Answers are made in memory before anything of them is sent, so one that would be too large ends as an
/// OperationOutcome (`too-costly`). What is streamed, such as the content of a Binary, has no such limit, nor has a
/// resource that is read by its address: that it could be stored bounds it.
final class AnswerRoom: Sendable {
    /// In bytes.
    let greatest: Int
    private struct State {
        /// Bytes taken by entries of a bundle, by their positions: one that is run again takes its place anew.
        var byEntry: [Int: Int] = [:]
        var sum = 0
    }

    private let state = Mutex(State())

    init(byteCount: Int) {
        greatest = byteCount
    }

    /// Throws `RequestError` (400) where so many bytes, beside what entries have taken, are more than the answer may
    /// hold.
    func require(_ byteCount: Int) throws(RequestError) {
        let used = state.withLock { $0.sum }
        guard used + byteCount <= greatest else { throw tooLarge }
    }

    /// Takes room for the answer of an entry; false if there is not so much.
    func take(_ byteCount: Int, forEntry position: Int) -> Bool {
        state.withLock { state in
            let others = state.sum - (state.byEntry[position] ?? 0)
            guard others + byteCount <= greatest else { return false }
            state.byEntry[position] = byteCount
            state.sum = others + byteCount
            return true
        }
    }

    /// Says what to do about it.
    var tooLarge: RequestError {
        RequestError(
            .answerTooLarge,
            "the answer would be larger than \(greatest >> 20) MB, the most that this server sends at once: ask for "
                + "fewer resources at a time (_count), for parts of them (_elements, _summary), or for fewer types")
    }
}

extension Interactions {
    /// Of one answer; the entries of a bundle share what the bundle has.
    func room(_ request: InteractionRequest) -> AnswerRoom {
        request.room ?? AnswerRoom(byteCount: limits.answerByteCount)
    }
}

extension InteractionAnswer {
    /// Has the answer of an entry that changed something tell that in short: what was done stays done, whether or not
    /// there is room to show it.
    mutating func shorten() {
        body = OperationOutcome.json([
            OutcomeIssue(
                .warning, code: "too-costly", details: "answer-too-large",
                diagnostics: "this was done; the answer has no room to show what came of it")
        ])
        isOutcome = true
        contentType = nil
    }
}
