import FHIRServerTesting
import JSONTape
import Testing

/// `Composition/[id]/$document` (R4 composition-operation-document.html).
@Suite struct DocumentTests {
    private static let types = [
        "Bundle", "Composition", "Condition", "Encounter", "List", "Observation", "Organization", "Patient",
        "Practitioner",
    ]

    private static func composition(_ id: String, entry: String = "Observation/o", more: String = "") -> String {
        """
        {"resourceType":"Composition","id":"\(id)","status":"final","type":{"text":"note"},"date":"2024-01-01",\
        "title":"Note",\
        "text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">A &amp; B</div>"},\
        "subject":{"reference":"Patient/a"},"encounter":{"reference":"Encounter/e"},\
        "author":[{"reference":"Practitioner/dr"}],\
        "attester":[{"mode":"legal","party":{"reference":"Organization/org"}}],\
        "custodian":{"reference":"Organization/org"},"event":[{"detail":[{"reference":"Condition/c"}]}],\
        "section":[{"section":[{"entry":[{"reference":"\(entry)"},\
        {"reference":"http://elsewhere/Patient/1"}]}]}]\(more)}
        """
    }

    private static func observation(_ id: String, _ patient: String, more: String = "") -> String {
        """
        {"resourceType":"Observation","id":"\(id)","status":"final","code":{"text":"x"},\
        "subject":{"reference":"Patient/\(patient)"}\(more)}
        """
    }

    private func withComposition(_ body: (TestClient) async throws -> Void) async throws {
        let resources = [
            #"{"resourceType":"Organization","id":"top","name":"T"}"#,
            #"{"resourceType":"Organization","id":"org","name":"O","partOf":{"reference":"Organization/top"}}"#,
            #"{"resourceType":"Practitioner","id":"dr"}"#,
            #"{"resourceType":"Patient","id":"z"}"#,
            #"{"resourceType":"Patient","id":"a","link":[{"other":{"reference":"Patient/z"},"type":"refer"}]}"#,
            """
            {"resourceType":"Encounter","id":"e","status":"finished","class":{"code":"AMB"},\
            "subject":{"reference":"Patient/a"}}
            """,
            #"{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/a"}}"#,
            Self.observation("deep", "a"),
            Self.observation("z", "z"),
            Self.observation(
                "o", "a",
                more: """
                    ,"derivedFrom":[{"reference":"Observation/deep"},{"reference":"Observation/z"},\
                    {"reference":"Observation/none"}],"valueQuantity":{"value":1.50}
                    """),
            Self.composition(
                "doc", more: #","relatesTo":[{"code":"replaces","targetReference":{"reference":"Composition/old"}}]"#),
        ]
        try await TestServer.with { options in
            options.types = Self.types
        } _: { server in
            for resource in resources {
                let json = JSONNode(try Document.parse(resource))
                let address = "\(json["resourceType"]?.string ?? "")/\(json["id"]?.string ?? "")"
                let answer = try await server.client.put(address, resource)
                #expect(answer.status == 201, "\(address): \(answer.text)")
            }
            try await body(server.client)
        }
    }

    private func names(_ bundle: JSONNode) -> [String] {
        (bundle["entry"]?.items ?? []).map { entry in
            "\(entry["resource"]?["resourceType"]?.string ?? "")/\(entry["resource"]?["id"]?.string ?? "")"
        }
    }

    @Test func aDocumentHoldsAllThatItsCompositionRefersTo() async throws {
        try await withComposition { client in
            let answer = try await client.get("Composition/doc/$document")
            #expect(answer.status == 200, "\(answer.text)")
            let bundle = try answer.json
            #expect(bundle["type"]?.string == "document")
            #expect(bundle["identifier"]?["value"]?.string?.hasPrefix("urn:uuid:") == true)
            #expect(bundle["timestamp"]?.string?.hasSuffix("Z") == true)
            let names = names(bundle)
            #expect(names.first == "Composition/doc")
            #expect(
                Set(names) == [
                    "Composition/doc", "Patient/a", "Encounter/e", "Practitioner/dr", "Organization/org",
                    "Organization/top",
                    "Condition/c", "Observation/o", "Observation/deep",
                ])
            #expect(Set(names).count == names.count)
            for (entry, name) in zip(bundle["entry"]?.items ?? [], names) {
                #expect(entry["fullUrl"]?.string == "\(client.base)/\(name)")
                #expect(entry["search"] == nil)
            }
            #expect(answer.text.contains("A &amp; B") && answer.text.contains("1.50"))
            // Not stored unless asked for.
            #expect(try await client.get("Bundle").json["total"]?.integer == 0)
            for path in ["Composition/$document?id=doc", "Composition/$document?id=Composition/doc"] {
                let same = try await client.get(path).json
                #expect(self.names(same) == names)
            }
        }
    }

    @Test func documentsCanBeKept() async throws {
        try await withComposition { client in
            let answer = try await client.post(
                "Composition/doc/$document",
                #"{"resourceType":"Parameters","parameter":[{"name":"persist","valueBoolean":true}]}"#)
            #expect(answer.status == 200, "\(answer.text)")
            let id = try #require(answer.id)
            #expect(answer[header: "Location"] == "\(client.base)/Bundle/\(id)")
            let stored = try await client.get("Bundle/\(id)")
            #expect(stored.status == 200 && stored.text == answer.text)
            #expect(try await client.get("Bundle?composition=Composition/doc").json["total"]?.integer == 1)
        }
    }

    @Test func wrongCallsAreRefused() async throws {
        try await withComposition { client in
            _ = try await client.put("Composition/torn", Self.composition("torn", entry: "Observation/none"))
            let torn = try await client.get("Composition/torn/$document?persist=true")
            #expect(torn.status == 422 && torn.issueCodes == ["reference-not-found"])
            #expect(torn.text.contains("Observation/none"))
            #expect(try await client.get("Bundle").json["total"]?.integer == 0)
            let refused: [(String, Int)] = [
                ("Composition/none/$document", 404), ("Composition/$document", 400),
                ("Composition/$document?id=none", 404),
                ("Composition/doc/$document?id=doc", 400), ("Composition/doc/$document?persist=maybe", 400),
                ("Composition/doc/$document?graph=http://x/y", 400), ("Composition/$document?id=Patient/a", 400),
                ("Composition/$document?id=http://elsewhere/Composition/doc", 400),
            ]
            for (path, status) in refused {
                let answer = try await client.get(path)
                #expect(answer.status == status, "\(path)")
                #expect(answer.isOutcome)
            }
        }
    }
}
