import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// What happens to appointments from outside, as the roles would act: each says who it is.
@Suite struct AppointmentJourneyTests {
    typealias Journey = VisitJourney

    /// Calls an operation as somebody; the answer, which has to be good.
    private static func call(
        _ clinic: Journey, as actor: String, _ path: String, _ parameters: [String] = []
    ) async throws -> JSONNode {
        let answer = try await clinic.client.call(path, parameters, headers: [("X-Martlet-Actor", actor)])
        #expect(answer.status == 200, "\(path): \(answer.text)")
        return try answer.json
    }

    private static func refusal(
        _ clinic: Journey, as actor: String, _ path: String, _ parameters: [String] = []
    ) async throws -> String {
        try Journey.refusal(
            await clinic.client.call(path, parameters, headers: [("X-Martlet-Actor", actor)]))
    }

    private static let desk = "Practitioner/desk"
    private static let doctor = "Practitioner/p"
    private static let patient = "Patient/a"

    @Test func movedMissedAndBookedAgain() async throws {
        try await Journey.with { clinic in
            try await clinic.put(#"{"resourceType":"Practitioner","id":"desk"}"#)
            try await clinic.put(ReminderTests.patient("a"))
            // The doctor opens a week, the patient finds a time and books it.
            _ = try await Self.call(
                clinic, as: Self.doctor, "Schedule/sch/$set-availability",
                [
                    Journey.value("preset", "Code", #""morning""#), Journey.value("slotMinutes", "Integer", "30"),
                    Journey.value("period", "Period", #"{"start":"2031-03-03","end":"2031-03-07"}"#),
                ])
            let found = try await Self.call(
                clinic, as: Self.patient, "Appointment/$find",
                [
                    Journey.value("start", "DateTime", #""2031-03-03T00:00:00Z""#),
                    Journey.value("end", "DateTime", #""2031-03-08T00:00:00Z""#),
                    Journey.reference("practitioner", Self.doctor),
                ])
            let proposals = (found["entry"]?.items ?? []).compactMap { $0["resource"] }
            #expect(proposals.count > 10)
            let first = String(decoding: proposals[0].source, as: UTF8.self)
            let booked = try await Self.call(
                clinic, as: Self.patient, "Appointment/$book",
                [
                    Journey.resource("appointment-resource", first),
                    Journey.reference("patient-reference", Self.patient),
                    Journey.value("reason", "CodeableConcept", #"{"text":"cough"}"#),
                ])
            let id = try #require(booked["entry"]?.items.first?["resource"]?["id"]?.string)
            let path = "Appointment/\(id)"
            // The patient moves it to the last time of the week; the first is free again.
            let last = try #require(proposals.last)
            let start = last["start"]?.string ?? ""
            let moved = try await Self.call(
                clinic, as: Self.patient, "\(path)/$reschedule",
                [
                    Journey.value("start", "DateTime", #""\#(start)""#), Journey.value("by", "Code", #""patient""#),
                    Journey.value("reason", "String", #""ill""#),
                ])
            #expect(moved["status"]?.string == "booked" && moved["start"]?.string?.prefix(16) == start.prefix(16))
            let again = try await Self.call(
                clinic, as: Self.desk, "Appointment/$book",
                [
                    Journey.resource("appointment-resource", first),
                    Journey.reference("patient-reference", "Patient/b"),
                ])
            let taken = again["entry"]?.items.first?["resource"]?["start"]?.string ?? ""
            #expect(
                try await Self.refusal(
                    clinic, as: Self.patient, "\(path)/$reschedule",
                    [Journey.value("start", "DateTime", #""\#(taken)""#)]
                ) == "409 slot-taken")
            let history = try await clinic.client.get("\(path)/_history").json["total"]?.integer
            #expect(history == 2)
            try await clinic.planReminders()
            try await clinic.planNotices()
            let reminders = try await clinic.found("CommunicationRequest?status=active&recipient=\(Self.patient)")
            #expect(reminders.count == 4)
            #expect(reminders.allSatisfy { ($0["occurrenceDateTime"]?.string ?? "") >= "2031-03-06" })
            // Nobody came. What the patient cannot do, the desk can; and the supervisor takes it back once.
            let missed = try await Self.call(
                clinic, as: Self.desk, "\(path)/$no-show",
                [Journey.value("reason", "CodeableConcept", #"{"text":"did not come"}"#)])
            #expect(missed["status"]?.string == "noshow")
            #expect(try await Self.refusal(clinic, as: Self.desk, "\(path)/$check-in") == "422 illegal-transition")
            #expect(try await Self.call(clinic, as: Self.desk, "\(path)/$reset")["status"]?.string == "booked")
            _ = try await Self.call(clinic, as: Self.desk, "\(path)/$no-show")
            try await clinic.planReminders()
            #expect(try await clinic.total("CommunicationRequest?status=active&recipient=\(Self.patient)") == 0)
            // After two that were missed the next is paid first.
            try await clinic.setting("appointment.prepay-after-no-shows", "1")
            #expect(
                try await Self.refusal(
                    clinic, as: Self.patient, "Appointment/$book",
                    [Journey.reference("slot", "Slot/s0"), Journey.reference("patient-reference", Self.patient)]
                ) == "422 payment-needed")
            try await clinic.planNotices()
            let events = try await clinic.events(path)
            let told = ["booked", "rescheduled", "noshow"].map { "appointment." + $0 }
            #expect(told.allSatisfy { events.contains($0) })
            // Told of the booking, the move and each time that it was missed; the taking back is a booking again.
            let topics = try await clinic.found("Communication?recipient=\(Self.patient)").compactMap {
                $0["topic"]?["coding"]?.items.first?["code"]?.string
            }
            #expect(Set(topics).isSuperset(of: told))
        }
    }

    @Test func fromTheWaitlistToTheVisit() async throws {
        try await Journey.with { clinic in
            try await clinic.put(#"{"resourceType":"Practitioner","id":"desk"}"#)
            let held = try await clinic.book(slot: "s0", patient: "Patient/b")
            for number in 1..<4 { _ = try await clinic.book(slot: "s\(number)", patient: "Patient/b") }
            // Nothing is free: the patient waits.
            #expect(
                try await Self.refusal(
                    clinic, as: Self.patient, "Appointment/$book",
                    [Journey.reference("slot", "Slot/s0"), Journey.reference("patient-reference", Self.patient)]
                ) == "409 slot-taken")
            let entry = try await Self.call(
                clinic, as: Self.patient, "Appointment/$waitlist-join",
                [
                    Journey.reference("patient", Self.patient), Journey.reference("practitioner", Self.doctor),
                    Journey.value("window", "Period", #"{"start":"2030-05-01","end":"2030-05-31"}"#),
                ])
            let waiting = entry["id"]?.string ?? ""
            // Somebody cancels; the desk offers the time, which nobody else can take meanwhile.
            _ = try await Self.call(
                clinic, as: "Patient/b", "Appointment/\(held)/$cancel", [Journey.value("by", "Code", #""patient""#)])
            let offer = try await Self.call(
                clinic, as: Self.desk, "Appointment/$waitlist-offer", [Journey.reference("slot", "Slot/s0")])
            try await clinic.planNotices()
            #expect(
                try await clinic.found("Communication?recipient=\(Self.patient)").contains {
                    $0["topic"]?["coding"]?.items.first?["code"]?.string == "appointment.offered"
                })
            #expect(
                try await Self.refusal(
                    clinic, as: "Patient/b", "Appointment/$book",
                    [Journey.reference("slot", "Slot/s0"), Journey.reference("patient-reference", "Patient/b")]
                ) == "409 slot-taken")
            let accepted = try await Self.call(
                clinic, as: Self.patient, "Appointment/$waitlist-accept",
                [Journey.reference("offer", "Appointment/\(offer["id"]?.string ?? "")")])
            #expect(accepted["id"]?.string == waiting && accepted["status"]?.string == "booked")
            // The visit itself.
            _ = try await Self.call(clinic, as: Self.desk, "Appointment/\(waiting)/$check-in")
            let visits = try await clinic.found("Encounter?appointment=Appointment/\(waiting)")
            #expect(visits.map { $0["status"]?.string } == ["arrived"])
            _ = try await Self.call(
                clinic, as: Self.doctor, "Encounter/$start",
                [Journey.reference("appointment", "Appointment/\(waiting)")])
            _ = try await Self.call(clinic, as: Self.doctor, "Appointment/\(waiting)/$complete")
            #expect(try await clinic.status("Appointment/\(waiting)") == "fulfilled")
            #expect(
                try await clinic.found("Encounter?appointment=Appointment/\(waiting)").map { $0["status"]?.string }
                    == ["finished"])
        }
    }
}
