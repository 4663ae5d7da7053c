import FHIRTerminology
import PostgreSQL
import Synchronization

/// Answers questions about single codes by what is stored here, many at a time, and keeps the answers for a moment.
///
/// A write of a CodeSystem or ValueSet by this process ends what is kept at once; what others write, or load from
/// files, counts within a second.
final class CodeAnswers: Sendable {
    /// For how long answers are kept.
    static let freshness = Duration.seconds(1)
    /// Greatest number of answers that are kept.
    private static let capacity = 20_000

    private struct State {
        var known: [CodeQuestion: CodeAnswer] = [:]
        var writes = 0
        var begun = ContinuousClock.now
    }

    private let service: TerminologyService
    private let writes: DefinitionWrites
    private let state = Mutex(State())

    init(service: TerminologyService, writes: DefinitionWrites) {
        self.service = service
        self.writes = writes
    }

    /// - Parameter session: within a transaction, so that its own writes are seen; nil for the shared lanes.
    func answers(
        to questions: some Collection<CodeQuestion>, in session: Session?
    ) async throws -> [CodeQuestion: CodeAnswer] {
        guard !questions.isEmpty else { return [:] }
        let seen = writes.count
        var answers = session == nil ? kept(questions, seen) : [:]
        let source = StoredTerminologySource(service: service, session: session)
        let terminology = Terminology(source: RememberingTerminologySource(source))
        var found: [CodeQuestion: CodeAnswer] = [:]
        for question in questions where answers[question] == nil {
            found[question] = try await terminology.answer(question)
        }
        if session == nil { keep(found, seen) }
        answers.merge(found) { $1 }
        return answers
    }

    private func kept(_ questions: some Collection<CodeQuestion>, _ seen: Int) -> [CodeQuestion: CodeAnswer] {
        let now = ContinuousClock.now
        return state.withLock { state in
            if state.writes < seen || now - state.begun >= Self.freshness || state.known.count > Self.capacity {
                state.known.removeAll(keepingCapacity: true)
                state.writes = max(state.writes, seen)
                state.begun = now
            }
            var answers: [CodeQuestion: CodeAnswer] = [:]
            for question in questions { answers[question] = state.known[question] }
            return answers
        }
    }

    private func keep(_ answers: [CodeQuestion: CodeAnswer], _ seen: Int) {
        guard !answers.isEmpty else { return }
        state.withLock { state in
            // A write that ended meanwhile may have changed what they were made of.
            guard state.writes == seen, writes.count == seen else { return }
            state.known.merge(answers) { $1 }
        }
    }
}
