import Foundation
import Logging
import NIOSSL
import Testing
import TransportSecurity
import TransportSecurityTesting

@Suite struct ServerTLSTests {
    private func tls(_ files: TestCertificates, _ name: String = "server") throws -> ServerTLS {
        try ServerTLS(ServerTLS.Files(certificate: files[name + ".pem"], key: files[name + ".key"]))
    }

    @Test func replacedFilesAreTakenUp() throws {
        guard let files = try TestCertificates.make() else { return }
        let tls = try tls(files)
        let first = tls.context
        #expect(tls.renew() == .unchanged)
        #expect(tls.context === first)
        try files.replace("server", by: "client")
        #expect(tls.renew() == .renewed)
        #expect(tls.context !== first)
        #expect(tls.renew() == .unchanged)
        #expect(tls.expiry > Int64(Date().timeIntervalSince1970))
    }

    @Test func brokenFilesAreRefusedAndTheOldOnesStay() throws {
        guard let files = try TestCertificates.make() else { return }
        let tls = try tls(files)
        let first = tls.context
        // A key of another certificate.
        try Data(contentsOf: URL(filePath: files["client.key"])).write(to: URL(filePath: files["server.key"]))
        guard case .refused(let failure) = tls.renew() else {
            Issue.record("a key that does not belong to the certificate was taken")
            return
        }
        #expect("\(failure)".contains("does not belong"))
        #expect(tls.context === first)
        #expect(tls.renew() == .unchanged, "the same fault is told of once")
        try Data("nothing".utf8).write(to: URL(filePath: files["server.pem"]))
        guard case .refused = tls.renew() else {
            Issue.record("what is no certificate was taken")
            return
        }
        try FileManager.default.removeItem(atPath: files["server.pem"])
        guard case .refused = tls.renew() else {
            Issue.record("a missing file was taken")
            return
        }
        #expect(tls.context === first)
        try files.replace("server", by: "client")
        #expect(tls.renew() == .renewed)
    }

    @Test(arguments: [("server", "client"), ("nothing", "server"), ("server", "nothing")])
    func filesThatDoNotFitAreRefusedAtTheStart(certificate: String, key: String) throws {
        guard let files = try TestCertificates.make() else { return }
        #expect(throws: ServerTLS.Failure.self) {
            try ServerTLS(ServerTLS.Files(certificate: files[certificate + ".pem"], key: files[key + ".key"]))
        }
    }

    @Test func authoritiesHaveToBeSome() throws {
        guard let files = try TestCertificates.make() else { return }
        #expect(throws: ServerTLS.Failure.self) {
            try ServerTLS(
                ServerTLS.Files(
                    certificate: files["server.pem"], key: files["server.key"], clientAuthority: files["server.key"]))
        }
    }

    /// RFC 9325 §3.1.1, §4.2.
    @Test func onlySuitesWithForwardSecrecyAreOffered() throws {
        guard let files = try TestCertificates.make() else { return }
        let configuration = try tls(files).context.configuration
        #expect(configuration.minimumTLSVersion == .tlsv12)
        let suites = configuration.cipherSuites.split(separator: ":")
        #expect(suites.count == 6)
        for suite in suites {
            #expect(suite.hasPrefix("TLS_ECDHE_") && (suite.contains("GCM") || suite.contains("CHACHA20")), "\(suite)")
        }
    }
}
