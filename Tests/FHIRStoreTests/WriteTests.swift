import FHIRDefinitions
import FHIRFormats
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

@Suite struct WriteTests {
    private static let patient = #"{"resourceType":"Patient","id":"p","active":true,"name":[{"family":"Árvai"}]}"#

    @Test func `a created resource is read back under its new id at version 1`() async throws {
        try await TestStore.with { test in
            let result = try await test.store.create(try test.input(Self.patient))
            #expect(result.effect == .created)
            #expect(result.stamp.id != "p")
            let found = try await test.store.read(test.type("Patient"), id: result.stamp.id)
            #expect(found.stamp == result.stamp)
            let node = try test.rendered(found)
            #expect(node["id"]?.string == result.stamp.id)
            #expect(node["meta"]?["versionId"]?.string == "1")
            #expect(node["name"]?.items.first?["family"]?.string == "Árvai")
        }
    }

    @Test func `update creates, changes and leaves alone`() async throws {
        try await TestStore.with { test in
            let first = try await test.store.update(try test.input(Self.patient), id: "p")
            #expect(first.effect == .created)
            let same = try await test.store.update(try test.input(Self.patient), id: "p")
            #expect(same.effect == .unchanged)
            #expect(same.stamp.version == 1)
            let changed = try await test.store.update(
                try test.input(#"{"resourceType":"Patient","id":"p","active":false}"#), id: "p")
            #expect(changed.effect == .updated)
            #expect(changed.stamp.version == 2)
            let old = try await test.store.vread(test.type("Patient"), id: "p", version: 1)
            #expect(try test.rendered(old)["active"]?.bool == true)
        }
    }

    @Test(arguments: ["1.0", "1.00", "0.010", "1.2E+2", "1e-7", "-0.0", "123456789012345678901234567890.10"])
    func `a decimal keeps its digits and a changed digit is a change`(number: String) async throws {
        func observation(_ value: String) -> String {
            #"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"#
                + #""valueQuantity":{"value":\#(value)}}"#
        }
        try await TestStore.with { test in
            _ = try await test.store.update(try test.input(observation("1")), id: "o")
            let result = try await test.store.update(try test.input(observation(number)), id: "o")
            #expect(result.effect == .updated)
            let found = try await test.store.read(test.type("Observation"), id: "o")
            #expect(try test.rendered(found)["valueQuantity"]?["value"]?.numberText == number)
        }
    }

    @Test func `a stale version is refused and changes nothing`() async throws {
        try await TestStore.with { test in
            _ = try await test.store.update(try test.input(Self.patient), id: "p")
            let other = try test.input(#"{"resourceType":"Patient","id":"p"}"#)
            await #expect(throws: StoreError.self) {
                try await test.store.update(other, id: "p", WritePrecondition(versions: [7]))
            }
            await #expect(throws: StoreError.self) {
                try await test.store.update(other, id: "p", WritePrecondition(mustBeNew: true))
            }
            await #expect(throws: StoreError.self) {
                try await test.store.update(other, id: "new", WritePrecondition(versions: [1]))
            }
            #expect(try await test.store.read(test.type("Patient"), id: "p").stamp.version == 1)
            let right = try await test.store.update(other, id: "p", WritePrecondition(versions: [4, 1]))
            #expect(right.stamp.version == 2)
        }
    }

    @Test func `a deleted resource is gone, its versions remain, and an update revives it`() async throws {
        try await TestStore.with { test in
            let type = test.type("Patient")
            _ = try await test.store.update(try test.input(Self.patient), id: "p")
            #expect(try await test.store.delete(type, id: "p").stamp.version == 2)
            #expect(try await test.store.delete(type, id: "p").effect == .absent)
            await #expect { try await test.store.read(type, id: "p") } throws: { ($0 as? StoreError)?.code == .gone }
            await #expect {
                try await test.store.vread(type, id: "p", version: 2)
            } throws: { ($0 as? StoreError)?.code == .gone }
            #expect(try await test.store.vread(type, id: "p", version: 1).stamp.version == 1)
            let revived = try await test.store.update(try test.input(Self.patient), id: "p")
            #expect(revived.effect == .created)
            #expect(revived.stamp.version == 3)
            let history = try await test.store.history(HistoryRequest(scope: .instance(type, id: "p")))
            #expect(history.versions.map(\.stamp.version) == [3, 2, 1])
            #expect(history.versions.map(\.method) == [.update, .delete, .update])
        }
    }

    // C07: of many writers with one ETag one succeeds.
    @Test func `of 32 parallel updates with one version exactly one succeeds`() async throws {
        try await TestStore.with { test in
            _ = try await test.store.update(try test.input(Self.patient), id: "p")
            let successes = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<32 {
                    group.addTask {
                        let json = #"{"resourceType":"Patient","id":"p","name":[{"family":"f\#(number)"}]}"#
                        guard let input = try? test.input(json) else { return false }
                        return (try? await test.store.update(input, id: "p", WritePrecondition(versions: [1]))) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(successes == 1)
            #expect(try await test.store.read(test.type("Patient"), id: "p").stamp.version == 2)
        }
    }

    @Test func `parallel updates from several lanes leave one row per index entry`() async throws {
        try await TestStore.with(configure: { $0.writeLanes = 3 }) { test in
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        let json = #"{"resourceType":"Patient","id":"p","name":[{"family":"f\#(number)"}]}"#
                        guard let input = try? test.input(json) else { return }
                        if number.isMultiple(of: 2) {
                            _ = try? await test.store.update(input, id: "p")
                        } else {
                            _ = try? await test.store.transaction { try await $0.update(input, id: "p") }
                        }
                    }
                }
            }
            let rows = try await test.database.read(
                SQLStatement(
                    """
                    SELECT count(*) FROM patient_str s LEFT JOIN patient p ON p.rid = s.rid
                    WHERE NOT EXISTS (
                      SELECT FROM patient q WHERE q.rid = s.rid
                        AND lower(q.content #>> '{name,0,family}') = s.norm)
                    """), SQLParameters())
            #expect(rows.int64(0, 0) == 0)
            let found = try await test.store.read(test.type("Patient"), id: "p")
            #expect(found.stamp.version == 60)
        }
    }
}
