import Clinic
import ClinicTesting
import FHIRServerTesting
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

@testable import ClinicScheduling

/// Reminders: planned once, moved and revoked with the appointment, sent at most once and tried at least once.
@Suite struct ReminderTests {
    typealias Journey = VisitJourney

    static func patient(_ id: String, _ more: String = "") -> String {
        #"{"resourceType":"Patient","id":"\#(id)",\#(more)"telecom":[{"system":"email","value":"\#(id)@example.org"},"#
            + #"{"system":"sms","value":"+49301234\#(id.count)"}]}"#
    }

    /// Planned reminders of an appointment that stand.
    private static func standing(_ clinic: Journey, _ id: String) async throws -> [JSONNode] {
        let result = try await clinic.rows(
            """
            SELECT c.content::text FROM communicationrequest c
            WHERE c.content #>> '{about,0,reference}' = 'Appointment/\(id)' AND c.content ->> 'status' = 'active'
            ORDER BY c.content ->> 'occurrenceDateTime', c.content #>> '{medium,0,coding,0,code}'
            """)
        return try result.map { JSONNode(try Document.parse(Array($0.utf8))) }
    }

    @Test func remindersFollowTheAppointment() async throws {
        try await Journey.with { clinic in
            try await clinic.put(Self.patient("a"))
            let id = try await clinic.book(slot: "s0")
            for _ in 0..<2 { try await clinic.planReminders() }
            // Two times ahead by two channels; 07:00 is a quiet hour, so that one comes at eight.
            let planned = try await Self.standing(clinic, id)
            let times = planned.compactMap { $0["occurrenceDateTime"]?.string?.prefix(16) }
            #expect(times == ["2030-05-05T09:00", "2030-05-05T09:00", "2030-05-06T08:00", "2030-05-06T08:00"])
            #expect(
                planned.allSatisfy {
                    $0["payload"]?.items.first?["contentString"]?.string?.contains("2030-05-06") == true
                })

            _ = try await clinic.client.call(
                "Appointment/\(id)/$reschedule", [Journey.value("start", "DateTime", #""2030-05-07T15:00:00Z""#)])
            try await clinic.planReminders()
            let moved = try await Self.standing(clinic, id).compactMap { $0["occurrenceDateTime"]?.string?.prefix(16) }
            #expect(moved == ["2030-05-06T15:00", "2030-05-06T15:00", "2030-05-07T13:00", "2030-05-07T13:00"])

            let own = try await clinic.client.call(
                "Appointment/\(id)/$schedule-reminders",
                [
                    Journey.value("offsets", "Duration", #"{"value":3,"unit":"h","code":"h"}"#),
                    Journey.value("channels", "Code", #""email""#),
                ])
            #expect(own.status == 200, "\(own.text)")
            #expect(try own.json["entry"]?.count == 1)
            #expect(try await Self.standing(clinic, id).count == 1)
            _ = try await clinic.client.call("Appointment/\(id)/$cancel")
            try await clinic.planReminders()
            #expect(try await Self.standing(clinic, id).isEmpty)
            let wrong = try await clinic.client.call(
                "Appointment/\(id)/$schedule-reminders", [Journey.value("channels", "Code", #""pigeon""#)])
            #expect(wrong.status == 400 || wrong.status == 422)
        }
    }

    @Test func plainWritesAreHeardAndSomeAreNotReminded() async throws {
        try await Journey.with { clinic in
            try await clinic.put(Self.patient("a"))
            try await clinic.put(Self.patient("dead", #""deceasedBoolean":true,"#))
            try await clinic.put(
                Self.patient("quiet", #""extension":[{"url":"urn:martlet:no-reminders","valueBoolean":true}],"#))
            for (position, patient) in ["a", "dead", "quiet", "b"].enumerated() {
                try await clinic.put(
                    Journey.proposal(
                        position..<position + 1, ["Practitioner/p", "Patient/\(patient)"], status: "booked",
                        id: "r-\(patient)"))
            }
            try await clinic.planReminders()
            #expect(try await Self.standing(clinic, "r-a").count == 4)
            for patient in ["dead", "quiet", "b"] {
                #expect(try await Self.standing(clinic, "r-\(patient)").isEmpty)
            }
        }
    }

    @Test func eachIsSentOnceHoweverManySend() async throws {
        try await Journey.with { clinic in
            for number in 0..<24 {
                try await clinic.put(Self.patient("p\(number)"))
                try await clinic.put(
                    Journey.proposal(
                        number..<number + 1, ["Patient/p\(number)"], status: "booked", id: "r\(number)"))
            }
            try await clinic.planReminders()
            try await clinic.script("UPDATE appointment_reminder SET due = now() - interval '1 minute'")
            let sink = MessageSink(failures: 3)
            let delivery = MessageDelivery(carriers: ["email": sink, "sms": sink])
            for _ in 0..<4 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<4 {
                        group.addTask { while try await delivery.run(clinic.server.store) > 0 {} }
                    }
                    try await group.waitForAll()
                }
                try await clinic.script(
                    "UPDATE appointment_reminder SET due = now() - interval '1 minute' WHERE state = 'planned'")
            }
            // Two times and two channels each.
            #expect(sink.keys.count == 96)
            #expect(Set(sink.keys).count == 96)
            #expect(try await clinic.total("Communication?status=completed") == 96)
            #expect(try await clinic.total("CommunicationRequest?status=completed") == 96)
            #expect(try await clinic.events("Appointment/r0").filter { $0 == "reminder.sent" }.count == 4)
        }
    }

    @Test func whatChangedInTheLastMinuteIsNotSent() async throws {
        try await Journey.with { clinic in
            try await clinic.put(Self.patient("a"))
            let id = try await clinic.book(slot: "s0")
            try await clinic.planReminders()
            try await clinic.script("UPDATE appointment_reminder SET due = now() - interval '1 minute'")
            // The feed has not been read again when the sender looks.
            _ = try await clinic.client.call(
                "Appointment/\(id)/$reschedule", [Journey.value("start", "DateTime", #""2030-05-07T15:00:00Z""#)])
            let sink = MessageSink()
            let delivery = MessageDelivery(carriers: ["email": sink, "sms": sink])
            _ = try await delivery.run(clinic.server.store)
            #expect(sink.keys.isEmpty)
            try await clinic.planReminders()
            #expect(try await Self.standing(clinic, id).count == 4)
            // A server that ends after it sent and before it said so: the next one sends under the same key.
            try await clinic.script(
                "UPDATE appointment_reminder SET due = now() - interval '1 minute' WHERE state = 'planned'")
            let ending = MessageSink(endsAfterSending: true)
            _ = try? await MessageDelivery(carriers: ["email": ending, "sms": ending]).run(clinic.server.store)
            try await clinic.script(
                "UPDATE appointment_reminder SET leased_until = now() - interval '1 second' WHERE state = 'sending'")
            _ = try await delivery.run(clinic.server.store)
            #expect(sink.keys.count == 4)
            #expect(Set(sink.keys).isSuperset(of: ending.keys))
            #expect(ending.keys.count == 4)
        }
    }

    @Test func whatIsDueIsNotTakenBackBeforeItIsSent() async throws {
        try await Journey.with { clinic in
            try await clinic.put(Self.patient("a"))
            let id = try await clinic.book(slot: "s0")
            try await clinic.planReminders()
            // The servers were off when the first were due; then something happens to the appointment.
            let later = try #require(BookingTime("2030-05-05T09:30:00Z")?.instant)
            try await clinic.server.test.withAnother(clock: { later }) { store in
                try await clinic.script(
                    "INSERT INTO clinic_event (name, focus) VALUES ('appointment.confirmed', 'Appointment/\(id)')")
                try await clinic.planReminders(on: store)
                #expect(try await Self.standing(clinic, id).count == 4)
                let sink = MessageSink()
                let delivery = MessageDelivery(carriers: ["email": sink, "sms": sink])
                while try await delivery.run(store) > 0 {}
                #expect(sink.keys.count == 2)
            }
            #expect(try await Self.standing(clinic, id).count == 2)
        }
    }
}
