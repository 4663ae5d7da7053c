internal import HL7Syntax
package import NIOCore
internal import NIOPosix

/// Sends v2 messages to one destination over one warm connection, which is made on first use and again when lost.
package actor MLLPClient {
    /// Where to send and how long to wait.
    package struct Configuration: Sendable {
        package var host: String
        package var port: Int
        /// Seconds for connecting. Default 5.
        package var connectTimeoutSeconds: Double = 5
        /// Seconds from sending to the answer. Default 30.
        package var answerTimeoutSeconds: Double = 30
        /// Messages under way at once. Default 1, what most receivers expect; more needs a partner that allows it.
        package var inFlightLimit = 1
        /// TLS, unless nil. Default nil: plain TCP.
        package var tls: MLLPClientTLS?

        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    private let configuration: Configuration
    private let group: any EventLoopGroup
    private var connecting: Task<any Channel, any Error>?
    private var inFlightCount = 0
    private var queue: [CheckedContinuation<Void, Never>] = []
    private var isClosed = false

    package init(_ configuration: Configuration, group: (any EventLoopGroup)? = nil) {
        self.configuration = configuration
        self.group = group ?? MultiThreadedEventLoopGroup.singleton
    }

    /// Sends one message (without frame) and waits for its answer.
    ///
    /// Callers are served in the order in which they came. Never sends twice by itself: after an error the caller
    /// decides, because the receiver may have taken the message.
    /// - Returns: the answering message, without frame. Whether it is `AA` is for the caller to see.
    /// - Throws: `MLLPClientError`.
    package func send(_ message: [UInt8]) async throws -> [UInt8] {
        await enter()
        defer { leave() }
        let channel = try await connected()
        let answer = channel.eventLoop.makePromise(of: [UInt8].self)
        let controlID = MessageHeader(reading: message)?.controlID
        let request = MLLPClientHandler.Request(
            message: message, controlID: controlID.flatMap { $0.isEmpty ? nil : $0 },
            timeout: .nanoseconds(Int64(configuration.answerTimeoutSeconds * 1_000_000_000)), answer: answer)
        // A write that fails never reaches the handler's table, so the promise is failed from here.
        channel.writeAndFlush(request).whenFailure { error in
            let closed = MLLPClientError(.connectionClosed, message: "the message could not be written")
            answer.fail(MLLPClientTLS.failure(error) ?? closed)
        }
        return try await answer.futureResult.get()
    }

    /// Ends the connection; messages under way fail with `connectionClosed`.
    package func close() async {
        isClosed = true
        guard let connecting, let channel = try? await connecting.value else { return }
        try? await channel.close()
    }

    private func connected() async throws -> any Channel {
        guard !isClosed else { throw MLLPClientError(.clientClosed, message: "the client is closed") }
        if let connecting {
            if let channel = try? await connecting.value, channel.isActive { return channel }
            if self.connecting == connecting { self.connecting = nil }
            return try await connected()
        }
        let configuration = configuration
        let group = group
        // Awaited by every caller that finds it; it ends with the connection made or refused.
        let task = Task<any Channel, any Error> {
            let loop = group.next()
            let handshake = loop.makePromise(of: Void.self)
            let timeout = TimeAmount.nanoseconds(Int64(configuration.connectTimeoutSeconds * 1_000_000_000))
            // For the connection, and again for what TLS needs to agree.
            let end = loop.scheduleTask(in: timeout + timeout) {
                handshake.fail(MLLPClientError(.tlsFailed, message: "the two sides did not agree in time"))
            }
            defer { end.cancel() }
            do {
                let channel = try await ClientBootstrap(group: group)
                    .connectTimeout(timeout)
                    .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .channelOption(.socketOption(.so_keepalive), value: 1)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try configuration.tls?.install(in: channel, host: configuration.host, handshake: handshake)
                            try channel.pipeline.syncOperations.addHandler(MLLPClientHandler())
                        }
                    }
                    .connect(host: configuration.host, port: configuration.port).get()
                guard configuration.tls != nil else {
                    handshake.succeed()
                    return channel
                }
                do {
                    try await handshake.futureResult.get()
                    return channel
                } catch {
                    channel.close(promise: nil)
                    throw error
                }
            } catch {
                handshake.fail(error)
                if let error = error as? MLLPClientError { throw error }
                throw MLLPClientError(.connectFailed, message: "\(configuration.host):\(configuration.port)")
            }
        }
        connecting = task
        do {
            return try await task.value
        } catch {
            if connecting == task { connecting = nil }
            throw error
        }
    }

    private func enter() async {
        if inFlightCount < max(configuration.inFlightLimit, 1) {
            inFlightCount += 1
        } else {
            // Whoever leaves hands its place over, so the count stays as it is.
            await withCheckedContinuation { queue.append($0) }
        }
    }

    private func leave() {
        if queue.isEmpty { inFlightCount -= 1 } else { queue.removeFirst().resume() }
    }
}
