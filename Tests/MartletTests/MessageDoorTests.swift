import FHIRServerTesting
import Foundation
import Glibc
import JSONTape
import MLLPServer
import Testing

@testable import HL7Syntax

/// Where messages come in: several listeners, and HTTP.
@Suite struct MessageDoorTests {
    private static let type = ("Content-Type", "application/hl7-v2")

    private static func message(_ id: String, application: String = "LAB", padding: Int = 0) -> [UInt8] {
        let segments = [
            "MSH|^~\\&|\(application)|NL|EHR|C|20260501||ORU^R01|\(id)|P|2.5.1",
            "PID|1||N\(id)^^^NL||Roe^Ann||19800101|F",
            "OBR|1|P\(id)|F\(id)|GLU^Glucose^L|||20260501|||||||||||||||20260501100000|||F",
            "OBX|1|NM|GLU^Glucose^L||5|mmol/L|||||F", "NTE|1||" + String(repeating: "x", count: padding),
        ]
        return Array((segments.joined(separator: "\r") + "\r").utf8)
    }

    private static func codes(_ body: [UInt8]) throws -> [String] {
        let text = String(decoding: body, as: UTF8.self)
        return text.split(separator: "\r").filter { $0.hasPrefix("MSA|") }.map { String($0.dropFirst(4).prefix(2)) }
    }

    /// The port of a listener. Listeners start side by side, so their lines come in any order.
    private static func port(_ source: String, _ server: MartletProcess) async throws -> Int {
        var port: Int?
        try await wait(for: "the listener \(source)") {
            let lines = MartletProcess.text(server.log).split(separator: "\n")
            let line = lines.first { $0.hasSuffix("source \(source)") }
            port = line?.split(separator: ":").last.flatMap { Int($0.prefix { $0.isNumber }) }
            return port != nil
        }
        return try #require(port)
    }

    @Test func messagesOverHTTPAreAnsweredLikeThoseOverMLLP() async throws {
        let folder = try MartletProcess.makeFolder()
        let server = try await MartletProcess.serve(folder, ["--auth", "none", "--max-body-megabytes", "1"])
        let http = TestClient(port: server.httpPort)
        func post(_ path: String, _ body: [UInt8], _ type: String? = "application/hl7-v2") async throws -> TestResponse
        {
            try await http.send("POST", path, body: body, headers: type.map { [("Content-Type", $0)] } ?? [])
        }
        let first = try await post("/hl7v2/north", Self.message("1"))
        #expect(first.status == 200 && first[header: "content-type"] == "application/hl7-v2")
        #expect(try Self.codes(first.body) == ["AA"])
        #expect(try await http.get("Patient?identifier=N1&_summary=count").json["total"]?.integer == 1)
        #expect(try await http.get("$hl7-messages?source=north").json["parameter"]?.items.count == 1)
        // The same again: the first answer, and no effect.
        #expect(try await post("/hl7v2/north", Self.message("1")).body == first.body)
        #expect(try Self.codes(try await post("/hl7v2", Self.message("2"), "x-application/hl7-v2+er7").body) == ["AA"])
        #expect(try await http.get("$hl7-messages?source=http").json["parameter"]?.items.count == 1)
        let several = try await post("/hl7v2/north", Self.message("3") + Self.message("4"))
        #expect(try Self.codes(several.body) == ["AA", "AA"])
        // A refusal is an answer, too.
        let unknown = Array("MSH|^~\\&|LAB|NL|EHR|C|20260501||XYZ^Z99|9|P|2.5.1\r".utf8)
        let refused = try await post("/hl7v2/north", unknown, "application/hl7-v2; charset=utf-8")
        #expect(refused.status == 200)
        #expect(try Self.codes(refused.body) == ["AR"])
        let silent = Array("MSH|^~\\&|LAB|NL|EHR|C|20260501||XYZ^Z99|10|P|2.5.1|||NE|NE\r".utf8)
        #expect(try await post("/hl7v2/north", silent).status == 204)

        #expect(try await post("/hl7v2/north", Self.message("5"), "text/plain").status == 415)
        #expect(try await post("/hl7v2/north", Self.message("5"), nil).status == 415)
        #expect(try await post("/hl7v2/north", []).status == 400)
        #expect(try await post("/hl7v2/north", Array("rubbish".utf8)).status == 400)
        #expect(try await post("/hl7v2/no%20name", Self.message("5")).status == 404)
        #expect(try await post("/hl7v2/a/b", Self.message("5")).status == 404)
        #expect(try await post("/hl7v2/north", Self.message("6", padding: 2 << 20)).status == 413)
        let get = try await http.get("/hl7v2/north")
        #expect(get.status == 405 && get[header: "allow"] == "POST")
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }

    @Test func messagesOverHTTPNeedAToken() async throws {
        let folder = try MartletProcess.makeFolder()
        let server = try await MartletProcess.serve(folder, ["--auth", "smart"])
        let http = TestClient(port: server.httpPort)
        let answer = try await http.send("POST", "/hl7v2", body: Self.message("1"), headers: [Self.type])
        #expect(answer.status == 401)
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }

    @Test func eachListenerHasItsNameAndItsLimits() async throws {
        let folder = try MartletProcess.makeFolder()
        let config = folder + "/martlet.json"
        let text = #"{"mllp":["north=127.0.0.1:0,max-megabytes=1","south=127.0.0.1:0,allow=10.0.0.0/8"]}"#
        try Data(text.utf8).write(to: URL(filePath: config))
        let server = try await MartletProcess.serve(folder, ["--auth", "none", "--config", config])
        let http = TestClient(port: server.httpPort)
        let north = MLLPClient.patient(port: try await Self.port("north", server))
        #expect(try Self.codes(try await north.send(Self.message("1"))) == ["AA"])
        let large = try await north.send(Self.message("2", padding: 2 << 20))
        #expect(try Self.codes(large) == ["AR"])
        #expect(String(decoding: large, as: UTF8.self).contains("|104^"))
        await north.close()
        #expect(try await http.get("$hl7-messages?source=north&state=applied").json["parameter"]?.items.count == 1)
        // Of what is too large the head is kept.
        #expect(try await http.get("$hl7-messages?source=north&state=rejected").json["parameter"]?.items.count == 1)
        let south = MLLPClient.patient(port: try await Self.port("south", server))
        await #expect(throws: MLLPClientError.self) { try await south.send(Self.message("3")) }
        await south.close()
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }

    @Test(arguments: [
        ["--mllp", "nothing"], ["--mllp", "a=127.0.0.1:x"], ["--mllp", "a=127.0.0.1:0,colour"],
        ["--mllp", "a=127.0.0.1:0,tls"], ["--mllp", "a=127.0.0.1:0,allow=here"],
        ["--mllp", "a=127.0.0.1:0", "--mllp", "a=127.0.0.1:0"], ["--mllp-tls-cert", "/nonexistent"],
        ["--mllp-tls-cert", "/nonexistent", "--mllp-tls-key", "/nonexistent"], ["--mllp-client", "lab=cert"],
        ["--mllp", "a=0.0.0.0:0"],
    ])
    func listenersThatCannotBe(options: [String]) async throws {
        let folder = try MartletProcess.makeFolder()
        let end = try await MartletProcess.run(
            ["serve", "--auth", "none", "--data-dir", folder + "/data"] + options, in: folder)
        #expect(end.status != 0 && end.output.contains("--"), "\(end.output)")
    }
}
