import FHIRSearch
import FHIRStoreTesting
import FHIRTerminology
import PostgreSQL
import Testing

@testable import FHIRStore

/// Code systems in tables: asked like any other.
@Suite struct LoadedCodeSystemTests {
    private static func concept(
        _ code: String, _ display: String, parents: [String] = [], properties: [(String, String)] = []
    ) -> DistributedConcept {
        var concept = DistributedConcept(code: code, display: display)
        concept.parents = parents
        concept.properties = properties.map { .init(name: $0.0, value: $0.1) }
        concept.designations = [Designation(language: "de", value: "Ein \(display)")]
        return concept
    }

    private static let animals: [DistributedConcept] = {
        var dodo = concept("dodo", "Dodo", parents: ["animal"])
        dodo.isInactive = true
        return [
            concept("animal", "Animal"), concept("dog", "Dog", parents: ["animal"], properties: [("legs", "4")]),
            concept("poodle", "Standard poodle", parents: ["dog"], properties: [("legs", "4"), ("fur", "true")]),
            concept("cat", "Cat", parents: ["animal", "lost"], properties: [("legs", "4")]), dodo,
            concept("ring", "Ring", parents: ["ring", "ring2"]), concept("ring2", "Ring two", parents: ["ring"]),
        ]
    }()

    private func with(_ body: (TerminologyService, TestStore) async throws -> Void) async throws {
        try await TestStore.with(types: ["CodeSystem", "ValueSet"]) { test in
            var load = try await CodeSystemLoad(
                url: "urn:animals", version: "1", name: "Animals", language: "en", database: test.database)
            try await load.append(Self.animals)
            let service = TerminologyService(
                database: test.database, tables: test.store.tables, indexer: test.indexer)
            // Not seen before it is whole.
            #expect(try await service.terminology().source(has: "urn:animals") == false)
            try await load.finish()
            try await body(service, test)
        }
    }

    private func codes(_ system: any CodeSystem, _ filters: [ConceptFilter]) async throws -> String {
        try await system.select(ConceptSelection(filters: filters, limit: 100)).concepts.map(\.code)
            .joined(separator: " ")
    }

    @Test func filtersAndHierarchy() async throws {
        try await with { service, _ in
            let system = try await service.terminology().codeSystem("urn:animals|1")
            for (property, op, value, expected) in [
                ("concept", ConceptFilter.Operator.isA, "dog", "dog poodle"), ("concept", .isA, "none", ""),
                ("concept", .descendentOf, "animal", "dog poodle cat dodo"),
                ("concept", .isNotA, "animal", "ring ring2"), ("concept", .generalizes, "poodle", "animal dog poodle"),
                ("concept", .childOf, "animal", "dog cat dodo"),
                ("concept", .descendentLeaf, "animal", "poodle cat dodo"),
                ("concept", .isA, "ring", "ring ring2"), ("parent", .equal, "dog", "poodle"),
                ("child", .equal, "dog", "animal"),
                ("code", .in, "cat, dog", "dog cat"), ("legs", .equal, "4", "dog poodle cat"),
                ("legs", .notIn, "4", "animal dodo ring ring2"), ("fur", .exists, "true", "poodle"),
                ("fur", .exists, "false", "animal dog cat dodo ring ring2"), ("code", .regex, "d.*", "dog dodo"),
                ("legs", .regex, "[3-5]", "dog poodle cat"), ("display", .equal, "Cat", "cat"),
            ] {
                let filter = ConceptFilter(property: property, op: op, value: value)
                #expect(try await codes(system, [filter]) == expected, "\(property) \(op) \(value)")
                for concept in Self.animals {
                    let isIn = try await system.contains(concept.code, filters: [filter])
                    #expect(isIn == expected.split(separator: " ").contains(concept.code[...]), "\(concept.code)")
                }
            }
            for filter in [
                ConceptFilter(property: "code", op: .regex, value: "("),
                ConceptFilter(property: "fur", op: .exists, value: "x"),
            ] { await #expect(throws: TerminologyError.self) { try await codes(system, [filter]) } }
            let dog = try #require(try await system.concept("dog"))
            #expect(dog.parents == ["animal"] && dog.children == ["poodle"])
            #expect(dog.display(in: ["de"], systemLanguage: "en") == "Ein Dog")
            #expect(try await system.concept("Dog") == nil)
            #expect(try await service.terminology().subsumption("animal", "poodle", in: system) == .subsumes)
        }
    }

    @Test func pagesOfOneLargeSystem() async throws {
        try await with { service, test in
            let valueSet = #"""
                {"resourceType":"ValueSet","id":"a","url":"urn:vs","status":"active",
                 "compose":{"include":[{"system":"urn:animals"}]}}
                """#
            _ = try await test.store.create(try test.input(valueSet))
            var wish = ExpansionWish()
            wish.count = 2
            wish.offset = 1
            var found = try await service.expand("urn:vs", wish).expansion
            #expect(found.total == 7 && found.entries.map(\.code) == ["dog", "poodle"])
            #expect(found.systems == ["urn:animals|1"])
            wish = ExpansionWish()
            wish.filter = TextFilter("STAND poo")
            found = try await service.expand("urn:vs", wish).expansion
            #expect(found.total == 1 && found.entries.map(\.code) == ["poodle"])
            wish.filter = TextFilter("o'x \\ : & |")
            #expect(try await service.expand("urn:vs", wish).expansion.total == 0)
            wish.filter = nil
            wish.activeOnly = true
            #expect(try await service.expand("urn:vs", wish).expansion.total == 6)
        }
    }

    /// The same version again takes the place of the first; another stands beside it; what fails leaves nothing.
    @Test func versions() async throws {
        try await with { service, test in
            for (version, code) in [("1", "new"), ("2", "other")] {
                var load = try await CodeSystemLoad(
                    url: "urn:animals", version: version, name: "A", language: nil, database: test.database)
                try await load.append([Self.concept(code, "X"), Self.concept(code, "Again")])
                try await load.finish()
            }
            var failed = try await CodeSystemLoad(
                url: "urn:animals", version: "3", name: "A", language: nil, database: test.database)
            try await failed.append(Self.animals)
            try await failed.abandon()
            let terminology = service.terminology()
            #expect(try await codes(try await terminology.codeSystem("urn:animals|1"), []) == "new")
            #expect(try await codes(try await terminology.codeSystem("urn:animals"), []) == "other")
            await #expect(throws: TerminologyError.self) { _ = try await terminology.codeSystem("urn:animals|3") }
            let rows = try await test.database.withSession {
                try await $0.query(SQLStatement("SELECT count(*) FROM code_system_concept", isPrepared: false))
            }
            #expect(rows.int64(0, 0) == 2)
        }
    }
}

extension Terminology {
    fileprivate func source(has canonical: String) async throws -> Bool {
        do {
            _ = try await codeSystem(canonical)
            return true
        } catch let error as TerminologyError where error.code == .unknownCodeSystem {
            return false
        }
    }
}
