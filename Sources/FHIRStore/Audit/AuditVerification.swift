import PostgreSQL

/// Whether the chain is as it was made.
package struct AuditVerification: Sendable, Hashable {
    /// What is wrong with a link.
    package enum Fault: String, Sendable {
        /// Its number is not there.
        case missing
        /// The text or id is not what was hashed, or the link is at another place than it was.
        case altered
        /// The AuditEvent that is searched is another one, or gone.
        case eventAltered = "event-altered"
        /// Links at the end are gone, or the note of where it ends is another one.
        case end
    }

    /// Links that were looked at and are sound.
    package var count = 0
    /// The first link that is not sound; nil if all are.
    package var firstBad: Int64?
    package var fault: Fault?
    /// The end of the chain, to be kept elsewhere: who knows it notices when the whole chain is made anew.
    package var head: Int64 = 0
    package var headHash = ""

    package var isValid: Bool { firstBad == nil }
}

extension AuditTrail {
    /// Works out the hashes of a part of the chain again, and compares the AuditEvents with it.
    ///
    /// - Parameters:
    ///   - start: number of the first link; nil for the first one that is still kept. The link before it is believed.
    ///   - end: number of the last link; nil for the end of the chain.
    package func verify(from start: Int64? = nil, through end: Int64? = nil) async throws -> AuditVerification {
        let store = chain.store
        return try await store.translating {
            let state = try await store.database.query(Self.state)
            var found = AuditVerification()
            found.head = state.int64(0, 0) ?? 0
            found.headHash = state.string(0, 1) ?? ""
            let anchor = state.int64(0, 2) ?? 0
            var number = max(start ?? 1, anchor + 1)
            let last = min(end ?? found.head, found.head)
            guard var hash = try await linkHash(before: number, anchor: anchor, state.bytea(0, 3)) else {
                return found.faulty(at: number - 1, .missing)
            }
            while number <= last {
                let first = number
                let rows = try await store.database.query(
                    Self.links, Self.parameters(number, min(last, number + Self.step - 1)))
                for row in 0..<rows.rowCount {
                    guard rows.int64(row, 0) == number else { return found.faulty(at: number, .missing) }
                    let expected = AuditChain.hash(
                        of: rows.bytes(row, 3) ?? [], id: rows.string(row, 1) ?? "", number: number, after: hash)
                    guard rows.bytea(row, 2) == expected else { return found.faulty(at: number, .altered) }
                    hash = expected
                    number += 1
                }
                // Texts that are what was hashed are JSON, and can be compared as such.
                if chain.hasEvents, number > first {
                    let other = try await store.database.query(Self.events, Self.parameters(first, number - 1))
                    if let bad = other.int64(0, 0) {
                        found.count += Int(bad - first)
                        return found.faulty(at: bad, .eventAltered)
                    }
                }
                found.count += Int(number - first)
                if rows.rowCount < Self.step, number <= last { return found.faulty(at: number, .missing) }
            }
            if end == nil {
                if AuditLink.hexadecimal(hash) != found.headHash { return found.faulty(at: found.head, .end) }
                let beyond = try await store.database.query(Self.beyond)
                if let extra = beyond.int64(0, 0) { return found.faulty(at: extra, .end) }
            }
            return found
        }
    }

    private func linkHash(before number: Int64, anchor: Int64, _ anchorHash: [UInt8]?) async throws -> [UInt8]? {
        if number == anchor + 1 { return anchorHash }
        let row = try await chain.store.database.query(Self.links, Self.parameters(number - 1, number - 1))
        return row.rowCount == 1 ? row.bytea(0, 2) : nil
    }

    private static let step: Int64 = 1000

    private static func parameters(_ first: Int64, _ last: Int64) -> SQLParameters {
        var parameters = SQLParameters()
        parameters.append(int64: first)
        parameters.append(int64: last)
        return parameters
    }

    private static let state = SQLStatement(
        "SELECT seq, encode(hash, 'hex'), anchor_seq, anchor_hash FROM audit_head")
    private static let links = SQLStatement(
        """
        SELECT l.seq, l.event, l.hash, l.record FROM audit_log l
        WHERE l.seq BETWEEN $1::bigint AND $2::bigint ORDER BY l.seq
        """)
    private static let events = SQLStatement(
        """
        SELECT min(l.seq) FROM audit_log l LEFT JOIN auditevent e ON e.id = l.event
        WHERE l.seq BETWEEN $1::bigint AND $2::bigint
          AND (e.content IS DISTINCT FROM l.record::jsonb OR e.version <> 1)
        """)
    /// In one statement, because links are added all the time.
    private static let beyond = SQLStatement(
        "SELECT min(seq) FROM audit_log WHERE seq > (SELECT seq FROM audit_head)")
}

extension AuditVerification {
    fileprivate func faulty(at number: Int64, _ fault: Fault) -> AuditVerification {
        var found = self
        found.firstBad = number
        found.fault = fault
        return found
    }
}
