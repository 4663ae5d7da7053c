import Foundation
import Testing

/// The journey of a patient as `scripts/journey` walks it, with curl against the real program.
@Suite struct JourneyTests {
    @Test func fromRegistrationToFollowUp() async throws {
        let folder = try MartletProcess.makeFolder()
        let server = try await MartletProcess.serve(folder)
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "scripts/journey").path
        let program = try MartletProcess.path(of: "martlet")
        let end = try await PythonClients.run(
            [
                "/usr/bin/env", "MARTLET=\(program)", script, "http://127.0.0.1:\(server.httpPort)/fhir",
                "127.0.0.1:\(server.mllpPort)",
            ], log: folder + "/journey.log")
        #expect(end.status == 0, "\(end.output)")
        #expect(end.output.contains("the journey of Patient/"), "\(end.output)")
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }
}
