import FHIRServerTesting
import JSONTape
import Testing

/// Profiles that a server stores, on every way by which a resource can be written.
@Suite struct StoredProfileWriteTests {
    private static func patient(_ more: String = "", profile: String = "urn:test:patient", id: String? = nil) -> String
    {
        let id = id.map { #""id":"\#($0)","# } ?? ""
        return #"{"resourceType":"Patient",\#(id)"meta":{"profile":["\#(profile)"]}\#(more)}"#
    }

    private static let born = #","birthDate":"1990-01-01""#

    private static func entry(_ resource: String, _ method: String, _ url: String) -> String {
        #"{"resource":\#(resource),"request":{"method":"\#(method)","url":"\#(url)"}}"#
    }

    private static func bundle(_ type: String, _ entries: String...) -> String {
        #"{"resourceType":"Bundle","type":"\#(type)","entry":[\#(entries.joined(separator: ","))]}"#
    }

    @Test func everyWayOfWritingIsClosed() async throws {
        try await TestDefinitions.with([TestDefinitions.patient]) { server in
            let client = server.client
            let (bad, good) = (Self.patient(), Self.patient(Self.born))
            let wanted = ["error required Patient.birthDate"]

            #expect(try await client.post("Patient", bad).found("error") == wanted)
            #expect(try await client.put("Patient/a", Self.patient(id: "a")).found("error") == wanted)
            #expect(try await client.put("Patient?family=x", bad).status == 422)
            let conditional = try await client.post("Patient", bad, headers: [("If-None-Exist", "family=x")])
            #expect(conditional.status == 422)
            let transaction = try await client.post("", Self.bundle("transaction", Self.entry(bad, "POST", "Patient")))
            #expect(transaction.status == 422)
            #expect(
                try transaction.found("error") == ["error required Bundle.entry[0].resource.birthDate"],
                "\(transaction.text)")
            let batch = try await client.post(
                "", Self.bundle("batch", Self.entry(bad, "POST", "Patient"), Self.entry(good, "POST", "Patient")))
            let statuses = try batch.json["entry"]?.items.compactMap { $0["response"]?["status"]?.string } ?? []
            #expect(statuses.map { $0.prefix(3) } == ["422", "201"])
            #expect(try await client.total("Patient", "") == 1)

            #expect(try await client.put("Patient/a", Self.patient(Self.born, id: "a")).status == 201)
            let json = [("Content-Type", "application/json-patch+json")]
            let removal = #"[{"op":"remove","path":"/birthDate"}]"#
            let patched = try await client.send("PATCH", "Patient/a", body: Array(removal.utf8), headers: json)
            #expect(patched.status == 422)
            #expect(try patched.found("error") == wanted)

            // What has no profile is as free as before, until an operation gives it one.
            let free = #"{"resourceType":"Patient","id":"b"}"#
            #expect(try await client.put("Patient/b", free).status == 201)
            let meta =
                #"{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":"#
                + #"{"profile":["urn:test:patient"]}}]}"#
            let added = try await client.post("Patient/b/$meta-add", meta)
            #expect(added.status == 422)
            #expect(try added.found("error") == wanted)
            #expect(try await client.get("Patient/b").json["meta"]?["versionId"]?.string == "1")
            #expect(try await client.post("Patient/a/$meta-add", meta).status == 200)
        }
    }

    @Test func unknownAndUnusableProfilesLetAWritePass() async throws {
        let loop = TestDefinitions.profile("").replacing(
            "http://hl7.org/fhir/StructureDefinition/Patient", with: "urn:test:patient")
        try await TestDefinitions.with([]) { server in
            let client = server.client
            let unknown = Self.patient()
            #expect(try await client.post("Patient", unknown).status == 201)
            let report = try await client.post("Patient/$validate", unknown)
            #expect(try report.found("error").isEmpty)
            #expect(try report.found("warning").contains("warning not-found Patient.meta.profile[0]"), "\(report.text)")

            // A definition counts as soon as it is stored, and no longer than that.
            try await TestDefinitions.put(TestDefinitions.patient, client)
            #expect(try await client.post("Patient", unknown).status == 422)
            #expect(try await client.delete("StructureDefinition/patient").status < 300)
            #expect(try await client.post("Patient", unknown).status == 201)

            try await TestDefinitions.put(loop.replacing(#"[]"#, with: #"[{"path":"Patient","id":"Patient"}]"#), client)
            #expect(try await client.post("Patient", unknown).status == 201)
            let unusable = try await client.post("Patient/$validate", unknown)
            #expect(try unusable.found("warning").contains("warning processing Patient.meta.profile[0]"))
        }
    }

    @Test func codesOfStoredValueSetsCount() async throws {
        let definitions = [TestDefinitions.codes, TestDefinitions.valueSet(), TestDefinitions.patient]
        try await TestDefinitions.with(definitions) { server in
            let client = server.client
            func married(_ code: String, display: String = "") -> String {
                let display = display.isEmpty ? "" : #","display":"\#(display)""#
                return Self.patient(
                    Self.born
                        + #","maritalStatus":{"coding":[{"system":"urn:test:ranks","code":"\#(code)"\#(display)}]}"#)
            }
            let refused = try await client.post("Patient", married("lead"))
            #expect(refused.status == 422)
            #expect(try refused.found("error") == ["error code-invalid Patient.maritalStatus"])
            #expect(try await client.post("Patient", married("gold")).status == 201)
            #expect(
                try await client.post("Patient", Self.patient(Self.born + #","maritalStatus":{"text":"x"}"#)).status
                    == 422)

            // Extensible: a warning, and only where somebody asks.
            let contact =
                #","contact":[{"name":{"text":"x"},"relationship":[{"coding":[{"system":"urn:test:ranks","#
                + #""code":"lead"}]}]}]"#
            let extensible = Self.patient(Self.born + contact)
            #expect(try await client.post("Patient", extensible).status == 201)
            let report = try await client.post("Patient/$validate", extensible)
            #expect(try report.found("error").isEmpty)
            #expect(try report.found("warning").contains("warning code-invalid Patient.contact[0].relationship[0]"))

            // A wrong text: a warning, whatever profile.
            let display = try await client.post("Patient/$validate", married("gold", display: "Lead"))
            #expect(
                try display.found("warning").contains("warning value Patient.maritalStatus.coding[0].display"),
                "\(display.text)")
            #expect(try display.says("'Gold'"))
            let right = try await client.post("Patient/$validate", married("gold", display: "gold"))
            #expect(try !right.found("warning").contains { $0.contains("display") })
            let standard =
                #"{"resourceType":"Patient","maritalStatus":{"coding":[{"display":"Single","code":"M","system":"#
                + #""http://terminology.hl7.org/CodeSystem/v3-MaritalStatus"}]}}"#
            let known = try await client.post("Patient/$validate", standard)
            #expect(try known.found("warning").contains("warning value Patient.maritalStatus.coding[0].display"))
            #expect(try known.says("'Married'"))

            // Another definition of the value set counts at once.
            let narrow = #""include":[{"system":"urn:test:ranks","concept":[{"code":"silver"}]}]"#
            try await TestDefinitions.put(TestDefinitions.valueSet(narrow), client)
            #expect(try await client.post("Patient", married("gold")).status == 422)
            // What nobody can tell is no error.
            #expect(try await client.delete("ValueSet/ranks").status < 300)
            #expect(try await client.post("Patient", married("lead")).status == 201)
            let open = try await client.post("Patient/$validate", married("lead"))
            #expect(try open.found("information").contains("information not-supported Patient.maritalStatus"))
        }
    }

    @Test func rulesMayAskForValueSetsAndProfiles() async throws {
        func rule(_ key: String, _ expression: String) -> String {
            #"{"key":"\#(key)","severity":"error","human":"h","expression":"\#(expression)"}"#
        }
        let rules = [
            rule("t-1", "maritalStatus.exists() implies maritalStatus.memberOf('urn:test:vs')"),
            rule("t-2", "contained.exists() implies contained.all(conformsTo('urn:test:born'))"),
            rule("t-3", "active.exists() implies conformsTo('urn:test:patient')"),
        ].joined(separator: ",")
        let asking = TestDefinitions.profile(#"{"id":"Patient","path":"Patient","constraint":[\#(rules)]}"#)
        let born = TestDefinitions.profile(
            #"{"id":"Patient.birthDate","path":"Patient.birthDate","min":1}"#, url: "urn:test:born", id: "born")
        let definitions = [TestDefinitions.codes, TestDefinitions.valueSet(), asking, born]
        try await TestDefinitions.with(definitions) { server in
            func errors(_ more: String) async throws -> [String] {
                let body = Self.patient(more)
                let written = try await server.client.post("Patient", body)
                let errors = try await server.client.post("Patient/$validate", body).found("error")
                #expect((written.status == 201) == errors.isEmpty, "\(more): \(written.text)")
                return errors
            }
            func status(_ code: String) -> String {
                #","maritalStatus":{"coding":[{"system":"urn:test:ranks","code":"\#(code)"}]}"#
            }
            func contained(_ more: String) -> String {
                #","contained":[{"resourceType":"Patient","id":"c"\#(more)}],"#
                    + ##""link":[{"other":{"reference":"#c"},"type":"seealso"}]"##
            }
            let cases: [(String, [String])] = [
                (status("gold"), []),
                (status("lead"), ["error invariant Patient"]),
                (contained(Self.born), []),
                (contained(""), ["error invariant Patient"]),
                // A profile that asks for itself is met where the rest is.
                (#","active":true"#, []),
            ]
            for (more, expected) in cases {
                let found = try await errors(more)
                #expect(found == expected, "\(more)")
            }
        }
    }

    @Test func profilesOfATypeHoldWhateverAResourceNames() async throws {
        try await TestDefinitions.with([TestDefinitions.patient]) {
            $0.profiles = ["Patient": ["urn:test:patient"], "Observation": ["urn:test:missing"]]
        } _: { server in
            let client = server.client
            let bare = #"{"resourceType":"Patient"}"#
            let refused = try await client.post("Patient", bare)
            #expect(refused.status == 422)
            #expect(try refused.found("error") == ["error required Patient.birthDate"])
            #expect(
                try await client.post("Patient/$validate", bare).found("error") == ["error required Patient.birthDate"])
            #expect(try await client.post("Patient", #"{"resourceType":"Patient"\#(Self.born)}"#).status == 201)
            // Both count, and each fault once.
            #expect(try await client.post("Patient", Self.patient()).found("error").count == 1)
            // One that is not there keeps everything out, rather than letting everything in.
            let observation = #"{"resourceType":"Observation","status":"final","code":{"text":"x"}}"#
            let missing = try await client.post("Observation", observation)
            #expect(missing.status == 422)
            #expect(try missing.found("error") == ["error not-found Observation"])
        }
    }
}
