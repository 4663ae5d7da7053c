import FHIRStore
import FHIRStoreTesting
import PostgreSQL
import Testing

@Suite struct LinkSignerTests {
    private static let payload = Array("a page begins here".utf8)

    @Test func onlyWhatWasSignedIsOpened() async throws {
        try await TestStore.with(types: ["Basic"]) { test in
            let signer = test.store.links
            let text = try await signer.sign(Self.payload, purpose: "search")
            #expect(try await signer.open(text, purpose: "search") == Self.payload)
            #expect(try await signer.open(text, purpose: "history") == nil)
            // Any character changed, the end cut off, something added.
            for position in text.indices {
                var forged = text
                forged.replaceSubrange(position...position, with: text[position] == "A" ? "B" : "A")
                #expect(try await signer.open(forged, purpose: "search") == nil)
            }
            for forged in [String(text.dropLast()), text + "A", "", "A", "%%", String(repeating: "A", count: 43)] {
                #expect(try await signer.open(forged, purpose: "search") == nil)
            }
        }
    }

    @Test func everyProcessOnADatabaseHasTheSameKey() async throws {
        try await TestStore.with(types: ["Basic"]) { test in
            // All at once on a database without a key.
            let texts = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await LinkSigner(database: test.database).sign(Self.payload, purpose: "x") }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(texts.count == 1)
        }
    }

    @Test func anotherDatabaseHasAnotherKey() async throws {
        try await TestStore.with(types: ["Basic"]) { test in
            try await TestStore.with(types: ["Basic"]) { other in
                let text = try await test.store.links.sign(Self.payload, purpose: "search")
                #expect(try await other.store.links.open(text, purpose: "search") == nil)
            }
        }
    }
}
