import Clinic
import ClinicScheduling
import FHIRServerTesting
import FHIRStore
import JSONTape
import Testing

/// C12, C13, C16 (R4 http.html#patch).
@Suite struct PatchChecks {
    private static let jsonPatch = "application/json-patch+json"
    private static let mergePatch = "application/merge-patch+json"
    private static let fhir = "application/fhir+json"

    private static func patch(
        _ client: TestClient, _ path: String, _ body: String, as type: String? = jsonPatch,
        headers: [(String, String)] = []
    ) async throws -> TestResponse {
        let all = headers + (type.map { [("Content-Type", $0)] } ?? [])
        return try await client.send("PATCH", path, body: Array(body.utf8), headers: all)
    }

    private static let observation = """
        {"resourceType":"Observation","id":"o","status":"preliminary","code":{"text":"x"},\
        "identifier":[{"system":"urn:x","value":"1"}],"valueQuantity":{"value":6.30,"unit":"mmol/L"}}
        """

    private static func fhirPath(_ type: String, _ path: String, _ part: String = "") -> String {
        #"{"resourceType":"Parameters","parameter":[{"name":"operation","part":["#
            + #"{"name":"type","valueCode":"\#(type)"},"#
            + #"{"name":"path","valueString":"\#(path)"}\#(part)]}]}"#
    }

    @Test("C13: JSON Patch, merge patch and FHIRPath Patch change what they name", .check("C13"))
    func formats() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Observation/o", Self.observation)
            let json = try await Self.patch(
                client, "Observation/o", #"[{"op":"replace","path":"/status","value":"final"}]"#)
            #expect(json.status == 200 && json.versionID == "2" && json[header: "ETag"] == "W/\"2\"")
            #expect(json.text.contains(#""status":"final""#) && json.text.contains("6.30"))
            #expect(json[header: "Content-Type"] == "application/fhir+json; charset=utf-8")
            let merged = try await Self.patch(
                client, "Observation/o", #"{"valueQuantity":{"unit":null,"value":7.10}}"#, as: Self.mergePatch)
            #expect(merged.status == 200 && merged.text.contains(#""valueQuantity":{"value":7.10}"#))
            let change = Self.fhirPath("replace", "Observation.status", #",{"name":"value","valueCode":"amended"}"#)
            let fhirPath = try await Self.patch(client, "Observation/o", change, as: Self.fhir)
            #expect(fhirPath.status == 200 && fhirPath.text.contains(#""status":"amended""#))
            // As fhirpy sends changed members.
            let plain = try await Self.patch(
                client, "Observation/o", #"{"status":"corrected"}"#, as: "application/json; charset=utf-8")
            #expect(plain.status == 200 && plain.text.contains(#""status":"corrected""#))
            #expect(plain.versionID == "5")
            let history = try await client.get("Observation/o/_history").json
            #expect(history["entry"]?.items.first?["request"]?["method"]?.string == "PATCH")
            let statement = try await client.get("metadata").json
            let formats = statement["patchFormat"]?.items.compactMap(\.string) ?? []
            #expect(
                formats.contains(Self.jsonPatch) && formats.contains(Self.mergePatch) && formats.contains(Self.fhir))
        }
    }

    @Test("C13: other content types are 415 and told what is taken", .check("C13"))
    func otherFormatsAreRefused() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Observation/o", Self.observation)
            let body = #"[{"op":"replace","path":"/status","value":"final"}]"#
            for type in ["text/plain", "application/xml-patch+xml", "application/x-www-form-urlencoded", Self.fhir] {
                for path in ["Observation/o", "Observation?identifier=urn:x%7C1"] {
                    let answer = try await Self.patch(client, path, body, as: type)
                    #expect(answer.status == 415, "\(type)")
                    #expect(answer.isOutcome && answer[header: "Accept-Patch"]?.contains(Self.jsonPatch) == true)
                }
            }
            #expect(try await client.get("Observation/o").versionID == "1")
        }
    }

    private static let failing: [(String, String, Int)] = [
        (#"[{"op":"test","path":"/status","value":"final"},{"op":"remove","path":"/code"}]"#, jsonPatch, 422),
        (#"[{"op":"remove","path":"/valueQuantity"},{"op":"test","path":"/status","value":"final"}]"#, jsonPatch, 422),
        (#"[{"op":"remove","path":"/note"}]"#, jsonPatch, 422),
        (#"[{"op":"remove","path":"/status"}]"#, jsonPatch, 422),
        (#"[{"op":"replace","path":"/status","value":5}]"#, jsonPatch, 422),
        (#"[{"op":"add","path":"/nonsense","value":1}]"#, jsonPatch, 422),
        (#"[{"op":"replace","path":"/id","value":"p"}]"#, jsonPatch, 422),
        (#"[{"op":"replace","path":"/resourceType","value":"Patient"}]"#, jsonPatch, 422),
        (#"[{"op":"add","path":"/meta/versionId","value":"9"}]"#, jsonPatch, 422),
        (#"[{"op":"replace","path":"","value":{"resourceType":"Observation"}}]"#, jsonPatch, 422),
        (#"[{"op":"nonsense","path":"/status"}]"#, jsonPatch, 400),
        (#"{"op":"remove","path":"/status"}"#, jsonPatch, 400),
        (#"[{"op":"remove""#, jsonPatch, 400), ("", jsonPatch, 400), ("null", jsonPatch, 400),
        (#"[{"op":"add","path":"/status","value":"\u0000"}]"#, jsonPatch, 400),
        (#"{"id":"p"}"#, mergePatch, 422), (#"{"status":null}"#, mergePatch, 422), ("[]", mergePatch, 400),
        (fhirPath("delete", "Observation.status"), fhir, 422),
        (fhirPath("delete", "Observation.value.count()"), fhir, 422),
        (fhirPath("delete", "Observation.value.where(unit >)"), fhir, 400),
        (fhirPath("delete", "Observation.nonsense"), fhir, 422),
        (fhirPath("delete", "Observation.code"), fhir, 422),
        (fhirPath("replace", "Observation.value.value", #",{"name":"value","valueString":"much"}"#), fhir, 422),
        (fhirPath("nonsense", "Observation.status"), fhir, 400),
        (#"{"resourceType":"Patient"}"#, fhir, 422),
    ]

    @Test("C12: a patch that fails changes nothing", .check("C12"))
    func failuresChangeNothing() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Observation/o", Self.observation)
            for (body, type, status) in Self.failing {
                let answer = try await Self.patch(client, "Observation/o", body, as: type)
                #expect(answer.status == status, "\(body): \(answer.status) \(answer.text)")
                #expect(answer.isOutcome, "\(body)")
            }
            let stored = try await client.get("Observation/o")
            #expect(stored.versionID == "1" && stored.text.contains("6.30"))
            #expect(try await client.get("Observation/p").status == 404)
            let body = #"[{"op":"replace","path":"/status","value":"final"}]"#
            #expect(try await Self.patch(client, "Observation/none", body).status == 404)
            #expect(try await Self.patch(client, "Observation/a_b", body).status == 404)
            _ = try await client.delete("Observation/o")
            #expect(try await Self.patch(client, "Observation/o", body).status == 410)
        }
    }

    @Test(
        "C12: a patch honours If-Match, keeps the version without a change, and obeys Prefer",
        .check("C12", "C11", "C21"))
    func versions() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Observation/o", Self.observation)
            let body = #"[{"op":"replace","path":"/status","value":"final"}]"#
            let stale = try await Self.patch(client, "Observation/o", body, headers: [("If-Match", "W/\"7\"")])
            #expect(stale.status == 412 && stale.issueCodes == ["version-conflict"])
            let current = try await Self.patch(
                client, "Observation/o", body, headers: [("If-Match", "W/\"1\""), ("Prefer", "return=minimal")])
            #expect(current.status == 200 && current.body.isEmpty && current[header: "ETag"] == "W/\"2\"")
            #expect(current[header: "Last-Modified"] != nil)
            let same = try await Self.patch(
                client, "Observation/o", body, headers: [("Prefer", "return=OperationOutcome")])
            #expect(same.status == 200 && same.isOutcome && same[header: "ETag"] == "W/\"2\"")
            #expect(try await client.get("Observation/o/_history").json["total"]?.integer == 2)
        }
    }

    @Test("C12: patches at once are all there in the end", .check("C12"))
    func patchesRace() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Observation/o", Self.observation)
            _ = try await Self.patch(client, "Observation/o", #"[{"op":"add","path":"/note","value":[{"text":"0"}]}]"#)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 1...32 {
                    group.addTask {
                        let path = number % 2 == 0 ? "Observation/o" : "Observation?identifier=urn:x%7C1"
                        let body = #"[{"op":"add","path":"/note/-","value":{"text":"\#(number)"}}]"#
                        return try await Self.patch(client, path, body).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.allSatisfy { $0 == 200 })
            let stored = try await client.get("Observation/o")
            #expect(try stored.json["note"]?.count == 33)
            #expect(stored.versionID == "34")
        }
    }

    @Test("C16: a conditional patch patches the one that matches", .check("C16"))
    func conditionalPatch() async throws {
        try await TestServer.with { server in
            let client = server.client
            let body = #"[{"op":"replace","path":"/status","value":"final"}]"#
            let path = "Observation?identifier=urn:x%7C1"
            #expect(try await Self.patch(client, path, body).status == 404)
            _ = try await client.put("Observation/o", Self.observation)
            let one = try await Self.patch(client, path, body)
            #expect(one.status == 200 && one.id == "o" && one.versionID == "2")
            let stale = try await Self.patch(client, path, body, headers: [("If-Match", "W/\"1\"")])
            #expect(stale.status == 412)
            let invalid = try await Self.patch(client, path, #"[{"op":"remove","path":"/code"}]"#)
            #expect(invalid.status == 422)
            _ = try await client.post("Observation", Self.observation)
            let several = try await Self.patch(client, path, #"[{"op":"replace","path":"/status","value":"amended"}]"#)
            #expect(several.status == 412 && several.issueCodes == ["several-matches"])
            #expect(try await client.get("Observation/o").versionID == "2")
        }
    }

    @Test("C12: a patch cannot book a time that is taken", .check("C12"))
    func clinicGuards() async throws {
        func appointment(_ id: String, _ start: String, _ end: String) -> String {
            #"{"resourceType":"Appointment","id":"\#(id)","status":"booked","start":"2030-05-06T\#(start):00Z","#
                + #""end":"2030-05-06T\#(end):00Z","participant":[{"actor":{"reference":"Practitioner/p"},"#
                + #""status":"accepted"}]}"#
        }
        try await TestServer.with {
            $0.migrations = ClinicMigrations.all + SchedulingArea.migrations
        } _: { server in
            let client = server.client
            #expect(try await client.put("Appointment/a", appointment("a", "09:00", "09:15")).status == 201)
            #expect(try await client.put("Appointment/b", appointment("b", "10:00", "10:15")).status == 201)
            let taken = try await Self.patch(
                client, "Appointment/b",
                #"{"start":"2030-05-06T09:00:00Z","end":"2030-05-06T09:15:00Z"}"#, as: Self.mergePatch)
            #expect(taken.status == 409 && taken.issueCodes == ["slot-taken"])
            let backwards = try await Self.patch(
                client, "Appointment/b", #"{"status":"proposed"}"#, as: Self.mergePatch)
            #expect(backwards.status == 422 && backwards.isOutcome)
            #expect(try await client.get("Appointment/b").versionID == "1")
            let free = try await Self.patch(
                client, "Appointment/b", #"{"end":"2030-05-06T10:30:00Z"}"#, as: Self.mergePatch)
            #expect(free.status == 200)
        }
    }

    @Test("C13: a batch takes patches as Parameters or Binary", .check("C13", "C39"))
    func batch() async throws {
        try await TestServer.with { server in
            let client = server.client
            _ = try await client.put("Observation/o", Self.observation)
            // [{"op":"replace","path":"/status","value":"final"}]
            let data = "W3sib3AiOiJyZXBsYWNlIiwicGF0aCI6Ii9zdGF0dXMiLCJ2YWx1ZSI6ImZpbmFsIn1d"
            let binary = #"{"resourceType":"Binary","contentType":"\#(Self.jsonPatch)","data":"\#(data)"}"#
            let parameters = Self.fhirPath("delete", "Observation.value")
            let entries = [
                ("Observation/o", binary), ("Observation?identifier=urn:x|1", parameters), ("Observation/x", binary),
            ]
            .map { #"{"request":{"method":"PATCH","url":"\#($0)"},"resource":\#($1)}"# }
            let answer = try await client.post(
                "", #"{"resourceType":"Bundle","type":"batch","entry":[\#(entries.joined(separator: ","))]}"#)
            let statuses = try answer.json["entry"]?.items.compactMap { $0["response"]?["status"]?.string?.prefix(3) }
            #expect(statuses == ["200", "200", "404"])
            let stored = try await client.get("Observation/o").text
            #expect(stored.contains(#""status":"final""#) && !stored.contains("valueQuantity"))
        }
    }
}
