import FHIRDefinitions
import PostgreSQL
import Synchronization

/// Finds out which patients entries are about: asked of what is stored, when the entries are chained, so that nothing
/// that clients wait for pays for it.
final class AuditSubjects: Sendable {
    private let definitions: FHIRDefinitions
    private let tables: TableCatalog
    private let statements = Mutex<[TypeID: SQLStatement]>([:])

    init(definitions: FHIRDefinitions, tables: TableCatalog) {
        self.definitions = definitions
        self.tables = tables
    }

    /// The rows with their patients.
    func complete(_ rows: [AuditRow], in session: Session) async throws -> [AuditRow] {
        var ids: [String: Set<String>] = [:]
        for row in rows {
            for address in Self.addresses(row) {
                let parts = address.split(separator: "/", maxSplits: 1)
                if parts.count == 2, parts[0] != "Patient" {
                    ids[String(parts[0]), default: []].insert(String(parts[1]))
                }
            }
        }
        let asked = ids.sorted { $0.key < $1.key }.compactMap { name, ids in
            definitions.resourceType(named: name).flatMap { type in
                tables.contains(type) ? (name: name, type: type, ids: ids.sorted()) : nil
            }
        }
        let answers = try await session.queries(
            asked.map { asked in
                var parameters = SQLParameters()
                parameters.append(textArray: asked.ids)
                return (statement(asked.type), parameters)
            })
        var patients: [String: [String]] = [:]
        for (asked, answer) in zip(asked, answers) {
            for row in 0..<answer.rowCount {
                let named = (answer.string(row, 1) ?? "").split(separator: " ").map(String.init)
                if !named.isEmpty { patients["\(asked.name)/\(answer.string(row, 0) ?? "")"] = named }
            }
        }
        return rows.map { row in
            var row = row
            var seen: Set<String> = []
            for address in Self.addresses(row) {
                for patient in address.hasPrefix("Patient/") ? [address] : patients[address] ?? []
                where seen.insert(patient).inserted {
                    row.patients.append(patient)
                }
            }
            return row
        }
    }

    private static func addresses(_ row: AuditRow) -> [String] {
        (row.address.map { [$0] } ?? []) + row.shown
    }

    /// What stands in the current version, else in the last one that had a content.
    private func statement(_ type: TypeID) -> SQLStatement {
        statements.withLock { statements in
            if let known = statements[type] { return known }
            let table = tables.table(type)
            let made = SQLStatement(
                """
                SELECT x.id, array_to_string(audit_patients(c.content), ' ')
                FROM unnest($1::text[]) x (id), LATERAL (
                  SELECT content FROM \(table.all) WHERE id = x.id
                  UNION ALL
                  (SELECT content FROM \(table.allHistory) WHERE id = x.id AND content IS NOT NULL
                   ORDER BY version DESC LIMIT 1)
                  LIMIT 1) c
                """)
            statements[type] = made
            return made
        }
    }
}
