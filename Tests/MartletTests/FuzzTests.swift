import FHIRServerTesting
import Glibc
import Testing

/// A short run of the fuzzer against the real program; `make fuzz-http` runs a long one.
@Suite struct FuzzTests {
    @Test func randomRequestsAreNeverOurFault() async throws {
        let folder = try MartletProcess.makeFolder()
        let server = try await MartletProcess.serve(folder)
        // Patience because a machine that runs tests is slow; a real run is not that patient.
        let fuzzer = try await MartletProcess.run(
            ["--port", "\(server.httpPort)", "--requests", "500", "--seed", "20", "--patience", "60"],
            program: "FuzzFHIRServer", in: folder)
        #expect(fuzzer.status == 0, "\(fuzzer.output)")
        #expect(try await TestClient(port: server.httpPort).get("/health/ready").status == 200)
        #expect(!MartletProcess.text(server.log).contains("request failed"))
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }
}
