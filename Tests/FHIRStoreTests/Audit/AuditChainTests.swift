import FHIRFormats
import FHIRStore
import FHIRStoreTesting
import PostgreSQL
import Testing

/// The chain of records: what is committed is chained, and what is changed behind its back is found.
@Suite struct AuditChainTests {
    private static let types = ["AuditEvent", "Observation", "Patient"]

    private struct Stop: Error {}

    private func with(_ body: (TestStore, AuditTrail) async throws -> Void) async throws {
        try await TestStore.with(types: Self.types, isAudited: true) { test in
            try await body(test, try #require(test.store.audit))
        }
    }

    private func fill(_ test: TestStore, count: Int = 5) async throws {
        for number in 0..<count {
            _ = try await test.store.update(
                try test.input(#"{"resourceType":"Patient","id":"p\#(number)"}"#), id: "p\(number)")
        }
    }

    private func count(_ table: String, _ test: TestStore) async throws -> Int64? {
        try await test.database.query(SQLStatement("SELECT count(*) FROM \(table)")).int64(0, 0)
    }

    @Test func soundChainVerifies() async throws {
        try await with { test, audit in
            try await fill(test)
            try await audit.settle()
            let found = try await audit.verify()
            #expect(found.isValid)
            #expect(found.count == 5 && found.head == 5)
            #expect(try await audit.verify(from: 2, through: 4).count == 3)
            #expect(try await count("audit_inbox", test) == 0)
            #expect(try await count("auditevent", test) == 5)
        }
    }

    @Test(arguments: [
        ("UPDATE audit_log SET record = replace(record, 'p2', 'p9') WHERE seq = 3", 3, AuditVerification.Fault.altered),
        ("UPDATE audit_log SET record = left(record, 40) WHERE seq = 3", 3, .altered),
        ("UPDATE audit_log SET event = 'x' WHERE seq = 2", 2, .altered),
        ("DELETE FROM audit_log WHERE seq = 2", 2, .missing),
        ("DELETE FROM audit_log WHERE seq = 5", 5, .missing),
        (
            """
            UPDATE audit_log SET seq = -seq WHERE seq IN (2, 3);
            UPDATE audit_log SET seq = seq + 5 WHERE seq < 0
            """, 2, .altered
        ),
        (
            """
            UPDATE auditevent SET content = jsonb_set(content, '{outcome}', '"8"')
            WHERE id = (SELECT event FROM audit_log WHERE seq = 4)
            """,
            4, .eventAltered
        ),
        ("DELETE FROM auditevent WHERE id = (SELECT event FROM audit_log WHERE seq = 1)", 1, .eventAltered),
        ("UPDATE audit_head SET seq = 4; DELETE FROM audit_log WHERE seq = 5", 4, .end),
        ("UPDATE audit_head SET seq = 4", 4, .end),
    ])
    func tamperingIsFound(_ sql: String, _ number: Int64, _ fault: AuditVerification.Fault) async throws {
        try await with { test, audit in
            try await fill(test)
            try await audit.settle()
            // Who can do this can do all: the triggers only keep the server itself from it.
            try await test.database.script(
                "SET session_replication_role = replica; \(sql); RESET session_replication_role")
            let found = try await audit.verify()
            #expect(found.firstBad == number)
            #expect(found.fault == fault)
            #expect(!found.isValid)
        }
    }

    @Test(arguments: [
        "UPDATE audit_log SET record = '' WHERE seq = 1", "DELETE FROM audit_log",
        "UPDATE auditevent SET content = '{}'", "DELETE FROM auditevent",
    ])
    func databaseRefusesChanges(_ sql: String) async throws {
        try await with { test, audit in
            try await fill(test, count: 1)
            try await audit.settle()
            await #expect(throws: PostgreSQLError.self) { try await test.database.script(sql) }
            #expect(try await audit.verify().isValid)
        }
    }

    /// A server that is killed between commit and chaining leaves the entry in the inbox; another one chains it.
    @Test func whatAKilledServerLeftIsChained() async throws {
        try await with { test, audit in
            try await fill(test, count: 3)
            #expect(try await count("audit_inbox", test) == 3)
            try await test.withAnother(isAudited: true) { other in
                try await other.audit?.settle()
            }
            #expect(try await audit.verify().count == 3)
        }
    }

    @Test func severalServersMakeOneChain() async throws {
        try await with { test, audit in
            try await test.withAnother(isAudited: true) { other in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for store in [test.store, other] {
                        for worker in 0..<4 {
                            group.addTask {
                                for number in 0..<10 {
                                    let id = "w\(worker)-\(number)"
                                    _ = try await store.update(
                                        try test.input(#"{"resourceType":"Patient","id":"\#(id)"}"#), id: id)
                                    try await store.audit?.settle()
                                }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            let found = try await audit.verify()
            #expect(found.isValid)
            #expect(found.count == 80)
        }
    }

    @Test func transactionsThatFailLeaveNothing() async throws {
        try await with { test, audit in
            do {
                try await test.store.transaction { transaction -> Void in
                    _ = try await transaction.create(try test.input(#"{"resourceType":"Patient"}"#))
                    throw Stop()
                }
                Issue.record("the transaction did not fail")
            } catch is Stop {}
            let waiting = try await count("audit_inbox", test)
            #expect(waiting == 0)
            let found = try await audit.verify()
            #expect(found.count == 0)
        }
    }

    @Test func purgedChainStillVerifies() async throws {
        try await with { test, audit in
            try await fill(test, count: 4)
            try await audit.settle()
            let middle = audit.now
            try await fill(test, count: 4)
            try await audit.settle()
            #expect(try await audit.purge(before: middle) == 4)
            #expect(try await count("audit_log", test) == 4)
            #expect(try await count("auditevent", test) == 4)
            let found = try await audit.verify()
            #expect(found.isValid)
            #expect(found.count == 4 && found.head == 8)
            #expect(try await audit.purge(before: middle) == 0)
        }
    }

    @Test func whoReadsInBulkIsReportedOncePerHour() async throws {
        try await with { test, audit in
            func read(_ agent: String, _ count: Int) async {
                var facts = AuditFacts("search-type")
                facts.agent = agent
                var entry = AuditEntry(facts.encoded, at: audit.now, status: 200)
                entry.shown = (0..<count).map { "Patient/p\($0)" }.joined(separator: " ")
                await audit.record(entry)
            }
            await read("Practitioner/curious", 400)
            await read("Practitioner/calm", 400)
            await read("program", 4000)
            try await audit.settle()
            #expect(try await count("audit_log", test) == 3)
            await read("Practitioner/curious", 200)
            try await audit.settle()
            await read("Practitioner/curious", 200)
            try await audit.settle()
            let alerts = try await test.database.query(
                SQLStatement("SELECT record FROM audit_log WHERE record LIKE '%security.bulk-reading%'"))
            #expect(alerts.rowCount == 1)
            #expect(alerts.string(0, 0)?.contains("Practitioner/curious") == true)
        }
    }

    /// The record of a write goes with the statement that writes it.
    @Test func recordsTakeNoRoundTripOfTheirOwn() async throws {
        func roundTrips(_ counts: DatabaseStatistics) -> Int {
            counts.readBatches + counts.writeBatches + counts.sessionRequests
        }
        func needed(isAudited: Bool) async throws -> Int {
            try await TestStore.with(types: Self.types, isAudited: isAudited) { test in
                let before = test.database.statistics
                _ = try await test.store.create(try test.input(#"{"resourceType":"Patient"}"#))
                try await test.store.transaction { transaction in
                    let patient = try await transaction.create(try test.input(#"{"resourceType":"Patient"}"#))
                    _ = try await transaction.delete(test.type("Patient"), id: patient.stamp.id)
                }
                let after = test.database.statistics
                return roundTrips(after) - roundTrips(before)
            }
        }
        let (without, with) = (try await needed(isAudited: false), try await needed(isAudited: true))
        #expect(without == with)
    }
}
