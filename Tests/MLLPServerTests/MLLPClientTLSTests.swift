import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import HL7Syntax
@testable import MLLPServer

/// The client's side of TLS, against a plain TLS server that acknowledges what it gets.
@Suite(.timeLimit(.minutes(5))) struct MLLPClientTLSTests {
    /// Certificates made for one test: an authority, a server and a client that it vouches for, and a stranger.
    private struct Certificates {
        let folder: String

        func path(_ name: String) -> String { "\(folder)/\(name).pem" }

        /// `nil` without the openssl program.
        static func make() throws -> Certificates? {
            let folder = NSTemporaryDirectory() + "martlet-tls-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let certificates = Certificates(folder: folder)
            for name in ["authority", "stranger"] {
                guard
                    try openssl(
                        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=\(name)",
                        "-keyout", certificates.path(name + "-key"), "-out", certificates.path(name))
                else { return nil }
            }
            for name in ["server", "named", "client"] {
                let (key, request) = (certificates.path(name + "-key"), certificates.path(name + "-request"))
                let extensions = certificates.path(name + "-extensions")
                try (name == "named" ? "subjectAltName=DNS:lab.example" : "subjectAltName=IP:127.0.0.1").write(
                    toFile: extensions, atomically: true, encoding: .utf8)
                _ = try openssl(
                    "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=\(name)", "-keyout", key, "-out", request)
                _ = try openssl(
                    "x509", "-req", "-in", request, "-days", "2", "-CA", certificates.path("authority"), "-CAkey",
                    certificates.path("authority-key"), "-CAcreateserial", "-extfile", extensions, "-out",
                    certificates.path(name))
            }
            return certificates
        }

        private static func openssl(_ arguments: String...) throws -> Bool {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["openssl"] + arguments
            (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
            try process.run()
            process.waitUntilExit()
            return process.terminationStatus == 0
        }
    }

    /// Acknowledges every frame with AA.
    private final class Acknowledging: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var decoder = MLLPFrameDecoder()

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            for event in decoder.receive(Array(Self.unwrapInboundIn(data).readableBytesView)) {
                guard case .frame(let bytes, _) = event, let header = MessageHeader(reading: bytes) else { continue }
                let answer = Acknowledgement(to: header, .accepted).encode(controlID: "1", time: "2024")
                let buffer = context.channel.allocator.buffer(bytes: MLLPFrame.wrap(answer))
                context.writeAndFlush(Self.wrapOutboundOut(buffer), promise: nil)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private func withTLSServer(
        _ certificates: Certificates, named name: String = "server", wantsClient: Bool = false,
        _ body: (_ port: Int) async throws -> Void
    ) async throws {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificates.path(name)).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: certificates.path(name + "-key"), format: .pem)))
        if wantsClient {
            configuration.trustRoots = .file(certificates.path("authority"))
            configuration.certificateVerification = .noHostnameVerification
        }
        let context = try NIOSSLContext(configuration: configuration)
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    try channel.pipeline.syncOperations.addHandler(Acknowledging())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(listener.localAddress?.port ?? 0)
        } catch {
            try? await listener.close()
            throw error
        }
        try await listener.close()
    }

    private func send(_ port: Int, _ tls: MLLPClientTLS?) async -> Result<String, any Error> {
        var configuration = MLLPClient.Configuration.patient(port)
        configuration.tls = tls
        let client = MLLPClient(configuration)
        let result: Result<String, any Error>
        do {
            result = .success(try RawMessage(parsing: try await client.send(message(1)))["MSA", field: 2].string)
        } catch {
            result = .failure(error)
        }
        await client.close()
        return result
    }

    private func code(_ result: Result<String, any Error>) -> MLLPClientError.Code? {
        guard case .failure(let error) = result else { return nil }
        return (error as? MLLPClientError)?.code
    }

    @Test func messagesTravelEncrypted() async throws {
        guard let certificates = try Certificates.make() else { return print("skipped: no openssl") }
        defer { try? FileManager.default.removeItem(atPath: certificates.folder) }
        try await withTLSServer(certificates) { port in
            let authority = certificates.path("authority")
            #expect(try await send(port, MLLPClientTLS(authorityFile: authority)).get() == "1")
            // Somebody else's authority, the system's authorities, no TLS at all.
            let stranger = try MLLPClientTLS(authorityFile: certificates.path("stranger"))
            #expect(code(await send(port, stranger)) == .tlsFailed)
            #expect(code(await send(port, try MLLPClientTLS())) == .tlsFailed)
            #expect(code(await send(port, nil)) == .connectionClosed)
        }
    }

    @Test func theCertificateMustNameTheServer() async throws {
        guard let certificates = try Certificates.make() else { return print("skipped: no openssl") }
        defer { try? FileManager.default.removeItem(atPath: certificates.folder) }
        try await withTLSServer(certificates, named: "named") { port in
            let authority = certificates.path("authority")
            let named = try MLLPClientTLS(authorityFile: authority, serverName: "lab.example")
            #expect(try await send(port, named).get() == "1")
            let misnamed = try MLLPClientTLS(authorityFile: authority, serverName: "other.example")
            #expect(code(await send(port, misnamed)) == .tlsFailed)
            #expect(code(await send(port, try MLLPClientTLS(authorityFile: authority))) == .tlsFailed)
        }
    }

    @Test func bothSidesShowACertificate() async throws {
        guard let certificates = try Certificates.make() else { return print("skipped: no openssl") }
        defer { try? FileManager.default.removeItem(atPath: certificates.folder) }
        try await withTLSServer(certificates, wantsClient: true) { port in
            let authority = certificates.path("authority")
            let known = try MLLPClientTLS(
                authorityFile: authority, certificateFile: certificates.path("client"),
                keyFile: certificates.path("client-key"))
            #expect(try await send(port, known).get() == "1")
            // With TLS 1.3 the server's refusal comes after the client's side is done.
            let unknown = try MLLPClientTLS(
                authorityFile: authority, certificateFile: certificates.path("stranger"),
                keyFile: certificates.path("stranger-key"))
            for refused in [unknown, try MLLPClientTLS(authorityFile: authority)] {
                #expect([.tlsFailed, .connectionClosed].contains(code(await send(port, refused))))
            }
        }
    }

    @Test func unusableFilesAreToldAtOnce() throws {
        #expect(throws: MLLPClientError.self) { try MLLPClientTLS(authorityFile: "/nowhere.pem") }
        #expect(throws: MLLPClientError.self) { try MLLPClientTLS(certificateFile: "/nowhere.pem", keyFile: "/no.pem") }
        #expect(throws: MLLPClientError.self) { try MLLPClientTLS(certificateFile: "/nowhere.pem") }
    }
}
