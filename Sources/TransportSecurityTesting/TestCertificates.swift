import Foundation

/// Certificates of an authority `ca`, and of another that nobody trusts, in a folder of their own; made by OpenSSL.
///
/// For each name there are `name.pem` and `name.key`.
package struct TestCertificates: Sendable {
    package let folder: String

    /// The path of a file.
    package subscript(_ name: String) -> String { folder + "/" + name }

    /// The authorities, `server` (for 127.0.0.1), `client` and `stranger` (both for lab.example.org, the latter of
    /// the authority that nobody trusts). Nil, with a note, where there is no OpenSSL.
    package static func make() throws -> TestCertificates? {
        guard FileManager.default.isExecutableFile(atPath: openssl) else {
            print("skipped: there is no \(openssl) to make certificates with")
            return nil
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-tls-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let files = TestCertificates(folder: folder)
        for authority in ["ca", "strangers"] {
            let output = ["-keyout", files[authority + ".key"], "-out", files[authority + ".pem"]]
            _ = try run(["req"] + newKey + ["-subj", "/CN=\(authority)"] + output)
        }
        try files.issue("server", for: "IP:127.0.0.1")
        try files.issue("client", for: "DNS:lab.example.org")
        try files.issue("stranger", for: "DNS:lab.example.org", by: "strangers")
        return files
    }

    /// A new key and certificate.
    ///
    /// - Parameter alternative: what it is for, as OpenSSL writes it: `IP:127.0.0.1`.
    package func issue(_ name: String, for alternative: String, by authority: String = "ca") throws {
        let subject = ["-subj", "/CN=\(name)", "-addext", "subjectAltName=\(alternative)"]
        let signer = ["-CA", self[authority + ".pem"], "-CAkey", self[authority + ".key"]]
        let output = ["-keyout", self[name + ".key"], "-out", self[name + ".pem"]]
        _ = try Self.run(["req"] + Self.newKey + subject + signer + output)
    }

    /// Puts one pair of files where another was, both at once as far as a reader may tell.
    package func replace(_ name: String, by other: String) throws {
        for ending in [".key", ".pem"] {
            let data = try Data(contentsOf: URL(filePath: self[other + ending]))
            try data.write(to: URL(filePath: self[name + ending]), options: .atomic)
        }
    }

    private static let newKey = [
        "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-x509",
    ]
    package static let openssl = "/usr/bin/openssl"

    /// Why OpenSSL did not do what it was told.
    package struct Failed: Error { package let command: String }

    /// Runs OpenSSL; what it says.
    package static func run(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: openssl)
        process.arguments = arguments
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(command: arguments.first ?? "") }
        return text
    }
}
