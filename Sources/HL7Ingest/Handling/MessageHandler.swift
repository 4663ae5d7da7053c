import FHIRStore
import HL7Mapping
import HL7Syntax

/// Applies messages of some kinds, within the transaction that also logs the message.
protocol MessageHandler: Sendable {
    func takes(_ header: MessageHeader) -> Bool

    /// Message types of which it takes at least one trigger event, beside those of the maps: another event of such a
    /// type is refused as an event (201), and not as a type (200).
    var messageTypes: Set<String> { get }

    /// May run more than once, when somebody else was faster: all that it does goes through the transaction.
    /// - Throws: `MappingError` and `HL7SyntaxError` for what is wrong with the message, `StoreError` for what the
    ///   store says; nothing is then changed.
    func handle(_ inbound: InboundMessage, in transaction: StoreTransaction) async throws -> MessageEffect
}

extension MessageHandler {
    var messageTypes: Set<String> { [] }
}

/// A parsed message with what is known of its sender.
struct InboundMessage: Sendable {
    let message: RawMessage
    let header: MessageHeader
    let profile: SourceProfile
}

/// What applying a message came to.
struct MessageEffect: Sendable {
    /// Rows for the acknowledgement, all of them warnings.
    var issues: [Acknowledgement.Issue] = []
    /// `Type/id` of what was written.
    var resources: [String] = []
    /// `Type/id` of what was left alone because it is newer.
    var superseded: [String] = []
    /// Why a person has to look at it, though it was applied; nil if all is well.
    var review: String?
    /// Why nothing was filed; the message waits for a person, and the handler wrote nothing.
    var hold: String?
    /// The answer says AE though the message was understood: a query about something unknown.
    var isRefused = false
    /// `Type/id` in the store of what the message states, by `Type/id` in the message.
    var addresses: [String: String] = [:]
    /// The answer beyond the acknowledgement.
    var reply: MessageReply?

    static func hold(_ reason: String) -> MessageEffect { MessageEffect(hold: reason) }
}
