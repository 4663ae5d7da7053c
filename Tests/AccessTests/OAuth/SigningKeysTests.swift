import Access
import FHIRStoreTesting
import JSONTape
import Logging
import Testing

/// Keys that the server signs with: made once, shared, sealed, replaced.
@Suite struct SigningKeysTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test func keysAreReplacedWithOverlap() async throws {
        let migrations = AccountMigrations.all + AccessMigrations.all
        try await TestStore.with(types: [], migrations: migrations) { test in
            let secrets = SecretBox.temporary()
            var rotation = SigningKeys.Rotation()
            (rotation.period, rotation.notice, rotation.overlap) = (0, 0, 3600)
            let keys = SigningKeys(database: test.database, secrets: secrets, rotation: rotation, logger: Self.logger)
            try await keys.load()
            let first = try keys.current(.es384)
            // Another server takes up what is there.
            let other = SigningKeys(database: test.database, secrets: secrets, logger: Self.logger)
            try await other.load()
            #expect(try other.current(.es384).id == first.id)
            try await keys.rotate()
            let second = try keys.current(.es384)
            #expect(second.id != first.id)
            // What the first has signed is still good, and both are published.
            #expect(try await keys.key(first.id)?.id == first.id)
            let published = String(decoding: keys.published, as: UTF8.self)
            #expect(published.contains(first.id) && published.contains(second.id))
            // A server with another master key cannot read them, and does not make others in their place.
            let stranger = SigningKeys(database: test.database, secrets: .temporary(), logger: Self.logger)
            await #expect(throws: (any Error).self) { try await stranger.load() }
        }
    }

    @Test func successorsAreAnnouncedBeforeTheySign() async throws {
        let migrations = AccountMigrations.all + AccessMigrations.all
        try await TestStore.with(types: [], migrations: migrations) { test in
            var rotation = SigningKeys.Rotation()
            (rotation.period, rotation.notice) = (0, 3600)
            let keys = SigningKeys(
                database: test.database, secrets: .temporary(), rotation: rotation, logger: Self.logger)
            try await keys.load()
            let first = try keys.current(.es384)
            try await keys.rotate()
            #expect(try keys.current(.es384).id == first.id)
            let count = JSONNode(try Document.parse(keys.published))["keys"]?.count
            #expect(count == 4)
            // One successor at a time.
            try await keys.rotate()
            #expect(JSONNode(try Document.parse(keys.published))["keys"]?.count == 4)
        }
    }
}
