import CLibPQ
import Glibc

/// Blocking looks at a cluster that is coming up, each on a thread of its own.
struct ClusterConnection: Sendable {
    let layout: ClusterLayout

    enum Readiness: Sendable { case ready, ended, tooLate }

    /// Asks every 5 ms until the server takes connections. A server that says it is recovering gets all the
    /// time it wants.
    func waitUntilReady(within limit: Duration, isOver: @escaping @Sendable () -> Bool) async -> Readiness {
        let deadline = MonotonicInstant.now.advanced(by: limit)
        let address = layout.connectionString(database: "postgres")
        return await onThread {
            while true {
                let answer = PQping(address)
                if answer == PQPING_OK { return .ready }
                if isOver() { return .ended }
                if answer != PQPING_REJECT, MonotonicInstant.now > deadline { return .tooLate }
                usleep(5_000)
            }
        }
    }

    /// Makes Martlet's database if it is not there.
    func ensureDatabase() async throws {
        let address = layout.connectionString(database: "postgres")
        let error: PostgreSQLError? = await onThread {
            do {
                let settings = try ConnectionSettings(DatabaseConfiguration(connectionString: address))
                let connection = try Connection(settings: settings, preparedLimit: 1)
                var parameters = SQLParameters()
                parameters.append(text: ClusterLayout.database)
                let question = SQLStatement("SELECT 1 FROM pg_database WHERE datname = $1", isPrepared: false)
                let step = PipelineStep(statement: question, parameters: parameters, endsGroup: true)
                switch connection.run([step])[0] {
                case .success(let result) where result.rowCount > 0: return nil
                case .success: return connection.script("CREATE DATABASE \(ClusterLayout.database)")
                case .failure(let error): return error
                }
            } catch {
                return error as? PostgreSQLError
            }
        }
        // Another process may have made it meanwhile (42P04, or 23505 when at the same moment).
        if let error, error.sqlState != "42P04", error.sqlState != "23505" { throw error }
    }

    private func onThread<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
        await withUnsafeContinuation { continuation in
            WorkerThread.start(name: "pg-cluster") { continuation.resume(returning: body()) }
        }
    }
}
