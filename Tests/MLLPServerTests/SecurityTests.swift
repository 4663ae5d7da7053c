import Foundation
import Glibc
import Synchronization
import Testing

@testable import HL7Syntax
@testable import MLLPServer
import TransportSecurity
import TransportSecurityTesting

/// Who may send: TLS, certificates, addresses, and how many at once.
@Suite(.timeLimit(.minutes(10))) struct SecurityTests {
    private func acknowledged(_ client: MLLPClient, _ id: Int) async throws -> String {
        try RawMessage(parsing: try await client.send(message(id)))["MSA", field: 2].string
    }

    private func client(_ port: Int, _ tls: MLLPClientTLS? = nil) -> MLLPClient {
        var configuration = MLLPClient.Configuration.patient(port)
        configuration.tls = tls
        return MLLPClient(configuration)
    }

    @Test func tlsIsSpokenAndPlainTextIsNot() async throws {
        guard let files = try TestCertificates.make() else { return }
        let tls = try MLLPServerTLS(certificateFile: files["server.pem"], keyFile: files["server.key"])
        let receiver = RecordingReceiver()
        try await withServer(receiver, configure: { $0.tls = tls }) { port, _, _ in
            let trusting = client(port, try MLLPClientTLS(authorityFile: files["ca.pem"]))
            for id in 0..<20 { #expect(try await acknowledged(trusting, id) == "\(id)") }
            await trusting.close()
            let stranger = client(port, try MLLPClientTLS())
            await #expect(throws: MLLPClientError.self) { try await stranger.send(message(21)) }
            await stranger.close()
            try await withConnection(to: port, greeting: MLLPFrame.wrap(message(22))) { plain in
                // At most an alert of TLS comes back, never an acknowledgement.
                #expect(await plain.nextFrame() == nil)
            }
        }
        #expect(receiver.state.withLock { $0.frames }.count == 20)
        #expect(receiver.state.withLock { $0.certificates } == [nil])
    }

    @Test func mutualTLSTellsWhoSends() async throws {
        guard let files = try TestCertificates.make() else { return }
        let tls = try MLLPServerTLS(
            certificateFile: files["server.pem"], keyFile: files["server.key"], clientAuthorityFile: files["ca.pem"])
        let receiver = RecordingReceiver()
        try await withServer(receiver, configure: { $0.tls = tls }) { port, _, _ in
            let nobody = client(port, try MLLPClientTLS(authorityFile: files["ca.pem"]))
            await #expect(throws: MLLPClientError.self) { try await nobody.send(message(1)) }
            await nobody.close()
            let lab = client(
                port,
                try MLLPClientTLS(
                    authorityFile: files["ca.pem"], certificateFile: files["client.pem"],
                    keyFile: files["client.key"]))
            #expect(try await acknowledged(lab, 2) == "2")
            await lab.close()
            let other = client(
                port,
                try MLLPClientTLS(
                    authorityFile: files["ca.pem"], certificateFile: files["stranger.pem"],
                    keyFile: files["stranger.key"]))
            await #expect(throws: MLLPClientError.self) { try await other.send(message(3)) }
            await other.close()
        }
        let shown = receiver.state.withLock { $0.certificates }
        let certificate = try #require(shown.first ?? nil)
        #expect(shown.count == 1 && certificate.names == ["lab.example.org"])
        #expect(certificate.isNamed("LAB.example.org") && !certificate.isNamed("example.org"))
        let fingerprint = try TestCertificates.run(
            ["x509", "-in", files["client.pem"], "-noout", "-fingerprint", "-sha256"])
        let digits = fingerprint.split(separator: "=").last.map(String.init)?
            .trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(certificate.isNamed("sha256:" + (digits ?? "")))
    }

    @Test func certificatesAreReplacedWhileTheListenerIsOpen() async throws {
        guard let files = try TestCertificates.make() else { return }
        let tls = try MLLPServerTLS(certificateFile: files["server.pem"], keyFile: files["server.key"])
        try await withServer(RecordingReceiver(), configure: { $0.tls = tls }) { port, _, _ in
            let first = client(port, try MLLPClientTLS(authorityFile: files["ca.pem"]))
            let answer = try await acknowledged(first, 1)
            #expect(answer == "1")
            try files.issue("second", for: "IP:127.0.0.1", by: "strangers")
            try files.replace("server", by: "second")
            #expect(tls.server.renew() == .renewed)
            // Who is connected stays so; who comes now sees the new one.
            #expect(try await acknowledged(first, 2) == "2")
            let second = client(port, try MLLPClientTLS(authorityFile: files["strangers.pem"]))
            #expect(try await acknowledged(second, 3) == "3")
            await first.close()
            await second.close()
        }
    }

    @Test func filesThatAreNoneAreRefused() {
        #expect(throws: MLLPServerTLS.Failure.self) {
            try MLLPServerTLS(certificateFile: "/nonexistent", keyFile: "/nonexistent")
        }
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.168.4.0/22", "192.168.7.9", true),
        ("192.168.4.0/22", "192.168.8.0", false), ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false),
        ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false), ("fd00::/8", "fd12::1", true),
        ("fd00::/8", "fe80::1", false), ("10.1.0.0/16", "::ffff:10.1.2.3", true), ("::1", "::1", true),
    ])
    func addressRanges(range: String, address: String, isIn: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(address) == isIn)
    }

    @Test(arguments: ["", "10.0.0.0/33", "10.0.0/8", "lab.example.org", "fd00::/129", "1.2.3.4/-1", "1.2.3.4/x"])
    func whatIsNoAddressRange(text: String) { #expect(AddressRange(text) == nil) }

    @Test func onlyAllowedAddressesAreServed() async throws {
        let elsewhere = try #require(AddressRange("10.0.0.0/8"))
        let here = try #require(AddressRange("127.0.0.0/8"))
        try await withServer(RecordingReceiver(), configure: { $0.allowedAddresses = [elsewhere] }) { port, _, _ in
            try await withConnection(to: port) { refused in #expect(await refused.nextFrame() == nil) }
        }
        try await withServer(RecordingReceiver(), configure: { $0.allowedAddresses = [elsewhere, here] }) {
            port, _, _ in
            let client = client(port)
            let answer = try await acknowledged(client, 1)
            #expect(answer == "1")
            await client.close()
        }
    }

    @Test func aFrameSplitAtEveryByteIsOneMessage() async throws {
        let receiver = RecordingReceiver()
        try await withServer(receiver) { port, _, _ in
            try await withConnection(to: port) { connection in
                let count = MLLPFrame.wrap(message(1000)).count
                for split in 0...count {
                    let frame = MLLPFrame.wrap(message(1000 + split))
                    try await connection.send(Array(frame[..<split]))
                    try await connection.send(Array(frame[split...]))
                    #expect(try await connection.nextAnswer() == "AA \(1000 + split)")
                }
            }
        }
        #expect(receiver.state.withLock { $0.faults }.isEmpty)
    }

    @Test func fiveHundredConnectionsAtOnce() async throws {
        // Both ends are in this process.
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(7), &limit)
        if limit.rlim_cur < 2048, limit.rlim_max >= 2048 {
            limit.rlim_cur = 2048
            setrlimit(__rlimit_resource_t(7), &limit)
        }
        guard limit.rlim_cur >= 2048 else { return print("skipped: too few file descriptors for 500 connections") }
        let receiver = RecordingReceiver()
        try await withServer(receiver) { port, server, _ in
            let clients = (0..<500).map { _ in client(port) }
            for round in 0..<2 {
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for (index, client) in clients.enumerated() {
                        tasks.addTask {
                            let id = round * 1000 + index
                            let answer = try await acknowledged(client, id)
                            #expect(answer == "\(id)")
                        }
                    }
                    try await tasks.waitForAll()
                }
                #expect(server.connectionCount == 500)
            }
            for client in clients { await client.close() }
        }
        #expect(receiver.state.withLock { $0.frames }.count == 1000)
    }
}
