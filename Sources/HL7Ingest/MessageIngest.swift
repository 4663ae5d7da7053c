import FHIRFormats
package import FHIRStore
package import HL7Mapping
package import HL7Syntax
package import Logging

/// Takes HL7 v2 messages: logs the bytes, applies the content and answers, all in one transaction.
///
/// An accepting answer is given only after the commit. A repeated delivery gets the first one's answer again and
/// changes nothing. What cannot be applied is logged all the same, for a person to look at.
package struct MessageIngest: Sendable {
    /// What goes back to the sender.
    package enum Reply: Sendable, Hashable {
        /// Acknowledgements, each in a frame of its own; none if the sender wants none (MSH-15, MSH-16).
        case send([[UInt8]])
        /// MSH cannot be read, so there is nobody to answer.
        case unreadable
        /// Nothing could be stored: the connection ends, and the sender keeps the message.
        case close
    }

    let store: FHIRStore
    /// The settings of the senders.
    package let sources: SourceRegistry
    let processor: MessageProcessor
    let schedule: RetrySchedule
    /// Told when a message was stored whose content is still to be applied.
    let bell: MessageBell
    private let profile: (@Sendable (_ source: String, MessageHeader) -> SourceProfile)?
    let logger: Logger

    /// - Parameters:
    ///   - sources: what is known of the senders; nil for what the database has.
    ///   - schedule: of messages that failed for a passing reason.
    ///   - profile: what is known of a sender, in place of what its settings say of how it is read.
    package init(
        store: FHIRStore, finder: ResourceFinder, logger: Logger, sources: SourceRegistry? = nil,
        schedule: RetrySchedule = RetrySchedule(),
        profile: (@Sendable (_ source: String, MessageHeader) -> SourceProfile)? = nil
    ) {
        self.store = store
        self.sources = sources ?? SourceRegistry(store: store)
        self.schedule = schedule
        self.profile = profile
        self.logger = logger
        bell = MessageBell()
        let stated = StatedMessageHandler(store: store, service: finder.service)
        let handlers: [any MessageHandler] = [
            OrderMessageHandler(store: store, service: finder.service), MergeHandler(stated: stated),
            AdmissionHandler(stated: stated), PatientQueryHandler(store: store, service: finder.service),
            SchedulingHandler(statements: stated), stated,
        ]
        processor = MessageProcessor(store: store, finder: finder, handlers: handlers)
    }

    /// Takes the content of one frame: a message, several, or a batch.
    /// - Parameters:
    ///   - isBound: the sender has proved to be `source`: a message whose MSH-3 or MSH-4 is not what the settings of
    ///     this source name is rejected.
    ///   - address: of the peer, for the record.
    package func receive(
        _ frame: [UInt8], source: String, isBound: Bool = false, address: String? = nil
    ) async -> Reply {
        let snapshot: SourceRegistry.Snapshot
        do {
            snapshot = try await sources.current()
        } catch {
            return .close
        }
        guard let batch = try? MessageBatch(splitting: frame), batch.isBatch else {
            return await reply(to: receive(message: frame, source, snapshot, isBound: isBound, address))
        }
        return await receive(batch, source, snapshot, isBound: isBound, address)
    }

    /// Keeps bytes that are no whole message, for a person to look at.
    /// - Parameter state: `.rejected` for what the listener has refused already.
    package func keep(
        _ bytes: [UInt8], source: String, reason: String, state: MessageState = .quarantined
    ) async {
        let message = ReceivedMessage(bytes, source: source, received: store.clock())
        do {
            let slot = try await processor.log.newSlot()
            try await processor.log.write(
                MessageLog.Entry(
                    message: message, state: state, code: state == .rejected ? "AR" : "", reason: reason,
                    acknowledgement: [], keys: MessageKeys.keys(ofBytes: message)), in: slot)
        } catch {
            logger.warning("a broken frame was not kept", metadata: ["bytes": "\(bytes.count)"])
        }
    }

    // MARK: - One message

    /// What came of a message that came in; nil if nothing could be stored.
    private func receive(
        message bytes: [UInt8], _ source: String, _ snapshot: SourceRegistry.Snapshot, isBound: Bool,
        _ address: String?
    ) async -> MessageProcessor.Processed? {
        var message = ReceivedMessage(bytes, source: source, received: store.clock())
        message.address = address
        let processed = await attempt(delivery(message, snapshot, isBound: isBound))
        if processed?.state == .received { bell.ring() }
        return processed
    }

    /// The message with the settings that hold for it.
    func delivery(
        _ message: ReceivedMessage, _ snapshot: SourceRegistry.Snapshot, isBound: Bool = false
    ) -> MessageProcessor.Delivery {
        var message = message
        var settings =
            isBound
            ? snapshot.settings(bound: message.listener)
            : snapshot.settings(listener: message.listener, message.header)
        settings.isBound = isBound
        message.source = settings.name
        if let charset = settings.charset { message.read(in: charset) }
        if let profile, let header = message.header { settings.profile = profile(message.listener, header) }
        return MessageProcessor.Delivery(message: message, settings: settings)
    }

    /// Processes a delivery; what fails is logged as such. Nil if nothing could be stored.
    func attempt(_ delivery: MessageProcessor.Delivery) async -> MessageProcessor.Processed? {
        guard let audit = store.audit else { return await attemptAll(delivery) }
        let trace = AuditTrace(delivery.facts)
        let processed = await AuditTrace.$current.withValue(trace) { await attemptAll(delivery) }
        await audit.record(AuditEntry(message: processed, trace, at: audit.now))
        return processed
    }

    private func attemptAll(_ delivery: MessageProcessor.Delivery) async -> MessageProcessor.Processed? {
        let processed = await tryOnce(delivery)
        guard let processed, processed.isCompleted else { return processed }
        // The parts are one message now, which stands in the log under the number of this one.
        var whole = delivery
        do {
            whole.slot = try await processor.log.refreshed(.stored(processed.number, revision: 0))
        } catch {
            return nil
        }
        return await tryOnce(whole)
    }

    private func tryOnce(_ delivery: MessageProcessor.Delivery) async -> MessageProcessor.Processed? {
        do {
            var attempt = 0
            return try await store.retryingWhenStale {
                defer { attempt += 1 }
                var delivery = delivery
                delivery.isRetry = attempt > 0
                if attempt > 0 { delivery.slot = try await processor.log.refreshed(delivery.slot) }
                return try await processor.process(delivery)
            }
        } catch let error as StoreError {
            return await fail(delivery, error)
        } catch {
            return await fail(delivery, StoreError(.fault, "unexpected failure"))
        }
    }

    private func reply(to processed: MessageProcessor.Processed?) -> Reply {
        guard let processed else { return .close }
        return processed.answer.map { .send($0.frames) } ?? .unreadable
    }

    /// What could not be written: without a database nobody is answered, else the message is kept and refused.
    private func fail(
        _ delivery: MessageProcessor.Delivery, _ error: StoreError
    ) async -> MessageProcessor.Processed? {
        let message = delivery.message
        guard error.code != .unavailable, error.code != .overloaded, let header = message.header else { return nil }
        logger.error("message not applied", metadata: ["code": "\(error.code)", "type": "\(message.type)"])
        do {
            // The line may have changed since, as by an attempt whose outcome nobody saw.
            return try await processor.fail(delivery, header, error, schedule)
        } catch {
            return nil
        }
    }

    // MARK: - Several messages

    private func receive(
        _ batch: MessageBatch, _ source: String, _ snapshot: SourceRegistry.Snapshot, isBound: Bool,
        _ address: String?
    ) async -> Reply {
        var processed: [MessageProcessor.Processed] = []
        for message in batch.messages {
            guard let one = await receive(message: message, source, snapshot, isBound: isBound, address) else {
                return .close
            }
            processed.append(one)
        }
        let answered = processed.compactMap { one in one.answer }
        let frames = answered.flatMap(\.frames)
        let first = batch.messages.first.flatMap { MessageHeader(reading: $0) }
        let settings = snapshot.settings(listener: source, first)
        let envelope = batch.groups.lazy.compactMap(\.header).first ?? batch.fileHeader
        guard let envelope else {
            if settings.severalMessages == .single {
                let answers = answered.compactMap { one in one.frames.first.map { (one.code, $0) } }
                return .send(BatchAnswer.worst(answers).map { [$0] } ?? [])
            }
            return answered.isEmpty && !processed.isEmpty ? .unreadable : .send(frames)
        }
        let answer = BatchAnswer(answers: processor.answers, header: envelope, version: first?.version ?? [])
        var all = frames
        if batch.isMiscounted {
            all.append(answer.miscount())
            // The answers are due whether or not the remark is written.
            try? await processor.log.flag(
                processed.map(\.number), "\(MessageErrorCode.internalError.rawValue) the batch holds another number")
        }
        return .send(settings.batches == .single ? [answer.envelope(all)] : all)
    }
}
