import NIOCore
import NIOPosix
package import NIOSSL
import Synchronization

/// A mail server for tests: keeps what it is given, and fails where it is told to.
package final class SMTPSink: Sendable {
    /// A message that was taken, or whose connection was dropped after it.
    package struct Message: Sendable, Hashable {
        /// What the client called itself.
        package var clientName: String
        /// Nil if it did not sign in.
        package var user: String?
        package var password: String?
        package var isEncrypted: Bool
        package var sender: String
        package var recipients: [String]
        /// Lines with CR LF, without the dots that the protocol adds.
        package var data: [UInt8]

        package var text: String { String(decoding: data, as: UTF8.self) }
    }

    /// Points of an exchange at which something can be made to happen.
    package enum Step: String, Sendable {
        case greeting
        case hello
        case startTLS
        case authentication
        case sender
        case recipient
        /// The command DATA.
        case data
        /// Behind the last line of the message.
        case content
    }

    /// What is done at a step instead of accepting.
    package enum Action: Sendable {
        /// One line of a reply, such as `550 5.1.1 No such user`.
        case reply(String)
        /// Closes the connection.
        case drop
        /// Says nothing, ever.
        case silence
    }

    /// How the server is, as a rule.
    package struct Options: Sendable {
        /// Certificate for TLS; nil for none.
        package var tls: NIOSSLContext?
        /// TLS from the first byte, instead of STARTTLS.
        package var isImplicitTLS = false
        /// User and password; nil where anyone may send.
        package var account: (user: String, password: String)?

        package init(
            tls: NIOSSLContext? = nil, isImplicitTLS: Bool = false, account: (user: String, password: String)? = nil
        ) {
            self.tls = tls
            self.isImplicitTLS = isImplicitTLS
            self.account = account
        }
    }

    private struct State {
        var messages: [Message] = []
        var connectionCount = 0
        /// First come, first served, for each step.
        var actions: [Step: [Action]] = [:]
        var standing: [Step: Action] = [:]
    }

    let options: Options
    private let state = Mutex(State())
    private let channel: Mutex<(any Channel)?> = Mutex(nil)

    private init(_ options: Options) { self.options = options }

    /// Runs `body` with a server on a free port of the loopback address.
    package static func with<Result>(
        _ options: Options = Options(), _ body: (SMTPSink) async throws -> Result
    ) async throws -> Result {
        let sink = SMTPSink(options)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls = options.tls, options.isImplicitTLS {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    try channel.pipeline.syncOperations.addHandler(SMTPSession(sink))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        sink.channel.withLock { $0 = channel }
        do {
            let result = try await body(sink)
            try await channel.close()
            return result
        } catch {
            try? await channel.close()
            throw error
        }
    }

    package var port: Int { channel.withLock { $0?.localAddress?.port } ?? 0 }

    /// What was taken so far, in order.
    package var messages: [Message] { state.withLock { $0.messages } }
    package var connectionCount: Int { state.withLock { $0.connectionCount } }

    /// Lets something happen once, the next time that a step is reached; several wait in line.
    package func once(_ step: Step, _ action: Action) {
        state.withLock { $0.actions[step, default: []].append(action) }
    }

    /// Lets something happen whenever a step is reached; nil ends it.
    package func always(_ step: Step, _ action: Action?) {
        state.withLock { $0.standing[step] = action }
    }

    func action(_ step: Step) -> Action? {
        state.withLock { state in
            if state.actions[step]?.isEmpty == false { return state.actions[step]?.removeFirst() }
            return state.standing[step]
        }
    }

    func record(_ message: Message) { state.withLock { $0.messages.append(message) } }

    func recordConnection() { state.withLock { $0.connectionCount += 1 } }
}
