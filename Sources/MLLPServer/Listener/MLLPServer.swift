internal import HL7Syntax
package import Logging
package import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import Synchronization
internal import TransportSecurity

/// Listens for v2 messages over MLLP. A service: stops accepting and reading on graceful shutdown and returns when
/// everything in flight has been answered.
package final class MLLPServer: Service {
    private let configuration: MLLPServerConfiguration
    private let receiver: any MessageReceiver
    private let clock: AcknowledgementClock
    private let logger: Logger
    private let group: any EventLoopGroup
    private let onListening: @Sendable (_ port: Int) async -> Void
    private let connections = Mutex(Connections())

    /// What is open now.
    private struct Connections {
        var listener: (any Channel)?
        var open: [Int: any Channel] = [:]
        var accepted = 0
        var isDraining = false
    }

    /// - Parameters:
    ///   - group: the event loops to run on; by default those shared by the process.
    ///   - onListening: called once with the port that was bound.
    package init(
        configuration: MLLPServerConfiguration, receiver: any MessageReceiver,
        clock: AcknowledgementClock = AcknowledgementClock(), logger: Logger,
        group: (any EventLoopGroup)? = nil,
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.receiver = receiver
        self.clock = clock
        self.logger = logger
        self.group = group ?? MultiThreadedEventLoopGroup.singleton
        self.onListening = onListening
    }

    /// How many connections are open.
    package var connectionCount: Int { connections.withLock { $0.open.count } }

    /// Binds and serves until graceful shutdown or cancellation.
    /// - Throws: what binding throws, such as a port in use.
    package func run() async throws {
        let listener = try await bind()
        let isDraining = connections.withLock { state in
            state.listener = listener.channel
            return state.isDraining
        }
        if isDraining { listener.channel.close(promise: nil) }
        let port = listener.channel.localAddress?.port ?? 0
        logger.info(
            "listening for HL7 v2",
            metadata: ["name": "\(configuration.name)", "host": "\(configuration.host)", "port": "\(port)"])
        await onListening(port)
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await listener.executeThenClose { inbound in
                    try await withThrowingDiscardingTaskGroup { tasks in
                        for try await accepted in inbound {
                            accepted.take().map { accept($0, accepted.identity, &tasks) }
                        }
                    }
                }
            } onGracefulShutdown: {
                self.drain()
            }
        } onCancel: {
            // Now, and not when the last connection has ended: until then senders would be let in and not served.
            self.drain()
        }
    }

    private func bind() async throws -> NIOAsyncChannel<AcceptedConnection, Never> {
        let configuration = configuration
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // A sender may close its side after the last message and still wait for the answers.
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(host: configuration.host, port: configuration.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let identity = PeerIdentity()
                    try configuration.tls?.install(in: channel, identity)
                    try channel.pipeline.syncOperations.addHandler(MLLPFrameHandler(configuration))
                    let connection = try NIOAsyncChannel(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(
                            backPressureStrategy: .init(lowWatermark: 1, highWatermark: 4),
                            inboundType: MLLPFrameDecoder.Event.self, outboundType: AcknowledgementReply.self))
                    return AcceptedConnection(connection, identity)
                }
            }
    }

    private func accept(
        _ channel: MLLPConnection.Channel, _ identity: PeerIdentity,
        _ tasks: inout ThrowingDiscardingTaskGroup<any Error>
    ) {
        let address = channel.channel.remoteAddress?.ipAddress ?? ""
        guard
            configuration.allowedAddresses.isEmpty
                || configuration.allowedAddresses.contains(where: { $0.contains(address) })
        else {
            logger.warning("connection refused: address not allowed", metadata: ["address": "\(address)"])
            tasks.addTask { try? await channel.executeThenClose { _, _ in } }
            return
        }
        let limit = configuration.connectionLimit
        let id: Int? = connections.withLock { state in
            guard !state.isDraining, state.open.count < limit else { return nil }
            state.accepted += 1
            state.open[state.accepted] = channel.channel
            return state.accepted
        }
        guard let id else {
            logger.warning("connection refused: too many are open", metadata: ["limit": "\(limit)"])
            tasks.addTask { try? await channel.executeThenClose { _, _ in } }
            return
        }
        var logger = logger
        logger[metadataKey: "connection"] = "\(id)"
        let remote = channel.channel.remoteAddress
        let source = MessageSource(
            remoteAddress: address, remotePort: remote?.port ?? 0,
            localPort: channel.channel.localAddress?.port ?? 0, connectionID: id)
        let connection = MLLPConnection(
            channel: channel, origin: source, identity: identity, receiver: receiver, configuration: configuration,
            clock: clock, logger: logger)
        tasks.addTask {
            await connection.run()
            self.connections.withLock { $0.open[id] = nil }
        }
    }

    /// No new connections, no new bytes; each connection ends by itself once its replies are sent.
    private func drain() {
        let (listener, open) = connections.withLock { state in
            state.isDraining = true
            return (state.listener, Array(state.open.values))
        }
        listener?.close(promise: nil)
        for channel in open { channel.triggerUserOutboundEvent(MLLPFrameHandler.Drain(), promise: nil) }
    }
}
