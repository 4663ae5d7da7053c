import Synchronization

/// What the clients of a load sent and what they were told.
final class Ledger: Sendable {
    struct Entries {
        /// Ids of acknowledged creates and updates-as-create, by identifier.
        var resources: [String: String] = [:]
        /// Acknowledged versions of the resource that a client keeps updating: its content, by version.
        var versions: [Int: [Int: Int]] = [:]
        /// Updates of that resource of which nobody knows how they ended.
        var openUpdates: [Int: Int] = [:]
        /// Messages sent, in their order, by sender.
        var messages: [Int: [String]] = [:]
        /// Messages answered AA.
        var accepted: Set<String> = []
        /// How many writes were acknowledged, by client and by sender.
        var clientCounts: [Int: Int] = [:]
        var senderCounts: [Int: Int] = [:]
        /// How many requests were answered with 503.
        var refusalCount = 0
        /// How often a message got no answer.
        var silenceCount = 0
        /// Answers that no client should ever see.
        var surprises: [String] = []
    }

    private let entries = Mutex(Entries())

    func update<R>(_ body: (inout sending Entries) -> sending R) -> R { entries.withLock(body) }

    var now: Entries { entries.withLock { $0 } }
}
