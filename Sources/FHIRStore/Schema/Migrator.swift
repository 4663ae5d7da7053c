import Logging
package import PostgreSQL

/// Brings a database to the schema that this version needs, and refuses one it does not know.
package struct Migrator: Sendable {
    private let database: Database
    private let migrations: [Migration]

    /// - Parameter migrations: of all parts together; applied by ascending version.
    package init(database: Database, migrations: [Migration]) {
        self.database = database
        self.migrations = migrations.sorted { $0.version < $1.version }
        precondition(
            Set(migrations.map(\.version)).count == migrations.count, "two migrations have the same version")
    }

    /// What `migrate()` found and did.
    package struct Report: Sendable {
        package var alreadyApplied: Int
        package var applied: [Migration]
    }

    /// Applies what is missing, one transaction for all of it; several servers may call this at once.
    ///
    /// Throws `MigrationError` when the database holds a migration that this version does not know, or an edited one.
    package func migrate() async throws -> Report {
        try await database.transaction { session in
            // One server migrates, the others wait and then find nothing to do.
            _ = try await session.query(Self.lock, SQLParameters())
            try await session.execute(Self.recordTable)
            let applied = try await self.applied(in: session)
            try check(applied)
            var report = Report(alreadyApplied: applied.count, applied: [])
            for migration in migrations where applied[migration.version] == nil {
                try await session.execute(migration.script)
                var parameters = SQLParameters()
                parameters.append(int32: Int32(migration.version))
                parameters.append(text: migration.name)
                parameters.append(int64: migration.checksum)
                _ = try await session.query(Self.record, parameters)
                report.applied.append(migration)
            }
            return report
        }
    }

    /// Migrations still to apply, without applying them.
    package func pending() async throws -> [Migration] {
        try await database.withSession { session in
            try await session.execute(Self.recordTable)
            let applied = try await self.applied(in: session)
            try check(applied)
            return migrations.filter { applied[$0.version] == nil }
        }
    }

    private func applied(in session: Session) async throws -> [Int: Int64] {
        let rows = try await session.query(Self.list, SQLParameters())
        var applied: [Int: Int64] = [:]
        for row in 0..<rows.rowCount {
            guard let version = rows.int64(row, 0), let checksum = rows.int64(row, 1) else { continue }
            applied[Int(version)] = checksum
        }
        return applied
    }

    private func check(_ applied: [Int: Int64]) throws {
        let known = Dictionary(uniqueKeysWithValues: migrations.map { ($0.version, $0) })
        for (version, checksum) in applied.sorted(by: { $0.key < $1.key }) {
            guard let migration = known[version] else { throw MigrationError(version: version, problem: .unknown) }
            guard migration.checksum == checksum else { throw MigrationError(version: version, problem: .edited) }
        }
    }

    private static let lock = SQLStatement("SELECT pg_advisory_xact_lock(7305131202112)")
    private static let recordTable = """
        CREATE TABLE IF NOT EXISTS martlet_migration (
          version int PRIMARY KEY, name text NOT NULL, checksum bigint NOT NULL,
          applied timestamptz NOT NULL DEFAULT now())
        """
    private static let list = SQLStatement("SELECT version, checksum FROM martlet_migration")
    private static let record = SQLStatement(
        "INSERT INTO martlet_migration (version, name, checksum) VALUES ($1::int, $2::text, $3::bigint)")
}

/// A database whose schema does not belong to this version of the server.
package struct MigrationError: Error, CustomStringConvertible, Sendable {
    package enum Problem: Sendable { case unknown, edited }

    package let version: Int
    package let problem: Problem

    package var description: String {
        switch problem {
        case .unknown: "the database has migration \(version), which this version of Martlet does not know"
        case .edited: "migration \(version) was applied with another text than this version of Martlet has"
        }
    }
}
