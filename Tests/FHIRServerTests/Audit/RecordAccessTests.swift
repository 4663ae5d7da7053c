import Access
import FHIRServer
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import Testing

/// Who may see records, and that nobody may change them.
@Suite struct RecordAccessTests {
    @Test func recordsAreSearchedLikeOtherResources() async throws {
        try await AuditedServer.with { audited in
            _ = try await audited.client.put("Patient/p", #"{"resourceType":"Patient","id":"p"}"#)
            _ = try await audited.client.get(
                "Patient/p", headers: [("X-Martlet-Actor", "Practitioner/ada"), ("X-Request-Id", "r")])
            for query in ["patient=Patient/p", "entity=Patient/p", "agent=Practitioner/ada", "subtype=read"] {
                let found = try await audited.client.get("AuditEvent?\(query)&action=R").json
                let events = (found["entry"]?.items ?? []).compactMap { $0["resource"] }.map(Event.init)
                #expect(events.contains { $0.requestID == "r" }, "\(query)")
            }
        }
    }

    @Test func recordsAreValid() async throws {
        try await AuditedServer.with { audited in
            _ = try await audited.client.put("Patient/p", #"{"resourceType":"Patient","id":"p"}"#)
            _ = try await audited.client.put("Patient/p", #"{"resourceType":"Patient","id":"p","active":true}"#)
            for path in ["Patient/p", "Patient/none", "Patient?name=x", "Patient/p/$everything", "Nonsense/1"] {
                _ = try await audited.client.get(path, headers: [("X-Martlet-Actor", "Practitioner/ada")])
            }
            let events = try await audited.events()
            #expect(events.count >= 7)
            for event in events {
                let outcome = try await audited.client.send(
                    "POST", "AuditEvent/$validate", json: event.json.source)
                #expect(outcome.status == 200)
                #expect(!outcome.text.contains(#""severity":"error""#), "\(outcome.text)")
            }
        }
    }

    @Test(arguments: [
        ("PUT", "AuditEvent/ID", #"{"resourceType":"AuditEvent","id":"ID"}"#),
        ("PATCH", "AuditEvent/ID", "[]"),
        ("DELETE", "AuditEvent/ID", nil),
        ("DELETE", "AuditEvent?action=R", nil),
    ])
    func recordsDoNotChange(_ method: String, _ path: String, _ body: String?) async throws {
        try await AuditedServer.with { audited in
            _ = try await audited.client.get("Patient/none")
            let found = try await audited.client.get("AuditEvent").json
            let id = try #require(found["entry"]?.items.first?["resource"]?["id"]?.string)
            let answer = try await audited.client.send(
                method, path.replacing("ID", with: id), body: body.map { Array($0.replacing("ID", with: id).utf8) },
                headers: [("Content-Type", method == "PATCH" ? "application/json-patch+json" : "application/fhir+json")]
            )
            #expect(answer.status == 405, "\(answer.text)")
            let bundle = #"""
                {"resourceType":"Bundle","type":"transaction","entry":[
                {"request":{"method":"DELETE","url":"AuditEvent/\#(id)"}}]}
                """#
            #expect(try await audited.client.post("/fhir", bundle).status == 405)
            #expect(try await audited.client.get("AuditEvent/\(id)").status == 200)
            // By whatever road the write comes: the database refuses it.
            let store = audited.server.store
            await #expect(throws: StoreError.self) {
                _ = try await store.delete(audited.server.test.type("AuditEvent"), id: id)
            }
        }
    }

    @Test func whoMayNotIsOnRecordWithTheirName() async throws {
        try await withTwoTenants { server in
            let nurse = server.client(.nurse)
            let refused = try await nurse.get("AuditEvent", headers: [("X-Request-Id", "no")])
            #expect(refused.status == 403)
            let hidden = try await nurse.get("Patient/b1-patient", headers: [("X-Request-Id", "hidden")])
            #expect(hidden.status == 404)
            let audited = AuditedServer(server: server)
            #expect(try await audited.events(of: "no").map(\.description) == ["search-type E 4"])
            #expect(try await audited.events(of: "no").map(\.who) == ["Practitioner/nurse"])
            #expect(try await audited.events(of: "hidden").map(\.description) == ["read R 4"])
            #expect(try await audited.events(of: "hidden").map(\.references) == [["Patient/b1-patient"]])
        }
    }

    @Test func tenantsSeeTheirOwnRecordsOnly() async throws {
        let auditor = { (tenant: String) in
            Principal(.account(person: "q"), roles: ["quality"], organization: tenant)
        }
        try await withTwoTenants(["qa": auditor("a"), "qb": auditor("b")]) { server in
            _ = try await server.client(.nurse).get("Patient/a1-patient")
            let marks = try await server.client(token: "qa").get("AuditEvent?agent=Practitioner/nurse").json
            #expect(marks["entry"]?.items.isEmpty == false)
            let others = try await server.client(token: "qb").get("AuditEvent?agent=Practitioner/nurse").json
            #expect(others["entry"] == nil)
        }
    }

    @Test func patientsLearnWhoSawThem() async throws {
        try await withTwoTenants { server in
            _ = try await server.client(.nurse).get("Patient/a1-patient")
            // Shows two patients: the report on one says nothing of the other.
            _ = try await server.client(.registration).get("Patient?_count=10")
            let report = try await server.client(.patient).get("Patient/a1-patient/$access-report")
            #expect(report.status == 200, "\(report.text)")
            let events = (try report.json["entry"]?.items ?? []).compactMap { $0["resource"] }.map(Event.init)
            #expect(events.contains { $0.who == "Practitioner/nurse" })
            #expect(events.contains { $0.who == "Practitioner/desk" })
            #expect(!report.text.contains("a2-patient"))
            #expect(!report.text.contains("_count"))
            #expect(try await server.client(.patient).get("Patient/a2-patient/$access-report").status == 403)
            #expect(try await server.client(.nurse).get("Patient/a1-patient/$access-report").status == 403)
            #expect(try await server.client(.patient).get("AuditEvent").status == 403)
        }
    }

    private func withTwoTenants(
        _ others: [String: Principal] = [:], _ body: (TestServer) async throws -> Void
    ) async throws {
        try await TestServer.with {
            $0.types = TwoTenants.types
            $0.isAudited = true
            $0.access = { test in
                try await TwoTenants.fill(test)
                return TokenAccess(
                    verifier: NamedTokens(others: others), tokens: AccessTokens(database: test.database),
                    rights: RightsBook(store: test.store, indexer: test.store.indexer))
            }
        } _: {
            try await body($0)
        }
    }
}
