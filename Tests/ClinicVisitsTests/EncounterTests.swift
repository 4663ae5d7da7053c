import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// `Encounter/$start` and `$finish`.
@Suite struct EncounterTests {
    private static let patient = Visits.parameter("patient", reference: "Patient/p")
    private static let doctor = Visits.parameter("practitioner", reference: "Practitioner/dr")

    private func people(_ client: TestClient) async throws {
        try await client.store(Visits.patient("p"))
        for id in ["dr", "other"] { try await client.store(#"{"resourceType":"Practitioner","id":"\#(id)"}"#) }
        try await client.store(
            #"""
            {"resourceType":"HealthcareService","id":"s","type":[{"text":"dental"}],
             "providedBy":{"reference":"Organization/o"}}
            """#
        )
    }

    private static func appointment(_ id: String, _ status: String) -> String {
        """
        {"resourceType":"Appointment","id":"\(id)","status":"\(status)","start":"2031-01-01T09:00:00Z",
         "end":"2031-01-01T09:15:00Z",
         "participant":[{"actor":{"reference":"Patient/p"},"status":"accepted"},
          {"actor":{"reference":"Practitioner/dr"},"status":"accepted"}]}
        """
    }

    @Test func refusals() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await people(client)
            try await client.store(Self.appointment("cancelled", "cancelled"))
            let cases: [([String], String)] = [
                ([], "400 invalid-parameter"),
                ([Visits.parameter("patient", reference: "Patient/none")], "422 unknown-reference"),
                (
                    [Self.patient, Visits.parameter("practitioner", reference: "Practitioner/none")],
                    "422 unknown-reference"
                ),
                (
                    [Self.patient, Visits.parameter("service", reference: "HealthcareService/none")],
                    "422 unknown-reference"
                ),
                ([Self.patient, Visits.parameter("class", code: "XX")], "400 invalid-parameter"),
                ([Visits.parameter("appointment", reference: "Appointment/none")], "422 unknown-reference"),
                ([Visits.parameter("appointment", reference: "Appointment/cancelled")], "422 illegal-transition"),
                (
                    [Visits.parameter("appointment", reference: "Appointment/cancelled"), Self.patient],
                    "400 invalid-parameter"
                ),
            ]
            for (parameters, expected) in cases {
                let response = try await client.call("Encounter/$start", parameters)
                #expect(response.refusal == expected, "\(response.text)")
            }
            #expect(try await server.count("SELECT count(*) FROM encounter") == 0)
        }
    }

    @Test func aVisitOfAServiceBeginsAndEnds() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await people(client)
            let started = try await client.call(
                "Encounter/$start",
                [
                    Self.patient, Self.doctor, Visits.parameter("service", reference: "HealthcareService/s"),
                    Visits.parameter("class", code: "AMB"),
                ], key: "k")
            #expect(started.content?["status"]?.string == "in-progress", "\(started.text)")
            #expect(started.content?["serviceType"]?["text"]?.string == "dental")
            let id = try #require(started.content?["id"]?.string)
            try await client.store(Visits.note("n", "preliminary", encounter: id))
            let force = Visits.parameter("force", bool: true)
            #expect(try await client.call("Encounter/\(id)/$finish").refusal == "422 unsigned-note")
            #expect(
                try await client.call(
                    "Encounter/\(id)/$finish", [Visits.parameter("disposition", code: "moon"), force]
                ).refusal
                    == "422 unknown-code")
            #expect(try await client.call("Composition/n/$sign").status == 200)
            let task = #"{"resourceType":"Task","status":"requested","intent":"order","description":"call back"}"#
            let finished = try await client.call(
                "Encounter/\(id)/$finish",
                [
                    Visits.parameter("disposition", code: "home"), Visits.parameter("dueTask", resource: task),
                    Visits.parameter("dueTask", string: "control in a week"),
                ], key: "f")
            #expect(finished.content?["status"]?.string == "finished", "\(finished.text)")
            #expect(finished.content?["period"]?["end"] != nil)
            let disposition = finished.content?["hospitalization"]?["dischargeDisposition"]?["coding"]?.items.first
            #expect(disposition?["code"]?.string == "home")
            #expect(try await client.get("Task?encounter=Encounter/\(id)").content?["entry"]?.count == 2)
            let again = try await client.call("Encounter/\(id)/$finish", [force])
            #expect(again.refusal == "422 illegal-transition")
        }
    }

    @Test func withoutANoteItTakesAReasonOrForce() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await people(client)
            for more in [Visits.parameter("reason", string: "left"), Visits.parameter("force", bool: true)] {
                let id = try #require(
                    try await client.call("Encounter/$start", [Self.patient, Self.doctor]).content?["id"]?.string)
                #expect(try await client.call("Encounter/\(id)/$finish").refusal == "422 unsigned-note")
                #expect(try await client.call("Encounter/\(id)/$finish", [more]).status == 200)
            }
            try await client.store(Visits.waiting("w", patient: "p", arrived: "2026-01-01T09:00:00Z"))
            let waiting = try await client.call("Encounter/w/$finish", [Visits.parameter("force", bool: true)])
            #expect(waiting.refusal == "422 illegal-transition")
        }
    }

    @Test func anAppointmentsVisitIsOne() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await people(client)
            try await client.store(Self.appointment("a", "checked-in"))
            try await client.store(
                Visits.waiting(
                    "e", patient: "p", arrived: "2026-01-01T09:00:00Z",
                    extra: #","appointment":[{"reference":"Appointment/a"}]"#))
            let appointment = Visits.parameter("appointment", reference: "Appointment/a")
            let started = try await client.call("Encounter/$start", [appointment], key: "k")
            #expect(started.content?["id"]?.string == "e", "\(started.text)")
            let participant = started.content?["participant"]?.items.first
            #expect(participant?["individual"]?["reference"]?.string == "Practitioner/dr")
            #expect(started.content?["statusHistory"]?.items.first?["status"]?.string == "arrived")
            #expect(try await client.call("Encounter/$start", [appointment]).refusal == "409 visit-in-progress")
            #expect(try await client.call("Encounter/$start", [appointment], key: "k").text == started.text)
            #expect(try await server.count("SELECT count(*) FROM encounter") == 1)
        }
    }

    @Test func oneVisitInProgressOfPatientAndPractitioner() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await people(client)
            let outcomes = await withTaskGroup(of: Int.self) { group in
                for number in 0..<48 {
                    group.addTask {
                        let visit = """
                            {"resourceType":"Encounter","id":"x\(number)","status":"in-progress","class":{"code":"AMB"},
                             "subject":{"reference":"Patient/p"},
                             "participant":[{"individual":{"reference":"Practitioner/dr"}}]}
                            """
                        switch number % 3 {
                        case 0:
                            return (try? await client.call("Encounter/$start", [Self.patient, Self.doctor]))?.status
                                ?? 0
                        case 1: return (try? await client.put("Encounter/x\(number)", visit))?.status ?? 0
                        default:
                            let bundle = """
                                {"resourceType":"Bundle","type":"transaction","entry":[{"resource":\(visit),
                                 "request":{"method":"PUT","url":"Encounter/x\(number)"}}]}
                                """
                            return (try? await client.post("", bundle))?.status ?? 0
                        }
                    }
                }
                return await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes[409] == 47, "\(outcomes)")
            #expect(
                try await server.count("SELECT count(*) FROM encounter WHERE content->>'status' = 'in-progress'") == 1)
            let other = try await client.call(
                "Encounter/$start", [Self.patient, Visits.parameter("practitioner", reference: "Practitioner/other")])
            #expect(other.status == 200)
        }
    }
}
