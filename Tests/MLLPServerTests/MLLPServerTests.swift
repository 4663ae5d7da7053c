import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import Testing

@testable import HL7Syntax
@testable import MLLPServer

@Suite(.timeLimit(.minutes(10))) struct MLLPServerTests {
    @Test func splitJoinedAndDirtyFramesAreAnsweredInOrder() async throws {
        let receiver = RecordingReceiver()
        let answers = try await withServer(receiver) { port, _, _ in
            try await withConnection(to: port) { connection in
                var stream: [UInt8] = Array("noise\r\n".utf8)
                for id in 0..<100 { stream += MLLPFrame.wrap(message(id)) + (id % 7 == 0 ? [0x0D, 0x0A] : []) }
                try await connection.send(stream)
                for byte in MLLPFrame.wrap(message(100)) { try await connection.send([byte]) }
                var answers: [String?] = []
                for _ in 0...100 { answers.append(try await connection.nextAnswer()) }
                return answers
            }
        }
        #expect(answers == (0...100).map { "AA \($0)" })
        #expect(receiver.state.withLock { $0.frames }.count == 101)
        let junk = receiver.state.withLock { $0.faults }
        #expect(junk == [.junk(head: Array("noise".utf8), byteCount: 5)])
    }

    @Test func repliesKeepTheOrderOfTheirFrames() async throws {
        let gate = Gate()
        let receiver = RecordingReceiver { frame in
            if MessageHeader(reading: frame)?.controlID == "1" { await gate.wait() }
            return nil
        }
        try await withServer(receiver, configure: { $0.inFlightLimit = 3 }) { port, _, _ in
            try await withConnection(to: port) { connection in
                try await connection.send((1...6).flatMap { MLLPFrame.wrap(message($0)) })
                // Two more begin while the first hangs; the fourth has to wait.
                await eventually { receiver.state.withLock { $0.frames.count == 3 } }
                await gate.open()
                for id in 1...6 { #expect(try await connection.nextAnswer() == "AA \(id)") }
            }
        }
        #expect(receiver.state.withLock { $0.mostOpen } <= 3)
    }

    @Test func anOversizedMessageIsRefusedAndTheConnectionLives() async throws {
        let receiver = RecordingReceiver()
        try await withServer(receiver, configure: { $0.frameByteLimit = 100_000 }) { port, _, _ in
            try await withConnection(to: port) { connection in
                try await connection.send(MLLPFrame.wrap(message(1, padding: 900_000)) + MLLPFrame.wrap(message(2)))
                let frame = try #require(await connection.nextFrame())
                let answer = try RawMessage(parsing: frame)
                #expect(answer["MSA", field: 1].string == "AR" && answer["MSA", field: 2].string == "1")
                #expect(answer["ERR", field: 3][component: 1].string == "104")
                #expect(answer["MSH", field: 7].string == "20240501123456+0000")
                #expect(try await connection.nextAnswer() == "AA 2")
            }
        }
        let faults = receiver.state.withLock { $0.faults }
        guard case .oversized(let head, let byteCount)? = faults.first else { return #expect(Bool(false)) }
        #expect(head.count == 65_536 && byteCount > 900_000)
    }

    @Test func closeGivesNoAnswerButEarlierOnesGoOut() async throws {
        let receiver = RecordingReceiver { frame in
            MessageHeader(reading: frame)?.controlID == "2" ? .close : nil
        }
        try await withServer(receiver) { port, _, _ in
            try await withConnection(to: port) { connection in
                try await connection.send((1...3).flatMap { MLLPFrame.wrap(message($0)) })
                #expect(try await connection.nextAnswer() == "AA 1")
                #expect(await connection.nextFrame() == nil)
            }
        }
    }

    @Test func unreadableMessagesEndTheConnectionAtTheThird() async throws {
        let receiver = RecordingReceiver()
        try await withServer(receiver) { port, _, _ in
            try await withConnection(to: port) { connection in
                let rubbish = MLLPFrame.wrap(Array("rubbish".utf8))
                try await connection.send(rubbish + rubbish + MLLPFrame.wrap(message(1)))
                #expect(try await connection.nextAnswer() == "AA 1")
                try await connection.send(rubbish + rubbish + rubbish)
                #expect(await connection.nextFrame() == nil)
            }
        }
    }

    @Test func silenceCompletesAFrameWithoutItsLastByte() async throws {
        let receiver = RecordingReceiver()
        try await withServer(receiver, configure: { $0.trailerSilenceMilliseconds = 20 }) { port, _, _ in
            try await withConnection(to: port) { connection in
                try await connection.send(Array(MLLPFrame.wrap(message(1)).dropLast()))
                #expect(try await connection.nextAnswer() == "AA 1")
            }
        }
        #expect(receiver.state.withLock { $0.faults } == [.trailerMissing])
    }

    @Test func aFrameCutOffByTheEndIsNotedAndNotAnswered() async throws {
        let receiver = RecordingReceiver()
        try await withServer(receiver) { port, server, _ in
            try await withConnection(to: port) { connection in
                try await connection.send([0x0B] + message(1))
                connection.outbound.finish()
                #expect(await connection.nextFrame() == nil)
            }
            await eventually { server.connectionCount == 0 }
        }
        #expect(receiver.state.withLock { $0.faults } == [.truncated(message(1))])
        #expect(receiver.state.withLock { $0.frames.isEmpty })
    }

    @Test func aHalfClosedSenderStillGetsItsAnswers() async throws {
        let gate = Gate()
        let receiver = RecordingReceiver { _ in
            await gate.wait(); return nil
        }
        try await withServer(receiver) { port, _, _ in
            try await withConnection(to: port) { connection in
                try await connection.send(MLLPFrame.wrap(message(1)) + MLLPFrame.wrap(message(2)))
                connection.outbound.finish()
                await eventually { receiver.state.withLock { $0.frames.count == 2 } }
                await gate.open()
                #expect(try await connection.nextAnswer() == "AA 1")
                #expect(try await connection.nextAnswer() == "AA 2")
                #expect(await connection.nextFrame() == nil)
            }
        }
    }

    @Test func idleAndStuckConnectionsAreClosedButNotWaitingOnes() async throws {
        let gate = Gate()
        let receiver = RecordingReceiver { _ in
            await gate.wait(); return nil
        }
        try await withServer(receiver, configure: { $0.idleTimeoutSeconds = 1.5 }) { port, _, _ in
            try await withConnection(to: port) { idle in #expect(await idle.nextFrame() == nil) }
            try await withConnection(to: port, greeting: [0x0B] + message(1)) { stuck in
                #expect(await stuck.nextFrame() == nil)
            }
            try await withConnection(to: port, greeting: MLLPFrame.wrap(message(2))) { waiting in
                try await withConnection(to: port) { idle in #expect(await idle.nextFrame() == nil) }
                try await withConnection(to: port) { idle in #expect(await idle.nextFrame() == nil) }
                await gate.open()
                #expect(try await waiting.nextAnswer() == "AA 2")
            }
        }
        #expect(receiver.state.withLock { $0.faults } == [.truncated(message(1))])
    }

    @Test func connectionsAboveTheLimitAreClosed() async throws {
        try await withServer(RecordingReceiver(), configure: { $0.connectionLimit = 1 }) { port, _, _ in
            try await withConnection(to: port) { first in
                try await first.send(MLLPFrame.wrap(message(1)))
                #expect(try await first.nextAnswer() == "AA 1")
                try await withConnection(to: port) { second in #expect(await second.nextFrame() == nil) }
                try await first.send(MLLPFrame.wrap(message(2)))
                #expect(try await first.nextAnswer() == "AA 2")
            }
        }
    }

    @Test func aHundredConnectionsAtOnce() async throws {
        let receiver = RecordingReceiver()
        try await withServer(receiver) { port, _, _ in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for client in 0..<100 {
                    tasks.addTask {
                        try await withConnection(to: port) { connection in
                            for id in 0..<20 {
                                try await connection.send(MLLPFrame.wrap(message(client * 100 + id)))
                                #expect(try await connection.nextAnswer() == "AA \(client * 100 + id)")
                            }
                        }
                    }
                }
                try await tasks.waitForAll()
            }
        }
        #expect(receiver.state.withLock { $0.frames }.count == 2000)
    }

    @Test func shutdownFinishesWhatIsInFlight() async throws {
        let gate = Gate()
        let receiver = RecordingReceiver { _ in
            await gate.wait(); return nil
        }
        try await withServer(receiver) { port, server, group in
            try await withConnection(to: port) { connection in
                try await connection.send(MLLPFrame.wrap(message(1)) + [0x0B] + message(2))
                await eventually { receiver.state.withLock { $0.frames.count == 1 } }
                await group.triggerGracefulShutdown()
                await eventually { receiver.state.withLock { !$0.faults.isEmpty } }
                await gate.open()
                #expect(try await connection.nextAnswer() == "AA 1")
                #expect(await connection.nextFrame() == nil)
            }
            await eventually { server.connectionCount == 0 }
        }
        #expect(receiver.state.withLock { $0.faults } == [.truncated(message(2))])
    }
    /// While a message of another connection is being worked on, which cancelling does not stop.
    @Test func cancellationClosesWhatIsAcceptedAndNotServed() async throws {
        let gate = Gate()
        let receiver = RecordingReceiver { _ in
            await gate.wait(); return nil
        }
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        var configuration = MLLPServerConfiguration()
        configuration.port = 0
        let server = MLLPServer(
            configuration: configuration, receiver: receiver,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, onListening: { continuation.yield($0) })
        let running = Task { try await server.run() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        try await withConnection(to: port, greeting: MLLPFrame.wrap(message(1))) { _ in
            await eventually { receiver.state.withLock { $0.frames.count == 1 } }
            // Some of these come before the listener is closed and some after, and then are refused.
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<64 {
                    tasks.addTask {
                        if number == 32 { running.cancel() }
                        try? await withConnection(to: port) { late in #expect(await late.nextFrame() == nil) }
                    }
                }
                try await tasks.waitForAll()
            }
            await gate.open()
        }
        _ = await running.result
        #expect(server.connectionCount == 0)
    }
}
