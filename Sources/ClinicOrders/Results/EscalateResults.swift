import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
package import FHIRStore
import JSONTape
import PostgreSQL

/// Critical results that nobody acknowledges in time go to whoever leads the clinic: once.
package struct EscalateResults: ClinicJob {
    /// How long a critical result may wait.
    static let minutes = ClinicSetting(
        "results.escalation-minutes", "Minutes after which a critical result that nobody acknowledged is escalated.",
        standard: "30")
    private static let batchCount = 20

    package let name = "escalate-results"
    package let interval = Duration.seconds(30)

    package init() {}

    package func run(_ store: FHIRStore) async throws -> Int {
        try await store.transaction { transaction in
            let minutes = try await Self.minutes.integer(in: transaction)
            let now = store.clock().truncatedToMilliseconds
            var parameters = SQLParameters()
            parameters.append(int64: now.microsecondsSince1970 - Int64(max(0, minutes)) * 60_000_000)
            parameters.append(int64: Int64(Self.batchCount))
            let rows = try await transaction.session.query(Self.take, parameters)
            let type = try store.resourceType("Task")
            var commands: [WriteCommand] = []
            var reports: [String] = []
            for id in (0..<rows.rowCount).compactMap({ rows.string($0, 0) }).sorted() {
                let version = try await transaction.lock(type, id: id)
                guard let task = try version.flatMap({ try StoredResource($0, in: store) }), ReviewTask.isOpen(task)
                else { continue }
                let document = try Document.parse(Self.escalated(task, now), limits: .fhir)
                let input = ResourceInput(type: type, document: document)
                try await store.check(input)
                commands.append(store.updateCommand(input, id: id))
                reports.append((task.reference("focus") ?? task.reference).text)
            }
            if !commands.isEmpty { _ = try await transaction.apply(commands) }
            var events = SQLParameters()
            events.append(textArray: reports)
            events.append(int64: now.microsecondsSince1970)
            if !reports.isEmpty { _ = try await transaction.session.query(Self.record, events) }
            return rows.rowCount
        }
    }

    /// The task says that it was escalated, and to whom.
    private static func escalated(_ task: StoredResource, _ now: Instant) -> [UInt8] {
        var edit = task.edit
        edit.set("businessStatus", json: CodeableConcept("urn:martlet:task-status", "escalated").json)
        edit.append("performerType", json: CodeableConcept(OrderSystems.role, ClinicRole.medicalAdmin.rawValue).json)
        edit.set("lastModified", now.text)
        return edit.bytes
    }

    /// A row is taken once, whatever becomes of it.
    private static let take = SQLStatement(
        """
        DELETE FROM order_review WHERE task IN (
          SELECT task FROM order_review
          WHERE raised <= 'epoch'::timestamptz + $1::bigint * interval '1 microsecond'
          ORDER BY raised LIMIT $2::bigint FOR UPDATE SKIP LOCKED)
        RETURNING task
        """)
    private static let record = SQLStatement(
        """
        INSERT INTO clinic_event (name, focus, happened)
        SELECT 'result.escalated', focus, 'epoch'::timestamptz + $2::bigint * interval '1 microsecond'
        FROM unnest($1::text[]) focus
        """)
}
