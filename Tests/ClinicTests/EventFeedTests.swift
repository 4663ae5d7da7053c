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

    @Test func eachListenerHearsEveryEventOnceAndInOrder() async throws {
        try await TestStore.with(migrations: ClinicWorkflows.migrations) { test in
            try await Self.record(["a", "b", "c"], test)
            for listener in ["one", "two"] {
                let feed = EventFeed(test.store, listener: listener)
                let heard = Heard()
                #expect(try await feed.take(limit: 2) { events, _ in await heard.add(events.map(\.name)) } == 2)
                #expect(try await feed.take(limit: 2) { events, _ in await heard.add(events.map(\.name)) } == 1)
                #expect(try await feed.take { _, _ in } == 0)
                #expect(await heard.names == ["a", "b", "c"])
            }
        }
    }

    @Test func aListenerThatFailsHearsTheEventsAgain() async throws {
        struct Failure: Error {}
        try await TestStore.with(migrations: ClinicWorkflows.migrations) { test in
            try await Self.record(["a"], test)
            let feed = EventFeed(test.store, listener: "one")
            await #expect(throws: Failure.self) { try await feed.take { _, _ in throw Failure() } }
            #expect(try await feed.take { _, _ in } == 1)
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
            _ = try await feed.take { events, _ in await heard.add(events.map(\.name)) }
            #expect(await heard.names == ["first", "second"])
        }
    }

    private actor Heard {
        var names: [String] = []
        func add(_ more: [String]) { names += more }
    }
}
