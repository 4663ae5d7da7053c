package import Clinic
package import FHIRServer
package import FHIRStore
package import FHIRStoreTesting
import FHIRDefinitions
import FHIRPath
import FHIRSearch
import FHIRValidation
import Logging
import PostgreSQLTesting
import ServiceLifecycle

/// A whole server on a free port, over a new database of the process's test cluster.
package struct TestServer: Sendable {
    package let client: TestClient
    package let test: TestStore

    package var store: FHIRStore { test.store }

    /// What a test may change.
    package struct Options: Sendable {
        package var configuration = FHIRHTTPServer.Configuration()
        /// Besides those of the standard.
        package var operations: [any ResourceOperation] = []
        package var webhooks: [any ClinicWebhook] = []
        package var checksStructure = true
        /// Whether a bearer token is asked for; `AccessTokens` on `test.database` makes some.
        package var needsToken = false
        /// What a conditional delete does with several matches.
        package var conditionalDelete = ConditionalDelete.single
        /// Migrations besides the store's own.
        package var migrations: [Migration] = []
        /// What the store demands of references.
        package var integrity = ReferentialIntegrity.none
        /// Resource types that have tables; nil for all, which take a second more to make.
        package var types: [String]? = TestStore.commonTypes + ["Basic"]

        /// Answers what is no FHIR; nil for nobody.
        package var pages: (@Sendable (TestStore) async throws -> any PageReceiving)?
        /// From where scripts may ask; nil for nowhere.
        package var origins: (@Sendable (TestStore) async throws -> any OriginPolicy)?
        /// Lets callers in; nil for what `needsToken` says.
        package var access: (@Sendable (TestStore) async throws -> any AccessControl)?

        /// Whether a record is kept of who did what; `types` needs AuditEvent then.
        package var isAudited = false

        /// Canonicals of profiles that all resources of a type have to meet, by name of the type.
        package var profiles: [String: [String]] = [:]

        package init() {}
    }

    /// Starts a server, runs `body`, shuts the server down gracefully whatever happens.
    @discardableResult
    package static func with<Result: Sendable>(
        _ configure: (inout Options) -> Void = { _ in }, _ body: (TestServer) async throws -> Result
    ) async throws -> Result {
        var options = Options()
        options.configuration.port = 0
        configure(&options)
        let settled = options
        return try await TestStore.with(
            types: settled.types, migrations: AccessTokens.migrations + settled.migrations,
            integrity: settled.integrity, isAudited: settled.isAudited
        ) { test in
            try await run(settled, test, body)
        }
    }

    private static func run<Result: Sendable>(
        _ options: Options, _ test: TestStore, _ body: (TestServer) async throws -> Result
    ) async throws -> Result {
        let (ports, port) = AsyncStream<Int>.makeStream()
        let service = try await makeService(options, test) { port.yield($0) }
        let group = ServiceGroup(services: [service], logger: TestCluster.logger)
        // Ended by the graceful shutdown below, and awaited there.
        let running = Task { try await group.run() }
        var iterator = ports.makeAsyncIterator()
        guard let number = await iterator.next() else { throw TestClient.ClosedEarly() }
        do {
            let result = try await body(TestServer(client: TestClient(port: number), test: test))
            await group.triggerGracefulShutdown()
            try await running.value
            return result
        } catch {
            await group.triggerGracefulShutdown()
            _ = await running.result
            throw error
        }
    }

    private static func makeService(
        _ options: Options, _ test: TestStore, onReady: @escaping @Sendable (Int) async -> Void
    ) async throws -> FHIRHTTPServer {
        let checker: any ResourceChecking =
            options.checksStructure ? ValidationChecking.shared(profiles: options.profiles) : NoChecking()
        let search = SearchService(test.store)
        let interactions = Interactions(
            store: test.store, checker: checker,
            operations: OperationRegistry(StandardOperations.all + options.operations), search: search,
            limits: options.configuration.limits, conditionalDelete: options.conditionalDelete)
        let usual: any AccessControl =
            options.needsToken ? BearerAccess(tokens: AccessTokens(database: test.database)) : OpenAccess()
        return FHIRHTTPServer(
            configuration: options.configuration, interactions: interactions,
            monitoring: Monitoring(store: test.store, migrationCount: 1),
            access: try await options.access?(test) ?? usual, webhooks: options.webhooks,
            pages: try await options.pages?(test), origins: try await options.origins?(test),
            logger: TestCluster.logger, onReady: onReady)
    }
}

extension ValidationChecking {
    /// Compiling the rules takes a while in debug builds, and they are the same for all.
    private static let validator = ResourceValidator(definitions: .r4, engine: FHIRPathEngine())

    fileprivate static func shared(profiles: [String: [String]]) -> ValidationChecking {
        var byType: [TypeID: [String]] = [:]
        for (name, canonicals) in profiles {
            if let type = FHIRDefinitions.r4.resourceType(named: name) { byType[type] = canonicals }
        }
        return ValidationChecking(validator: validator, profiles: byType)
    }
}
