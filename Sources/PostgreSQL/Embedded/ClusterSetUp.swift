import Glibc

/// Makes a new cluster, once.
struct ClusterSetUp: Sendable {
    let layout: ClusterLayout
    let installation: PostgreSQLInstallation
    let account: ServerAccount

    /// Runs `initdb` beside its final place, then moves the result there.
    func run() async throws {
        FileAccess.removeTree(layout.unfinishedData)
        try FileAccess.makePrivateFolder(layout.unfinishedData, for: account)
        let initdb = Program(path: installation.initdb, account: account, workingDirectory: layout.root)
        let result = try await initdb.run([
            "--pgdata", layout.unfinishedData, "--username", ClusterLayout.user, "--encoding", "UTF8",
            "--locale", Self.locale, "--auth-local", "trust", "--auth-host", "reject", "--data-checksums",
            "--no-instructions",
        ])
        guard result.isSuccess else {
            throw PostgreSQLError(.cluster, "initdb failed: \(result.output.lastLine)")
        }
        try await appendSettings()
        guard rename(layout.unfinishedData, layout.data) == 0 else { throw FileAccess.failure("make", layout.data) }
    }

    /// Sorting by bytes, with UTF-8 case rules where the system has them.
    private static var locale: String {
        guard let locale = newlocale(1 << LC_CTYPE, "C.UTF-8", nil) else { return "C" }
        freelocale(locale)
        return "C.UTF-8"
    }

    private func appendSettings() async throws {
        var text = "\n# Martlet's settings; what is written below this line wins.\ninclude 'martlet.conf'\n"
        if await hasLZ4() { text += "wal_compression = lz4\ndefault_toast_compression = lz4\n" }
        try FileAccess.write("", to: layout.unfinishedData + "/martlet.conf", for: account)
        try FileAccess.write(text, to: layout.unfinishedData + "/postgresql.conf", append: true, for: account)
    }

    /// Whether this build of PostgreSQL knows lz4, which for the write-ahead log began with version 15.
    private func hasLZ4() async -> Bool {
        let postgres = Program(path: installation.postgres, account: account, workingDirectory: layout.root)
        let result = try? await postgres.run([
            "-D", layout.unfinishedData, "-C", "wal_compression", "-c", "wal_compression=lz4",
            "-c", "default_toast_compression=lz4",
        ])
        return result?.isSuccess ?? false
    }
}

extension String {
    /// The last line that says something.
    var lastLine: Substring { split(whereSeparator: \.isNewline).last ?? "no reason was given" }
}
