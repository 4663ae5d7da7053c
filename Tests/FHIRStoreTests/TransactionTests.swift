import FHIRDefinitions
import FHIRFormats
import FHIRStore
import FHIRStoreTesting
import JSONTape
import Testing

@Suite struct TransactionTests {
    private func run(_ test: TestStore, _ json: String) async throws -> [EntryOutcome<Void>] {
        let document = try Document.parse(json, limits: .fhir)
        let bundle = try RequestBundle(JSONNode(document), definitions: test.definitions)
        return try await test.store.execute(bundle, search: SearchService(test.store)) { _, _ in () }
    }

    private static let linked = """
        {"resourceType":"Bundle","type":"transaction","entry":[
         {"fullUrl":"urn:uuid:11111111-1111-4111-8111-111111111111",
          "resource":{"resourceType":"Observation","status":"final","code":{"text":"a"},
            "subject":{"reference":"urn:uuid:22222222-2222-4222-8222-222222222222"},
            "identifier":[{"value":"urn:uuid:22222222-2222-4222-8222-222222222222"}]},
          "request":{"method":"POST","url":"Observation"}},
         {"fullUrl":"urn:uuid:22222222-2222-4222-8222-222222222222",
          "resource":{"resourceType":"Patient",
            "text":{"status":"generated",
              "div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">\
        <a href=\\"urn:uuid:22222222-2222-4222-8222-222222222222\\">x</a></div>"},
            "link":[{"other":{"reference":"urn:uuid:22222222-2222-4222-8222-222222222222"},"type":"seealso"}]},
          "request":{"method":"POST","url":"Patient"}}]}
        """

    // C34: links are replaced in references and narrative, and nowhere else.
    @Test func `placeholders become the new addresses`() async throws {
        try await TestStore.with { test in
            let outcomes = try await run(test, Self.linked)
            guard case .written(let observation, _, _) = outcomes[0], case .written(let patient, _, _) = outcomes[1]
            else {
                Issue.record("two writes were expected")
                return
            }
            let address = "Patient/\(patient.stamp.id)"
            let stored = try test.rendered(
                try await test.store.read(test.type("Observation"), id: observation.stamp.id))
            #expect(stored["subject"]?["reference"]?.string == address)
            #expect(
                stored["identifier"]?.items.first?["value"]?.string == "urn:uuid:22222222-2222-4222-8222-222222222222")
            let storedPatient = try test.rendered(try await test.store.read(test.type("Patient"), id: patient.stamp.id))
            #expect(storedPatient["link"]?.items.first?["other"]?["reference"]?.string == address)
            #expect(storedPatient["text"]?["div"]?.string?.contains("href=\"\(address)\"") == true)
        }
    }

    // C32, C37: one bad entry fails all of it.
    @Test(arguments: [
        #"{"request":{"method":"PUT","url":"Patient/x","ifMatch":"W/\"9\""},"#
            + #""resource":{"resourceType":"Patient","id":"x"}}"#,
        #"{"request":{"method":"PUT","url":"Patient/a"},"resource":{"resourceType":"Patient","id":"a","active":true}}"#,
        #"{"request":{"method":"PUT","url":"Patient/b"},"resource":{"resourceType":"Patient","id":"other"}}"#,
        #"{"request":{"method":"POST","url":"Patient"},"resource":{"resourceType":"Practitioner"}}"#,
        #"{"request":{"method":"POST","url":"Nonsense"},"resource":{"resourceType":"Practitioner"}}"#,
        #"{"request":{"method":"DELETE","url":"Patient"}}"#,
    ])
    func `a bad entry stores nothing`(bad: String) async throws {
        let json = """
            {"resourceType":"Bundle","type":"transaction","entry":[
              {"request":{"method":"PUT","url":"Patient/a"},"resource":{"resourceType":"Patient","id":"a"}}, \(bad)]}
            """
        try await TestStore.with { test in
            await #expect {
                _ = try await run(test, json)
            } throws: { error in
                (error as? StoreError)?.expression?.hasPrefix("Bundle.entry[1]") == true
            }
            await #expect {
                try await test.store.read(test.type("Patient"), id: "a")
            } throws: { ($0 as? StoreError)?.code == .notFound }
        }
    }

    // C33: the order is DELETE, POST, PUT, whatever the bundle's.
    @Test func `the order of entries does not matter`() async throws {
        let json = """
            {"resourceType":"Bundle","type":"transaction","entry":[
              {"request":{"method":"PUT","url":"Patient/b"},"resource":{"resourceType":"Patient","id":"b"}},
              {"request":{"method":"DELETE","url":"Patient/a"}}]}
            """
        try await TestStore.with { test in
            _ = try await test.store.update(try test.input(#"{"resourceType":"Patient","id":"a"}"#), id: "a")
            let outcomes = try await run(test, json)
            guard case .written(let put, _, _) = outcomes[0], case .written(let delete, _, _) = outcomes[1] else {
                Issue.record("two writes were expected")
                return
            }
            #expect(put.effect == .created)
            #expect(delete.effect == .deleted)
        }
    }

    @Test func `a thousand entries go through`() async throws {
        let entries = (0..<1000).map { number in
            #"{"request":{"method":"POST","url":"Patient"},"#
                + #""resource":{"resourceType":"Patient","name":[{"family":"n\#(number)"}]}}"#
        }
        let json = #"{"resourceType":"Bundle","type":"transaction","entry":[\#(entries.joined(separator: ","))]}"#
        try await TestStore.with { test in
            let outcomes = try await run(test, json)
            #expect(outcomes.count == 1000)
            let history = try await test.store.history(HistoryRequest(scope: .type(test.type("Patient")), count: 5000))
            #expect(history.versions.count == 1000)
        }
    }
}
