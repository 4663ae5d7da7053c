internal import NIOCore

/// One connection's replies: they leave in the order in which their frames came, however the work on them overlaps.
///
///     frames    1   2   3        reserve() gives 1, 2, 3 and waits while too many are open
///     finished      2   3   1    complete() keeps 2 and 3 until 1 is there
///     sent      1   2   3
actor ReplyQueue {
    private let limit: Int
    private let unreadableLimit: Int
    private let outbound: NIOAsyncChannelOutboundWriter<AcknowledgementReply>
    private let close: @Sendable () -> Void

    private var nextReserved = 0
    private var nextSent = 0
    private var finished: [Int: AcknowledgementReply] = [:]
    private var isSending = false
    private var isClosed = false
    private var unreadableCount = 0
    private var waiting: CheckedContinuation<Void, Never>?

    init(
        limit: Int, unreadableLimit: Int, outbound: NIOAsyncChannelOutboundWriter<AcknowledgementReply>,
        close: @escaping @Sendable () -> Void
    ) {
        self.limit = max(limit, 1)
        self.unreadableLimit = unreadableLimit
        self.outbound = outbound
        self.close = close
    }

    /// Takes the next place in line, waiting while as many as allowed are open; `nil` once the connection is over.
    /// Only one task, the one that reads the connection, may call this.
    func reserve() async -> Int? {
        while nextReserved - nextSent >= limit, !isClosed {
            await withCheckedContinuation { waiting = $0 }
        }
        guard !isClosed else { return nil }
        nextReserved += 1
        return nextReserved - 1
    }

    /// Hands in the reply for a place and sends all that are due.
    func complete(_ place: Int, with reply: AcknowledgementReply) async {
        finished[place] = reply
        // While one call is suspended in a write, the others only leave their reply: it will be picked up there.
        guard !isSending else { return }
        isSending = true
        defer { isSending = false }
        while !isClosed, let reply = finished.removeValue(forKey: nextSent) {
            await send(reply)
            nextSent += 1
            wake()
        }
    }

    private func send(_ reply: AcknowledgementReply) async {
        unreadableCount = reply == .unreadable ? unreadableCount + 1 : 0
        if reply == .close || unreadableCount >= unreadableLimit { return end() }
        do {
            try await outbound.write(reply)
        } catch {
            // The peer is gone. It will send again what it has no answer for.
            end()
        }
    }

    private func end() {
        isClosed = true
        finished = [:]
        close()
        wake()
    }

    private func wake() {
        waiting?.resume()
        waiting = nil
    }
}
