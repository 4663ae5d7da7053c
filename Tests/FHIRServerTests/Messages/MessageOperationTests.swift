import FHIRSearch
import FHIRServer
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import HL7Ingest
import JSONTape
import Logging
import PostgreSQL
import Testing

/// The review queue over HTTP.
@Suite struct MessageOperationTests {
    private static func with(_ body: (TestServer, MessageIngest) async throws -> Void) async throws {
        try await TestServer.with { options in
            options.operations = MessageOperations.all
            options.migrations = MessageMigrations.all
            options.types = TestStore.commonTypes + ["ConceptMap", "Provenance"]
        } _: { server in
            let search = SearchService(
                database: server.test.database, tables: server.store.tables,
                indexer: SearchIndexer(definitions: server.test.definitions))
            let ingest = MessageIngest(
                store: server.store, finder: ResourceFinder(store: server.store, service: search),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                sources: SourceRegistry(store: server.store, freshness: .zero))
            try await body(server, ingest)
        }
    }

    private static func send(
        _ control: String, patient: String = "M1^^^H&urn:h&URI^MR", type: String = "ORU^R01", _ ingest: MessageIngest
    ) async {
        let segments = [
            "MSH|^~\\&|LAB|NL|MARTLET|CLINIC|20260101120000||\(type)|\(control)|P|2.5.1",
            "PID|1||\(patient)||Doe^Jane||19700101|F",
            "OBR|1|P-\(control)|F-\(control)|24323-8^Panel^LN|||20260101090000|||||||||||||||20260101100000|||F",
            "OBX|1|NM|GLU^Glucose^L||5.0|mmol/L^^UCUM|||||F",
        ]
        _ = await ingest.receive(Array((segments.joined(separator: "\r") + "\r").utf8), source: "lab")
    }

    private static func part(_ node: JSONNode, _ name: String) -> JSONNode? {
        node["part"]?.items.first { $0["name"]?.string == name }
    }

    private static func messages(_ answer: JSONNode, _ name: String = "message") -> [JSONNode] {
        (answer["parameter"]?.items ?? []).filter { $0["name"]?.string == name }
    }

    @Test func `messages are searched, paged and read`() async throws {
        try await Self.with { server, ingest in
            for number in 1...5 { await Self.send("C\(number)", ingest) }
            await Self.send("B1", type: "XYZ^Z01", ingest)
            let client = server.client
            var page = try await client.get("$hl7-messages?_count=4&type=ORU").json
            #expect(
                Self.messages(page).compactMap { Self.part($0, "controlId")?["valueString"]?.string }
                    == ["C5", "C4", "C3", "C2"])
            #expect(Self.messages(page).allSatisfy { Self.part($0, "text") == nil })
            let next = try #require(
                page["parameter"]?.items.first { $0["name"]?.string == "next" }?["valueUri"]?.string)
            page = try await client.get(String(next.dropFirst(client.base.count + 1))).json
            #expect(Self.messages(page).count == 1)
            #expect(page["parameter"]?.items.contains { $0["name"]?.string == "next" } == false)
            for (query, count) in [
                ("controlId=C3", 1), ("state=rejected", 1), ("state=applied,rejected", 6), ("patient=M1", 6),
                ("order=F-C2", 1), ("source=lab", 6), ("source=x", 0), ("since=2000-01-01", 6), ("until=2000-01-01", 0),
                ("id=1", 1), ("state=duplicate", 0),
            ] {
                let found = Self.messages(try await client.get("$hl7-messages?\(query)").json)
                #expect(found.count == count, "\(query)")
            }
            let found = Self.messages(try await client.get("$hl7-messages?controlId=C3").json)
            let number = try #require(found.first.flatMap { Self.part($0, "id") }?["valueInteger"]?.integer)
            let resource = try #require(Self.part(found[0], "resource")?["valueReference"]?["reference"]?.string)
            let back = Self.messages(try await client.get("$hl7-messages?resource=\(resource)").json)
            #expect(back.contains { Self.part($0, "id")?["valueInteger"]?.integer == number })
            let one = Self.messages(try await client.get("$hl7-message?id=\(number)").json)
            #expect(Self.part(one[0], "text")?["valueString"]?.string?.contains("|C3|P|") == true)
            #expect(Self.part(one[0], "answer")?["valueString"]?.string?.contains("MSA|AA|C3") == true)
            #expect(Self.part(one[0], "content")?["valueBase64Binary"] != nil)
        }
    }

    @Test(arguments: [
        ("$hl7-messages?state=lost", 400), ("$hl7-messages?id=x", 400), ("$hl7-messages?id=1.5", 400),
        ("$hl7-messages?since=yesterday", 400), ("$hl7-messages?_count=0", 400), ("$hl7-messages?nothing=1", 400),
        ("$hl7-message", 400), ("$hl7-message?id=4711", 404), ("$hl7-source?name=x", 404),
        ("$hl7-messages?id=99999999999999999999", 400), ("$hl7-messages?controlId=%00", 400),
    ])
    func `wrong questions are told so`(path: String, status: Int) async throws {
        try await Self.with { server, _ in
            let answer = try await server.client.get(path)
            #expect(answer.status == status, "\(path): \(answer.text)")
            #expect(answer.isOutcome)
        }
    }

    @Test func `held messages are replayed or discarded`() async throws {
        try await Self.with { server, ingest in
            let client = server.client
            func call(_ name: String, _ parameters: String) async throws -> TestResponse {
                try await client.post(name, #"{"resourceType":"Parameters","parameter":[\#(parameters)]}"#)
            }
            let settings = #"{\"unknownPatient\":\"quarantine\"}"#
            var answer = try await call(
                "$hl7-source-set",
                #"{"name":"name","valueString":"lab"},{"name":"settings","valueString":"\#(settings)"}"#)
            #expect(answer.status == 200, "\(answer.text)")
            await Self.send("C1", ingest)
            await Self.send("C2", ingest)
            let held = #"{"name":"state","valueCode":"quarantined"}"#
            answer = try await call("$hl7-replay", held + #","# + #"{"name":"dryRun","valueBoolean":true}"#)
            #expect(
                try Self.messages(answer.json).map { Self.part($0, "state")?["valueCode"]?.string }
                    == ["quarantined", "quarantined"])
            #expect(try await call("$hl7-replay", "").status == 400)
            #expect(try await call("$hl7-replay", #"{"name":"id","valueInteger":4711}"#).status == 404)
            #expect(try await client.get("$hl7-replay?id=1").status == 405)
            answer = try await call(
                "$hl7-source-set", #"{"name":"name","valueString":"lab"},{"name":"remove","valueBoolean":true}"#)
            #expect(answer.status == 200)
            answer = try await call("$hl7-replay", #"{"name":"controlId","valueString":"C1"}"#)
            #expect(try Self.part(Self.messages(answer.json)[0], "state")?["valueCode"]?.string == "applied")
            #expect(try Self.part(Self.messages(answer.json)[0], "before")?["valueCode"]?.string == "quarantined")
            let found = Self.messages(try await client.get("$hl7-messages?state=quarantined").json)
            let number = try #require(found.first.flatMap { Self.part($0, "id") }?["valueInteger"]?.integer)
            let reason = #"{"name":"reason","valueString":"a test"}"#
            #expect(try await call("$hl7-discard", #"{"name":"id","valueInteger":\#(number)}"#).status == 400)
            answer = try await call("$hl7-discard", #"{"name":"id","valueInteger":\#(number)},\#(reason)"#)
            #expect(try Self.part(Self.messages(answer.json)[0], "state")?["valueCode"]?.string == "discarded")
            #expect(try await call("$hl7-discard", #"{"name":"id","valueInteger":1},\#(reason)"#).status == 422)
            let unmapped = try await client.get("$hl7-unmapped").json
            #expect(
                Self.messages(unmapped, "code").contains {
                    Self.part($0, "coding")?["valueCoding"]?["code"]?.string == "GLU"
                })
        }
    }

    @Test func `settings that cannot be are refused with every fault`() async throws {
        try await Self.with { server, _ in
            let answer = try await server.client.post(
                "$hl7-source-set",
                #"{"resourceType":"Parameters","parameter":[{"name":"name","valueString":"lab"},"#
                    + #"{"name":"settings","valueString":"{\"holdPolicy\":1,\"nothing\":2}"}]}"#)
            #expect(answer.status == 422)
            #expect(answer.text.contains("holdPolicy") && answer.text.contains("nothing"))
            let none = try await server.client.get("$hl7-source").json
            #expect(Self.messages(none, "source").isEmpty)
        }
    }

    @Test func `results whose parent has not come for a day are listed`() async throws {
        try await Self.with { server, _ in
            let none = try await server.client.get("$hl7-waiting-links").json
            #expect(Self.messages(none, "link").isEmpty)
            try await server.test.database.script(
                """
                INSERT INTO hl7_pending_link (created, child_report, child_results, parent_filler, parent_placer,
                  parent_code, parent_sub_id, subject)
                SELECT now() - make_interval(hours => h), 'DiagnosticReport/r' || h, '', 'F' || h, '', '600-7', '1',
                  'Patient/p'
                FROM unnest('{1,25,30}'::int[]) h;
                """)
            let links = Self.messages(try await server.client.get("$hl7-waiting-links").json, "link")
            #expect(
                links.map { Self.part($0, "report")?["valueReference"]?["reference"]?.string }
                    == ["DiagnosticReport/r30", "DiagnosticReport/r25"])
            #expect(Self.part(links[0], "parentFiller")?["valueString"]?.string == "F30")
            #expect(Self.part(links[0], "parentPlacer") == nil)
            let all = try await server.client.get("$hl7-waiting-links?hours=0").json
            #expect(Self.messages(all, "link").count == 3)
            #expect(try await server.client.get("$hl7-waiting-links?hours=-1").status == 400)
        }
    }
}
