import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// Weekly plans, free times, blocks.
@Suite struct AvailabilityTests {
    typealias Journey = VisitJourney

    /// An opening time of `weekly`.
    private static func open(_ day: String, _ start: String, _ end: String, _ name: String = "weekly") -> String {
        let dayPart = day.isEmpty ? "" : #"{"name":"day","valueCode":"\#(day)"},"#
        return #"{"name":"\#(name)","part":[\#(dayPart){"name":"start","valueTime":"\#(start)"},"#
            + #"{"name":"end","valueTime":"\#(end)"}]}"#
    }

    private static func find(
        _ clinic: Journey, _ from: String, _ to: String, _ more: [String] = []
    ) async throws -> [JSONNode] {
        let answer = try await clinic.client.call(
            "Appointment/$find",
            [Journey.value("start", "DateTime", #""\#(from)""#), Journey.value("end", "DateTime", #""\#(to)""#)] + more)
        #expect(answer.status == 200, "\(answer.text)")
        let bundle = try answer.json
        #expect(bundle["timestamp"] != nil)
        return (bundle["entry"]?.items ?? []).compactMap { $0["resource"] }
    }

    private static func starts(_ proposals: [JSONNode]) -> [String] {
        proposals.compactMap { $0["start"]?.string.map { String($0.prefix(16)) } }
    }

    @Test func plansAreFoundHeldAndBooked() async throws {
        try await Journey.with { clinic in
            try await clinic.put(
                #"{"resourceType":"Schedule","id":"q","actor":[{"reference":"Practitioner/q"}]}"#)
            let set = try await clinic.client.call(
                "Schedule/q/$set-availability",
                [
                    Self.open("mon", "09:00:00", "12:00:00"), Self.open("", "10:00:00", "10:30:00", "breaks"),
                    Journey.value("slotMinutes", "Integer", "30"), Journey.value("buffers", "Integer", "0"),
                ])
            #expect(set.status == 200, "\(set.text)")
            let only = [Journey.reference("practitioner", "Practitioner/q")]
            let free = try await Self.find(clinic, "2030-05-06T00:00:00Z", "2030-05-08T00:00:00Z", only)
            #expect(
                Self.starts(free) == [
                    "2030-05-06T09:00", "2030-05-06T09:30", "2030-05-06T10:30", "2030-05-06T11:00", "2030-05-06T11:30",
                ])
            #expect(free.allSatisfy { $0["status"]?.string == "proposed" && $0["id"] == nil })
            #expect(try await clinic.total("Appointment") == 0)
            let proposal = String(decoding: try #require(free.first).source, as: UTF8.self)
            let held = try await clinic.client.call(
                "Appointment/$hold",
                [Journey.resource("appointment-resource", proposal), Journey.reference("patient", "Patient/a")])
            #expect(held.status == 200, "\(held.text)")
            let taken = try await clinic.client.call(
                "Appointment/$book",
                [
                    Journey.resource("appointment-resource", proposal),
                    Journey.reference("patient-reference", "Patient/b"),
                ])
            #expect(try Journey.refusal(taken) == "409 slot-taken")
            #expect(taken.text.contains("urn:martlet:alternative"))
            let left = try await Self.find(clinic, "2030-05-06T00:00:00Z", "2030-05-08T00:00:00Z", only)
            #expect(Self.starts(left).first == "2030-05-06T09:30")
            // Times when the patient is elsewhere are left out, too.
            let forPatient = try await Self.find(
                clinic, "2030-05-06T00:00:00Z", "2030-05-08T00:00:00Z",
                only + [Journey.reference("patient-reference", "Patient/a")])
            #expect(forPatient.count == 4)
            let late = try await Self.find(
                clinic, "2030-05-06T00:00:00Z", "2030-05-08T00:00:00Z",
                only + [Journey.value("limit", "Integer", "2")])
            #expect(late.count == 2)
        }
    }

    @Test func clocksThatChangeAreFollowed() async throws {
        try await Journey.with { clinic in
            try await clinic.put(
                """
                {"resourceType":"Location","id":"berlin","extension":[
                 {"url":"http://hl7.org/fhir/StructureDefinition/timezone","valueCode":"Europe/Berlin"}]}
                """)
            try await clinic.put(
                """
                {"resourceType":"Schedule","id":"q",
                 "actor":[{"reference":"Practitioner/q"},{"reference":"Location/berlin"}]}
                """)
            let set = try await clinic.client.call(
                "Schedule/q/$set-availability",
                [
                    Self.open("sat", "09:00:00", "10:00:00"), Self.open("sun", "09:00:00", "10:00:00"),
                    Self.open("mon", "01:00:00", "04:00:00"), Journey.value("slotMinutes", "Integer", "60"),
                ])
            #expect(set.status == 200, "\(set.text)")
            // 2030-03-31 is the day of the change: 09:00 is 08:00 UTC on Saturday and 07:00 UTC on Sunday.
            let spring = try await Self.find(
                clinic, "2030-03-30T00:00:00Z", "2030-04-01T00:00:00Z",
                [Journey.reference("schedule", "Schedule/q")])
            #expect(Self.starts(spring) == ["2030-03-30T08:00", "2030-03-31T07:00", "2030-03-31T23:00"])
        }
    }

    @Test func generatedSlotsAreMadeOnce() async throws {
        try await Journey.with { clinic in
            try await clinic.put(
                #"{"resourceType":"Schedule","id":"q","actor":[{"reference":"Practitioner/q"}]}"#)
            _ = try await clinic.client.call(
                "Schedule/q/$set-availability", [Journey.value("preset", "Code", #""morning""#)])
            let days = [Journey.value("from", "Date", #""2030-05-06""#), Journey.value("to", "Date", #""2030-05-08""#)]
            for expected in [16, 0] {
                let made = try await clinic.client.call("Schedule/q/$generate-slots", days)
                #expect(made.status == 200, "\(made.text)")
                let created = try made.json["parameter"]?.items.first { $0["name"]?.string == "created" }
                #expect(created?["valueInteger"]?.integer == expected)
            }
            #expect(try await clinic.total("Slot?schedule=Schedule/q&status=free") == 16)
            let free = try await Self.find(
                clinic, "2030-05-06T00:00:00Z", "2030-05-07T00:00:00Z",
                [Journey.reference("practitioner", "Practitioner/q")])
            #expect(free.count == 8)
            #expect(free.allSatisfy { $0["slot"] != nil })
            let backwards = try await clinic.client.call(
                "Schedule/q/$generate-slots",
                [Journey.value("from", "Date", #""2030-05-06""#), Journey.value("to", "Date", #""2030-05-06""#)])
            #expect(backwards.status == 400)
        }
    }

    @Test func plansKeepWhatIsBooked() async throws {
        try await Journey.with { clinic in
            _ = try await clinic.book(0..<1)
            let plan = [Self.open("mon", "13:00:00", "17:00:00")]
            let refused = try await clinic.client.call("Schedule/sch/$set-availability", plan)
            #expect(try Journey.refusal(refused) == "409 booked-outside-plan")
            let listed = try await clinic.client.call(
                "Schedule/sch/$set-availability", plan + [Journey.value("onConflict", "Code", #""list""#)])
            #expect(listed.status == 200, "\(listed.text)")
            #expect(listed.text.contains(#""conflict""#))
            let overlapping = try await clinic.client.call(
                "Schedule/sch/$set-availability",
                [Self.open("tue", "09:00", "12:00"), Self.open("tue", "11:00", "13:00")])
            #expect(overlapping.status == 422 || overlapping.status == 400)
            try await clinic.put(
                #"{"resourceType":"Schedule","id":"twin","actor":[{"reference":"Practitioner/p"}]}"#)
            let twin = try await clinic.client.call(
                "Schedule/twin/$set-availability", [Self.open("mon", "14:00:00", "15:00:00")])
            #expect(try Journey.refusal(twin) == "409 duplicate")
        }
    }

    @Test func blockedTimeIsNotBooked() async throws {
        try await Journey.with { clinic in
            let period = #"{"start":"\#(Journey.time(0))","end":"\#(Journey.time(4))"}"#
            let block = [Journey.value("period", "Period", period), Journey.value("kind", "Code", #""leave""#)]
            let booked = try await clinic.book(slot: "s0")
            #expect(try Journey.refusal(await clinic.client.call("Schedule/sch/$block", block)) == "409 booked-time")
            let listed = try await clinic.client.call(
                "Schedule/sch/$block", block + [Journey.value("onConflict", "Code", #""list""#)])
            #expect(listed.status == 200, "\(listed.text)")
            #expect(try await clinic.status("Appointment/\(booked)") == "booked")
            #expect(try await clinic.status("Slot/s1") == "busy-unavailable")
            // Through no door.
            let direct = try await clinic.client.post(
                "Appointment", Journey.proposal(2..<3, ["Practitioner/p", "Patient/b"], status: "booked"))
            #expect(try Journey.refusal(direct) == "409 slot-taken")
            let bySlot = try await clinic.client.call(
                "Appointment/$book",
                [Journey.reference("slot", "Slot/s1"), Journey.reference("patient-reference", "Patient/b")])
            #expect(try Journey.refusal(bySlot) == "409 slot-taken")
            let free = try await Self.find(clinic, "2030-05-06T00:00:00Z", "2030-05-07T00:00:00Z")
            #expect(free.isEmpty)

            let unblocked = try await clinic.client.call("Schedule/sch/$unblock", block)
            #expect(unblocked.status == 200, "\(unblocked.text)")
            #expect(try await clinic.status("Slot/s1") == "free")
            _ = try await clinic.book(slot: "s1", patient: "Patient/b")
            let cancelled = try await clinic.client.call(
                "Schedule/sch/$block", block + [Journey.value("onConflict", "Code", #""cancel-and-notify""#)])
            #expect(cancelled.status == 200, "\(cancelled.text)")
            #expect(try await clinic.total("Appointment?status=cancelled") == 2)
            #expect(try await clinic.events("Schedule/sch").filter { $0 == "schedule.blocked" }.count == 2)
        }
    }

    @Test func rangesAndCriteriaAreChecked() async throws {
        try await Journey.with { clinic in
            func find(_ more: [String]) async throws -> String {
                try Journey.refusal(await clinic.client.call("Appointment/$find", more))
            }
            let start = Journey.value("start", "DateTime", #""2030-01-01T00:00:00Z""#)
            #expect(try await find([start]) == "400 invalid-parameter")
            #expect(
                try await find([start, Journey.value("end", "DateTime", #""2031-01-01""#)]) == "400 range-too-long")
            #expect(
                try await find([start, Journey.value("end", "DateTime", #""2029-01-01""#)]) == "400 invalid-parameter")
            let day = [start, Journey.value("end", "DateTime", #""2030-01-02""#)]
            #expect(
                try await find(day + [Journey.value("preferences", "String", #""never""#)]) == "400 invalid-parameter")
            let none = try await Self.find(
                clinic, "2030-05-06T00:00:00Z", "2030-05-07T00:00:00Z",
                [Journey.value("specialty", "String", #""http://snomed.info/sct|394579002""#)])
            #expect(none.isEmpty)
        }
    }
}
