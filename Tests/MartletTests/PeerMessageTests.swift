import FHIRServerTesting
import Foundation
import JSONTape
import Testing

/// HL7 v2 clients that others wrote and that know nothing of Martlet, against the real program.
@Suite struct PeerMessageTests {
    @Test func theirMessagesAreTakenAndTheirReadersReadTheAnswers() async throws {
        guard let python = try await PythonClients.shared.interpreter() else {
            return print("hl7_peer_checks: skipped, because pip cannot install the clients here")
        }
        let folder = try MartletProcess.makeFolder()
        let server = try await MartletProcess.serve(folder)
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Clients/hl7_peer_checks.py").path
        let end = try await PythonClients.run(
            [python, file, "\(server.mllpPort)", folder], log: folder + "/peer.log")
        #expect(end.status == 0, "\(end.output)")
        #expect(end.output.split(separator: "\n").last == "ok", "\(end.output)")
        let http = TestClient(port: server.httpPort)
        for (query, count) in [
            ("Observation?patient.identifier=P4711&value-quantity=5.40", 9),
            ("Patient?family=M%C3%BC%C3%9Fig&identifier=P4711", 1), ("Encounter?identifier=V1&class=IMP", 1),
        ] {
            let found = try await http.get(query).json
            #expect(found["total"]?.integer == count, "\(query)")
        }
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }
}
