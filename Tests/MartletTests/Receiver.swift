import Logging
import MLLPServer
import Synchronization

@testable import HL7Syntax

/// Somebody who receives messages and remembers them.
final class Receiver: Sendable {
    private struct State {
        var frames: [[UInt8]] = []
        var outcome = AcknowledgementCode.Outcome.accepted
    }

    private struct Listener: MessageReceiver {
        let owner: Receiver

        func receive(_ frame: [UInt8], from source: MessageSource) async -> AcknowledgementReply {
            guard let header = MessageHeader(reading: frame) else { return .unreadable }
            let outcome = owner.state.withLock { state in
                state.frames.append(frame)
                return state.outcome
            }
            return .send(Acknowledgement(to: header, outcome).encode(controlID: "A" + header.controlID, time: "2026"))
        }
    }

    private let state = Mutex(State())
    private let task = Mutex<Task<Void, any Error>?>(nil)
    private let bound = Mutex(0)
    var port: Int { bound.withLock { $0 } }

    /// - Parameter port: 0 for any free one.
    init(port: Int = 0) async throws {
        var configuration = MLLPServerConfiguration()
        configuration.port = port
        configuration.inFlightLimit = 1
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let server = MLLPServer(
            configuration: configuration, receiver: Listener(owner: self),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, onListening: { continuation.yield($0) })
        // Ends with `stop`.
        task.withLock { $0 = Task { try await server.run() } }
        var iterator = ports.makeAsyncIterator()
        let number = await iterator.next() ?? 0
        bound.withLock { $0 = number }
    }

    func stop() { task.withLock { $0?.cancel() } }

    /// What every message is answered from now on.
    func answers(_ outcome: AcknowledgementCode.Outcome) { state.withLock { $0.outcome = outcome } }

    func wait(for count: Int) async {
        while state.withLock({ $0.frames.count < count }) { try? await Task.sleep(for: .milliseconds(10)) }
    }

    var frames: [String] { state.withLock { $0.frames.map { String(decoding: $0, as: UTF8.self) } } }

    private func texts(_ text: (RawMessage) -> String) -> [String] {
        state.withLock { $0.frames }.compactMap { try? RawMessage(parsing: $0) }.map(text)
    }

    /// Type, trigger event and ORC-1 of each message.
    var controls: [String] {
        texts { message in
            let type = message["MSH", field: 9]
            return "\(type[component: 1].string)^\(type[component: 2].string) \(message["ORC", field: 1].string)"
        }
    }

    /// Placer numbers of the orders.
    var orders: [String] { texts { $0["ORC", field: 2][component: 1].string } }
}
