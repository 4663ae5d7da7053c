package import FHIRDefinitions
package import FHIRFormats
import FHIRPath
import FHIRSearch
package import FHIRStore
import FHIRValidation
package import JSONTape
package import PostgreSQL
import PostgreSQLTesting

/// A store on a new, migrated database of the process's test cluster.
package struct TestStore: Sendable {
    package let store: FHIRStore
    package let database: Database
    package let definitions = FHIRDefinitions.r4
    private let address: String
    private let types: [TypeID]?

    /// - Parameters:
    ///   - types: resource types whose tables the test needs; nil for all, which take a second to copy.
    ///   - migrations: of the parts under test, besides the store's own.
    ///   - configure: changes the lanes and limits of the connection.
    package init(
        types: [String]? = Self.commonTypes, migrations: [Migration] = [], integrity: ReferentialIntegrity = .none,
        isAudited: Bool = false, configure: (inout DatabaseConfiguration) -> Void = { _ in }
    ) async throws {
        let types = types?.compactMap { [definitions] name in definitions.resourceType(named: name) }
        let core = CoreMigrations.all(definitions: definitions, types: types)
        let template = try await Templates.shared.name(for: core + migrations, definitions, types)
        (database, address) = try await TestCluster.shared.makeDatabase(template: template, configure)
        self.types = types
        store = FHIRStore(
            database: database, definitions: definitions, indexer: SearchIndexer(sharing: .standard), types: types,
            integrity: integrity, check: Self.check, isAudited: isAudited)
        database.usesTenantRole = true
    }

    /// Runs `body` with the store of another server on this database, with connections and a clock of its own.
    package func withAnother<Result>(
        clock: @escaping @Sendable () -> Instant = { .now }, isAudited: Bool = false,
        _ body: (FHIRStore) async throws -> Result
    ) async throws -> Result {
        let configuration = DatabaseConfiguration(connectionString: address)
        let other = Database(configuration: configuration, logger: TestCluster.logger)
        try await other.start()
        other.usesTenantRole = true
        let store = FHIRStore(
            database: other, definitions: definitions, indexer: SearchIndexer(sharing: .standard), types: types,
            clock: clock, check: Self.check, isAudited: isAudited)
        do {
            let result = try await body(store)
            await other.shutdown()
            return result
        } catch {
            await other.shutdown()
            throw error
        }
    }

    /// What workflows and messages store has to be valid, in every test.
    private static let check: StorageCheck = {
        let validator = ResourceValidator(definitions: .r4, engine: FHIRPathEngine())
        return StorageCheck { resource, _ in
            let found = validator.issues(
                in: JSONNode(resource.document, resource.index), type: resource.type, options: .storage)
            return found.first.map { StorageCheck.Fault(message: $0.message, expression: $0.expression) }
        }
    }()

    /// The base URL whose references are the server's own.
    package static let base = "http://own.example/fhir"

    /// What most tests need, sorted by name.
    package static let commonTypes = [
        "Appointment", "Condition", "DiagnosticReport", "Encounter", "Location", "Observation", "Organization",
        "Patient", "Practitioner", "PractitionerRole", "Schedule", "ServiceRequest", "Slot", "Specimen",
    ]

    /// Runs `body` with a new store, and disconnects whatever happens.
    @discardableResult
    package static func with<Result>(
        types: [String]? = Self.commonTypes, migrations: [Migration] = [], integrity: ReferentialIntegrity = .none,
        isAudited: Bool = false, configure: (inout DatabaseConfiguration) -> Void = { _ in },
        _ body: (TestStore) async throws -> Result
    ) async throws -> Result {
        try await DatabaseTurns.take {
            let test = try await TestStore(
                types: types, migrations: migrations, integrity: integrity, isAudited: isAudited,
                configure: configure)
            do {
                let result = try await body(test)
                await test.store.audit?.drain()
                await test.database.shutdown()
                return result
            } catch {
                await test.store.audit?.drain()
                await test.database.shutdown()
                throw error
            }
        }
    }

    package func type(_ name: String) -> TypeID {
        guard let type = definitions.resourceType(named: name) else { preconditionFailure("no type \(name)") }
        return type
    }

    /// A resource from its JSON text.
    package func input(_ json: String) throws -> ResourceInput {
        let document = try Document.parse(json, limits: .fhir)
        let name = JSONNode(document)["resourceType"]?.string ?? ""
        return ResourceInput(type: type(name), document: document)
    }

    /// What a client would be sent for a stored version.
    package func rendered(_ version: StoredVersion) throws -> JSONNode {
        let bytes = (version.content ?? []).withUnsafeBufferPointer { content in
            store.renderer.render(content: content, stamp: version.stamp)
        }
        return JSONNode(try Document.parse(bytes))
    }
}

extension SearchIndexer {
    /// Compiling the parameters takes a while in debug builds, and the standard's are the same for all.
    fileprivate static let standard = SearchIndexer(definitions: .r4, baseURLs: [TestStore.base])
}

/// The cluster of tests belongs to its superuser, so this is a fault of ours.
private struct RowSecurityIsOff: Error {}

/// Migrated databases to copy: migrating takes half a second, copying a tenth of that.
private actor Templates {
    /// One per process, as the cluster is.
    static let shared = Templates()
    private var names: [[Int64]: Task<String, any Error>] = [:]

    func name(
        for migrations: [Migration], _ definitions: FHIRDefinitions, _ types: [TypeID]?
    ) async throws -> String {
        let key = migrations.map(\.checksum)
        if let known = names[key] { return try await known.value }
        let task = Task {
            try await TestCluster.shared.makeTemplate { database in
                _ = try await Migrator(database: database, migrations: migrations).migrate()
                let store = FHIRStore(
                    database: database, definitions: definitions, indexer: .standard, types: types)
                guard try await TenantRowSecurity.engage(store) else { throw RowSecurityIsOff() }
            }
        }
        names[key] = task
        return try await task.value
    }
}
