import FHIRServer
import FHIRServerTesting
import Foundation
import Testing
import TransportSecurity
import TransportSecurityTesting

/// HTTP/2 and HTTP/1.1 under TLS, to clients that others wrote.
@Suite(.timeLimit(.minutes(10))) struct TLSTests {
    /// Runs `body` with a server under TLS and its address; says so where the tools are missing.
    private func withServer(
        mutual: Bool = false,
        _ body: (TestServer, String, TestCertificates, ServerTLS) async throws -> Void
    ) async throws {
        guard try Curl.isHere(), let files = try TestCertificates.make() else { return }
        let parts = ServerTLS.Files(
            certificate: files["server.pem"], key: files["server.key"],
            clientAuthority: mutual ? files["ca.pem"] : nil)
        let tls = try ServerTLS(parts, protocols: ServerTLS.httpProtocols)
        try await TestServer.with({ options in
            options.configuration.tls = tls
            options.configuration.limits.bodyByteCount = 1 << 20
        }) { server in
            try await body(server, "https://127.0.0.1:\(server.client.port)", files, tls)
        }
    }

    private let json = ["--header", "Content-Type: application/fhir+json"]

    @Test func bothVersionsAreNegotiated() async throws {
        try await withServer { _, url, files, _ in
            let trust = ["--cacert", files["ca.pem"]]
            for (option, version) in [("--http2", "2"), ("--http1.1", "1.1")] {
                let answer = try Curl.get(url + "/fhir/metadata", trust + [option])
                #expect(answer.status == 200, "\(option)")
                #expect(answer.version == version)
                #expect(answer.body.contains("CapabilityStatement"))
                // Links are of the kind that the client uses.
                #expect(answer.body.contains("\(url)/fhir"), "\(answer.body.prefix(600))")
                #expect(answer.headers.contains("strict-transport-security: max-age="))
            }
            // Without the authority nobody is believed.
            #expect(try Curl.get(url + "/fhir/metadata", ["--http2"]).exit == 60)
        }
    }

    @Test func interactionsGoOverHTTP2() async throws {
        try await withServer { _, url, files, _ in
            let options = ["--cacert", files["ca.pem"], "--http2"]
            let patient = #"{"resourceType":"Patient","id":"p1","active":true}"#
            // A body whose length nobody told, as HTTP/2 has it.
            let put = try Curl.get(
                url + "/fhir/Patient/p1", options + json + ["--request", "PUT", "--upload-file", "-"], input: patient)
            #expect(put.status == 201 && put.version == "2", "\(put.body)")
            #expect(put.headers.contains("location: \(url)/fhir/patient/p1/_history/1"))
            let post = try Curl.get(url + "/fhir/Patient", options + json + ["--data-binary", patient])
            #expect(post.status == 201 && post.version == "2", "\(post.body)")
            let read = try Curl.get(url + "/fhir/Patient/p1", options)
            #expect(read.status == 200 && read.body.contains(#""active":true"#))
            let head = try Curl.get(url + "/fhir/Patient/p1", options + ["--head"])
            #expect(head.exit == 0 && head.status == 200 && head.headers.contains("content-length"))
            let kept = try Curl.get(url + "/fhir/Patient/p1", options + ["--header", #"If-None-Match: W/"1""#])
            #expect(kept.exit == 0 && kept.status == 304)
            let search = try Curl.get(url + "/fhir/Patient/_search", options + ["--data", "_id=p1"])
            #expect(search.status == 200 && search.body.contains("searchset"))
            let refused = try Curl.get(url + "/fhir/Patient", options + json + ["--request", "POST"])
            #expect(refused.exit == 0 && refused.status == 400, "a body that never comes: \(refused.status)")
            let gone = try Curl.get(url + "/fhir/Patient/p1", options + ["--request", "DELETE"])
            #expect(gone.exit == 0 && (200...204).contains(gone.status))
        }
    }

    /// RFC 9113 §8.2.2 has no `Connection`; the stream ends, and the connection goes on.
    @Test func bodiesThatAreTooLargeAreRefusedOverHTTP2() async throws {
        try await withServer { _, url, files, _ in
            let large = files["large.json"]
            try Data(repeating: 0x20, count: 3 << 20).write(to: URL(filePath: large))
            for upload in [["--data-binary", "@" + large], ["--request", "PUT", "--upload-file", large]] {
                let answer = try Curl.get(
                    url + "/fhir/Patient/large", ["--cacert", files["ca.pem"], "--http2"] + json + upload)
                #expect(answer.status == 405 || answer.status == 413, "\(answer.exit) \(answer.status)")
                #expect(!answer.headers.contains("\nconnection:"))
            }
        }
    }

    @Test func manyRequestsShareAConnection() async throws {
        try await withServer { _, url, files, _ in
            let answer = try Curl.get(
                url + "/health/live?x=[1-40]",
                ["--cacert", files["ca.pem"], "--http2", "--parallel", "--parallel-max", "20", "--fail"])
            #expect(answer.exit == 0)
        }
    }

    @Test func certificatesAreReplacedWhileTheDoorIsOpen() async throws {
        try await withServer { _, url, files, tls in
            let trust = ["--cacert", files["ca.pem"]]
            #expect(try Curl.get(url + "/health/live", trust).status == 200)
            // Of another authority: those who trust the first one can tell.
            try files.issue("second", for: "IP:127.0.0.1", by: "strangers")
            try files.replace("server", by: "second")
            #expect(tls.renew() == .renewed)
            #expect(try Curl.get(url + "/health/live", trust).exit == 60)
            #expect(try Curl.get(url + "/health/live", ["--cacert", files["strangers.pem"]]).status == 200)
        }
    }

    @Test func clientsProveWhoTheyAreWhereThatIsAskedFor() async throws {
        try await withServer(mutual: true) { _, url, files, _ in
            let trust = ["--cacert", files["ca.pem"]]
            func proof(_ name: String) -> [String] { ["--cert", files[name + ".pem"], "--key", files[name + ".key"]] }
            for (shown, status) in [([], 0), (proof("stranger"), 0), (proof("client"), 200)] {
                let answer = try Curl.get(url + "/health/live", trust + shown)
                #expect(answer.status == status, "\(shown)")
            }
        }
    }

    /// Old versions, weak suites and plain text (RFC 9325 §3.1.1, §4.2).
    @Test func whatIsOldIsRefused() async throws {
        try await withServer { server, _, files, _ in
            let target = ["-connect", "127.0.0.1:\(server.client.port)", "-CAfile", files["ca.pem"]]
            func handshake(_ options: [String]) -> Bool {
                (try? TestCertificates.run(["s_client"] + target + options)) != nil
            }
            #expect(handshake(["-tls1_2"]))
            #expect(handshake(["-tls1_3"]))
            // At security level 0 OpenSSL itself would do all of these.
            #expect(!handshake(["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]))
            #expect(!handshake(["-tls1", "-cipher", "ALL:@SECLEVEL=0"]))
            for suite in ["ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "AES128-GCM-SHA256", "NULL", "aNULL"] {
                #expect(!handshake(["-tls1_2", "-cipher", "\(suite):@SECLEVEL=0"]), "\(suite)")
            }
            #expect(handshake(["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"]))
            let plain = try await server.client.raw(Array("GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n".utf8))
            #expect(!plain.contains("HTTP/1.1"))
        }
    }
}
