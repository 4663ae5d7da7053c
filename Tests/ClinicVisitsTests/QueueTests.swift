import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// `Encounter/[id]/$triage` and `Encounter/$call-next`: who waits, and who is next.
@Suite struct QueueTests {
    private static func people(_ client: TestClient) async throws {
        for id in ["hall", "room", "elsewhere"] {
            try await client.store(#"{"resourceType":"Location","id":"\#(id)"}"#)
        }
        try await client.store(#"{"resourceType":"Practitioner","id":"dr"}"#)
    }

    private static let hall = Visits.parameter("location", reference: "Location/hall")

    @Test func refusals() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await Self.people(client)
            try await client.store(Visits.patient("p"))
            try await client.store(Visits.waiting("e", patient: "p", arrived: "2026-01-01T09:00:00Z"))
            #expect(try await client.call("Encounter/$call-next").status == 400)
            let nowhere = try await client.call(
                "Encounter/$call-next", [Visits.parameter("location", reference: "Location/no")])
            #expect(nowhere.refusal == "422 unknown-reference")
            #expect(try await client.call("Encounter/e/$triage").status == 400)
            for level in ["0", "6", "high", ""] {
                let response = try await client.call("Encounter/e/$triage", [Visits.parameter("level", string: level)])
                #expect(response.status == 422 || level.isEmpty && response.status == 400, "\(level) \(response.text)")
            }
            let impossible = """
                {"resourceType":"Observation","status":"final",
                 "code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},
                 "valueQuantity":{"value":4000,"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"}}
                """
            let hard = try await client.call(
                "Encounter/e/$triage",
                [Visits.parameter("level", code: "2"), Visits.parameter("vitals", resource: impossible)])
            #expect(hard.refusal == "422 hard-limit")
            #expect(
                try await client.call("Encounter/none/$triage", [Visits.parameter("level", code: "2")]).status == 404)
            let stale = try await client.call(
                "Encounter/e/$triage", [Visits.parameter("level", code: "2")], headers: [("If-Match", "W/\"9\"")])
            #expect(stale.status == 412)
            #expect(try await client.get("Encounter/e").content?["meta"]?["versionId"]?.string == "1")
        }
    }

    @Test func levelThenArrivalDecides() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await Self.people(client)
            let arrivals = ["a": "09:00", "b": "09:10", "c": "09:20", "d": "09:30", "x": "08:00"]
            for (id, time) in arrivals {
                try await client.store(Visits.patient(id))
                try await client.store(
                    Visits.waiting(
                        "e-\(id)", patient: id, arrived: "2026-01-01T\(time):00Z",
                        place: id == "x" ? "elsewhere" : "hall"))
            }
            for (id, level) in [("b", "4"), ("c", "ESI-2"), ("d", "2")] {
                let vital = """
                    {"resourceType":"Observation","status":"final",
                     "code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},
                     "valueQuantity":{"value":88,"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"}}
                    """
                let triaged = try await client.call(
                    "Encounter/e-\(id)/$triage",
                    [
                        Visits.parameter("level", code: level), Visits.parameter("note", string: "pale"),
                        Visits.parameter("vitals", resource: vital),
                    ], key: "t-\(id)")
                #expect(triaged.content?["status"]?.string == "triaged", "\(triaged.text)")
            }
            let vitals = try await client.get("Observation?encounter=Encounter/e-c&patient=c")
            #expect(vitals.content?["entry"]?.count == 1)
            var order: [String] = []
            for number in 0..<5 {
                let called = try await client.call(
                    "Encounter/$call-next",
                    [
                        Self.hall, Visits.parameter("room", reference: "Location/room"),
                        Visits.parameter("practitioner", reference: "Practitioner/dr"),
                    ], key: "call-\(number)")
                #expect(called.status == 200, "\(called.text)")
                if let id = called.content?["id"]?.string {
                    order.append(id)
                    #expect(called.content?["status"]?.string == "in-progress")
                    let place = called.content?["location"]?.items.last?["location"]
                    #expect(place?["reference"]?.string == "Location/room")
                }
            }
            // Untriaged come last; nobody is left for the fifth call.
            #expect(order == ["e-c", "e-d", "e-b", "e-a"])
            let again = try await client.call(
                "Encounter/$call-next",
                [
                    Self.hall, Visits.parameter("room", reference: "Location/room"),
                    Visits.parameter("practitioner", reference: "Practitioner/dr"),
                ], key: "call-0")
            #expect(again.content?["id"]?.string == "e-c")
            let late = try await client.call("Encounter/e-a/$triage", [Visits.parameter("level", code: "1")])
            #expect(late.refusal == "422 illegal-transition")
            // Whoever was called is started once.
            let start = [
                Visits.parameter("patient", reference: "Patient/c"),
                Visits.parameter("practitioner", reference: "Practitioner/dr"),
            ]
            let started = try await client.call("Encounter/$start", start)
            #expect(started.content?["id"]?.string == "e-c", "\(started.text)")
            #expect(try await client.call("Encounter/$start", start).refusal == "409 visit-in-progress")
        }
    }

    @Test func manyRoomsNeverCallOnePatientTwice() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await Self.people(client)
            // Forty patients, some of whom wait twice.
            for number in 0..<40 {
                try await client.store(Visits.patient("p\(number)"))
                let minute = 10 + number
                try await client.store(
                    Visits.waiting("e\(number)", patient: "p\(number)", arrived: "2026-01-01T09:\(minute):00Z"))
                if number < 8 {
                    try await client.store(
                        Visits.waiting("f\(number)", patient: "p\(number)", arrived: "2026-01-01T10:\(minute):00Z"))
                }
            }
            let called = await withTaskGroup(of: String.self) { group in
                for _ in 0..<64 {
                    group.addTask {
                        let response = try? await client.call("Encounter/$call-next", [Self.hall])
                        guard response?.status == 200 else { return "failed" }
                        return response?.content?["subject"]?["reference"]?.string ?? "nobody"
                    }
                }
                return await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(called["failed"] == nil)
            #expect(called["nobody"] == 24, "\(called)")
            #expect(called.count == 41 && called.filter { $0.key != "nobody" }.allSatisfy { $0.value == 1 })
            #expect(try await server.count("SELECT count(*) FROM encounter_queue") == 8)
        }
    }

    @Test func plainWritesKeepTheQueue() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await Self.people(client)
            try await client.store(Visits.patient("p"))
            try await client.store(Visits.waiting("e", patient: "p", arrived: "2026-01-01T09:00:00Z"))
            #expect(try await server.count("SELECT count(*) FROM encounter_queue") == 1)
            try await client.store(
                Visits.waiting("e", patient: "p", arrived: "2026-01-01T09:00:00Z").replacing(
                    "\"arrived\"", with: "\"cancelled\""))
            #expect(try await server.count("SELECT count(*) FROM encounter_queue") == 0)
            let empty = try await client.call("Encounter/$call-next", [Self.hall])
            #expect(empty.content?["resourceType"]?.string == "Parameters")
            // Odd content is stored and waits nowhere.
            try await client.store(
                #"""
                {"resourceType":"Encounter","id":"odd","status":"arrived","class":{"code":"AMB"},
                 "priority":{"coding":[{"system":"urn:martlet:codesystem:triage-level","code":"x"}]}}
                """#
            )
        }
    }
}
