import FHIRServerTesting
import Foundation
import JSONTape
import Testing

/// HL7 v2 programs that others wrote, on both sides of the real program.
@Suite struct PythonMessageTests {
    private static func script(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Clients/\(name).py").path
    }

    @Test func pythonClientsAreAnswered() async throws {
        guard let python = try await PythonClients.shared.interpreter() else {
            return print("skipped, because pip cannot install the clients here")
        }
        let folder = try MartletProcess.makeFolder()
        let server = try await MartletProcess.serve(folder)
        let end = try await PythonClients.run(
            [python, Self.script("hl7_client_checks"), "\(server.mllpPort)"], log: folder + "/client.log")
        #expect(end.status == 0, "\(end.output)")
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }

    @Test func aPythonServerThatWasDownGetsEverything() async throws {
        guard let python = try await PythonClients.shared.interpreter() else {
            return print("skipped, because pip cannot install the clients here")
        }
        let folder = try MartletProcess.makeFolder()
        let server = try await MartletProcess.serve(folder)
        let http = TestClient(port: server.httpPort)
        // A port that nobody listens at now.
        let holder = try await Receiver()
        let port = holder.port
        holder.stop()
        try await OutboundTests.set(
            "outlab",
            #"{"host":"127.0.0.1","port":\#(port),"messages":["OML^O21","ADT"],"#
                + #""retry":{"firstSeconds":1,"greatestSeconds":1}}"#,
            http)
        try await OutboundTests.put(OutboundTests.patient("p1", "Müller"), http)
        for number in 1...5 { try await OutboundTests.put(OutboundTests.order("s\(number)", "active", of: "p1"), http) }
        try await wait(for: "a try that fails") {
            let answer = try await http.get("$hl7-outbound?state=waiting").json
            return (answer["parameter"]?.items ?? []).contains { message in
                message["part"]?.items.contains { $0["name"]?.string == "reason" } == true
            }
        }
        let end = try await PythonClients.run(
            [python, Self.script("hl7_server_checks"), "\(port)", "6"], log: folder + "/server.log")
        #expect(end.status == 0, "\(end.output)")
        #expect(try await OutboundTests.states(http, "state=sent").count == 6)
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }
}
