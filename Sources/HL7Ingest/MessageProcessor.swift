import Clinic
import FHIRFormats
import FHIRStore
import HL7Mapping
import HL7Syntax
import PostgreSQL

/// One message on its way through: gate, duplicates, application, log and answer.
struct MessageProcessor: Sendable {
    let store: FHIRStore
    let log: MessageLog
    let results: LabResults
    let handlers: [any MessageHandler]
    let answers: AnswerWriter
    let provenance: MessageProvenance
    let parts: MessagePartTable
    /// Of which at least one trigger event is supported.
    private let messageTypes: Set<String>

    init(store: FHIRStore, finder: ResourceFinder, handlers: [any MessageHandler]) {
        self.store = store
        self.handlers = handlers
        log = MessageLog(store: store)
        results = LabResults(store: store, finder: finder)
        answers = AnswerWriter(store: store)
        provenance = MessageProvenance(store: store)
        parts = MessagePartTable(store: store)
        messageTypes = handlers.reduce(into: MessageMaps.messageTypes.union(ORUMapping.kinds.keys)) {
            $0.formUnion($1.messageTypes)
        }
    }

    /// What one attempt has to do with.
    struct Delivery: Sendable {
        var message: ReceivedMessage
        var settings: SourceSettings
        /// The line of the log that the message has already: it is tried again. Nil for one that comes in.
        var slot: MessageLog.Slot?
        /// Attempts before this one.
        var attempts = 0
        /// An attempt of this very delivery found that something had changed.
        var isRetry = false
        /// Stored bytes are applied again, though they may have been applied before.
        var isReplay = false
    }

    /// What an attempt came to.
    struct Processed: Sendable {
        /// Nil where nobody can be answered.
        var answer: AnswerWriter.Answer?
        var number: Int64
        var state: MessageState
        var reason: String?
        var resources: [String] = []
        var superseded: [String] = []
        /// The message was the part that completes another one, which is to be applied now under its number.
        var isCompleted = false
    }

    /// One attempt; throws `StoreError`, with `.stale` where another delivery came first.
    func process(_ given: Delivery) async throws -> Processed {
        var delivery = given
        let message = delivery.message
        guard let header = message.header else { return try await keepUnreadable(delivery) }
        let objection = gate(delivery.settings).objection(header)
        var reusesControlID = false
        let isRefused = objection != nil
        async let ahead = isRefused ? nil : lookAhead(given, header)
        if delivery.slot == nil, let earlier = try await log.earlier(message) {
            if earlier.isSameBody {
                if let answered = try await repeated(&delivery, earlier) { return answered }
            } else if objection == nil, delivery.settings.isControlIDStrict {
                return try await refuse(
                    delivery, header, .rejected,
                    Acknowledgement.Issue(.duplicateKey, at: Self.controlID, userMessage: Self.reuse))
            } else {
                reusesControlID = true
            }
        }
        if let objection { return try await refuse(delivery, header, objection.verdict, objection.issue) }
        if delivery.slot == nil, delivery.settings.acknowledge == .stored {
            return try await receive(delivery, header, reusesControlID)
        }
        do {
            return try await apply(delivery, header, reusesControlID, await ahead)
        } catch let error as MappingError {
            let isDoubt = error.isIdentityDoubt && delivery.settings.holdPolicy == .acceptAndHold
            // The sender did its part: the content waits for a person, not the laboratory's queue.
            guard isDoubt else {
                let verdict: Verdict = error.outcome == .rejected ? .rejected : .contentError
                return try await refuse(delivery, header, verdict, error.acknowledgementIssue)
            }
            let issue = Acknowledgement.Issue(error.code, .warning, at: error.location, userMessage: error.message)
            return try await refuse(delivery, header, .held, issue)
        } catch let error as HL7SyntaxError {
            return try await refuse(
                delivery, header, .contentError,
                Acknowledgement.Issue(.dataType, at: error.location, userMessage: error.message))
        }
    }

    /// The refusals that the header alone decides.
    func gate(_ settings: SourceSettings) -> MessageGate {
        MessageGate(
            settings: settings,
            isSupported: { header in
                ORUMapping.kinds[header.messageType]?.contains(header.triggerEvent) ?? false
                    || handlers.contains { $0.takes(header) }
            },
            types: messageTypes)
    }

    /// The same bytes came before: the answer of then, unless it failed for a reason that may have passed.
    private func repeated(
        _ delivery: inout Delivery, _ earlier: MessageLog.Earlier
    ) async throws -> Processed? {
        if earlier.state == .failed || earlier.state == .retry {
            delivery.slot = .stored(earlier.id, revision: earlier.revision)
            delivery.attempts = earlier.attempts
            return nil
        }
        try await log.countRepeat(of: earlier)
        let frames = earlier.acknowledgement.isEmpty ? [] : [earlier.acknowledgement]
        return Processed(
            answer: AnswerWriter.Answer(code: earlier.code, frames: frames),
            number: earlier.id, state: earlier.state)
    }

    // MARK: - Applying

    /// What was found out of a new message of results while its control id was looked up.
    private struct Ahead {
        let message: RawMessage
        let mapping: ORUMapping
        let found: LabResults.Found
    }

    /// Looks up beside the control id what nearly every message of results needs, so that both take one round trip;
    /// nil where it will not be needed, or not like this.
    private func lookAhead(_ delivery: Delivery, _ header: MessageHeader) async -> Ahead? {
        guard delivery.slot == nil, delivery.settings.acknowledge != .stored,
            !handlers.contains(where: { $0.takes(header) }), let message = try? delivery.message.parsed(),
            let mappings = try? ORUMapping.all(message, profile: delivery.settings.profile), mappings.count == 1,
            let found = try? await results.find(mappings[0])
        else { return nil }
        return Ahead(message: message, mapping: mappings[0], found: found)
    }

    private func apply(
        _ delivery: Delivery, _ header: MessageHeader, _ reusesControlID: Bool, _ ahead: Ahead?
    ) async throws -> Processed {
        var ahead = ahead
        var message = try ahead?.message ?? delivery.message.parsed()
        if Self.isPart(message, header) {
            // What was looked up was a part's.
            ahead = nil
            switch try await part(message, delivery, header) {
            case .whole(let whole): message = whole
            case .settled(let processed): return processed
            }
        }
        let form = message.formIssues
        let keys = MessageKeys.keys(of: message, header)
        guard let handler = handlers.first(where: { $0.takes(header) }) else {
            let mappings = try ahead.map { [$0.mapping] } ?? ORUMapping.all(message, profile: delivery.settings.profile)
            return try await apply(mappings, ahead?.found, delivery, header, keys, form, reusesControlID)
        }
        let inbound = InboundMessage(message: message, header: header, profile: delivery.settings.profile)
        let slot = try await slot(delivery)
        return try await store.transaction { transaction in
            _ = try await transaction.session.queries([TransitionDoor.open])
            let effect = try await handler.handle(inbound, in: transaction)
            // What refuses a message stands first, for MSA-3.
            let noticed = effect.isRefused ? effect.issues : form + effect.issues
            var issues = Self.issues(of: header, noticed, reusesControlID: reusesControlID)
            var verdict = effect.isRefused ? Verdict.contentError : .accepted
            if let hold = effect.hold {
                let isStrict = delivery.settings.holdPolicy == .strict
                verdict = isStrict ? .contentError : .held
                issues.append(Acknowledgement.Issue(.unknownKey, isStrict ? .error : .warning, userMessage: hold))
            }
            let answer = answers.answer(header, verdict, issues, reply: effect.reply)
            let review = effect.hold.map { "\(MessageErrorCode.unknownKey.rawValue) \($0)" } ?? effect.review
            let isOld = !effect.superseded.isEmpty && effect.resources.isEmpty
            let entry = entry(
                delivery, review != nil ? .quarantined : isOld ? .superseded : .applied, answer, reason: review,
                keys: keys, resources: effect.resources, superseded: effect.superseded)
            let command = try provenance.command(
                slot.number, delivery.message, resources: effect.resources, isNew: delivery.slot == nil)
            _ = try await transaction.apply([command].compactMap(\.self))
            let (statement, parameters) = log.statement(entry, in: slot)
            _ = try await transaction.session.query(statement, parameters)
            return processed(entry, answer, slot)
        }
    }

    private func apply(
        _ mappings: [ORUMapping], _ found: LabResults.Found?, _ delivery: Delivery, _ header: MessageHeader,
        _ keys: [String], _ form: [Acknowledgement.Issue], _ reusesControlID: Bool
    ) async throws -> Processed {
        let plan: LabResults.Plan
        switch try await results.plan(
            mappings, found: found, isRetry: delivery.isRetry || delivery.slot != nil)
        {
        case .hold(let doubt):
            let isError = doubt.isRefused || delivery.settings.holdPolicy == .strict
            let issue = Acknowledgement.Issue(
                .unknownKey, isError ? .error : .warning, at: doubt.location, userMessage: doubt.message)
            return try await refuse(delivery, header, isError ? .contentError : .held, issue, keys: keys)
        case .apply(let made): plan = made
        }
        var job = plan.job
        let slot = try await slot(delivery)
        let issues = Self.issues(of: header, form + plan.warnings, reusesControlID: reusesControlID)
        let answer = answers.answer(header, .accepted, issues)
        let entry = entry(
            delivery, plan.state, answer, reason: plan.review, keys: keys, resources: plan.resources,
            superseded: plan.superseded)
        job.closing.append(log.statement(entry, in: slot))
        if let command = try provenance.command(
            slot.number, delivery.message, resources: plan.resources,
            isNew: delivery.slot == nil && !delivery.isRetry)
        {
            job.commands.append(command)
        }
        do {
            _ = try await store.runGathered(job, affinity: plan.affinity)
        } catch let error as StoreError where error.details == "illegal-transition" {
            // Rare, so it is found out by trying: the laboratory takes back what was final. By itself, because the door
            // is open for all that runs in between.
            job.statements.insert(TransitionDoor.open, at: 0)
            job.closing.append(TransitionDoor.close)
            _ = try await store.run(job, affinity: plan.affinity)
        }
        return processed(entry, answer, slot)
    }

    /// Warnings about the message as a whole, in front of those about its content.
    private static func issues(
        of header: MessageHeader, _ warnings: [Acknowledgement.Issue], reusesControlID: Bool
    ) -> [Acknowledgement.Issue] {
        var issues = warnings
        if !header.isKnownVersion {
            let place = HL7Location(segment: "MSH", sequence: 1, field: 12)
            issues.append(Acknowledgement.Issue(.unsupportedVersion, .warning, at: place))
        }
        if reusesControlID {
            issues.insert(
                Acknowledgement.Issue(.duplicateKey, .warning, at: controlID, userMessage: reuse), at: 0)
        }
        return issues
    }

    private static let controlID = HL7Location(segment: "MSH", sequence: 1, field: 10)
    private static let reuse = "another message had this control id"

    // MARK: - What is not applied

    /// Stores the message for the background, and answers that it is safe.
    private func receive(
        _ delivery: Delivery, _ header: MessageHeader, _ reusesControlID: Bool
    ) async throws -> Processed {
        let issues = Self.issues(of: header, [], reusesControlID: reusesControlID)
        let answer = answers.answer(header, .accepted, issues, isApplied: false)
        let slot = try await slot(delivery)
        var entry = entry(
            delivery, .received, answer, reason: nil, keys: MessageKeys.keys(ofBytes: delivery.message))
        entry.attempts = 0
        entry.due = delivery.message.received
        try await log.write(entry, in: slot)
        return processed(entry, answer, slot)
    }

    /// Logs the message as held, faulty or rejected, and answers so.
    func refuse(
        _ delivery: Delivery, _ header: MessageHeader, _ verdict: Verdict, _ issue: Acknowledgement.Issue,
        keys: [String]? = nil
    ) async throws -> Processed {
        let answer = answers.answer(header, verdict, [issue])
        let slot = try await slot(delivery)
        let entry = entry(
            delivery, verdict == .rejected ? .rejected : .quarantined, answer,
            reason: "\(issue.code.rawValue) \(issue.userMessage)",
            keys: keys ?? MessageKeys.keys(ofBytes: delivery.message))
        try await log.write(entry, in: slot)
        return processed(entry, answer, slot)
    }

    private func keepUnreadable(_ delivery: Delivery) async throws -> Processed {
        if delivery.slot == nil, let earlier = try await log.earlier(delivery.message), earlier.isSameBody {
            try await log.countRepeat(of: earlier)
            return Processed(answer: nil, number: earlier.id, state: earlier.state)
        }
        let slot = try await slot(delivery)
        let entry = MessageLog.Entry(
            message: delivery.message, state: .quarantined, code: "", reason: "MSH cannot be read",
            acknowledgement: [], attempts: delivery.attempts + 1)
        try await log.write(entry, in: slot)
        return Processed(answer: nil, number: slot.number, state: .quarantined, reason: entry.reason)
    }

    // MARK: - The log

    func slot(_ delivery: Delivery) async throws -> MessageLog.Slot {
        if let slot = delivery.slot { return slot }
        return try await log.newSlot()
    }

    func entry(
        _ delivery: Delivery, _ state: MessageState, _ answer: AnswerWriter.Answer, reason: String?, keys: [String],
        resources: [String] = [], superseded: [String] = []
    ) -> MessageLog.Entry {
        MessageLog.Entry(
            message: delivery.message, state: state, code: answer.code, reason: reason, resources: resources,
            superseded: superseded, acknowledgement: answer.frames.first ?? [], keys: keys,
            attempts: delivery.attempts + 1)
    }

    func processed(
        _ entry: MessageLog.Entry, _ answer: AnswerWriter.Answer, _ slot: MessageLog.Slot
    ) -> Processed {
        Processed(
            answer: answer, number: slot.number, state: entry.state, reason: entry.reason, resources: entry.resources,
            superseded: entry.superseded)
    }
}

extension MappingError {
    /// PID-3 holds something, but nothing that says who the patient is, such as `UNKNOWN`.
    fileprivate var isIdentityDoubt: Bool {
        code == .dataType && location?.segment == "PID" && location?.field == 3
    }
}
