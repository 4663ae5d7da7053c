import Glibc
import Synchronization
import Testing

@testable import HL7Syntax
@testable import MLLPServer

@Suite(.timeLimit(.minutes(10))) struct MLLPClientTests {
    private func configuration(_ port: Int) -> MLLPClient.Configuration { .patient(port) }

    private func code(_ body: () async throws -> [UInt8]) async -> MLLPClientError.Code? {
        do { _ = try await body() } catch { return (error as? MLLPClientError)?.code }
        return nil
    }

    private func acknowledged(_ answer: [UInt8]) throws -> String {
        try RawMessage(parsing: answer)["MSA", field: 2].string
    }

    private static func reservedPort() throws -> (socket: Int32, port: Int) {
        let holder = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(holder, $0, length) == 0 && getsockname(holder, $0, &length) == 0
            }
        }
        try #require(result)
        return (holder, Int(UInt16(bigEndian: address.sin_port)))
    }

    @Test func nobodyListening() async throws {
        // Bound but not listening: refuses connections, and nobody else can get it meanwhile.
        let (holder, port) = try Self.reservedPort()
        defer { close(holder) }
        let client = MLLPClient(configuration(port))
        #expect(await code { try await client.send(message(1)) } == .connectFailed)
        await client.close()
        #expect(await code { try await client.send(message(1)) } == .clientClosed)
    }

    @Test func oneConnectionServesManyMessages() async throws {
        let receiver = RecordingReceiver()
        try await withServer(receiver) { port, server, _ in
            let client = MLLPClient(configuration(port))
            for id in 0..<50 {
                let answer = try await client.send(message(id))
                #expect(try acknowledged(answer) == "\(id)")
            }
            #expect(server.connectionCount == 1)
            await client.close()
        }
    }

    @Test(arguments: [1, 16])
    func concurrentCallersGetTheirOwnAnswers(inFlight: Int) async throws {
        let receiver = RecordingReceiver()
        try await withServer(receiver, configure: { $0.inFlightLimit = inFlight }) { port, server, _ in
            var configuration = configuration(port)
            configuration.inFlightLimit = inFlight
            let client = MLLPClient(configuration)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for id in 0..<200 {
                    tasks.addTask {
                        let answer = try await client.send(message(id))
                        #expect(try acknowledged(answer) == "\(id)")
                    }
                }
                try await tasks.waitForAll()
            }
            #expect(server.connectionCount == 1)
            await client.close()
        }
        #expect(receiver.state.withLock { $0.mostOpen } <= inFlight)
    }

    @Test func aLateAnswerIsNeverTakenForTheNextOne() async throws {
        let gate = Gate()
        let receiver = RecordingReceiver { frame in
            if MessageHeader(reading: frame)?.controlID == "1" { await gate.wait() }
            return nil
        }
        try await withServer(receiver) { port, _, _ in
            var configuration = configuration(port)
            configuration.answerTimeoutSeconds = 0.05
            let client = MLLPClient(configuration)
            #expect(await code { try await client.send(message(1)) } == .timedOut)
            async let second = code { try await client.send(message(2)) }
            #expect(await second == .timedOut)
            await gate.open()
            await eventually { (try? await acknowledged(client.send(message(3)))) == "3" }
            await client.close()
        }
    }

    @Test func aLostConnectionIsMadeAgain() async throws {
        let receiver = RecordingReceiver { frame in
            MessageHeader(reading: frame)?.controlID == "1" ? .close : nil
        }
        try await withServer(receiver) { port, _, _ in
            let client = MLLPClient(configuration(port))
            #expect(await code { try await client.send(message(1)) } == .connectionClosed)
            let answer = try await client.send(message(2))
            #expect(try acknowledged(answer) == "2")
            await client.close()
        }
    }
}
