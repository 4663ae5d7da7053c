import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// One visit from registration to its end, as the roles would act.
@Suite struct VisitJourneyTests {
    @Test func registrationToFinish() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            for id in ["hall", "room"] { try await client.store(#"{"resourceType":"Location","id":"\#(id)"}"#) }
            try await client.store(#"{"resourceType":"Practitioner","id":"dr","name":[{"family":"Who"}]}"#)
            // Registration, and arrival.
            let patient =
                #"""
                {"resourceType":"Patient","name":[{"family":"Doe","given":["Jane"]}],
                 "birthDate":"1970-01-01","gender":"female"}
                """#
            let registered = try await client.call(
                "Patient/$register", [Visits.parameter("patient", resource: patient)])
            let id = try #require(registered.id(of: "patient"))
            let arrival = Visits.waiting("visit", patient: id, arrived: "2026-01-01T09:00:00Z")
            try await client.store(arrival)
            // The nurse.
            let triaged = try await client.call("Encounter/visit/$triage", [Visits.parameter("level", code: "3")])
            #expect(triaged.status == 200, "\(triaged.text)")
            // The room.
            let doctor = Visits.parameter("practitioner", reference: "Practitioner/dr")
            let called = try await client.call(
                "Encounter/$call-next",
                [
                    Visits.parameter("location", reference: "Location/hall"),
                    Visits.parameter("room", reference: "Location/room"), doctor,
                ])
            #expect(called.content?["id"]?.string == "visit", "\(called.text)")
            let started = try await client.call(
                "Encounter/$start", [Visits.parameter("patient", reference: "Patient/\(id)"), doctor])
            #expect(started.content?["id"]?.string == "visit", "\(started.text)")
            let vitals = try await client.call(
                "Observation/$record-vitals",
                [
                    Visits.parameter("patient", reference: "Patient/\(id)"),
                    Visits.parameter("encounter", reference: "Encounter/visit"),
                    #"""
                    {"name":"readings","part":[{"name":"code","valueString":"8867-4"},{"name":"value",
                     "valueQuantity":{"value":72,"code":"/min"}}]}
                    """#,
                ])
            #expect(vitals.content?["entry"]?.count == 1, "\(vitals.text)")
            // The note.
            let note = Visits.note("note", "preliminary", encounter: "visit").replacing(
                "Patient/p", with: "Patient/\(id)")
            try await client.store(note)
            #expect(try await client.call("Encounter/visit/$finish").refusal == "422 unsigned-note")
            #expect(try await client.call("Composition/note/$sign").status == 200)
            let finished = try await client.call(
                "Encounter/visit/$finish", [Visits.parameter("disposition", code: "home")])
            #expect(finished.content?["status"]?.string == "finished", "\(finished.text)")
            let history = (finished.content?["statusHistory"]?.items ?? []).compactMap { $0["status"]?.string }
            #expect(history == ["arrived", "triaged", "in-progress"])
            // What is left of it.
            let timeline = try await client.get("Patient/\(id)/$timeline")
            let types = (timeline.content?["entry"]?.items ?? []).compactMap { $0["resource"]?["resourceType"]?.string }
            #expect(Set(types) == ["Observation", "Composition", "Encounter"], "\(timeline.text)")
            let journey = try await client.get("Patient/\(id)/$journey")
            #expect(journey.parameter("active") == nil, "\(journey.text)")
            for event in [
                "patient.created", "triage.done", "queue.called", "encounter.started", "vitals.recorded", "note.signed",
                "encounter.finished",
            ] {
                #expect(
                    try await server.count("SELECT count(*) FROM clinic_event WHERE name = '\(event)'") == 1, "\(event)"
                )
            }
        }
    }
}
