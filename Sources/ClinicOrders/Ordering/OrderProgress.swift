import Clinic
import FHIRStore
import JSONTape
import PostgreSQL

/// What was done for an order already.
struct OrderProgress: Sendable {
    private let work: ClinicWork

    init(_ work: ClinicWork) { self.work = work }

    /// The tasks of those who are to do the order, locked.
    func tasks(of order: LocalReference) async throws -> [StoredResource] {
        let found = try await work.search(
            "Task", [("focus", order.text), ("code", OrderSystems.taskCode + "|fulfill")])
        let locked = try await work.lock(all: found.map(\.reference))
        return found.compactMap { locked[$0.reference] }
    }

    func reports(of order: LocalReference) async throws -> [StoredResource] {
        try await work.search("DiagnosticReport", [("based-on", order.text)])
    }

    /// Specimens that were taken for the order and are of use.
    func specimens(of order: LocalReference) async throws -> [StoredResource] {
        var parameters = SQLParameters()
        let request = ResourceEdit.json { writer in
            writer.beginArray()
            writer.raw(order.json)
            writer.endArray()
        }
        parameters.append(text: String(decoding: request, as: UTF8.self))
        let rows = try await work.transaction.session.query(
            try work.store.statement(Self.taken), parameters)
        var specimens: [StoredResource] = []
        for row in 0..<rows.rowCount {
            guard let id = rows.string(row, 0), let found = try await work.find(LocalReference("Specimen", id)) else {
                continue
            }
            specimens.append(found)
        }
        return specimens
    }

    /// Whether somebody works on the order: a task says so, a specimen was taken, or there are results.
    func hasBegun(_ order: LocalReference, _ tasks: [StoredResource]) async throws -> Bool {
        if tasks.contains(where: { ["in-progress", "completed"].contains($0.status) }) { return true }
        let idle: Set<String> = ["registered", "cancelled", "entered-in-error"]
        if try await reports(of: order).contains(where: { !idle.contains($0.status) }) { return true }
        return try await !specimens(of: order).isEmpty
    }

    /// Whether nothing more is to come of a report: as for results that arrive by messages.
    static func isDone(_ status: String) -> Bool {
        ["final", "corrected", "amended", "appended", "cancelled", "entered-in-error"].contains(status)
    }

    private static let taken = """
        SELECT id FROM @[Specimen] s WHERE content -> 'request' @> $1::jsonb
          AND coalesce(content ->> 'status', 'available') IN ('available', 'unavailable')
        ORDER BY id LIMIT 50
        """
}
