import Foundation
import NIOSSL

/// An authority and a server's certificate for 127.0.0.1, made for one test.
struct SinkCertificates {
    private let folder: String

    var authority: String { "\(folder)/authority.pem" }

    /// Nil, with a note, without the openssl program.
    static func make() throws -> SinkCertificates? {
        let made = SinkCertificates(folder: NSTemporaryDirectory() + "martlet-sink-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: made.folder, withIntermediateDirectories: true)
        try "subjectAltName=IP:127.0.0.1".write(
            toFile: made.folder + "/extensions", atomically: true, encoding: .utf8)
        let steps = [
            "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout authority-key.pem "
                + "-out authority.pem",
            "req -newkey rsa:2048 -nodes -subj /CN=sink -keyout server-key.pem -out request.pem",
            "x509 -req -in request.pem -days 2 -CA authority.pem -CAkey authority-key.pem -CAcreateserial "
                + "-extfile extensions -out server.pem",
        ]
        for step in steps {
            guard try made.openssl(step.split(separator: " ").map(String.init)) else {
                print("TLS of the sinks: skipped, because openssl is not installed")
                return nil
            }
        }
        return made
    }

    func context() throws -> NIOSSLContext {
        try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMFile(folder + "/server.pem").map { .certificate($0) },
                privateKey: .privateKey(NIOSSLPrivateKey(file: folder + "/server-key.pem", format: .pem))))
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    private func openssl(_ arguments: [String]) throws -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = URL(filePath: folder)
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
