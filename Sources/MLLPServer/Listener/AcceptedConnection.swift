internal import NIOCore
internal import Synchronization

/// An accepted connection on its way to whoever serves it, which closes itself if it does not get there: cancellation
/// ends the stream of accepted connections with some still in it, and NIO holds dropping those for a mistake.
final class AcceptedConnection: Sendable {
    private let channel: Mutex<MLLPConnection.Channel?>

    /// Who is at the other end.
    let identity: PeerIdentity

    init(_ channel: MLLPConnection.Channel, _ identity: PeerIdentity) {
        self.channel = Mutex(channel)
        self.identity = identity
    }

    /// The connection, of which the caller now has to take care; nil for everyone but the first who asks.
    func take() -> MLLPConnection.Channel? {
        channel.withLock { channel in
            defer { channel = nil }
            return channel
        }
    }

    deinit {
        guard let channel = take() else { return }
        // Nobody is left to wait for it. It ends with the connection, which nothing keeps open.
        Task { try? await channel.executeThenClose { _, _ in } }
    }
}
