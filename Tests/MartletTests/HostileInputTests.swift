import FHIRServerTesting
import Glibc
import JSONTape
import Testing

/// What strangers send, and who is let in, seen from the outside.
@Suite struct HostileInputTests {
    /// Values for search parameters, percent-encoded.
    private static let values = [
        "'", "%27%27%27", "%3B--", "%27%3B%20DROP%20TABLE%20patient%3B%20--", "%5C", "%5C%27", "%00", "%241", "%22",
        "%25", "_", "%2A", "%28", String(repeating: "a", count: 10_000), "1e999999999",
        String(repeating: "9", count: 400), "-", "ge", "ge%27", "%7C", "%7C%7C%7C", "%24%24", ",", "%5C%2C", "NaN",
        "1e-999999999", "99999-01-01", "ge2020-13-45", "%F0%9F%98%80", "Patient/", "Patient/%27",
        "5.4%7C%27%7C%27", "%C0%80", "%FF%FE", "%zz",
    ]
    /// Every kind of search parameter, and the modifiers and controls.
    private static let parameters = [
        "Patient?name", "Patient?name:exact", "Patient?name:contains", "Patient?identifier", "Patient?identifier:not",
        "Patient?birthdate", "Patient?birthdate:missing", "Patient?general-practitioner",
        "Patient?general-practitioner:identifier", "Patient?%27", "Patient?name:%27", "RiskAssessment?probability",
        "Observation?value-quantity", "Observation?code-value-quantity", "Observation?subject:Patient.name",
        "Observation?subject:%27.name", "ValueSet?url", "Patient?_id", "Patient?_lastUpdated", "Patient?_tag",
        "Patient?_sort", "Patient?_count", "Patient?_include", "Patient?_revinclude", "Patient?_total",
        "Patient?_summary", "Patient?_elements", "Patient?_cursor", "Patient?_format", "Patient/1/_history?_since",
    ]

    @Test func nothingFromOutsideIsOurFault() async throws {
        let folder = try MartletProcess.makeFolder()
        let server = try await MartletProcess.serve(folder)
        let http = TestClient(port: server.httpPort)
        for parameter in Self.parameters {
            for value in Self.values { try await expectNoFault(http, "GET", "\(parameter)=\(value)") }
        }
        let many = (0..<500).map { "name=x\($0)" }.joined(separator: "&")
        try await expectNoFault(http, "GET", "Patient?\(many)")
        for path in ["Patient/%27;--", "Patient/%00", "Patient/1/_history/%27", "Patient/$%27", "%27/1"] {
            try await expectNoFault(http, "GET", path)
        }
        try await refuseBodies(http)
        try await refuseFrames(server)
        #expect(try await http.get("Patient?_total=accurate").json["total"]?.integer == 0, "nothing was stored")
        #expect(try await http.get("/health/ready").status == 200)
        #expect(!MartletProcess.text(server.log).contains("request failed"))
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }

    /// 2xx, or 4xx with an outcome.
    private func expectNoFault(_ http: TestClient, _ method: String, _ path: String) async throws {
        let answer = try await http.send(method, path)
        #expect(answer.status < 500, "\(path.prefix(100)): \(answer.status)")
        #expect(answer.status < 400 || answer.isOutcome, "\(path.prefix(100)): \(answer.status)")
    }

    private func refuseBodies(_ http: TestClient) async throws {
        let type = "Content-Type: application/fhir+json\r\n"
        let head = "POST /fhir/Patient HTTP/1.1\r\nHost: h\r\n\(type)"
        let deep = String(repeating: "{\"a\":", count: 65) + "1" + String(repeating: "}", count: 65)
        let invalid = Array("{\"resourceType\":\"Patient\",\"gender\":\"".utf8) + [0xFF, 0x22, 0x7D]
        #expect(try await http.post("Patient", deep).status == 400)
        #expect(try await http.send("POST", "Patient", json: invalid).status == 400)
        let raw: [[UInt8]] = [
            Array("GET /fhir/Patient?name=".utf8) + [0xFF, 0xC0] + Array(" HTTP/1.1\r\nHost: h\r\n\r\n".utf8),
            Array("GET /fhir/Patient HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAccept: ".utf8) + [0xFF, 0xFE]
                + Array("\r\n\r\n".utf8),
            Array("\(head)Content-Length: 1073741824\r\n\r\n".utf8) + [UInt8](repeating: 0x20, count: 1 << 20),
            Array("\(head)Transfer-Encoding: chunked\r\n\r\nzz\r\n".utf8),
            Array("\(head)Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".utf8),
            [0x16, 0x03, 0x01, 0x02, 0x00, 0x0D, 0x0A, 0x0D, 0x0A],
        ]
        for bytes in raw {
            let answer = try await http.raw(bytes)
            #expect(answer.hasPrefix("HTTP/1.1 4"), "\(answer.prefix(200))")
            #expect(answer.contains("OperationOutcome"), "\(answer.prefix(200))")
        }
    }

    /// What has no header to answer to gets no answer and, three times over, the end of the connection.
    private func refuseFrames(_ server: MartletProcess) async throws {
        let mllp = TestClient(port: server.mllpPort)
        let garbage = [0x0B] + Array("garbage".utf8) + [0x1C, 0x0D]
        #expect(try await mllp.raw(garbage + garbage + garbage) == "")
        let cut = Array("\u{B}MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|P|2.5\r".utf8)
        let answer = try await mllp.raw(cut + [0x1C, 0x0D] + garbage + garbage + garbage)
        #expect(answer.contains("\rMSA|AE|1"), "\(answer)")
    }

    @Test func aTokenIsAskedForAndTheFirstAdministratorOfferedOnce() async throws {
        let folder = try MartletProcess.makeFolder()
        let first = try await MartletProcess.serve(folder, [])
        let link = try #require(Self.link(in: MartletProcess.text(first.log)))
        let issued = try await MartletProcess.run(["token", "issue", "--data-dir", folder + "/data"], in: folder)
        #expect(issued.status == 0)
        let token = try #require(issued.output.split(separator: "\n").last)
        let http = TestClient(port: first.httpPort)
        let refused = try await http.get("Patient")
        #expect(refused.status == 401)
        #expect(refused.isOutcome)
        #expect(refused[header: "WWW-Authenticate"]?.hasPrefix("Bearer") == true)
        #expect(try await http.get("Patient", headers: [("Authorization", "Bearer x\(token)")]).status == 401)
        #expect(try await http.get("Patient", headers: [("Authorization", "Bearer \(token)")]).status == 200)
        let code = try #require(link.split(separator: "=").last)
        let json = """
            {"token": "\(code)", "email": "first@clinic.example", "name": "Ada Berg", "password": "Blauer Himmel 77"}
            """
        let made = try await http.send(
            "POST", "/auth/first-administrator", body: Array(json.utf8),
            headers: [("Content-Type", "application/json")])
        #expect(made.status == 200, "\(made.text)")
        first.send(SIGTERM)
        #expect(try await first.ended() == 0)
        let again = try await MartletProcess.serve(folder, [])
        #expect(Self.link(in: MartletProcess.text(again.log)) == nil)
        again.send(SIGTERM)
        #expect(try await again.ended() == 0)
    }

    private static func link(in log: String) -> String? {
        log.split(separator: "\n").first { $0.contains("/auth/first-administrator?token=") }.map(String.init)
    }

    @Test(arguments: [["--host", "0.0.0.0"], ["--mllp-host", "0.0.0.0"], ["--host", "127.0.0.1.example.org"]])
    func nobodyIsLetInFromElsewhereWithoutAToken(options: [String]) async throws {
        let folder = try MartletProcess.makeFolder()
        let end = try await MartletProcess.run(
            ["serve", "--auth", "none", "--port", "0", "--mllp-port", "0", "--data-dir", folder + "/data"] + options,
            in: folder)
        #expect(end.status == 64)
        #expect(end.output.contains("--auth none is refused"))
    }
}
