import Access
import AuthServer
import Clinic
import ClinicWorkflows
import FHIRProfiles
import FHIRServer
import FHIRStore
import FHIRValidation
import HL7Ingest
import MLLPServer
import Logging
import ServiceLifecycle
import TransportSecurity
import UnixSignals

/// Everything between start and stop as one service, so that a signal that comes early still leaves an orderly
/// database behind: the start is completed, then undone.
struct ServerLife: Service {
    let settings: ServeSettings
    let database: DatabaseSettings
    let logger: Logger
    let started: ContinuousClock.Instant

    func run() async throws {
        try await OpenStore.with(
            database, baseURLs: settings.baseURL.map { [$0] } ?? [], integrity: settings.integrity,
            softensInvariants: settings.invariants == .warning, profiles: settings.profiles,
            isAudited: settings.isAudited, logger: logger
        ) { open in
            let report = try await open.migrate()
            if !report.applied.isEmpty { Console.say("database: \(report.applied.count) migrations applied") }
            // Before the doors open: a search must not meet a parameter that this process has not heard of.
            try await open.store.refreshSearchParameters()
            try await loadClinicPackage(open)
            try await warnOfMissingProfiles(open)
            let carriers = try MessageCarriers.make(settings.messages, logger: logger)
            let jobs = ClinicWorkflows.jobs(carriers)
            let accounts = try await AccountAssembly(
                open, settings, dataDirectory: database.dataDirectory, carrier: carriers["email"], logger: logger)
            let oauth = try await OAuthAssembly(open, settings, accounts, logger: logger)
            let access = accessControl(open, oauth)
            if let words = MessageCarriers.words(settings.messages) { Console.say("messages: \(words)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                // Ends with the doors: the group's body cancels it when they have closed.
                group.addTask { await open.store.keepIndexesFlushed() }
                group.addTask { await open.store.keepReindexed() }
                let ingest = MessageIngest(
                    store: open.store, finder: ResourceFinder(store: open.store, service: open.search), logger: logger)
                group.addTask { await MessageUpkeep(ingest).run() }
                group.addTask { await deliver(open) }
                group.addTask { await accounts.errands.run() }
                group.addTask { await oauth.upkeep() }
                if let audit = open.store.audit {
                    let upkeep = AuditUpkeep(audit: audit, years: settings.auditYears, logger: logger)
                    group.addTask { await upkeep.run() }
                }
                watchCertificates(&group)
                group.addTask { await ClinicUpkeep(store: open.store, jobs: jobs, logger: logger).run() }
                let listeners: [any Service] = settings.mllp.listeners.map { listener($0, ingest) }
                let doors = ServiceGroup(
                    services: [httpService(open, access, accounts, oauth, ingest)] + listeners, logger: logger)
                try await doors.run()
                group.cancelAll()
                await open.store.audit?.drain()
            }
        }
    }

    /// The clinic's own profiles; at the first start of a version that brings others.
    private func loadClinicPackage(_ open: OpenStore) async throws {
        // Whether they follow the rules was checked before they became part of the program.
        let loader = PackageLoader(store: open.store, check: { _ in nil })
        guard let load = try await loader.loadClinicPackage() else { return }
        Console.say("loaded \(load.manifest.identifier), \(load.counts.values.reduce(0, +)) resources")
    }

    /// What is to be checked by a profile that is not there cannot be stored; better said now than found out then.
    private func warnOfMissingProfiles(_ open: OpenStore) async throws {
        for canonical in try await open.checking.missingProfiles(in: open.store) {
            Console.say("the profile \(canonical) is not known, or of another type: load its package; until then")
            Console.say("resources that have to meet it are refused")
        }
    }

    /// New certificates are taken up when their files change, and at SIGHUP.
    private func watchCertificates(_ group: inout ThrowingTaskGroup<Void, any Error>) {
        // Listeners share theirs.
        let doors = [settings.transport.tls, settings.mllp.listeners.lazy.compactMap(\.tls).first?.server]
        let watch = CertificateWatch(doors.compactMap(\.self), logger: logger)
        guard doors.contains(where: { $0 != nil }) else { return }
        group.addTask { await watch.run() }
        group.addTask {
            for await _ in await UnixSignalsSequence(trapping: .sighup) { watch.look() }
        }
    }

    private func accessControl(_ open: OpenStore, _ oauth: OAuthAssembly) -> any AccessControl {
        switch settings.authentication {
        case .none: OpenAccess()
        case .smart:
            TokenAccess(
                verifier: oauth.verifier, tokens: AccessTokens(database: open.database), rights: oauth.rights)
        }
    }

    /// HL7 v2 over MLLP.
    private func listener(_ configuration: MLLPServerConfiguration, _ ingest: MessageIngest) -> MLLPServer {
        let receiver = LabReceiver(ingest: ingest, source: configuration.name, clients: settings.mllp.clients)
        let words = configuration.tls == nil ? "MLLP" : "MLLP with TLS"
        return MLLPServer(configuration: configuration, receiver: receiver, logger: logger) { port in
            Console.say("HL7 v2 over \(words) at \(configuration.host):\(port), source \(configuration.name)")
        }
    }

    /// Messages to others, over MLLP.
    private func deliver(_ open: OpenStore) async {
        let carrier = LineCarrier()
        await withTaskCancellationHandler {
            await MessageDispatch(store: open.store, carrier: carrier, logger: logger).run()
        } onCancel: {
            // Nobody waits for it: it ends what is waited for, answers that may take long to come.
            Task { await carrier.close() }
        }
        await carrier.close()
    }

    private func httpService(
        _ open: OpenStore, _ access: any AccessControl, _ accounts: AccountAssembly, _ oauth: OAuthAssembly,
        _ ingest: MessageIngest
    ) -> FHIRHTTPServer {
        var configuration = FHIRHTTPServer.Configuration()
        configuration.host = settings.host
        configuration.port = settings.port
        configuration.baseURL = settings.baseURL
        configuration.tls = settings.transport.tls
        configuration.trustedProxies = settings.transport.trustedProxies
        configuration.rates = settings.transport.rates
        configuration.limits.bodyByteCount = settings.greatestBody
        configuration.limits.answerByteCount = settings.greatestAnswer
        let interactions = Interactions(
            store: open.store,
            checker: open.checking,
            operations: OperationRegistry(
                StandardOperations.all + ClinicWorkflows.operations.map { WorkflowOperation($0) }
                    + MessageOperations.all),
            search: open.search,
            limits: configuration.limits, conditionalDelete: settings.conditionalDelete)
        let monitoring = Monitoring(
            store: open.store, migrationCount: OpenStore.migrations(open.store.definitions).count)
        let (host, started) = (settings.host, started)
        let scheme = configuration.tls == nil ? "http" : "https"
        let (hasAddress, demandsToken) = (settings.baseURL != nil, access.demandsToken)
        let pages = AuthServer(
            routes: accounts.routes(bearer: oauth.verifier, grants: oauth.grants) + oauth.service.routes, logger: logger
        )
        return FHIRHTTPServer(
            configuration: configuration, interactions: interactions, monitoring: monitoring, access: access,
            messages: MessageDoor(ingest: ingest), webhooks: ClinicWorkflows.webhooks, pages: pages,
            origins: oauth.clients, logger: logger
        ) { port in
            let milliseconds = (ContinuousClock.now - started) / .milliseconds(1)
            let shown = host.contains(":") ? "[\(host)]" : host
            if !hasAddress { accounts.site.set("\(scheme)://\(shown):\(port)") }
            if demandsToken { await accounts.offerFirstAdministrator() }
            Console.say("martlet is ready after \(Int(milliseconds)) ms: FHIR at \(scheme)://\(shown):\(port)/fhir")
        }
    }
}
