package import Logging
import Synchronization

/// A PostgreSQL cluster of Martlet's own: made at the first start, run on a unix socket, restarted when it dies,
/// stopped at the end. Several
/// processes may share one: the first owns it, the others join, and one of them takes over when the owner ends.
package final class EmbeddedCluster: Sendable {
    package struct Configuration: Sendable {
        /// Holds the cluster and what belongs to it; made if it is not there.
        package var dataDirectory: String
        /// Where `postgres` and `initdb` are; nil to look for them.
        package var binaryDirectory: String?
        /// Added to the server's settings, for example `["max_connections": "50"]`.
        package var settings: [String: String] = [:]
        /// How long a server may take to answer at all; recovery after a crash is not counted. Default 60 s.
        package var startTimeout: Duration = .seconds(60)

        package init(dataDirectory: String) { self.dataDirectory = dataDirectory }
    }

    private struct State {
        var process: ServerProcess?
        var isOwner = false
        var isStopping = false
        var supervisor: Task<Void, Never>?
    }

    private let configuration: Configuration
    private let logger: Logger
    private let layout: ClusterLayout
    private let lock: OwnerLock
    private let state = Mutex(State())

    /// Makes the data directory; starts nothing.
    package init(configuration: Configuration, logger: Logger) throws {
        self.configuration = configuration
        self.logger = logger
        layout = try ClusterLayout(dataDirectory: configuration.dataDirectory)
        lock = OwnerLock(path: layout.lock)
    }

    /// Where to connect to, for `DatabaseConfiguration`.
    package var connectionString: String { connectionString(database: ClusterLayout.database) }

    /// Where to connect to for another database of the cluster.
    package func connectionString(database: String) -> String { layout.connectionString(database: database) }

    /// Whether this process will stop the server.
    package var isOwner: Bool { state.withLock { $0.isOwner } }

    /// The server's process, where this process owns it.
    package var processIdentifier: Int32? { state.withLock { $0.process?.processID } }

    /// Brings the server up, or joins one that another process runs; returns when it takes connections.
    package func start() async throws {
        if try lock.tryAcquire() {
            state.withLock { $0.isOwner = true }
            do { try await bringUp() } catch {
                await stopProcess()
                lock.release()
                throw error
            }
        } else {
            try await joinOther()
        }
        // Not structured: lives until `shutdown`, which waits for it.
        let supervisor = Task { await supervise() }
        state.withLock { $0.supervisor = supervisor }
    }

    /// Stops the server if this process owns it. Shut the databases down first.
    package func shutdown() async {
        let supervisor = state.withLock { state in
            state.isStopping = true
            return state.supervisor
        }
        supervisor?.cancel()
        await stopProcess()
        await supervisor?.value
        // The supervisor may have been starting a new one.
        await stopProcess()
        lock.release()
    }

    // MARK: - Starting

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    private func bringUp() async throws {
        let account = try ServerAccount.choose(owner: FileAccess.owner(of: layout.data))
        if let folder = account.firstClosedParent(of: layout.data) {
            throw PostgreSQLError(
                .cluster, "the account that runs PostgreSQL cannot reach the data directory through \(folder)")
        }
        let process: ServerProcess
        if let orphan = adoptOrphan() { process = orphan } else { process = try await launch(account) }
        state.withLock { $0.process = process }
        let connection = ClusterConnection(layout: layout)
        let readiness = await connection.waitUntilReady(within: configuration.startTimeout) {
            process.hasEnded || self.isStopping
        }
        switch readiness {
        case .ready: try await connection.ensureDatabase()
        case .ended: throw PostgreSQLError(.cluster, "PostgreSQL ended: \(startupComplaint)")
        case .tooLate: throw PostgreSQLError(.cluster, "PostgreSQL did not answer in time: \(startupComplaint)")
        }
    }

    /// A server that a killed owner left behind.
    private func adoptOrphan() -> ServerProcess? {
        guard let file = PostmasterFile(layout) else { return nil }
        if file.isServer(of: layout) {
            logger.notice("adopting the running PostgreSQL", metadata: ["pid": "\(file.processID)"])
            return .adopt(file.processID)
        }
        // PostgreSQL refuses to start while some other process has that id, which in a container is soon the
        // case. Otherwise the file
        // must stay: by it PostgreSQL knows whether backends of a killed server still use the shared memory.
        if ProcessState.isAlive(file.processID), !ProcessState.anyWorks(in: layout.data) {
            FileAccess.remove(layout.postmasterFile)
        }
        return nil
    }

    private func launch(_ account: ServerAccount) async throws -> ServerProcess {
        let installation = try await PostgreSQLInstallation.find(
            named: configuration.binaryDirectory, required: layout.existingVersion, account: account)
        try FileAccess.makePrivateFolder(layout.socketDirectory, for: account)
        if layout.existingVersion == nil {
            logger.notice("making a new PostgreSQL cluster", metadata: ["version": "\(installation.majorVersion)"])
            try await ClusterSetUp(layout: layout, installation: installation, account: account).run()
        }
        let settings = ClusterSettings(
            memory: ClusterSettings.availableMemory(), overrides: configuration.settings)
        try FileAccess.write(settings.text, to: layout.settings, for: account)
        return try ServerProcess.launch(installation, layout, account)
    }

    private func joinOther() async throws {
        let connection = ClusterConnection(layout: layout)
        guard await connection.waitUntilReady(within: configuration.startTimeout, isOver: { self.isStopping }) == .ready
        else {
            throw PostgreSQLError(
                .cluster, "another process holds the data directory, but its PostgreSQL does not answer")
        }
        try await connection.ensureDatabase()
    }

    private var startupComplaint: String {
        String(FileAccess.read(layout.startupLog)?.lastLine ?? "no reason was given")
    }

    // MARK: - While running

    /// Starts the server again when it dies, and takes over when the owner goes.
    private func supervise() async {
        var backOff = BackOff(initial: .milliseconds(50), maximum: .seconds(5))
        while !isStopping {
            if let process = state.withLock({ $0.process }), !process.hasEnded {
                await process.waitForEnd()
                guard !isStopping else { return }
                logger.error("PostgreSQL ended unexpectedly; starting it again")
            } else if !isOwner {
                try? await Task.sleep(for: .milliseconds(500))
                guard !isStopping, (try? lock.tryAcquire()) == true else { continue }
                logger.notice("taking over PostgreSQL from another process")
                state.withLock { $0.isOwner = true }
            }
            do {
                try await bringUp()
                backOff.reset()
            } catch {
                guard !isStopping else { return }
                logger.error("PostgreSQL cannot be started", metadata: ["reason": "\(error)"])
                await stopProcess()
                try? await Task.sleep(for: backOff.next())
            }
        }
    }

    private func stopProcess() async {
        await state.withLock { $0.process }?.stop()
    }
}
