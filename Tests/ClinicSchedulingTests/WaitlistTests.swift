import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// The waitlist: an entry has one offer at a time, an offer holds one time.
@Suite struct WaitlistTests {
    typealias Journey = VisitJourney

    private static func join(
        _ clinic: Journey, _ patient: String, _ priority: String = "routine"
    ) async throws -> String {
        let answer = try await clinic.client.call(
            "Appointment/$waitlist-join",
            [
                Journey.reference("patient", patient), Journey.reference("practitioner", "Practitioner/p"),
                Journey.value("window", "Period", #"{"start":"2030-05-01","end":"2030-05-31"}"#),
                Journey.value("days", "Code", #""mon""#), Journey.value("priority", "Code", #""\#(priority)""#),
            ])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try answer.json["status"]?.string == "waitlist")
        return try answer.json["id"]?.string ?? ""
    }

    @Test func offersAreAccepted() async throws {
        try await Journey.with { clinic in
            let entry = try await Self.join(clinic, "Patient/a")
            let slot = Journey.reference("slot", "Slot/s0")
            let offered = try await clinic.client.call(
                "Appointment/$waitlist-offer", [Journey.reference("entry", "Appointment/\(entry)"), slot])
            #expect(offered.status == 200, "\(offered.text)")
            let offer = try offered.json["id"]?.string ?? ""
            #expect(try offered.json["status"]?.string == "pending")
            let second = try await clinic.client.call(
                "Appointment/$waitlist-offer",
                [Journey.reference("entry", "Appointment/\(entry)"), Journey.reference("slot", "Slot/s1")])
            #expect(try Journey.refusal(second) == "409 duplicate")
            #expect(try await clinic.status("Slot/s1") == "free")
            #expect(
                try Journey.refusal(
                    await clinic.client.call(
                        "Appointment/$book", [slot, Journey.reference("patient-reference", "Patient/b")])
                ) == "409 slot-taken")
            let accept = [Journey.reference("offer", "Appointment/\(offer)")]
            let accepted = try await clinic.client.call("Appointment/$waitlist-accept", accept)
            #expect(accepted.status == 200, "\(accepted.text)")
            #expect(try accepted.json["id"]?.string == entry)
            #expect(try accepted.json["status"]?.string == "booked")
            #expect(try accepted.json["start"]?.string == Journey.time(0))
            #expect(try await clinic.status("Slot/s0") == "busy")
            #expect(
                try Journey.refusal(await clinic.client.call("Appointment/$waitlist-accept", accept))
                    == "409 offer-expired")
            #expect(try await clinic.events("Appointment/\(entry)") == ["appointment.requested", "appointment.booked"])
        }
    }

    @Test func theMostUrgentIsOfferedFirstAndOffersExpire() async throws {
        try await Journey.with { clinic in
            _ = try await Self.join(clinic, "Patient/a")
            let urgent = try await Self.join(clinic, "Patient/b", "urgent")
            let slot = Journey.reference("slot", "Slot/s0")
            let offered = try await clinic.client.call("Appointment/$waitlist-offer", [slot])
            #expect(offered.status == 200, "\(offered.text)")
            let offer = try offered.json["id"]?.string ?? ""
            #expect(offered.text.contains("Appointment/\(urgent)"))
            try await clinic.lapseOffer(offer, of: urgent)
            let late = try await clinic.client.call(
                "Appointment/$waitlist-accept", [Journey.reference("offer", "Appointment/\(offer)")])
            #expect(try Journey.refusal(late) == "409 offer-expired")
            #expect(try await clinic.status("Appointment/\(urgent)") == "waitlist")
            // The time is free again, for the same or anybody else.
            #expect(try await clinic.client.call("Appointment/$waitlist-offer", [slot]).status == 200)
        }
    }

    @Test func oneTimeIsOfferedToOne() async throws {
        try await Journey.with { clinic in
            var entries: [String] = []
            for number in 0..<16 {
                try await clinic.put(#"{"resourceType":"Patient","id":"w\#(number)"}"#)
                entries.append(try await Self.join(clinic, "Patient/w\(number)"))
            }
            let all = entries
            let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                for entry in all {
                    group.addTask {
                        try await clinic.client.call(
                            "Appointment/$waitlist-offer",
                            [Journey.reference("entry", "Appointment/\(entry)"), Journey.reference("slot", "Slot/s0")]
                        ).status
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(answers == [200: 1, 409: 15])
        }
    }

    @Test func badRequestsAreRefused() async throws {
        try await Journey.with { clinic in
            func call(_ name: String, _ parameters: [String]) async throws -> String {
                try Journey.refusal(await clinic.client.call("Appointment/$\(name)", parameters))
            }
            #expect(
                try await call("waitlist-join", [Journey.reference("patient", "Patient/a")]) == "400 invalid-parameter")
            #expect(
                try await call(
                    "waitlist-join",
                    [Journey.reference("patient", "Patient/none"), Journey.reference("practitioner", "Practitioner/p")])
                    == "422 unknown-reference")
            #expect(try await call("waitlist-offer", []) == "400 invalid-parameter")
            #expect(try await call("waitlist-offer", [Journey.reference("slot", "Slot/s0")]) == "422 nobody-waiting")
            let booked = try await clinic.book(slot: "s1")
            #expect(
                try await call("waitlist-accept", [Journey.reference("offer", "Appointment/\(booked)")])
                    == "400 invalid-parameter")
        }
    }
}

extension VisitJourney {
    /// Puts an offer's end into the past, as time would.
    func lapseOffer(_ id: String, of entry: String) async throws {
        try await script(
            """
            SET LOCAL session_replication_role = replica;
            UPDATE appointment SET content = jsonb_set(content, '{extension}', jsonb_build_array(
              '{"url": "urn:martlet:appointment-expires", "valueDateTime": "2020-01-01T00:00:00Z"}'::jsonb,
              '{"url": "urn:martlet:waitlist-entry", "valueReference": {"reference": "Appointment/\(entry)"}}'::jsonb))
              WHERE id = '\(id)';
            UPDATE appointment_busy SET expires = clock_timestamp() - interval '1 second' WHERE appointment = '\(id)';
            """)
    }
}
