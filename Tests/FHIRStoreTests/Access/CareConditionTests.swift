import FHIRFormats
import FHIRStore
import FHIRStoreTesting
import Testing

/// Who takes part in a patient's care, and what the patient forbids.
@Suite struct CareConditionTests {
    private func physician(_ id: String, _ condition: RowCondition) -> AccessLimit {
        var limit = AccessLimit(kind: "\(condition)") { _, _ in condition }
        limit.practitioner = id
        limit.actors = ["Practitioner/\(id)", "physician"]
        limit.purposes = ["TREAT"]
        return limit
    }

    @Test(arguments: [
        #"""
        {"resourceType":"Encounter","id":"t","status":"in-progress","class":{"code":"AMB"},
         "subject":{"reference":"Patient/a"},"participant":[{"individual":{"reference":"Practitioner/dr"}}]}
        """#,
        #"""
        {"resourceType":"Appointment","id":"t","status":"booked","participant":[
          {"actor":{"reference":"Patient/a"},"status":"accepted"},
          {"actor":{"reference":"PractitionerRole/of-dr"},"status":"accepted"}]}
        """#,
        #"""
        {"resourceType":"CareTeam","id":"t","status":"active","subject":{"reference":"Patient/a"},
         "participant":[{"member":{"reference":"http://own.example/fhir/Practitioner/dr"}}]}
        """#,
    ])
    func `a team reaches its patients while it lasts`(_ json: String) async throws {
        try await TestStore.with(types: LimitedStoreTests.types) { test in
            try await LimitedStoreTests.fill(test)
            let role = #"{"resourceType":"PractitionerRole","practitioner":{"reference":"Practitioner/dr"}}"#
            _ = try await test.store.update(try test.input(role), id: "of-dr")
            let store = test.store.limited(to: physician("dr", .team))
            func found() async throws -> [String] {
                let names = ["Patient", "Observation"]
                var ids: [String] = []
                for name in names {
                    ids += try await LimitedStoreTests.search(test, store, name, []).matches.map(\.stamp.id)
                }
                return ids
            }
            #expect(try await found() == [])
            let input = try test.input(json)
            _ = try await test.store.update(input, id: "t")
            #expect(try await found() == ["a", "a"])
            #expect(try await store.read(input.type, id: "t").stamp.id == "t")
            let over = json.replacing(
                /"status":"(in-progress|booked|active)"/, with: #""status":"entered-in-error""#)
            _ = try await test.store.update(try test.input(over), id: "t")
            #expect(try await found() == [])
        }
    }

    @Test func `own is what names the practitioner`() async throws {
        try await TestStore.with(types: LimitedStoreTests.types) { test in
            try await LimitedStoreTests.fill(test)
            let store = test.store.limited(to: physician("dr", .own))
            let json = #"""
                {"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/b"},
                 "performer":[{"reference":"Practitioner/dr"}]}
                """#
            _ = try await test.store.update(try test.input(json), id: "mine")
            let page = try await LimitedStoreTests.search(test, store, "Observation", [])
            #expect(page.matches.map(\.stamp.id) == ["mine"])
        }
    }

    @Test(arguments: [
        (#""type":"deny""#, 0), (#""type":"permit""#, 1),
        (#""type":"deny","actor":[{"role":{"text":"x"},"reference":{"reference":"Practitioner/dr"}}]"#, 0),
        (#""type":"deny","actor":[{"role":{"text":"x"},"reference":{"reference":"Practitioner/other"}}]"#, 1),
        (#""type":"deny","class":[{"system":"http://hl7.org/fhir/resource-types","code":"Observation"}]"#, 0),
        (#""type":"deny","class":[{"system":"http://hl7.org/fhir/resource-types","code":"Condition"}]"#, 1),
        (#""type":"deny","purpose":[{"code":"HRESCH"}]"#, 1), (#""type":"deny","purpose":[{"code":"TREAT"}]"#, 0),
        (#""type":"deny","period":{"end":"2020"}"#, 1), (#""type":"deny","period":{"start":"2020-01-01"}"#, 0),
        (
            #"""
            "type":"deny","provision":[{"type":"permit",
              "actor":[{"role":{"text":"x"},"reference":{"reference":"Practitioner/dr"}}]}]
            """#, 1
        ),
        (
            #"""
            "type":"permit","provision":[{"type":"deny",
              "actor":[{"role":{"text":"x"},"reference":{"reference":"Practitioner/dr"}}]}]
            """#, 0
        ),
        (#""type":"deny","action":[{"coding":[{"code":"correct"}]}]"#, 1),
        (#""purpose":[{"code":"TREAT"}]"#, 1),
    ])
    func `the innermost provision that fits decides`(_ provision: String, _ count: Int) async throws {
        try await TestStore.with(types: LimitedStoreTests.types) { test in
            try await LimitedStoreTests.fill(test)
            let store = test.store.limited(to: physician("dr", .consented))
            let json = #"""
                {"resourceType":"Consent","status":"active","scope":{"coding":[{"code":"patient-privacy"}]},
                 "category":[{"text":"x"}],"patient":{"reference":"Patient/a"},"provision":{\#(provision)}}
                """#
            _ = try await test.store.update(try test.input(json), id: "c")
            let found = try await LimitedStoreTests.search(test, store, "Observation", [("_id", "a")])
            #expect(found.matches.count == count)
            #expect(try await LimitedStoreTests.search(test, store, "Observation", [("_id", "b")]).matches.count == 1)
            _ = try await test.store.update(
                try test.input(json.replacing(#""active""#, with: #""inactive""#)), id: "c")
            #expect(try await LimitedStoreTests.search(test, store, "Observation", [("_id", "a")]).matches.count == 1)
        }
    }
}
