import FHIRServer
import FHIRServerTesting
import FHIRStore
import JSONTape
import Testing

/// `_summary` and `_elements` (R4 search.html#summary, #elements).
@Suite struct ShapeChecks {
    private static let patient = """
        {"resourceType":"Patient","id":"a","meta":{"tag":[{"system":"urn:t","code":"own"}]},"language":"en",\
        "text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">A</div>"},\
        "modifierExtension":[{"url":"urn:m","valueString":"x"}],"active":true,\
        "name":[{"family":"A","given":["B",null],"_given":[null,{"id":"x"}]}],"birthDate":"1970-01",\
        "maritalStatus":{"text":"m"},"contact":[{"name":{"family":"C","given":["D"]},"gender":"male"}],\
        "link":[{"other":{"reference":"Patient/b"},"type":"refer"}]}
        """
    private static let observation = """
        {"resourceType":"Observation","id":"o","text":{"status":"generated","div":\
        "<div xmlns=\\"http://www.w3.org/1999/xhtml\\">O</div>"},"status":"final","code":{"text":"c"},\
        "subject":{"reference":"Patient/a"},"valueQuantity":{"value":1.00,"unit":"mg"},"note":[{"text":"n"}],\
        "referenceRange":[{"text":"r"}],"component":[{"code":{"text":"p"},"valueString":"v",\
        "referenceRange":[{"text":"s"}]}]}
        """

    private func names(_ node: JSONNode?) -> Set<String> {
        Set(node?.members.map(\.key) ?? [])
    }

    private func isSubset(_ node: JSONNode?) -> Bool {
        (node?["meta"]?["tag"]?.items ?? []).contains {
            $0["code"]?.string == "SUBSETTED"
                && $0["system"]?.string == "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
        }
    }

    private func store(_ client: TestClient) async throws {
        #expect(try await client.put("Patient/a", Self.patient).status == 201)
        #expect(try await client.put("Observation/o", Self.observation).status == 201)
    }

    /// Always there: what is mandatory and what modifies.
    private static let patientCore: Set<String> = [
        "resourceType", "id", "meta", "modifierExtension", "active", "link",
    ]

    static let patientShapes: [(String, Set<String>)] = [
        ("_summary=text", ["text"]),
        ("_summary=data", ["language", "name", "birthDate", "maritalStatus", "contact"]),
        ("_summary=true", ["name", "birthDate"]),
        ("_elements=birthDate", ["birthDate"]),
        ("_elements=birthDate,maritalStatus", ["birthDate", "maritalStatus"]),
        ("_elements=birthDate&_elements=name", ["birthDate", "name"]),
        ("_elements=Patient.name", ["name"]),
        ("_elements=Observation.code", []),
        ("_elements=contact.name.family", ["contact"]),
        ("_elements=resourceType,id,meta", []),
        ("_elements=text,name&_summary=data", ["name"]),
        ("_elements=-name,-text,-maritalStatus", ["language", "birthDate", "contact"]),
        ("_elements=-name&_elements=-Patient.text", ["language", "birthDate", "contact", "maritalStatus"]),
        ("_elements:exclude=name,text,contact", ["language", "birthDate", "maritalStatus"]),
        // What is mandatory, what modifies, id and meta stay in any case.
        (
            "_elements=-id,-meta,-active,-link,-contact.gender",
            [
                "language", "text", "name", "birthDate", "contact", "maritalStatus",
            ]
        ),
        ("_elements=-Observation.code", ["language", "text", "name", "birthDate", "contact", "maritalStatus"]),
        ("_elements=-name&_summary=true", ["birthDate"]),
    ]

    @Test("C75: _summary and _elements shape reads", .check("C75"))
    func readsAreShaped() async throws {
        try await TestServer.with { server in
            let client = server.client
            try await store(client)
            for (query, shown) in Self.patientShapes {
                for path in ["Patient/a", "Patient/a/_history/1"] {
                    let read = try await client.get("\(path)?\(query)")
                    #expect(read.status == 200, "\(query)")
                    let json = try read.json
                    #expect(names(json) == shown.union(Self.patientCore), "\(query)")
                    #expect(isSubset(json), "\(query)")
                    #expect(json["meta"]?["tag"]?.items.first?["code"]?.string == "own")
                    #expect(json["meta"]?["versionId"]?.string == "1")
                    #expect(read[header: "ETag"] == "W/\"1\"")
                }
            }
            let whole = try await client.get("Patient/a")
            for query in ["_summary=false", "_summary=", "_elements="] {
                #expect(try await client.get("Patient/a?\(query)").text == whole.text)
            }
            let part = try await client.get("Patient/a?_elements=contact.name.family").json
            #expect(part["contact"].map { String(decoding: $0.source, as: UTF8.self) } == #"[{"name":{"family":"C"}}]"#)
            let rest = try await client.get("Patient/a?_elements=-contact.name.given").json["contact"]
            #expect(
                rest.map { String(decoding: $0.source, as: UTF8.self) }
                    == #"[{"name":{"family":"C"},"gender":"male"}]"#)
            let name = try await client.get("Patient/a?_summary=true").json["name"]
            let text = name.map { String(decoding: $0.source, as: UTF8.self) } ?? ""
            #expect(text.contains(#""given":["B",null]"#))
        }
    }

    @Test("C75: summaries go to every depth, and choices are known by all their names", .check("C75"))
    func summariesGoDeep() async throws {
        try await TestServer.with { server in
            let client = server.client
            try await store(client)
            let core: Set<String> = ["resourceType", "id", "meta", "status", "code"]
            let summary = try await client.get("Observation/o?_summary=true").json
            #expect(names(summary) == core.union(["subject", "valueQuantity", "component"]))
            #expect(summary["valueQuantity"]?["value"]?.numberText == "1.00")
            #expect(names(summary["component"]?.items.first) == ["code", "valueString"])
            for name in ["value", "valueQuantity", "value[x]", "value%5Bx%5D", "Observation.value"] {
                let read = try await client.get("Observation/o?_elements=\(name)").json
                #expect(names(read) == core.union(["valueQuantity"]), "\(name)")
            }
            let other = try await client.get("Observation/o?_elements=value.code,value.unit,value.coding").json
            #expect(names(other["valueQuantity"]) == ["unit"])
            let absent = try await client.get("Observation/o?_elements=value.coding").json
            #expect(absent["valueQuantity"] == nil)
            let part = try await client.get("Observation/o?_elements=component.valueString").json
            #expect(names(part["component"]?.items.first) == ["code", "valueString"])
        }
    }

    @Test("C75: searches, includes and histories are shaped; bundles keep their own form", .check("C75"))
    func bundlesAreShaped() async throws {
        try await TestServer.with { server in
            let client = server.client
            try await store(client)
            let search = "Observation?_include=Observation:subject"
            let summary = try await client.get("\(search)&_summary=true").json
            #expect(names(summary) == ["resourceType", "type", "total", "link", "entry"])
            let entries = summary["entry"]?.items ?? []
            #expect(entries.count == 2 && entries.allSatisfy { isSubset($0["resource"]) })
            #expect(entries.allSatisfy { $0["resource"]?["maritalStatus"] == nil && $0["search"] != nil })
            let elements = try await client.get("\(search)&_elements=subject").json["entry"]?.items ?? []
            #expect(names(elements.first?["resource"]).contains("valueQuantity") == false)
            // R4: the list of elements is that of the matches. Included resources are whole.
            #expect(elements.last?["resource"]?["maritalStatus"] != nil && !isSubset(elements.last?["resource"]))
            let less = try await client.get("\(search)&_elements=-note,-Patient.name").json
            let left = less["entry"]?.items ?? []
            let kept = names(left.first?["resource"])
            #expect(kept.isSuperset(of: ["subject", "valueQuantity", "text"]))
            #expect(left.allSatisfy { isSubset($0["resource"]) && $0["resource"]?["note"] == nil })
            #expect(left.last?["resource"]?["name"] == nil && left.last?["resource"]?["maritalStatus"] != nil)
            #expect(less["link"]?.items.first?["url"]?.string?.contains("_elements=-note,-Patient.name") == true)
            let both = try await client.get("\(search)&_elements=subject,Patient.name").json["entry"]?.items ?? []
            #expect(names(both.last?["resource"]) == Self.patientCore.union(["name"]))
            let form = try await client.form("Observation/_search", "_elements=subject").json
            #expect(isSubset(form["entry"]?.items.first?["resource"]))
            for path in ["_history", "Patient/_history", "Patient/a/_history"] {
                let history = try await client.get("\(path)?_elements=Patient.name,Observation.code").json
                #expect(history["type"]?.string == "history")
                #expect((history["entry"]?.items ?? []).allSatisfy { isSubset($0["resource"]) })
                let link = history["link"]?.items.first?["url"]?.string ?? ""
                #expect(link.contains("_elements="))
            }
            let count = try await client.get("Observation?_summary=count").json
            #expect(count["total"]?.integer == 1 && count["entry"] == nil)
        }
    }

    static let badShapes = [
        "Patient/a?_summary=yes", "Patient/a?_summary=True", "Patient/a?_summary=count",
        "Patient/a?_summary=true&_summary=text", "Patient/a?_elements=nonsense", "Patient/a?_elements=name.nonsense",
        "Patient/a?_elements=Patient.nonsense", "Patient/a?_elements=name.", "Patient/a?_elements=.name",
        "Patient/a?_elements=extension.value.extension.value.extension.value.extension.nonsense",
        "Patient/a?_elements=managingOrganization\(String(repeating: ".identifier.assigner", count: 10)).reference",
        "Patient/a?_elements=code", "Patient?_elements=nonsense", "Patient/a?_elements=name,-photo",
        "Patient/a?_elements=-nonsense", "Patient?_elements=name&_elements:exclude=photo", "Patient?_elements=-",
        "Patient?_elements:include=name",
        "Patient?_summary=nonsense", "Patient?_summary=text&_revinclude=Observation:subject",
        "Patient/a/_history?_summary=nonsense", "_history?_elements=nonsense",
    ]

    @Test("C75: bad shapes are refused", .check("C75"))
    func badShapesAreRefused() async throws {
        try await TestServer.with { server in
            try await store(server.client)
            for path in Self.badShapes {
                let answer = try await server.client.get(path)
                #expect(answer.status == 400 && answer.isOutcome, "\(path)")
            }
            let lenient = [("Prefer", "handling=lenient")]
            let forgiven = try await server.client.get("Patient/a?_elements=nonsense,name", headers: lenient)
            #expect(try names(forgiven.json) == Self.patientCore.union(["name"]))
        }
    }

    @Test("C75: what was read in part is not written back", .check("C75"))
    func subsettedBodiesAreRefused() async throws {
        try await TestServer.with { server in
            let client = server.client
            try await store(client)
            let part = try await client.get("Patient/a?_elements=name").text
            let update = try await client.put("Patient/a", part)
            #expect(update.status == 422 && update.issueCodes == ["subsetted"])
            #expect(try await client.post("Patient", part).status == 422)
            for type in ["transaction", "batch"] {
                let bundle = """
                    {"resourceType":"Bundle","type":"\(type)","entry":[{"resource":\(part),\
                    "request":{"method":"PUT","url":"Patient/a"}}]}
                    """
                let answer = try await client.post("", bundle)
                #expect(answer.text.contains("subsetted"), "\(type)")
            }
            #expect(try await client.get("Patient/a").versionID == "1")
        }
    }
}
