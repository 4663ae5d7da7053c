import Glibc

/// PostgreSQL's server programs on this machine.
struct PostgreSQLInstallation: Sendable, Equatable {
    /// The folder that holds `postgres` and `initdb`, free of symbolic links.
    let binaryDirectory: String
    /// The major version: 15 of 15.4.
    let majorVersion: Int

    static let supportedVersions = 14...17

    var initdb: String { binaryDirectory + "/initdb" }
    var postgres: String { binaryDirectory + "/postgres" }

    /// Finds the programs: a folder named by the configuration, else `$PATH`, else where Debian and Red Hat put
    /// them, newest first.
    /// - Parameter required: the major version that an existing data directory was made by.
    static func find(
        named folder: String?, required: Int?, account: ServerAccount
    ) async throws -> PostgreSQLInstallation {
        let folders = folder.map { [$0] } ?? searchPath() + packagedFolders()
        var seen: Set<String> = []
        var found: [Int] = []
        for folder in folders {
            guard let postgres = FileAccess.resolved(folder + "/postgres") else { continue }
            let real = FileAccess.parent(of: postgres)
            guard seen.insert(real).inserted, FileAccess.isExecutable(real + "/initdb") else { continue }
            guard let version = await majorVersion(of: postgres, account) else { continue }
            found.append(version)
            guard supportedVersions.contains(version), required == nil || required == version else { continue }
            return PostgreSQLInstallation(binaryDirectory: real, majorVersion: version)
        }
        throw PostgreSQLError(.cluster, explanation(found: found, required: required))
    }

    private static func explanation(found: [Int], required: Int?) -> String {
        let list = found.isEmpty ? "none was found" : "found: \(found.map(String.init).joined(separator: ", "))"
        if let required { return "the data directory needs the programs of PostgreSQL \(required); \(list)" }
        return "PostgreSQL \(supportedVersions.lowerBound) to \(supportedVersions.upperBound) is needed; \(list)"
    }

    private static func searchPath() -> [String] {
        guard let path = getenv("PATH") else { return [] }
        return String(cString: path).split(separator: ":").map(String.init)
    }

    /// `/usr/lib/postgresql/15/bin` on Debian, `/usr/pgsql-15/bin` on Red Hat.
    private static func packagedFolders() -> [String] {
        supportedVersions.reversed().flatMap { ["/usr/lib/postgresql/\($0)/bin", "/usr/pgsql-\($0)/bin"] }
    }

    /// Reads `postgres (PostgreSQL) 15.4 (Debian …)`; also `17beta1`.
    private static func majorVersion(of postgres: String, _ account: ServerAccount) async -> Int? {
        let program = Program(path: postgres, account: account, workingDirectory: "/")
        guard let run = try? await program.run(["--version"]), run.isSuccess else { return nil }
        return majorVersion(in: run.output)
    }

    static func majorVersion(in text: String) -> Int? {
        guard let word = text.split(separator: " ").first(where: { $0.first?.isNumber == true }) else { return nil }
        return Int(word.prefix { $0.isNumber })
    }
}
