import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

@testable import FHIRStore

/// Resources of one type that a job creates by one statement.
@Suite("Creates that share a statement")
struct RowGroupTests {
    private static func observation(_ number: Int) -> String {
        // Some with side rows of a kind that others lack, one whose digits JSONB would change.
        let value =
            switch number % 4 {
            case 0:
                #""valueQuantity": {"value": \#(number).50, "system": "http://unitsofmeasure.org", "code": "mg"}"#
            case 1: #""valueString": "wörd \#(number)", "effectiveDateTime": "2026-05-0\#(number % 9 + 1)""#
            case 2: #""component": [{"code": {"text": "c"}, "valueQuantity": {"value": \#(number), "unit": "g"}}]"#
            default: #""valueQuantity": {"value": \#(number)e1}"#
            }
        return #"""
            {"resourceType": "Observation", "status": "final", "subject": {"reference": "Patient/p"},
             "identifier": [{"system": "urn:s", "value": "o\#(number)"}], "code": {"text": "x"}, \#(value)}
            """#
    }

    private static func patient(_ number: Int) -> String {
        #"{"resourceType": "Patient", "name": [{"family": "Family\#(number)"}]}"#
    }

    private static func job(_ test: TestStore, _ resources: [(id: String, json: String)]) throws -> StoreJob {
        var job = StoreJob()
        job.commands = try resources.map { test.store.createCommand(try test.unboundedInput($0.json), id: $0.id) }
        return job
    }

    /// Rows of the tables of a type that hold what is searched for, without what differs from row to row.
    private static func rows(_ test: TestStore, _ table: String) async throws -> [String] {
        var rows: [String] = []
        let texts = [
            #"SELECT r.id || (to_jsonb(t) - 'rid')::text FROM "\#(table)_str" t JOIN "\#(table)" r USING (rid)"#,
            #"SELECT r.id || (to_jsonb(t) - 'rid')::text FROM "\#(table)_num" t JOIN "\#(table)" r USING (rid)"#,
            #"SELECT r.id || (to_jsonb(t) - 'rid')::text FROM "\#(table)_range" t JOIN "\#(table)" r USING (rid)"#,
            #"SELECT (to_jsonb(t) - '{rid,updated}'::text[])::text FROM "\#(table)" t"#,
        ]
        for text in texts {
            let result = try await test.database.query(SQLStatement(text + " ORDER BY 1"))
            rows += (0..<result.rowCount).compactMap { result.string($0, 0) }
        }
        return rows
    }

    @Test("What is stored is what single statements store")
    func sameRows() async throws {
        let resources =
            (0..<70).map { ("o\($0)", Self.observation($0)) } + (0..<5).map { ("p\($0)", Self.patient($0)) }
            + [("o70", Self.observation(70))]
        func rows(_ isTogether: Bool) async throws -> [String] {
            try await TestStore.with(types: ["Patient", "Observation"]) { test in
                if isTogether {
                    let results = try await test.store.run(try Self.job(test, resources))
                    #expect(results.compactMap { $0?.stamp.id } == resources.map(\.0))
                    #expect(results.allSatisfy { $0?.effect == .created && $0?.stamp.version == 1 })
                } else {
                    for resource in resources { _ = try await test.store.run(try Self.job(test, [resource])) }
                }
                return try await Self.rows(test, "patient") + Self.rows(test, "observation")
            }
        }
        let together = try await rows(true)
        #expect(together.count > resources.count)
        #expect(try await rows(false) == together)
    }

    @Test("Creates between other writes stay between them")
    func order() async throws {
        try await TestStore.with(types: ["Patient"]) { test in
            let type = test.type("Patient")
            _ = try await test.store.update(try test.input(Self.patient(0)), id: "a")
            var job = StoreJob()
            job.commands = [
                test.store.createCommand(try test.input(Self.patient(1)), id: "b"),
                test.store.commands.delete(type, "a", .none, at: test.store.now()),
                test.store.updateCommand(try test.input(Self.patient(2)), id: "b"),
                test.store.createCommand(try test.input(Self.patient(3)), id: "c"),
                test.store.createCommand(try test.input(Self.patient(4)), id: "d"),
            ]
            let results = try await test.store.run(job)
            #expect(results.map { $0?.effect } == [.created, .deleted, .updated, .created, .created])
            #expect(results.map { $0?.stamp.version } == [1, 2, 2, 1, 1])
            #expect(try await test.store.read(type, id: "d").stamp.version == 1)
        }
    }

    @Test("A taken id makes all of it stale, and nothing is stored")
    func takenID() async throws {
        try await TestStore.with(types: ["Patient"]) { test in
            let type = test.type("Patient")
            _ = try await test.store.update(try test.input(Self.patient(0)), id: "b")
            let job = try Self.job(test, [("a", Self.patient(1)), ("b", Self.patient(2)), ("c", Self.patient(3))])
            await #expect {
                try await test.store.run(job)
            } throws: { ($0 as? StoreError)?.code == .stale }
            await #expect(throws: StoreError.self) { try await test.store.read(type, id: "a") }
        }
    }

    @Test("What the database refuses is told of the one that it is about")
    func refusedRow() async throws {
        try await TestStore.with(types: ["Observation"]) { test in
            // More digits than a number may have.
            let huge = Self.observation(3).replacing("3e1", with: "3e200000")
            let job = try Self.job(
                test, [("a", Self.observation(1)), ("b", Self.observation(2)), ("c", huge), ("d", Self.observation(4))])
            await #expect {
                try await test.store.run(job)
            } throws: { error in
                (error as? StoreError)?.commandIndex == 2 && (error as? StoreError)?.code != .stale
            }
            await #expect(throws: StoreError.self) { try await test.store.read(test.type("Observation"), id: "a") }
        }
    }

    @Test("What stands within another one is stored with it")
    func contained() async throws {
        try await TestStore.with(types: ["Patient", "Organization"]) { test in
            let json = #"""
                {"resourceType": "Patient", "contained": [{"resourceType": "Organization", "id": "o", "name": "Inner"}],
                 "managingOrganization": {"reference": "#o"}}
                """#
            _ = try await test.store.run(
                try Self.job(test, [("a", Self.patient(1)), ("b", json), ("c", Self.patient(2)), ("d", json)]))
            let count = try await test.database.query(SQLStatement("SELECT count(*) FROM contained_resource"))
            #expect(count.int64(0, 0) == 2)
            #expect(try await test.store.read(test.type("Patient"), id: "c").stamp.version == 1)
        }
    }
}

extension TestStore {
    /// As `input`, with numbers that nothing but the database refuses.
    func unboundedInput(_ json: String) throws -> ResourceInput {
        var limits = JSONLimits.fhir
        limits.maximumExponent = 1_000_000
        let type = try input(json.replacing("e200000", with: "e2")).type
        return ResourceInput(type: type, document: try Document.parse(Array(json.utf8), limits: limits))
    }
}
