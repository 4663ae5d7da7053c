import Glibc

/// The server's embedded PostgreSQL, reached through `psql` and `pgbench` over its own unix socket.
struct Postgres {
    /// Folder of the socket.
    let socketFolder: String
    /// Folder of PostgreSQL's data.
    let dataFolder: String
    /// Where `psql` and `pgbench` are.
    let programs: String
    let user = "martlet"
    let database = "martlet"

    init(dataDirectory: String) throws {
        dataFolder = dataDirectory + "/postgres"
        let lines = (TextFile.read(dataFolder + "/postmaster.pid") ?? "").split(
            separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 4, !lines[4].isEmpty else {
            throw BenchError(.program, "no PostgreSQL runs in \(dataFolder)")
        }
        socketFolder = String(lines[4])
        programs = try Self.findPrograms(version: TextFile.read(dataFolder + "/PG_VERSION") ?? "")
    }

    /// Process id of the postmaster.
    var postmaster: pid_t {
        let first = (TextFile.read(dataFolder + "/postmaster.pid") ?? "").prefix { $0 != "\n" }
        return pid_t(first) ?? 0
    }

    var environment: [String: String] {
        [
            "PGHOST": socketFolder, "PGPORT": "5432", "PGUSER": user, "PGDATABASE": database,
            "PGAPPNAME": "martlet-bench",
        ]
    }

    /// Runs statements, each in a transaction of its own; the rows of the last that has any, cut into columns.
    @discardableResult
    func query(_ statements: String...) throws -> [[String]] {
        var arguments = [programs + "/psql", "-X", "-A", "-t", "-q", "-F", Self.separator, "-v", "ON_ERROR_STOP=1"]
        for statement in statements { arguments += ["-c", statement] }
        let outcome = try Command.run(arguments, environment: environment)
        guard outcome.status == 0 else { throw BenchError(.program, "psql: \(outcome.errors)") }
        return outcome.output.split(separator: "\n").map { line in
            line.split(separator: Character(Self.separator), omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// The first value of the first row.
    func value(_ statement: String) throws -> String {
        try query(statement).first?.first ?? ""
    }

    /// Runs a file of statements and psql commands.
    func run(file: String) throws {
        let outcome = try Command.run(
            [programs + "/psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", file], environment: environment)
        guard outcome.status == 0 else { throw BenchError(.program, "psql: \(outcome.errors)") }
    }

    /// A byte that no text in a resource holds unescaped.
    private static let separator = "\u{1F}"

    private static func findPrograms(version: String) throws -> String {
        let number = version.prefix { $0.isNumber }
        let path = (getenv("PATH").map { String(cString: $0) } ?? "").split(separator: ":").map(String.init)
        for folder in ["/usr/lib/postgresql/\(number)/bin"] + path
        where access(folder + "/pgbench", X_OK) == 0 && access(folder + "/psql", X_OK) == 0 {
            return folder
        }
        throw BenchError(.program, "pgbench and psql are not installed")
    }
}
