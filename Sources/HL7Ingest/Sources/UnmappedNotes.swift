package import FHIRFormats
package import FHIRStore
import HL7Mapping
import PostgreSQL
import Synchronization

/// Counts the codes that nobody has mapped, and writes the counts down now and then: a message does not wait for that,
/// and what a crash loses of the counts is not worth more.
package final class UnmappedNotes: Sendable {
    private struct Note {
        var code: UnmappedCode
        var count: Int64
    }

    /// Different codes that are remembered between two writes.
    private static let capacity = 10_000

    private let notes = Mutex<[UnmappedCode: Note]>([:])

    package init() {}

    func note(_ code: UnmappedCode) {
        notes.withLock { notes in
            if let count = notes[code]?.count {
                // The last display is as good as any.
                notes[code] = Note(code: code, count: count + 1)
            } else if notes.count < Self.capacity {
                notes[code] = Note(code: code, count: 1)
            }
        }
    }

    /// Adds what was counted to the table `hl7_unmapped`.
    package func flush(to store: FHIRStore) async throws {
        let taken = notes.withLock { notes in
            defer { notes.removeAll(keepingCapacity: true) }
            return Array(notes.values)
        }
        guard !taken.isEmpty else { return }
        var parameters = SQLParameters()
        parameters.append(textArray: taken.map(\.code.source))
        parameters.append(textArray: taken.map(\.code.field))
        parameters.append(textArray: taken.map { $0.code.system.storable })
        parameters.append(textArray: taken.map { $0.code.code.storable })
        parameters.append(textArray: taken.map { $0.code.display.storable })
        parameters.append(int64Array: taken.map(\.count))
        parameters.append(timestamp: store.clock().microsecondsSince1970)
        var job = StoreJob()
        job.statements = [(Self.add, parameters)]
        _ = try await store.run(job)
    }

    private static let add = SQLStatement(
        """
        INSERT INTO hl7_unmapped AS u (source, field, system, code, display, count, first_seen, last_seen)
        SELECT s, f, y, c, d, n, $7::timestamptz, $7::timestamptz
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int8[]) t (s, f, y, c, d, n)
        ORDER BY s, f, y, c
        ON CONFLICT (source, field, system, code) DO UPDATE
        SET count = u.count + excluded.count, last_seen = excluded.last_seen, display = excluded.display
        """)
}

/// The report of codes that somebody should map.
package struct UnmappedReport: Sendable {
    /// One code of a sender.
    package struct Line: Sendable {
        package let source: String
        /// Where it stood: `OBX-3`, `OBR-4`, `OBX-6`.
        package let field: String
        package let system: String
        package let code: String
        /// As last sent; nil if it came without.
        package let display: String?
        package let count: Int64
        package let firstSeen: Instant
        package let lastSeen: Instant
    }

    /// Those that no table knows now, the most frequent first.
    /// - Parameter source: nil for all.
    package static func lines(
        _ store: FHIRStore, registry: SourceRegistry, source: String?, limit: Int
    ) async throws -> [Line] {
        var parameters = SQLParameters()
        parameters.append(text: source)
        parameters.append(int64: Int64(limit))
        do {
            let codes = try await registry.current().codes
            let rows = try await store.database.read(list, parameters)
            return (0..<rows.rowCount).compactMap { row in
                let (system, code) = (rows.string(row, 2) ?? "", rows.string(row, 3) ?? "")
                guard codes.targets(system: system, code: code).isEmpty else { return nil }
                let display = rows.string(row, 4) ?? ""
                return Line(
                    source: rows.string(row, 0) ?? "", field: rows.string(row, 1) ?? "", system: system, code: code,
                    display: display.isEmpty ? nil : display, count: rows.int64(row, 5) ?? 0,
                    firstSeen: Instant(microsecondsSince1970: rows.int64(row, 6) ?? 0),
                    lastSeen: Instant(microsecondsSince1970: rows.int64(row, 7) ?? 0))
            }
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }

    private static let list = SQLStatement(
        """
        SELECT source, field, system, code, display, count, (extract(epoch FROM first_seen) * 1000000)::bigint,
          (extract(epoch FROM last_seen) * 1000000)::bigint
        FROM hl7_unmapped WHERE source = coalesce($1::text, source)
        ORDER BY count DESC, source, field, system, code LIMIT $2::bigint
        """)
}
