package import FHIRStore
import PostgreSQL

/// `/health/live`, `/health/ready` and `/metrics`. Open to all: they hold numbers only.
package struct Monitoring: Sendable {
    package let requests = RequestMetrics()
    private let store: FHIRStore
    /// Number of migrations that a ready database has at least.
    private let migrationCount: Int
    /// Adds the metrics of other parts, such as the MLLP listener's counters.
    private let others: @Sendable (inout PrometheusText) -> Void

    package init(
        store: FHIRStore, migrationCount: Int, others: @escaping @Sendable (inout PrometheusText) -> Void = { _ in }
    ) {
        self.store = store
        self.migrationCount = migrationCount
        self.others = others
    }

    /// The process runs.
    func live() -> InteractionAnswer { Self.answer(200, "alive") }

    /// The database can be reached and has the schema this version needs.
    func ready() async -> InteractionAnswer {
        guard let rows = try? await store.database.read(Self.migrations) else {
            return Self.answer(503, "database not reachable")
        }
        guard Int(rows.int64(0, 0) ?? 0) >= migrationCount else { return Self.answer(503, "database not migrated") }
        return Self.answer(200, "ready")
    }

    func metrics() async -> InteractionAnswer {
        var text = PrometheusText()
        requests.write(to: &text)
        writeDatabase(to: &text)
        await writeReindexing(to: &text)
        await Self.writeDelivery(of: store, to: &text)
        await Self.writeAudit(of: store, to: &text)
        others(&text)
        var answer = InteractionAnswer(200, body: Array(text.text.utf8))
        answer.contentType = PrometheusText.contentType
        return answer
    }

    private func writeDatabase(to text: inout PrometheusText) {
        let numbers = store.database.statistics
        let counters: [(String, String, Int)] = [
            ("reads", "Queries answered by the read lanes.", numbers.reads),
            ("read_batches", "Round trips of the read lanes.", numbers.readBatches),
            ("writes", "Jobs answered by the write lanes.", numbers.writes),
            ("write_batches", "Shared commits of the write lanes.", numbers.writeBatches),
            ("write_reruns", "Write jobs run again because their batch failed.", numbers.writeReruns),
            ("session_requests", "Round trips of sessions.", numbers.sessionRequests),
            ("transaction_retries", "Transactions begun again.", numbers.transactionRetries),
            ("errors", "Answers that were errors.", numbers.errors),
            ("overloads", "Work refused because too much was waiting.", numbers.overloads),
            ("reconnects", "Connections made after the first ones.", numbers.reconnects),
        ]
        for (name, help, value) in counters {
            text.single("martlet_database_\(name)_total", "counter", help, value)
        }
        let gauges: [(String, String, Int)] = [
            ("in_flight", "Work handed to the lanes and not answered yet.", numbers.inFlight),
            ("leased_sessions", "Sessions in use.", numbers.leasedSessions),
            ("waiting_for_session", "Tasks waiting for a session.", numbers.waitingForSession),
        ]
        for (name, help, value) in gauges { text.single("martlet_database_\(name)", "gauge", help, value) }
    }

    /// How far the jobs are, of all servers on the database; left out while it cannot be reached.
    private func writeReindexing(to text: inout PrometheusText) async {
        guard let jobs = try? await store.reindexStatus(), !jobs.isEmpty else { return }
        text.begin("martlet_reindex_percent", "gauge", "How much of a type's search index is up to date.")
        for job in jobs { text.sample("martlet_reindex_percent", [("type", job.typeName)], job.percent) }
        text.begin("martlet_reindex_resources", "gauge", "Resources that a type's last job has indexed.")
        for job in jobs { text.sample("martlet_reindex_resources", [("type", job.typeName)], job.done) }
    }

    private static func answer(_ status: Int, _ words: String) -> InteractionAnswer {
        var answer = InteractionAnswer(status, body: Array("{\"status\":\"\(words)\"}".utf8))
        answer.contentType = "application/json"
        return answer
    }

    private static let migrations = SQLStatement("SELECT count(*) FROM martlet_migration")
}
