import Glibc

/// What a connection string says of how the database is reached.
package struct ConnectionFacts: Sendable, Hashable {
    /// Names and addresses of servers; empty, or with a slash in front, for a socket on this machine.
    package let hosts: [String]
    package let user: String?
    /// Whether the string holds a password.
    package let hasPassword: Bool
    /// Whether that is one that is tried first: a usual one, the user's name, or an empty one.
    package let hasWeakPassword: Bool
    /// `sslmode`, of the string or the environment; libpq's own default is `prefer`, which encrypts if it can.
    package let encryption: String

    /// Throws `PostgreSQLError` for what is no connection string.
    package init(_ connectionString: String) throws {
        let parameters = try ConnectionSettings.parse(connectionString)
        hosts = (parameters["hostaddr"] ?? parameters["host"] ?? "").split(separator: ",").map(String.init)
        user = parameters["user"]
        let password = parameters["password"]
        hasPassword = password != nil
        hasWeakPassword = password.map { $0.isEmpty || $0 == parameters["user"] || Self.usual.contains($0) } ?? false
        encryption = parameters["sslmode"] ?? getenv("PGSSLMODE").map { String(cString: $0) } ?? "prefer"
    }

    /// Whether what goes there is encrypted in any case.
    package var isEncrypted: Bool { ["require", "verify-ca", "verify-full"].contains(encryption) }

    private static let usual: Set<String> = [
        "postgres", "postgresql", "password", "passw0rd", "secret", "martlet", "admin", "root", "changeme", "change-me",
        "test", "123456", "12345678", "example", "default",
    ]
}
