import FHIRServerTesting
import Glibc
import Testing

/// Ends of all kinds under write load: what was acknowledged is there afterwards, and there once.
@Suite struct CrashTests {
    @Test func aKilledServerLosesNothing() async throws {
        let folder = try MartletProcess.makeFolder()
        let load = WriteLoad()
        var server = try await MartletProcess.serve(folder)
        let postmaster = try #require(MartletProcess.postmaster(folder))
        for _ in 1...2 {
            let killed = server
            async let ended: Void = load.run(against: killed, outlivingOutages: false)
            try await load.waitForEach(25)
            killed.send(SIGKILL)
            await ended
            #expect(try await killed.ended() == -SIGKILL)
            #expect(MartletProcess.postmaster(folder) == postmaster, "PostgreSQL outlives the server")
            server = try await MartletProcess.serve(folder)
            #expect(MartletProcess.postmaster(folder) == postmaster, "and is adopted by the next one")
            await load.repeatLast(20, to: server)
        }
        try await StoredState(http: TestClient(port: server.httpPort), ledger: load.ledger.now).check()
        report(load)
        try await expectOrderlyEnd(server, folder)
    }

    @Test func aKilledDatabaseLosesNothing() async throws {
        let folder = try MartletProcess.makeFolder()
        let load = WriteLoad()
        let server = try await MartletProcess.serve(folder)
        async let ended: Void = load.run(against: server, outlivingOutages: true)
        try await load.waitForEach(10)
        // One backend first: PostgreSQL itself then ends all others and recovers.
        let postmaster = try #require(MartletProcess.postmaster(folder))
        kill(try #require(MartletProcess.backends(of: postmaster).randomElement()), SIGKILL)
        try await load.waitForEach(10)
        #expect(MartletProcess.postmaster(folder) == postmaster)
        kill(postmaster, SIGKILL)
        try await load.waitForEach(10)
        #expect(MartletProcess.postmaster(folder) != postmaster)
        load.stop()
        await ended
        let http = TestClient(port: server.httpPort)
        #expect(try await http.get("/health/ready").status == 200)
        await load.repeatLast(20, to: server)
        try await StoredState(http: http, ledger: load.ledger.now).check()
        report(load)
        try await expectOrderlyEnd(server, folder)
    }

    @Test func aServerToldToStopFinishesWhatItBegan() async throws {
        let folder = try MartletProcess.makeFolder()
        let load = WriteLoad()
        let first = try await MartletProcess.serve(folder)
        async let ended: Void = load.run(against: first, outlivingOutages: false)
        try await load.waitForEach(5)
        // Half of a request has come when the signal does; the rest comes when nobody new is let in any more.
        let slow = try HalfRequest(port: first.httpPort)
        // Later requests have been answered: this one has been read.
        try await load.waitForEach(5)
        first.send(SIGTERM)
        await ended
        try await wait(for: "the listener to close") { !HalfRequest.canConnect(port: first.httpPort) }
        let answer = try slow.finish()
        #expect(answer.hasPrefix("HTTP/1.1 201 "), "\(answer)")
        #expect(try await first.ended() == 0)
        #expect(MartletProcess.postmaster(folder) == nil, "PostgreSQL has ended too")
        let server = try await MartletProcess.serve(folder)
        let http = TestClient(port: server.httpPort)
        #expect(try await http.get("Patient/slow").status == 200)
        await load.repeatLast(20, to: server)
        try await StoredState(http: http, ledger: load.ledger.now).check()
        report(load)
        try await expectOrderlyEnd(server, folder)
    }

    private func expectOrderlyEnd(_ server: MartletProcess, _ folder: String) async throws {
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
        #expect(MartletProcess.postmaster(folder) == nil)
    }

    private func report(_ load: WriteLoad, _ name: String = #function) {
        let entries = load.ledger.now
        let writes = entries.clientCounts.values.reduce(0, +)
        print(
            "\(name): \(writes) writes and \(entries.accepted.count) messages acknowledged,",
            "\(entries.refusalCount) answered 503, \(entries.silenceCount) messages without answer")
    }
}
