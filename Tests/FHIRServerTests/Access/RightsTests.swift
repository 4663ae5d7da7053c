import Access
import FHIRSearch
import FHIRServer
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// Tables of rights, what changes them, and what opens a record in an emergency.
@Suite struct RightsTests {
    @Test(arguments: ["v", "vce", "vce(team)", "v(meds)", ".", "all", "vcedaxm", "c(own)"])
    func `grants are read as they are written`(_ text: String) throws {
        let grant = try #require(AccessGrant(text))
        #expect(AccessGrant(grant.text) == grant)
    }

    @Test(arguments: ["", "z", "v(", "v()", "v(nothing)", "vv v", "(own)"])
    func `what is no grant is refused`(_ text: String) {
        #expect(AccessGrant(text) == nil)
    }

    @Test func `the standard has every role and module, and reads what it writes`() throws {
        let standard = RightsTable.standard
        #expect(standard.grants.count == 17)
        for (role, modules) in standard.grants { #expect(modules.count == AccessModule.allCases.count, "\(role)") }
        #expect(standard.grant("cashier", .billing)?.text == "vcedax")
        #expect(standard.grant("physician", .encounters)?.text == "vce(team)")
        let changed = try Document.parse(#"{"grants":{"nurse":{"billing":"v"}},"physiciansReadAll":true}"#)
        let table = try #require(RightsTable(JSONNode(changed), over: standard, version: 1))
        let again = try Document.parse(table.json)
        #expect(RightsTable(JSONNode(again), over: standard, version: 1) == table)
    }

    @Test func `an opening is a link of the record`() async throws {
        try await TestServer.withTwoTenants(isAudited: true) { server in
            let reason = #"{"resourceType":"Parameters","parameter":[{"name":"reason","valueString":"$ unconscious"}]}"#
            let path = "Patient/a1-patient/$break-glass"
            #expect(try await server.client(.strangePhysician).post(path, reason).status == 200)
            try await server.store.audit?.settle()
            let rows = try await server.test.database.query(
                SQLStatement("SELECT record FROM audit_log WHERE record LIKE '%110127%'"))
            #expect(rows.rowCount == 1)
            let event = JSONNode(try Document.parse(rows.bytes(0, 0) ?? []))
            #expect(event["outcomeDesc"]?.string == "$ unconscious")
            #expect(event["agent"]?.items.first?["who"]?["reference"]?.string == "Practitioner/strange")
            #expect(event["entity"]?.items.first?["what"]?["reference"]?.string == "Patient/a1-patient")
            // One record of it, and the patient's.
            let token = try await AccessTokens(database: server.test.database).issue(name: "root", lifetimeSeconds: nil)
            let found = try await server.client(token: token).get("AuditEvent?entity=Patient/a1-patient&subtype=110127")
            #expect(try found.json["total"]?.integer == 1)
        }
    }

    @Test func `a record is opened with a reason and for a time`() async throws {
        try await TestServer.withTwoTenants { server in
            let doctor = server.client(.strangePhysician)
            let path = "Patient/a1-patient/$break-glass"
            func call(_ client: TestClient, _ path: String, _ parameters: String) async throws -> TestResponse {
                try await client.post(path, #"{"resourceType":"Parameters","parameter":[\#(parameters)]}"#)
            }
            let reason = #"{"name":"reason","valueString":"unconscious"}"#
            #expect(try await doctor.get("Observation/a1-observationvital").status == 404)
            #expect(try await call(doctor, path, #"{"name":"minutes","valueInteger":5}"#).status == 400)
            #expect(try await call(doctor, path, reason + #",{"name":"minutes","valueInteger":0}"#).status == 400)
            #expect(try await call(server.client(.laboratory), path, reason).status == 403)
            #expect(try await call(server.client(.otherPhysician), path, reason).status == 404)
            #expect(try await call(doctor, "Patient/none/$break-glass", reason).status == 404)
            let opened = try await call(doctor, path, reason + #",{"name":"minutes","valueInteger":5}"#)
            #expect(opened.status == 200, "\(opened.text)")
            #expect(try opened.json["parameter"]?.items.first?["valueInstant"] != nil)
            #expect(try await doctor.get("Observation/a1-observationvital").status == 200)
            // Labels do not keep out whoever broke the glass.
            #expect(try await doctor.get("Observation/a1-observationlabel").status == 200)
            #expect(try await doctor.get("Observation?patient=a1-patient").json["total"]?.integer == 3)
            #expect(try await doctor.get("Observation/a2-observationvital").status == 404)
            let token = try await AccessTokens(database: server.test.database).issue(name: "root", lifetimeSeconds: nil)
            let events = try await server.client(token: token).get(
                "AuditEvent?entity=Patient/a1-patient&subtype=110127")
            #expect(try events.json["total"]?.integer == 1)
            #expect(events.text.contains("Practitioner/strange"))
        }
    }

    @Test func `a superadmin changes the table, and nobody else`() async throws {
        try await TestServer.withTwoTenants { server in
            let token = try await AccessTokens(database: server.test.database).issue(name: "root", lifetimeSeconds: nil)
            let root = server.client(token: token)
            func change(_ client: TestClient, _ json: String) async throws -> TestResponse {
                let text = json.replacing("\"", with: "\\\"")
                return try await client.post(
                    "$change-access-rights",
                    #"{"resourceType":"Parameters","parameter":[{"name":"rights","valueString":"\#(text)"}]}"#)
            }
            let nurse = server.client(.nurse)
            let given = #"{"grants":{"nurse":{"encounters":"."}}}"#
            #expect(try await change(nurse, given).status == 403)
            #expect(try await change(root, "nonsense").status == 400)
            #expect(try await change(root, #"{"grants":{"nurse":{"encounters":"z"}}}"#).status == 400)
            #expect(try await change(root, #"{"grants":{"superadmin":{"encounters":"."}}}"#).status == 400)
            #expect(try await nurse.get("Condition/a1-condition").status == 200)
            let changed = try await change(root, given)
            #expect(try changed.json["parameter"]?.items.first?["valueInteger"]?.integer == 1)
            #expect(try await nurse.get("Condition/a1-condition").status == 403)
            #expect(try await change(root, #"{"grants":{"nurse":{"encounters":"vce"}}}"#).status == 200)
            #expect(try await nurse.get("Condition/a1-condition").status == 200)
            #expect(try await change(root, #"{"physiciansReadAll":true}"#).status == 200)
            #expect(try await server.client(.strangePhysician).get("Condition/a1-condition").status == 200)
            #expect(try await server.client(.otherPhysician).get("Condition/a1-condition").status == 404)
            #expect(try await root.get("$access-rights").json["parameter"]?.items.first?["valueInteger"]?.integer == 3)
        }
    }

    @Test(arguments: [
        ("user/Observation.rs", "Observation/a1-observationvital", 200),
        ("user/Observation.rs", "Condition/a1-condition", 403), ("user/Observation.r", "Observation", 403),
        ("user/Observation.s", "Observation/a1-observationvital", 403), ("user/*.read", "Condition", 200),
        ("user/Observation.rs?category=laboratory", "Observation/a1-observationlab", 200),
        ("user/Observation.rs?category=laboratory", "Observation/a1-observationvital", 404),
        ("user/Observation.rs?nonsense=1", "Observation", 403), ("openid", "Patient", 403),
        ("patient/Observation.rs", "Observation/a1-observationvital", 404), ("system/*.cruds", "Patient", 200),
    ])
    func `scopes narrow what a role allows`(_ scope: String, _ path: String, _ status: Int) async throws {
        var principal = TwoTenants.principal(.nurse)
        principal.scopes = [scope].compactMap(SMARTScope.init)
        try await TestServer.withTwoTenants(["app": principal]) { server in
            let answer = try await server.client(token: "app").get(path)
            #expect(answer.status == status)
        }
    }

    @Test func `a consent keeps people out who are not the patient`() async throws {
        try await TestServer.withTwoTenants { server in
            let denial = #"""
                {"resourceType":"Consent","status":"active","scope":{"coding":[{"code":"patient-privacy"}]},
                 "category":[{"text":"x"}],"policyRule":{"coding":[{"code":"OPTIN"}]},
                 "patient":{"reference":"Patient/a1-patient"},
                 "provision":{"type":"permit","provision":[{"type":"deny","actor":[{"role":{"text":"x"},
                  "reference":{"reference":"Practitioner/nurse"}}]}]}}
                """#
            #expect(try await server.client(.nurse).get("Observation/a1-observationvital").status == 200)
            let made = try await server.client(.nurse).post("Consent", denial)
            // Who locks themselves out cannot even write it: the outcome would be beyond their reach.
            #expect(made.status == 403)
            let token = try await AccessTokens(database: server.test.database).issue(name: "root", lifetimeSeconds: nil)
            #expect(try await server.client(token: token).post("Consent", denial).status == 201)
            #expect(try await server.client(.nurse).get("Observation/a1-observationvital").status == 404)
            #expect(try await server.client(.nurse).get("Observation/a2-observationvital").status == 200)
            #expect(try await server.client(.teamPhysician).get("Observation/a1-observationvital").status == 200)
            #expect(try await server.client(.patient).get("Observation/a1-observationvital").status == 200)
        }
    }
}
