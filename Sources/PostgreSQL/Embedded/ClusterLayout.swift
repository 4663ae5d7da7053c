import Glibc

/// Where the parts of an embedded cluster lie:
///
///     <data-dir>/owner.lock    locked by the process that will stop the server
///               /startup.log   what the server said before it began its own log
///               /postgres/     PostgreSQL's data directory; its log is in postgres/log
///               /run/          the socket, unless the path is too long for one
struct ClusterLayout: Sendable {
    let root: String
    let socketDirectory: String

    var data: String { root + "/postgres" }
    /// Renamed to `data` when complete, so that a half-made cluster is never taken for a whole one.
    var unfinishedData: String { root + "/postgres.new" }
    var lock: String { root + "/owner.lock" }
    var startupLog: String { root + "/startup.log" }
    var postmasterFile: String { data + "/postmaster.pid" }
    var settings: String { data + "/martlet.conf" }

    /// The port is only part of the socket's name.
    static let port = 5432
    static let user = "martlet"
    static let database = "martlet"

    /// Makes the outer folder and finds out its real path.
    init(dataDirectory: String) throws(PostgreSQLError) {
        var path = dataDirectory
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        try FileAccess.makeFolders(path)
        guard let root = FileAccess.resolved(path) else { throw FileAccess.failure("find", path) }
        self.root = root
        socketDirectory = Self.socketDirectory(root: root)
    }

    /// `sun_path` holds 108 bytes; the socket's own name takes 20 of them, its lock file 25.
    private static func socketDirectory(root: String) -> String {
        let natural = root + "/run"
        if natural.utf8.count + 25 < 107 { return natural }
        // FNV-1a: every process must come to the same name.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in root.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return "/tmp/martlet-\(geteuid())-\(String(hash, radix: 16))"
    }

    /// The major version that made the data; nil where there is none yet.
    var existingVersion: Int? {
        FileAccess.read(data + "/PG_VERSION").flatMap { PostgreSQLInstallation.majorVersion(in: $0) }
    }

    /// A libpq keyword string for a database of the cluster.
    func connectionString(database: String) -> String {
        "host='\(Self.quoted(socketDirectory))' port=\(Self.port) user=\(Self.user) dbname='\(Self.quoted(database))'"
    }

    private static func quoted(_ value: String) -> String {
        value.reduce(into: "") { text, character in
            if character == "'" || character == "\\" { text.append("\\") }
            text.append(character)
        }
    }
}
