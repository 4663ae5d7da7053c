import FHIRServerTesting
import Glibc
import JSONTape
import Testing

@testable import HL7Syntax

/// Messages that go out, seen by their receiver: the real program, real connections.
@Suite struct OutboundTests {
    private static func settings(_ receiver: Receiver, _ more: String = "") -> String {
        #"{"host":"127.0.0.1","port":\#(receiver.port),"receivingApplication":"LAB","#
            + #""messages":["OML^O21","ORU","ADT","SIU","DFT"],"retry":{"firstSeconds":1,"greatestSeconds":1}\#(more)}"#
    }

    static func set(_ name: String, _ settings: String, _ http: TestClient) async throws {
        var writer = JSONWriter()
        writer.string(settings)
        let text = String(decoding: writer.bytes, as: UTF8.self)
        let answer = try await http.post(
            "$hl7-destination-set",
            #"{"resourceType":"Parameters","parameter":[{"name":"name","valueString":"\#(name)"},"#
                + #"{"name":"settings","valueString":\#(text)}]}"#)
        #expect(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
    }

    static func put(_ resource: String, _ http: TestClient) async throws {
        let node = JSONNode(try Document.parse(resource))
        let path = "\(node["resourceType"]?.string ?? "")/\(node["id"]?.string ?? "")"
        let answer = try await http.put(path, resource)
        #expect([200, 201].contains(answer.status), "\(String(decoding: answer.body, as: UTF8.self))")
    }

    static func patient(_ id: String, _ name: String) -> String {
        #"{"resourceType":"Patient","id":"\#(id)","identifier":[{"system":"urn:oid:1.2.3","value":"\#(id)"}],"#
            + #""name":[{"family":"\#(name)"}]}"#
    }

    static func order(_ id: String, _ status: String, of patient: String) -> String {
        #"{"resourceType":"ServiceRequest","id":"\#(id)","status":"\#(status)","intent":"order","#
            + #""code":{"text":"Panel"},"subject":{"reference":"Patient/\#(patient)"}}"#
    }

    static func states(_ http: TestClient, _ query: String) async throws -> [String] {
        let answer = try await http.get("$hl7-outbound?\(query)").json
        return (answer["parameter"]?.items ?? []).compactMap { message in
            message["part"]?.items.first { $0["name"]?.string == "state" }?["valueCode"]?.string
        }
    }

    @Test func ordersGoOutInOrderAndNothingGoesBackToItsSource() async throws {
        let receiver = try await Receiver()
        defer { receiver.stop() }
        let folder = try MartletProcess.makeFolder()
        let server = try await MartletProcess.serve(folder)
        let http = TestClient(port: server.httpPort)
        try await Self.put(Self.patient("before", "Before"), http)
        try await Self.set("outlab", Self.settings(receiver, #","sources":["lab"]"#), http)

        try await Self.put(Self.patient("p1", "Doe"), http)
        try await Self.put(Self.order("s1", "draft", of: "p1"), http)
        try await Self.put(Self.order("s1", "active", of: "p1"), http)
        try await Self.put(Self.order("s1", "revoked", of: "p1"), http)
        await receiver.wait(for: 3)
        #expect(receiver.controls == ["ADT^A28 ", "OML^O21 NW", "OML^O21 CA"])

        // A change that the source of this name made is not told to it; one that came otherwise is.
        let door = ("Content-Type", "application/hl7-v2")
        let segments = [
            "MSH|^~\\&|LAB|NL|EHR|C|20260501||ORU^R01|R1|P|2.5.1", "PID|1||77^^^NL||Roe^Ann||19800101|F",
            "OBR|1|P1|F1|GLU^Glucose^L|||20260501|||||||||||||||20260501100000|||F",
            "OBX|1|NM|GLU^Glucose^L||5|mmol/L|||||F",
        ]
        let bytes = Array(segments.joined(separator: "\r").utf8)
        #expect(try await http.send("POST", "/hl7v2/lab", body: bytes, headers: [door]).status == 200)
        let other = Array(
            segments.joined(separator: "\r").replacing("|R1|", with: "|R2|").replacing("F1", with: "F2").utf8)
        #expect(try await http.send("POST", "/hl7v2/other", body: other, headers: [door]).status == 200)
        await receiver.wait(for: 5)
        // The patient and the report of the other source.
        #expect(Set(receiver.controls.dropFirst(3)) == ["ADT^A28 ", "ORU^R01 RE"])

        // What was sent is kept, with what it tells of.
        #expect(try await Self.states(http, "resource=ServiceRequest/s1") == ["sent", "sent"])
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }

    @Test func aReceiverThatIsDownGetsEverythingOnceItIsUp() async throws {
        let receiver = try await Receiver()
        let folder = try MartletProcess.makeFolder()
        var server = try await MartletProcess.serve(folder)
        var http = TestClient(port: server.httpPort)
        try await Self.set("outlab", Self.settings(receiver), http)
        try await Self.put(Self.patient("p1", "Doe"), http)
        await receiver.wait(for: 1)
        receiver.stop()

        for number in 1...10 { try await Self.put(Self.order("s\(number)", "active", of: "p1"), http) }
        #expect(try await Self.states(http, "state=sent").count == 1)
        // And the server is killed, with all of them waiting.
        server.send(SIGKILL)
        #expect(try await server.ended() == -SIGKILL)
        server = try await MartletProcess.serve(folder)
        http = TestClient(port: server.httpPort)
        let again = try await Receiver(port: receiver.port)
        defer { again.stop() }
        await again.wait(for: 10)
        #expect(again.orders == (1...10).map { "s\($0)" })
        try await wait(for: "all states") {
            try await Self.states(http, "state=sent").count == 11
        }
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }

    @Test func refusedMessagesAreGivenUpAndCanGoAgain() async throws {
        let receiver = try await Receiver()
        defer { receiver.stop() }
        let folder = try MartletProcess.makeFolder()
        let server = try await MartletProcess.serve(folder)
        let http = TestClient(port: server.httpPort)
        try await Self.set("outlab", Self.settings(receiver), http)
        receiver.answers(.contentError)
        try await Self.put(Self.patient("p1", "Doe"), http)
        try await wait(for: "a dead letter") { try await Self.states(http, "state=dead").count == 1 }
        // The message of another patient is not held up.
        receiver.answers(.accepted)
        try await Self.put(Self.patient("p2", "Roe"), http)
        try await wait(for: "the other") { try await Self.states(http, "state=sent").count == 1 }
        // Not now, says the receiver once: then it is tried again.
        receiver.answers(.rejected)
        let all = #"{"resourceType":"Parameters","parameter":[{"name":"state","valueCode":"dead"}]}"#
        #expect(try await http.post("$hl7-outbound-redrive", all).status == 200)
        await receiver.wait(for: 3)
        receiver.answers(.accepted)
        try await wait(for: "the first") { try await Self.states(http, "state=sent").count == 2 }
        // The same bytes each time.
        #expect(Set(receiver.frames.map { $0.split(separator: "\r").first ?? "" }).count == 2)
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }

    @Test func faultsOfSettingsAreAllNamed() async throws {
        let folder = try MartletProcess.makeFolder()
        let server = try await MartletProcess.serve(folder)
        let http = TestClient(port: server.httpPort)
        let text = #"{\"port\":0,\"messages\":[\"XYZ\"],\"version\":\"9\",\"separators\":\"||\",\"colour\":1}"#
        let answer = try await http.post(
            "$hl7-destination-set",
            #"{"resourceType":"Parameters","parameter":[{"name":"name","valueString":"x y"},"#
                + #"{"name":"settings","valueString":"\#(text)"}]}"#)
        #expect(answer.status == 422)
        let issues = try answer.json["issue"]?.items.compactMap { $0["diagnostics"]?.string } ?? []
        for place in ["name", "host", "port", "messages", "version", "separators", "colour"] {
            #expect(issues.contains { $0.hasPrefix(place + ":") }, "\(place)")
        }
        #expect(try await http.get("$hl7-destination?name=none").status == 404)
        #expect(
            try await http.post(
                "$hl7-outbound-redrive", #"{"resourceType":"Parameters"}"#
            ).status == 400)
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }
}
