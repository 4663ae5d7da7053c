import Carriers
import ClinicTesting
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Synchronization

/// Takes everything and remembers it; or fails as often as it is told to.
final class MessageSink: MessageCarrier {
    private struct State {
        var sent: [Notice] = []
        var failures: [any Error]
    }

    let name = "sink"
    let knowsRepeats: Bool
    private let state: Mutex<State>
    private let endsAfterSending: Bool

    init(failures: Int = 0, endsAfterSending: Bool = false) {
        state = Mutex(State(failures: Array(repeating: Failure(), count: failures)))
        self.endsAfterSending = endsAfterSending
        knowsRepeats = true
    }

    /// - Parameter failing: what is thrown in line, before anything is taken.
    init(failing: [CarrierError], knowsRepeats: Bool = true) {
        state = Mutex(State(failures: failing))
        endsAfterSending = false
        self.knowsRepeats = knowsRepeats
    }

    struct Failure: Error {}

    func send(_ notice: Notice) async throws -> CarrierReceipt {
        try state.withLock { state in
            if !state.failures.isEmpty { throw state.failures.removeFirst() }
            state.sent.append(notice)
        }
        if endsAfterSending { throw CancellationError() }
        return CarrierReceipt(status: 200)
    }

    var sent: [Notice] { state.withLock { $0.sent } }
    var keys: [String] { sent.map(\.id) }
}

extension VisitJourney {
    /// Plans reminders until all events are heard of. Those behind a transaction that is still open, of another test
    /// as well, are held back for a while.
    func planReminders(on store: FHIRStore? = nil) async throws {
        try await hear("reminder-planning", as: "appointment-reminders", on: store)
    }

    /// Makes the notices of all events that there are.
    func planNotices(_ channels: [String] = []) async throws {
        try await hear("notice-planning", as: "appointment-notices", channels)
    }

    private func hear(
        _ job: String, as listener: String, _ channels: [String] = [], on store: FHIRStore? = nil
    ) async throws {
        while true {
            _ = try await runJobs(job, channels, on: store)
            let behind = try await rows(
                """
                SELECT 'behind' FROM clinic_event e, clinic_listener l
                WHERE l.name = '\(listener)' AND (e.xact, e.id) > (l.xact, l.id) LIMIT 1
                """)
            if behind.isEmpty { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Lets all that waits be due now.
    func makeDue() async throws {
        try await script(
            "UPDATE appointment_reminder SET due = now() - interval '1 minute' WHERE state IN ('planned', 'sending')")
    }

    /// The first column of a query.
    func rows(_ sql: String) async throws -> [String] {
        try await server.test.database.withSession { session in
            let result = try await session.query(SQLStatement(sql, isPrepared: false))
            return (0..<result.rowCount).compactMap { result.string($0, 0) }
        }
    }

    /// Resources that a search finds.
    func found(_ search: String) async throws -> [JSONNode] {
        let answer = try await client.get(search + (search.contains("?") ? "&" : "?") + "_count=1000")
        return try answer.json["entry"]?.items.compactMap { $0["resource"] } ?? []
    }
}
