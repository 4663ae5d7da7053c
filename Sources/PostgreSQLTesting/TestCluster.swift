import Glibc
package import Logging
package import PostgreSQL
import Synchronization

/// A PostgreSQL cluster for tests: in a temporary folder, without flushing to disk, gone when the process is gone,
/// however it ends.
package final class TestCluster: Sendable {
    /// The cluster itself, for tests that stop or kill it. Leave the shared one alone.
    package let cluster: EmbeddedCluster
    /// Its folder.
    package let dataDirectory: String
    private let administration: Database
    private let counter = Atomic(0)

    /// One cluster for the whole process, started by whoever asks first. Use a database of your own in it.
    package static var shared: TestCluster {
        get async throws { try await sharedTask.value }
    }

    /// The one global of this target: a cluster per test would cost half a second each.
    private static let sharedTask = Task {
        try await TestCluster(settings: [
            "fsync": "off", "full_page_writes": "off", "shared_buffers": "128MB", "max_connections": "500",
            "max_wal_size": "1GB",
        ])
    }

    /// Starts a cluster of its own, with the product's settings and those given.
    package init(settings: [String: String] = [:], dataDirectory: String? = nil) async throws {
        let folder = try dataDirectory ?? Self.makeTemporaryFolder()
        self.dataDirectory = folder
        var configuration = EmbeddedCluster.Configuration(dataDirectory: folder)
        configuration.settings = settings
        configuration.startTimeout = .seconds(600)
        cluster = try EmbeddedCluster(configuration: configuration, logger: Self.logger)
        try ProcessGuard.removeAtEnd(folder)
        try await cluster.start()
        var administration = DatabaseConfiguration(connectionString: cluster.connectionString(database: "postgres"))
        administration.readLanes = 1
        administration.sessions = 2
        administration.statementTimeout = .zero
        // Many tests make databases at once, and one after the other is how the server does it.
        administration.sessionWait = .seconds(600)
        self.administration = Database(configuration: administration, logger: Self.logger)
        try await self.administration.start()
    }

    /// A new database, and the address of it: empty, or a copy of `template`, to which nobody may be connected.
    /// The caller shuts the database down. Nothing in it runs into a time limit unless `configure` sets one: with
    /// every test of a suite under way, a slow machine is no fault of any of them.
    package func makeDatabase(
        template: String? = nil, _ configure: (inout DatabaseConfiguration) -> Void = { _ in }
    ) async throws -> (database: Database, url: String) {
        let url = try await makeAddress(template: template)
        var configuration = DatabaseConfiguration(connectionString: url)
        configuration.statementTimeout = .zero
        configuration.idleInTransactionTimeout = .zero
        configuration.connectTimeout = .seconds(600)
        configuration.disconnectedWait = .seconds(600)
        configuration.sessionWait = .seconds(600)
        configure(&configuration)
        let database = Database(configuration: configuration, logger: Self.logger)
        try await database.start()
        return (database, url)
    }

    /// Runs `body` with a new, empty database, and shuts it down whatever happens.
    package func withDatabase<R>(
        _ configure: (inout DatabaseConfiguration) -> Void = { _ in }, _ body: (Database) async throws -> R
    ) async throws -> R {
        try await DatabaseTurns.take {
            let (database, _) = try await makeDatabase(configure)
            do {
                let value = try await body(database)
                await database.shutdown()
                return value
            } catch {
                await database.shutdown()
                throw error
            }
        }
    }

    /// The address of a new database: empty, or a copy of the database named `template`.
    package func makeAddress(template: String? = nil) async throws -> String {
        cluster.connectionString(database: try await makeName(template: template))
    }

    /// The name of a new database that `fill` has prepared, to be used as a template.
    package func makeTemplate(_ fill: (Database) async throws -> Void) async throws -> String {
        let name = try await makeName(template: nil)
        let database = Database(
            configuration: DatabaseConfiguration(connectionString: cluster.connectionString(database: name)),
            logger: Self.logger)
        try await database.start()
        do {
            try await fill(database)
        } catch {
            await database.shutdown()
            throw error
        }
        await database.shutdown()
        return name
    }

    private func makeName(template: String?) async throws -> String {
        let name = "test_\(counter.wrappingAdd(1, ordering: .relaxed).newValue)"
        let source = template.map { " TEMPLATE \($0)" } ?? ""
        try await administration.script("CREATE DATABASE \(name)\(source)")
        return name
    }

    /// Stops the server. Not for the shared cluster.
    package func shutdown() async {
        await administration.shutdown()
        await cluster.shutdown()
    }

    /// A new folder that the account which runs PostgreSQL can reach.
    package static func makeTemporaryFolder() throws -> String {
        var template = Array("/tmp/martlet-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil, chmod(template, 0o755) == 0 else {
            throw PostgreSQLError(.cluster, "no temporary folder can be made")
        }
        return template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    /// Says nothing.
    package static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
