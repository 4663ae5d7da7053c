import FHIRServerTesting
import JSONTape
import Testing

/// Writes stay within what their sender may write, and tell nothing of what lies beyond.
@Suite struct LimitedWriteTests {
    private func observation(_ patient: String, _ id: String = "") -> String {
        let id = id.isEmpty ? "" : #""id":"\#(id)","#
        return #"""
            {"resourceType":"Observation",\#(id)"status":"final","code":{"text":"x"},
             "subject":{"reference":"Patient/\#(patient)"}}
            """#
    }

    @Test func `a nurse writes for patients of the tenant only`() async throws {
        try await TestServer.withTwoTenants { server in
            let nurse = server.client(.nurse)
            let made = try await nurse.post("Observation", observation("a1-patient"))
            #expect(made.status == 201)
            #expect(try made.json["meta"]?["tag"]?.items.first?["code"]?.string == "a")
            let hidden = "b1-observationvital"
            #expect(try await nurse.put("Observation/\(hidden)", observation("a1-patient", hidden)).status == 404)
            #expect(try await nurse.delete("Observation/\(hidden)").status == 403)
            let patch = #"[{"op":"replace","path":"/status","value":"amended"}]"#
            let patched = try await nurse.send(
                "PATCH", "Observation/\(hidden)", json: Array(patch.utf8),
                headers: [("Content-Type", "application/json-patch+json")])
            #expect(patched.status == 404)
            // The vital sign of a lab result's kind may be made, but not changed: `vc`.
            let lab = "a1-observationlab"
            let text = try await nurse.get("Observation/\(lab)").text
            #expect(try await nurse.put("Observation/\(lab)", text.replacing("final", with: "amended")).status == 403)
            let vital = "a1-observationvital"
            let sign = try await nurse.get("Observation/\(vital)").text
            #expect(try await nurse.put("Observation/\(vital)", sign.replacing("final", with: "amended")).status == 200)
            // Nor may it be labelled out of one's own sight.
            let system = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
            let label = #""meta":{"security":[{"system":"\#(system)","code":"V"}]},"status""#
            let labelled = try await nurse.post(
                "Observation", observation("a1-patient").replacing(#""status""#, with: label))
            #expect(labelled.status == 403)
            #expect(labelled.issueCodes == ["not-allowed"])
        }
    }

    @Test func `conditions do not tell of what is hidden`() async throws {
        try await TestServer.withTwoTenants { server in
            let nurse = server.client(.nurse)
            let criteria = "identifier=urn:find%7Cfind-b1-observationvital"
            let made = try await nurse.post(
                "Observation", observation("a1-patient"), headers: [("If-None-Exist", criteria)])
            #expect(made.status == 201)
            let linked = observation("x").replacing("Patient/x", with: "Patient?identifier=urn:find%7Cfind-b1-patient")
            let bundle = #"""
                {"resourceType":"Bundle","type":"transaction","entry":[
                 {"resource":\#(linked),"request":{"method":"POST","url":"Observation"}}]}
                """#
            let refused = try await nurse.post("", bundle)
            let unknown = try await nurse.post("", bundle.replacing("find-b1", with: "find-z1"))
            #expect(refused.status == unknown.status && refused.status >= 400)
            #expect(refused.text.replacing("find-b1", with: "find-z1") == unknown.text)
            let deleted = try await nurse.delete("Encounter?\(criteria)")
            #expect(deleted.status == 403)
        }
    }

    /// Decision 0047: whoever belongs to a tenant does not choose ids, and so learns of nobody's.
    @Test func `ids that others use are answered as free ones are`() async throws {
        try await TestServer.withTwoTenants { server in
            let nurse = server.client(.nurse)
            let patch = #"[{"op":"replace","path":"/status","value":"amended"}]"#
            func answers(_ id: String) async throws -> [(Int, String)] {
                let path = "Observation/\(id)"
                let body = observation("a1-patient", id)
                func entry(_ url: String, _ more: String = "") -> String {
                    #"{"resource":\#(body),"request":{"method":"PUT","url":"\#(url)"\#(more)}}"#
                }
                func bundle(_ kind: String, _ entry: String) -> String {
                    #"{"resourceType":"Bundle","type":"\#(kind)","entry":[\#(entry)]}"#
                }
                let criteria = "Observation?identifier=urn:find%7Cnobody"
                let given = [
                    try await nurse.put(path, body),
                    try await nurse.put(path, body, headers: [("If-Match", #"W/"1""#)]),
                    try await nurse.put(path, body, headers: [("If-Match", #"W/"7""#)]),
                    try await nurse.put(path, body, headers: [("If-None-Match", "*")]),
                    try await nurse.put(criteria, body),
                    try await nurse.send(
                        "PATCH", path, json: Array(patch.utf8),
                        headers: [("Content-Type", "application/json-patch+json")]
                    ),
                    try await nurse.post("", bundle("transaction", entry(path))),
                    try await nurse.post("", bundle("transaction", entry(path, #","ifMatch":"W/\"1\"""#))),
                    try await nurse.post("", bundle("transaction", entry(criteria))),
                    try await nurse.post("", bundle("batch", entry(path) + "," + entry(criteria))),
                    try await nurse.get(path), try await nurse.get(path + "/_history"),
                    try await nurse.get(path + "/_history/1"),
                    try await server.client(.registration).delete("Appointment/\(id)"),
                ]
                return given.map { ($0.status, $0.text.replacing(id, with: "ID")) }
            }
            let free = try await answers("z1-observationvital")
            let taken = try await answers("b1-observationvital")
            for (index, (one, other)) in zip(free, taken).enumerated() {
                #expect(one.0 == other.0 && one.1 == other.1, "\(index): \(one) \(other)")
                if one.0 != 200 { #expect(one.0 == 404, "\(index): \(one.1)") }
            }
            #expect(free[0].1.contains("POST"))
            let appointment = try await server.client(.registration).delete("Appointment/b1-appointment")
            #expect(appointment.status == 404)
        }
    }

    @Test func `what no criteria find is created under an id of the server's`() async throws {
        try await TestServer.withTwoTenants { server in
            let nurse = server.client(.nurse)
            func criteria(_ value: String) -> String { "Observation?identifier=urn:find%7C\(value)" }
            #expect(try await nurse.put(criteria("one"), observation("a1-patient")).status == 201)
            let bundle = #"""
                {"resourceType":"Bundle","type":"transaction","entry":[
                 {"resource":\#(observation("a1-patient")),"request":{"method":"PUT","url":"\#(criteria("two"))"}}]}
                """#
            let made = try await nurse.post("", bundle)
            #expect(made.status == 200, "\(made.text)")
            let status = try made.json["entry"]?.items.first?["response"]?["status"]?.string
            #expect(status?.hasPrefix("201") == true)
        }
    }

    @Test func `each entry of a bundle is held to the same`() async throws {
        try await TestServer.withTwoTenants { server in
            let nurse = server.client(.nurse)
            func bundle(_ kind: String, _ patient: String) -> String {
                #"""
                {"resourceType":"Bundle","type":"\#(kind)","entry":[
                 {"resource":\#(observation("a1-patient")),"request":{"method":"POST","url":"Observation"}},
                 {"resource":\#(observation(patient, "b1-observationvital")),
                  "request":{"method":"PUT","url":"Observation/b1-observationvital"}}]}
                """#
            }
            let before = try await nurse.get("Observation?_summary=count").json["total"]?.integer
            #expect(try await nurse.post("", bundle("transaction", "a1-patient")).status == 404)
            #expect(try await nurse.get("Observation?_summary=count").json["total"]?.integer == before)
            let batch = try await nurse.post("", bundle("batch", "a1-patient"))
            let statuses = try batch.json["entry"]?.items.map { $0["response"]?["status"]?.string?.prefix(3) }
            #expect(statuses == ["201", "404"])
            let delete = #"""
                {"resourceType":"Bundle","type":"transaction","entry":[
                 {"request":{"method":"DELETE","url":"Observation/a1-observationvital"}}]}
                """#
            #expect(try await nurse.post("", delete).status == 403)
        }
    }

    @Test func `a patient books, and reads nobody else's booking`() async throws {
        try await TestServer.withTwoTenants { server in
            let patient = server.client(.patient)
            func appointment(_ id: String) -> String {
                #"""
                {"resourceType":"Appointment","status":"proposed",
                 "participant":[{"status":"accepted","actor":{"reference":"Patient/\#(id)"}}]}
                """#
            }
            let booked = try await patient.post("Appointment", appointment("a1-patient"))
            #expect(booked.status == 201)
            #expect(try await patient.post("Appointment", appointment("a2-patient")).status == 403)
            #expect(try await patient.post("Observation", observation("a1-patient")).status == 403)
            #expect(try await patient.get("Appointment?_summary=count").json["total"]?.integer == 2)
        }
    }
}
