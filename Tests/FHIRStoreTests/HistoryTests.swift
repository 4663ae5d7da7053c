import FHIRDefinitions
import FHIRFormats
import FHIRStore
import FHIRStoreTesting
import Testing

@Suite struct HistoryTests {
    /// Writes three versions each of three patients and one practitioner.
    private func fill(_ test: TestStore) async throws {
        for version in 1...3 {
            for id in ["a", "b", "c"] {
                let json = #"{"resourceType":"Patient","id":"\#(id)","name":[{"text":"v\#(version)"}]}"#
                _ = try await test.store.update(try test.input(json), id: id)
            }
        }
        _ = try await test.store.update(try test.input(#"{"resourceType":"Practitioner","id":"a"}"#), id: "a")
    }

    @Test func `system history pages through everything once, newest first`() async throws {
        try await TestStore.with { test in
            try await fill(test)
            var seen: [String] = []
            var cursor: HistoryCursor?
            repeat {
                let page = try await test.store.history(
                    HistoryRequest(scope: .system(nil), count: 3, cursor: cursor))
                seen += page.versions.map { "\(test.definitions.name(of: $0.type))/\($0.stamp.id)/\($0.stamp.version)" }
                let times = page.versions.map(\.stamp.updated)
                #expect(times == times.sorted(by: >))
                cursor = page.next.flatMap { HistoryCursor(text: $0.text, definitions: test.definitions) }
            } while cursor != nil
            #expect(seen.count == 10)
            #expect(Set(seen).count == 10)
        }
    }

    @Test func `at shows what was current, since what came after`() async throws {
        try await TestStore.with { test in
            let type = test.type("Patient")
            let first = try await test.store.update(
                try test.input(#"{"resourceType":"Patient","id":"a","active":true}"#), id: "a")
            try await Task.sleep(for: .milliseconds(5))
            let second = try await test.store.update(
                try test.input(#"{"resourceType":"Patient","id":"a","active":false}"#), id: "a")
            func after(_ instant: Instant) -> Range<Instant> {
                instant..<Instant(microsecondsSince1970: instant.microsecondsSince1970 + 1000)
            }
            let scope = HistoryRequest.Scope.instance(type, id: "a")
            let atFirst = try await test.store.history(HistoryRequest(scope: scope, at: after(first.stamp.updated)))
            #expect(atFirst.versions.map(\.stamp.version) == [1])
            let atSecond = try await test.store.history(HistoryRequest(scope: scope, at: after(second.stamp.updated)))
            #expect(atSecond.versions.map(\.stamp.version) == [2])
            let since = try await test.store.history(HistoryRequest(scope: scope, since: second.stamp.updated))
            #expect(since.versions.map(\.stamp.version) == [2])
        }
    }

    @Test func `the history of an id never used is not found`() async throws {
        try await TestStore.with { test in
            await #expect {
                try await test.store.history(HistoryRequest(scope: .instance(test.type("Patient"), id: "x")))
            } throws: { ($0 as? StoreError)?.code == .notFound }
        }
    }
}
