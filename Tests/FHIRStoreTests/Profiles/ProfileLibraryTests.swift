import FHIRDefinitions
import FHIRFormats
import FHIRProfiles
import FHIRSearch
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

@testable import FHIRStore

/// Profiles of the database, with snapshots, as they change.
@Suite("Profile library")
struct ProfileLibraryTests {
    private static let types = ["Patient", "StructureDefinition"]

    private static func url(_ name: String) -> String { "https://clinic.example/StructureDefinition/\(name)" }

    private static func canonical(_ name: String, _ version: String? = nil) -> CanonicalURL {
        CanonicalURL(url: url(name), version: version)
    }

    private static func definition(
        _ name: String, version: String? = nil, status: String = "active", base: String? = nil,
        type: String = "Patient",
        _ elements: String
    ) -> String {
        #"""
        {"resourceType": "StructureDefinition", "url": "\#(url(name))", "name": "\#(name)", "status": "\#(status)",
         \#(version.map { #""version": "\#($0)","# } ?? "")
         "kind": "resource", "abstract": false, "type": "\#(type)", "derivation": "constraint",
         "baseDefinition": "\#(base ?? "http://hl7.org/fhir/StructureDefinition/\(type)")",
         "differential": {"element": [\#(elements)]}}
        """#
    }

    private static func minimum(_ path: String, _ min: Int) -> String {
        #"{"id": "\#(path)", "path": "\#(path)", "min": \#(min)}"#
    }

    private static func put(_ test: TestStore, _ id: String, _ json: String) async throws {
        _ = try await test.store.update(try test.input(json), id: id)
    }

    /// `min` of an element in the snapshot; nil where there is no profile.
    private static func min(_ profiles: PreparedProfiles, _ canonical: CanonicalURL, _ id: String) throws -> Int? {
        let definition = try profiles.profile(canonical)?.get().definition
        return definition?["snapshot"]?["element"]?.items.first { $0["id"]?.string == id }?["min"]?.integer
    }

    private static func min(_ store: FHIRStore, _ name: String, _ id: String) async throws -> Int? {
        try min(try await store.profiles.prepare([canonical(name)]), canonical(name), id)
    }

    /// Another process over the same database.
    private static func other(_ test: TestStore, freshness: Duration) -> ProfileLibrary {
        ProfileLibrary(
            database: test.database, tables: test.store.tables, indexer: test.store.indexer,
            writes: DefinitionWrites(types: []), freshness: freshness)
    }

    @Test func whatIsUnknownOrBrokenIsNoErrorUntilItIsAskedFor() async throws {
        try await TestStore.with(types: Self.types) { test in
            let root = Self.minimum("Patient", 0)
            try await Self.put(test, "lost", Self.definition("lost", base: Self.url("none"), root))
            try await Self.put(test, "loop", Self.definition("loop", base: Self.url("loop2"), root))
            try await Self.put(test, "loop2", Self.definition("loop2", base: Self.url("loop"), root))
            let names = ["none", "lost", "loop"]
            let profiles = try await test.store.profiles.prepare(names.map { Self.canonical($0) })
            #expect(profiles.profile(Self.canonical("none")) == nil)
            #expect(profiles.structureDefinition(Self.canonical("none")) == nil)
            for (name, code) in [("lost", SnapshotError.Code.unknownBase), ("loop", .cyclic)] {
                guard case .failure(let error) = profiles.profile(Self.canonical(name)) else {
                    Issue.record("\(name) has a snapshot")
                    continue
                }
                #expect(error.code == code)
                #expect(profiles.structureDefinition(Self.canonical(name)) != nil)
            }
            // What was unknown may come.
            try await Self.put(test, "none", Self.definition("none", Self.minimum("Patient.birthDate", 1)))
            #expect(try await Self.min(test.store, "lost", "Patient.birthDate") == 1)
        }
    }

    @Test func profilesComeWithAllThatTheyBuildOn() async throws {
        try await TestStore.with(types: Self.types) { test in
            let nickname = #"""
                {"resourceType": "StructureDefinition", "url": "\#(Self.url("nickname"))", "name": "nickname",
                 "status": "active", "kind": "complex-type", "abstract": false, "type": "Extension",
                 "context": [{"type": "element", "expression": "Patient"}], "derivation": "constraint",
                 "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Extension",
                 "differential": {"element": [
                  {"id": "Extension.url", "path": "Extension.url", "fixedUri": "\#(Self.url("nickname"))"},
                  {"id": "Extension.value[x]", "path": "Extension.value[x]", "min": 1, "type": [{"code": "string"}]}]}}
                """#
            try await Self.put(test, "nickname", nickname)
            try await Self.put(
                test, "base",
                Self.definition(
                    "base",
                    Self.minimum("Patient.birthDate", 1) + #"""
                        , {"id": "Patient.extension:nickname", "path": "Patient.extension", "sliceName": "nickname",
                         "type": [{"code": "Extension", "profile": ["\#(Self.url("nickname"))"]}]}
                        """#))
            try await Self.put(
                test, "child", Self.definition("child", base: Self.url("base"), Self.minimum("Patient.gender", 1)))
            let profiles = try await test.store.profiles.prepare([Self.canonical("child")])
            #expect(try Self.min(profiles, Self.canonical("child"), "Patient.gender") == 1)
            #expect(try Self.min(profiles, Self.canonical("child"), "Patient.birthDate") == 1)
            #expect(try Self.min(profiles, Self.canonical("nickname"), "Extension.value[x]") == 1)
            #expect(try profiles.profile(Self.canonical("base"))?.get().issues.isEmpty == true)
            // What is of the standard is there without being asked for.
            let vitals = CanonicalURL("http://hl7.org/fhir/StructureDefinition/vitalsigns")
            #expect(try Self.min(profiles, vitals, "Observation.category") == 1)
            #expect(try Self.min(profiles, CanonicalURL(url: vitals.url, version: "4.0.1"), "Observation.subject") == 1)
            #expect(profiles.profile(CanonicalURL(url: vitals.url, version: "5.0.0")) == nil)
        }
    }

    @Test func aSnapshotThatCameAlongIsKept() async throws {
        try await TestStore.with(types: Self.types) { test in
            let own = #"""
                {"resourceType": "StructureDefinition", "url": "\#(Self.url("own"))", "name": "own",
                 "status": "active", "kind": "resource", "abstract": false, "type": "Patient",
                 "derivation": "constraint", "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
                 "snapshot": {"element": [{"id": "Patient", "path": "Patient", "min": 0, "max": "*"}]}}
                """#
            try await Self.put(test, "own", own)
            let profiles = try await test.store.profiles.prepare([Self.canonical("own")])
            let profile = try #require(try profiles.profile(Self.canonical("own"))?.get())
            #expect(profile.definition["snapshot"]?["element"]?.items.count == 1)
        }
    }

    @Test func theActiveAndNewestVersionIsMeantUnlessOneIsNamed() async throws {
        try await TestStore.with(types: Self.types) { test in
            for (id, version, status, min) in [
                ("a", "1.10.0", "active", 2), ("b", "1.9.0", "active", 1), ("c", "2.0.0", "draft", 3),
            ] {
                try await Self.put(
                    test, id,
                    Self.definition(
                        "many", version: version, status: status, Self.minimum("Patient.identifier", min)))
            }
            #expect(try await Self.min(test.store, "many", "Patient.identifier") == 2)
            for (version, min) in [("1.9.0", 1), ("1.10.0", 2), ("2.0.0", 3), ("3.0.0", nil)] {
                let canonical = Self.canonical("many", version)
                let profiles = try await test.store.profiles.prepare([canonical])
                #expect(try Self.min(profiles, canonical, "Patient.identifier") == min)
            }
        }
    }

    @Test func ownWritesAreSeenAtOnceWhicheverWayTheyCome() async throws {
        try await TestStore.with(types: Self.types) { test in
            let store = test.store
            func definition(_ min: Int) throws -> ResourceInput {
                try test.input(Self.definition("p", Self.minimum("Patient.identifier", min)))
            }
            #expect(try await Self.min(store, "p", "Patient.identifier") == nil)
            let created = try await store.create(try definition(1))
            #expect(try await Self.min(store, "p", "Patient.identifier") == 1)
            let id = created.stamp.id
            _ = try await store.update(try definition(2), id: id)
            #expect(try await Self.min(store, "p", "Patient.identifier") == 2)
            var job = StoreJob()
            job.commands = [store.updateCommand(try definition(3), id: id)]
            _ = try await store.run(job)
            #expect(try await Self.min(store, "p", "Patient.identifier") == 3)
            let fourth = try definition(4)
            _ = try await store.transaction { try await $0.update(fourth, id: id) }
            #expect(try await Self.min(store, "p", "Patient.identifier") == 4)
            _ = try await store.delete(test.type("StructureDefinition"), id: id)
            #expect(try await Self.min(store, "p", "Patient.identifier") == nil)
            var package = TestPackage()
            package.files.append(("p.json", Self.definition("p", Self.minimum("Patient.identifier", 5)).with(id: "p")))
            _ = try await PackageLoader(store: store, check: { _ in nil }).load(package.archive)
            #expect(try await Self.min(store, "p", "Patient.identifier") == 5)
        }
    }

    @Test func writesOfOthersAreSeenByTheCounter() async throws {
        try await TestStore.with(types: Self.types) { test in
            try await Self.put(test, "p", Self.definition("p", Self.minimum("Patient.identifier", 1)))
            let canonical = Self.canonical("p")
            let prompt = Self.other(test, freshness: .zero)
            let lazy = Self.other(test, freshness: .seconds(3600))
            let first = try await lazy.prepare([canonical])
            #expect(try Self.min(try await prompt.prepare([canonical]), canonical, "Patient.identifier") == 1)
            try await Self.put(test, "p", Self.definition("p", Self.minimum("Patient.identifier", 2)))
            #expect(try Self.min(try await prompt.prepare([canonical]), canonical, "Patient.identifier") == 2)
            // As long as nobody looks, what is known is the same thing as before.
            let second = try await lazy.prepare([canonical])
            #expect(try second.profile(canonical)?.get().number == first.profile(canonical)?.get().number)
            // A write of something else changes nothing.
            let before = try await prompt.prepare([canonical]).profile(canonical)?.get().number
            try await Self.put(test, "x", #"{"resourceType": "Patient"}"#)
            #expect(try await prompt.prepare([canonical]).profile(canonical)?.get().number == before)
        }
    }

    @Test func knownProfilesCostNoRoundTrip() async throws {
        try await TestStore.with(types: Self.types) { test in
            try await Self.put(test, "p", Self.definition("p", Self.minimum("Patient.identifier", 1)))
            let library = Self.other(test, freshness: .seconds(3600))
            let wanted = [Self.canonical("p"), Self.canonical("unknown")]
            _ = try await library.prepare(wanted)
            await test.database.shutdown()
            // Nobody is there to be asked.
            for _ in 0..<3 {
                let profiles = try await library.prepare(wanted)
                #expect(try Self.min(profiles, wanted[0], "Patient.identifier") == 1)
                #expect(profiles.profile(wanted[1]) == nil)
            }
            let patient = CanonicalURL("http://hl7.org/fhir/StructureDefinition/Patient")
            #expect(try await test.store.profiles.prepare([patient]).profile(patient) != nil)
            #expect(try await test.store.profiles.prepare([]).profile(patient) != nil)
        }
    }

    @Test func aTransactionSeesItsOwnDefinitionsAndNobodyElseDoes() async throws {
        struct Undone: Error {}
        try await TestStore.with(types: Self.types) { test in
            let store = test.store
            try await Self.put(test, "p", Self.definition("p", Self.minimum("Patient.identifier", 1)))
            #expect(try await Self.min(store, "p", "Patient.identifier") == 1)
            let changed = try test.input(Self.definition("p", Self.minimum("Patient.identifier", 2)))
            do {
                try await store.transaction { transaction in
                    let canonical = Self.canonical("p")
                    let before = try await store.profiles.prepare([canonical], in: transaction.session)
                    #expect(try Self.min(before, canonical, "Patient.identifier") == 1)
                    _ = try await transaction.update(changed, id: "p")
                    let within = try await store.profiles.prepare([canonical], in: transaction.session)
                    #expect(try Self.min(within, canonical, "Patient.identifier") == 2)
                    #expect(try await Self.min(store, "p", "Patient.identifier") == 1)
                    throw Undone()
                }
            } catch is Undone {}
            #expect(try await Self.min(store, "p", "Patient.identifier") == 1)
        }
    }

    @Test func manyMayAskAtOnce() async throws {
        try await TestStore.with(types: Self.types) { test in
            for number in 1...8 {
                try await Self.put(
                    test, "p\(number)", Self.definition("p\(number)", Self.minimum("Patient.identifier", number)))
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<64 {
                    group.addTask {
                        let name = "p\(number % 8 + 1)"
                        #expect(try await Self.min(test.store, name, "Patient.identifier") == number % 8 + 1)
                        if number % 16 == 0 {
                            let (id, count) = ("p\(number / 16 + 1)", number / 16 + 1)
                            try await Self.put(
                                test, id, Self.definition(id, Self.minimum("Patient.identifier", count)))
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}

extension String {
    /// A resource's JSON with an id.
    fileprivate func with(id: String) -> String { #"{"id": "\#(id)", "# + dropFirst(1) }
}
