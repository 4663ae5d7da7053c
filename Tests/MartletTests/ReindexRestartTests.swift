import FHIRServerTesting
import Glibc
import JSONTape
import Testing

/// What is done in the background goes on, however the process ends.
@Suite struct ReindexRestartTests {
    private static let patientCount = 4_000

    /// The server is killed, then stopped, while it indexes; the next one completes it.
    @Test func aJobGoesOnInTheNextServer() async throws {
        let folder = try MartletProcess.makeFolder()
        var server = try await MartletProcess.serve(folder)
        var http = TestClient(port: server.httpPort)
        for first in stride(from: 0, to: Self.patientCount, by: 1_000) {
            let response = try? await http.post("", Self.bundle(first..<first + 1_000))
            // Without an answer the process is gone, and its status tells more than the connection.
            guard response != nil else { throw Failed("martlet ended with \(try await server.ended())") }
            #expect(response?.status == 200)
        }
        #expect(try await http.put("SearchParameter/nick", Self.parameter).status == 201)
        for signal in [SIGKILL, SIGTERM] {
            let before = try await Self.done(http)
            try await wait(for: "the next chunk") { [http] in
                if try await Self.done(http) > before { return true }
                return try await Self.isFinished(http)
            }
            server.send(signal)
            #expect(try await server.ended() == (signal == SIGKILL ? -SIGKILL : 0))
            server = try await MartletProcess.serve(folder)
            http = TestClient(port: server.httpPort)
            // Nothing that was committed is done again.
            #expect(try await Self.done(http) >= before)
            let answer = try await http.get("Patient?nick=bert&_summary=count")
            #expect(answer.status == 200 || answer.issueCodes == ["indexing"])
            if answer.status == 200 { #expect(try answer.json["total"]?.integer == Self.patientCount) }
        }
        try await wait(for: "the end of the job") { [http] in try await Self.isFinished(http) }
        #expect(try await Self.done(http) == Self.patientCount)
        let found = try await http.get("Patient?nick=bert&_summary=count")
        #expect(try found.json["total"]?.integer == Self.patientCount)
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
        let again = try await MartletProcess.run(
            ["reindex", "--data-dir", folder + "/data", "--type", "Patient"], in: folder)
        #expect(again.status == 0 && again.output.contains("\"resources\":\(Self.patientCount)"), "\(again.output)")
    }

    private static func part(_ http: TestClient, _ name: String) async throws -> JSONNode? {
        try await http.get("Patient/$reindex-status").json["parameter"]?.items.first?["part"]?.items
            .first { $0["name"]?.string == name }
    }

    private static func done(_ http: TestClient) async throws -> Int {
        try await part(http, "done")?["valueDecimal"]?.integer ?? 0
    }

    private static func isFinished(_ http: TestClient) async throws -> Bool {
        try await part(http, "state")?["valueCode"]?.string == "finished"
    }

    private static let parameter = """
        {"resourceType":"SearchParameter","id":"nick","url":"http://x.example/nick","name":"n","status":"active",\
        "description":"d","code":"nick","base":["Patient"],"type":"string","expression":"Patient.name.text"}
        """

    private static func bundle(_ numbers: Range<Int>) -> String {
        let entries = numbers.map { number in
            #"{"request":{"method":"PUT","url":"Patient/p\#(number)"},"#
                + #""resource":{"resourceType":"Patient","id":"p\#(number)","name":[{"text":"Bert \#(number)"}]}}"#
        }
        return "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[\(entries.joined(separator: ","))]}"
    }
}
