import FHIRDefinitions
import FHIRStore
import HL7Mapping
import JSONTape
import PostgreSQL

/// The reports of results that changed.
extension OutboxReader {
    /// Adds to each result that changed the reports that hold it, itself or in a panel; a report that changes as well
    /// makes a message of its own, which tells of the result.
    func addReports(
        to events: inout [(Change, OutboundEvent)], _ changes: [Change], in transaction: StoreTransaction
    ) async throws {
        guard let report = store.definitions.resourceType(named: "DiagnosticReport"),
            let result = store.definitions.resourceType(named: CorrectedResultMessage.resourceType)
        else { return }
        let changed = Set(changes.lazy.filter { $0.type == "DiagnosticReport" }.map(\.id))
        for (index, event) in events.enumerated()
        where event.0.type == CorrectedResultMessage.resourceType
            && CorrectedResultMessage.matters(event.1.old, event.1.new)
        {
            var reports: Set<String> = []
            var panels: [String] = []
            for group in try await transaction.referrers(to: result, id: event.0.id) {
                if group.type == report { reports.formUnion(group.ids) }
                if group.type == result { panels += group.ids }
            }
            for panel in panels {
                for group in try await transaction.referrers(to: result, id: panel) where group.type == report {
                    reports.formUnion(group.ids)
                }
            }
            var parameters = SQLParameters()
            parameters.append(textArray: reports.sorted())
            let rows = try await transaction.session.query(Self.pending, parameters)
            let later = Set((0..<rows.rowCount).compactMap { rows.string($0, 0) })
            guard reports.isDisjoint(with: changed), reports.isDisjoint(with: later) else { continue }
            for id in reports.sorted() {
                guard let node = try await transaction.read(report, id: id)?.node else { continue }
                events[index].1.reports.append(node)
            }
        }
    }

    /// Those whose turn is still to come.
    private static let pending = SQLStatement(
        "SELECT resource FROM hl7_outbox WHERE type = 'DiagnosticReport' AND resource = ANY ($1::text[])")
}
