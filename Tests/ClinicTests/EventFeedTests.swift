import Clinic
import ClinicWorkflows
import FHIRStore
import FHIRStoreTesting
import PostgreSQL
import Testing

@Suite struct EventFeedTests {
    private static func record(_ names: [String], _ test: TestStore) async throws {
        for name in names {
            try await test.database.script(
                "INSERT INTO clinic_event (name, focus) VALUES ('\(name)', 'Appointment/a')")
        }
    }

    /// Takes until so many events were heard. Transactions of any database on the cluster hold events back.
    private static func hear(
        _ count: Int, _ feed: EventFeed, _ body: @Sendable ([ClinicEvent]) async throws -> Void
    ) async throws {
        var rest = count
        while rest > 0 {
            let taken = try await feed.take(limit: 2) { events, _ in try await body(events) }
            #expect(taken <= 2)
            rest -= taken
            if taken == 0 { try await Task.sleep(for: .milliseconds(20)) }
        }
        #expect(rest == 0)
        #expect(try await feed.take { _, _ in } == 0)
    }

    @Test func eachListenerHearsEveryEventOnceAndInOrder() async throws {
        try await TestStore.with(migrations: ClinicWorkflows.migrations) { test in
            try await Self.record(["a", "b", "c"], test)
            for listener in ["one", "two"] {
                let heard = Heard()
                try await Self.hear(3, EventFeed(test.store, listener: listener)) { await heard.add($0.map(\.name)) }
                #expect(await heard.names == ["a", "b", "c"])
            }
        }
    }

    @Test func aListenerThatFailsHearsTheEventsAgain() async throws {
        struct Failure: Error {}
        try await TestStore.with(migrations: ClinicWorkflows.migrations) { test in
            try await Self.record(["a"], test)
            let feed = EventFeed(test.store, listener: "one")
            await #expect(throws: Failure.self) { try await Self.hear(1, feed) { _ in throw Failure() } }
            try await Self.hear(1, feed) { _ in }
        }
    }

    @Test func openTransactionsHoldBackWhatComesAfterThem() async throws {
        try await TestStore.with(migrations: ClinicWorkflows.migrations) { test in
            let feed = EventFeed(test.store, listener: "one")
            try await test.store.transaction { transaction in
                _ = try await transaction.session.query(
                    SQLStatement("INSERT INTO clinic_event (name, focus) VALUES ('first', 'Appointment/a')"),
                    SQLParameters())
                try await Self.record(["second"], test)
                #expect(try await feed.take { _, _ in } == 0)
            }
            let heard = Heard()
            try await Self.hear(2, feed) { await heard.add($0.map(\.name)) }
            #expect(await heard.names == ["first", "second"])
        }
    }

    /// As several servers do.
    @Test func whatOneTakesTheOthersLeave() async throws {
        try await TestStore.with(migrations: ClinicWorkflows.migrations) { test in
            let names = (0..<40).map { "e\($0)" }
            try await Self.record(names, test)
            let heard = Heard()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let feed = EventFeed(test.store, listener: "one")
                        while await heard.names.count < names.count {
                            try await feed.take(limit: 3) { events, _ in
                                // Long enough for the others to come and find it taken.
                                try await Task.sleep(for: .milliseconds(2))
                                await heard.add(events.map(\.name))
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(await heard.names == names)
        }
    }

    private actor Heard {
        var names: [String] = []
        func add(_ more: [String]) { names += more }
    }
}
