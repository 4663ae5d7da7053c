import FHIRServerTesting
import Foundation
import JSONTape
import Testing
import TransportSecurityTesting

/// `martlet serve` under TLS and with limits, and what `martlet check` says of its options.
@Suite struct TransportCommandTests {
    @Test func certificatesAreTakenUpWithoutARestart() async throws {
        guard try Curl.isHere(), let files = try TestCertificates.make() else { return }
        let folder = try MartletProcess.makeFolder()
        let server = try await MartletProcess.serve(
            folder, ["--tls-cert", files["server.pem"], "--tls-key", files["server.key"]])
        let url = "https://127.0.0.1:\(server.httpPort)/fhir/metadata"
        let old = ["--cacert", files["ca.pem"], "--http2"]
        let new = ["--cacert", files["strangers.pem"], "--http2"]
        #expect(try await Curl.get(url, old).version == "2")
        #expect(try await Curl.get(url, new).exit == 60)
        // What is broken is told of once, and changes nothing.
        try Data("nothing".utf8).write(to: URL(filePath: files["server.pem"]))
        try await wait(for: "the refusal") {
            MartletProcess.text(server.log).contains("certificate refused, the one before stays in force")
        }
        #expect(try await Curl.get(url, old).status == 200)
        try files.issue("second", for: "IP:127.0.0.1", by: "strangers")
        try files.replace("server", by: "second")
        server.send(SIGHUP)
        try await wait(for: "the new certificate") { try await Curl.get(url, new).status == 200 }
        #expect(try await Curl.get(url, old).exit == 60)
        #expect(MartletProcess.text(server.log).contains("certificate renewed"))
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }

    @Test func clientsAreHeldToTheirRate() async throws {
        let folder = try MartletProcess.makeFolder()
        let data = ["--data-dir", folder + "/data"]
        let server = try await MartletProcess.serve(folder, ["--rate-limit", "0.01/3"])
        let options = ["--grant", "client_credentials", "--scope", "system/*.rs", "--make-secret"]
        for id in ["busy", "quiet"] {
            let add = ["client", "add", "--id", id, "--name", id] + options + data
            let added = try await MartletProcess.run(add, in: folder)
            #expect(added.status == 0, "\(added.output)")
        }
        func token(_ client: String) async throws -> String {
            let issue = ["token", "issue", "--client", client] + data
            return try await MartletProcess.run(issue, in: folder).output.split(separator: "\n").last.map(String.init)
                ?? ""
        }
        let http = TestClient(port: server.httpPort)
        let busy = [("Authorization", "Bearer \(try await token("busy"))")]
        for _ in 0..<3 { #expect(try await http.get("Patient", headers: busy).status == 200) }
        let refused = try await http.get("Patient", headers: busy)
        #expect(refused.status == 429 && refused.issueCodes == ["too-many-requests"])
        #expect(refused[header: "Retry-After"].flatMap { Int($0) } ?? 0 > 1)
        let quiet = [("Authorization", "Bearer \(try await token("quiet"))")]
        #expect(try await http.get("Patient", headers: quiet).status == 200)
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }

    @Test(arguments: [
        ["--tls-cert", "/nonexistent"], ["--tls-cert", "/nonexistent", "--tls-key", "/nonexistent"],
        ["--rate-limit", "many"], ["--rate-limit", "0"], ["--rate-limit", "1/2/3"],
        ["--trusted-proxy", "proxy.example"],
        ["--anonymous-rate-limit", "-1"],
    ])
    func optionsThatMeanNothingAreRefused(options: [String]) async throws {
        let folder = try MartletProcess.makeFolder()
        let end = try await MartletProcess.run(
            ["serve", "--port", "0", "--mllp-port", "0", "--data-dir", folder + "/data"] + options, in: folder)
        #expect(end.status == 64, "\(end.output)")
    }

    // MARK: - martlet check

    private func check(_ options: [String], _ folder: String) async throws -> (status: Int32, codes: Set<String>) {
        let end = try await MartletProcess.run(["check", "--data-dir", folder + "/data"] + options, in: folder)
        let line = end.output.split(separator: "\n").first { $0.hasPrefix("{\"database\"") }
        let json = try JSONNode(Document.parse(String(line ?? "{}")))
        return (end.status, Set(json["findings"]?.items.compactMap { $0["code"]?.string } ?? []))
    }

    @Test func unsafeSettingsAreFound() async throws {
        guard let files = try TestCertificates.make() else { return }
        let folder = try MartletProcess.makeFolder()
        let migrated = try await MartletProcess.run(["migrate", "--data-dir", folder + "/data"], in: folder)
        #expect(migrated.status == 0, "\(migrated.output)")
        let usual = try await check([], folder)
        #expect(usual.status == 0)
        #expect(usual.codes == ["no-administrator"])
        for key in ["server.key", "client.key"] { chmod(files[key], 0o600) }
        let tls = ["--tls-cert", files["server.pem"], "--tls-key", files["server.key"]]
        let open = ["--host", "0.0.0.0"]
        let safe = ["--base-url", "https://fhir.example.org/fhir", "--rate-limit", "50"]
        let (named, behind, secured) = (open + safe, open + safe + ["--trusted-proxy", "10.0.0.1"], open + safe + tls)
        let cases: [([String], Int32, Set<String>)] = [
            (["--auth", "none"], 3, ["no-authentication", "no-audit"]),
            (["--audit", "off"], 0, ["no-audit"]),
            (open, 3, ["plain-http", "no-base-url", "no-rate-limit"]), (named, 3, ["plain-http"]), (behind, 0, []),
            // Two days are left of it.
            (secured, 0, ["certificate-expires"]),
            (["--base-url", "http://fhir.example.org/fhir"], 3, ["plain-base-url"]),
            (["--client-registration"], 0, ["open-registration"]),
            (["--mllp-host", "0.0.0.0"], 3, ["plain-mllp", "open-mllp"]),
            (["--mllp", "lab=0.0.0.0:2575,allow=10.0.0.0/8"], 3, ["plain-mllp"]),
            (["--smtp", "smtp://mail.example.org?tls=none"], 3, ["plain-mail"]),
            (["--mail-sink", folder], 0, ["mail-sink"]),
            (["--message-webhook", "http://sms.example.org/"], 3, ["plain-webhook"]),
        ]
        for (options, status, codes) in cases {
            let found = try await check(options, folder)
            #expect(found.codes.subtracting(["no-administrator"]) == codes, "\(options)")
            #expect(found.status == status, "\(options)")
        }
        chmod(files["server.key"], 0o644)
        let readable = try await check(tls, folder)
        #expect(readable.status == 3 && readable.codes.contains("readable-secret"))
    }

    @Test func missingMigrationsAreTold() async throws {
        let folder = try MartletProcess.makeFolder()
        #expect(try await check([], folder).status == 1)
    }
}
