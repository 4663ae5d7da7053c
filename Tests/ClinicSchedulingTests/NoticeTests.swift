import Carriers
import Clinic
import ClinicScheduling
import ClinicTesting
import FHIRServerTesting
import FHIRStoreTesting
import JSONTape
import Testing

/// What happens to appointments is told, each event once, to whoever is to hear of it.
@Suite struct NoticeTests {
    typealias Journey = VisitJourney

    private static func topic(_ communication: JSONNode) -> String {
        communication["topic"]?["coding"]?.items.first?["code"]?.string ?? ""
    }

    private static func recipient(_ communication: JSONNode) -> String {
        communication["recipient"]?.items.first?["reference"]?.string ?? ""
    }

    /// Topic and status of each, in order.
    private static func told(_ clinic: Journey, _ recipient: String) async throws -> [String] {
        try await clinic.found("Communication?recipient=\(recipient)").map {
            "\(topic($0)) \($0["status"]?.string ?? "")"
        }.sorted()
    }

    @Test func everyChangeIsToldOnceByTheChannelThatIsPreferred() async throws {
        try await Journey.with { clinic in
            try await clinic.put(ReminderTests.patient("a"))
            // Short messages first, and no news of the second kind.
            try await clinic.put(
                #"{"resourceType":"Patient","id":"b","telecom":[{"system":"email","value":"b@example.org","rank":2},"#
                    + #"{"system":"phone","use":"mobile","value":"+4930","rank":1}]}"#)
            let id = try await clinic.book(slot: "s0")
            _ = try await clinic.client.call(
                "Appointment/\(id)/$reschedule", [Journey.value("start", "DateTime", #""2030-05-07T15:00:00Z""#)])
            let other = try await clinic.book(slot: "s1", patient: "Patient/b")
            _ = try await clinic.client.call("Appointment/\(other)/$cancel")
            let missed = try await clinic.book(slot: "s2", patient: "Patient/b")
            _ = try await clinic.client.call("Appointment/\(missed)/$no-show")
            for _ in 0..<2 { try await clinic.planNotices(["email", "sms"]) }
            #expect(
                try await Self.told(clinic, "Patient/a") == [
                    "appointment.booked preparation", "appointment.rescheduled preparation",
                ])
            #expect(
                try await Self.told(clinic, "Patient/b") == [
                    "appointment.booked preparation", "appointment.booked preparation",
                    "appointment.cancelled preparation", "appointment.noshow preparation",
                ])
            // Practitioners without an address read it here.
            #expect(try await Self.told(clinic, "Practitioner/p").count == 6)
            #expect(try await Self.told(clinic, "Practitioner/p").allSatisfy { $0.hasSuffix(" completed") })

            let (mail, short) = (MessageSink(), MessageSink())
            let delivery = MessageDelivery(carriers: ["email": mail, "sms": short])
            while try await delivery.run(clinic.server.store) > 0 {}
            #expect(mail.sent.map(\.recipient) == ["a@example.org", "a@example.org"])
            // The older one first, and what is in force by then.
            #expect(mail.sent.map(\.text).first?.contains("2030-05-07 at 15:00 is booked") == true)
            #expect(mail.sent.map(\.text).last?.contains("moved to 2030-05-07 at 15:00") == true)
            #expect(mail.sent.allSatisfy { $0.subject == "Your appointment" && $0.id.hasPrefix("notice-") })
            #expect(short.sent.map(\.recipient) == ["+4930", "+4930", "+4930", "+4930"])
            #expect(short.sent.allSatisfy { $0.subject.isEmpty })
            #expect(try await Self.told(clinic, "Patient/b").allSatisfy { $0.hasSuffix(" completed") })
            let events = try await clinic.events("Appointment/\(id)").filter { $0 == "notification.sent" }
            #expect(events.count == 2)
            #expect(try await clinic.total("Communication?status=completed&sent=gt2020-01-01") == 12)
        }
    }

    @Test func whoeverAsksForAConfirmationIsTold() async throws {
        try await Journey.with { clinic in
            let held = try await clinic.client.call(
                "Appointment/$book",
                [
                    Journey.reference("slot", "Slot/s0"), Journey.reference("patient-reference", "Patient/a"),
                    Journey.value("prepay", "Boolean", "true"),
                ])
            let id = try clinic.first(held)["id"]?.string ?? ""
            try await clinic.planNotices()
            #expect(try await Self.told(clinic, "Patient/a").isEmpty)
            // Paid at the desk: the state is what counts here.
            let stored = try await clinic.client.get("Appointment/\(id)").text
            try await clinic.put(stored.replacing(#""status":"pending""#, with: #""status":"booked""#))
            try await clinic.planNotices()
            #expect(try await Self.told(clinic, "Patient/a") == ["appointment.confirmed completed"])
        }
    }

    @Test func someAreNotTold() async throws {
        try await Journey.with { clinic in
            let opted = #""extension":[{"url":"urn:martlet:no-notifications","valueBoolean":true}],"#
            try await clinic.put(ReminderTests.patient("opted", opted))
            try await clinic.put(ReminderTests.patient("dead", #""deceasedDateTime":"2020-01-01","#))
            try await clinic.put(ReminderTests.patient("gone", #""active":false,"#))
            for (position, patient) in ["opted", "dead", "gone"].enumerated() {
                _ = try await clinic.book(position..<position + 1, ["Patient/\(patient)"])
            }
            // What is past is no news, nor what was written long ago, nor what the clinic does not want said.
            try await clinic.put(
                Journey.proposal(0..<1, ["Patient/a"], status: "booked", id: "old")
                    .replacing("2030-05-06", with: "2020-05-06"))
            try await clinic.put(Journey.proposal(4..<5, ["Patient/a"], status: "booked", id: "imported"))
            try await clinic.script(
                "UPDATE clinic_event SET happened = now() - interval '2 days' WHERE focus = 'Appointment/imported'")
            try await clinic.setting("appointment.notice-booked-text", #""""#)
            try await clinic.put(Journey.proposal(5..<6, ["Patient/a"], status: "booked", id: "quiet"))
            try await clinic.planNotices(["email", "sms"])
            #expect(try await clinic.total("Communication") == 0)

            // Who opts out between the making and the sending is not told either; nor is a silent move.
            try await clinic.put(ReminderTests.patient("a"))
            _ = try await clinic.client.call("Appointment/imported/$cancel")
            _ = try await clinic.client.call(
                "Appointment/quiet/$reschedule",
                [
                    Journey.value("start", "DateTime", #""2030-05-07T15:00:00Z""#),
                    Journey.value("notify", "Boolean", "false"),
                ])
            try await clinic.planNotices(["email", "sms"])
            #expect(try await Self.told(clinic, "Patient/a") == ["appointment.cancelled preparation"])
            try await clinic.put(ReminderTests.patient("a", opted))
            let sink = MessageSink()
            while try await MessageDelivery(carriers: ["email": sink]).run(clinic.server.store) > 0 {}
            #expect(sink.sent.isEmpty)
            #expect(try await Self.told(clinic, "Patient/a") == ["appointment.cancelled not-done"])
        }
    }

    @Test func whatMayHaveArrivedIsNotSentAgain() async throws {
        try await Journey.with { clinic in
            try await clinic.put(ReminderTests.patient("a"))
            let vague = CarrierError(.interrupted, "the connection went away", mayHaveArrived: true)
            let down = CarrierError(.unreachable, "no connection to the mail server")
            let refused = CarrierError(.refused, "the mail server refused the message", status: 550)
            let cases: [(errors: [CarrierError], knowsRepeats: Bool, sent: Int, status: String)] = [
                ([down, down, down], false, 1, "completed"), ([vague], false, 0, "not-done"),
                ([vague], true, 1, "completed"), ([refused], true, 0, "not-done"),
            ]
            for (position, item) in cases.enumerated() {
                let id = try await clinic.book(position..<position + 1, ["Patient/a"])
                try await clinic.planNotices(["email"])
                let sink = MessageSink(failing: item.errors, knowsRepeats: item.knowsRepeats)
                let delivery = MessageDelivery(carriers: ["email": sink])
                for _ in 0..<6 {
                    while try await delivery.run(clinic.server.store) > 0 {}
                    try await clinic.makeDue()
                }
                #expect(sink.sent.count == item.sent, "\(item)")
                let stored = try await clinic.found("Communication?recipient=Patient/a&_sort=-_lastUpdated")
                let own = stored.first { $0["about"]?.items.first?["reference"]?.string == "Appointment/\(id)" }
                #expect(own?["status"]?.string == item.status, "\(item)")
                #expect((own?["statusReason"] != nil) == (item.status == "not-done"))
                // It tells what happened, and neither address nor text.
                #expect(own?["statusReason"]?["text"]?.string?.contains("@") != true)
            }
        }
    }

    @Test func anOfferIsTold() async throws {
        try await Journey.with { clinic in
            let joined = try await clinic.client.call(
                "Appointment/$waitlist-join",
                [Journey.reference("patient", "Patient/a"), Journey.reference("practitioner", "Practitioner/p")])
            #expect(joined.status == 200, "\(joined.text)")
            let offer = try await clinic.client.call(
                "Appointment/$waitlist-offer", [Journey.reference("slot", "Slot/s0")])
            #expect(offer.status == 200, "\(offer.text)")
            try await clinic.planNotices()
            #expect(try await Self.told(clinic, "Patient/a") == ["appointment.offered completed"])
            #expect(try await Self.told(clinic, "Practitioner/p").isEmpty)
            let id = try offer.json["id"]?.string ?? ""
            _ = try await clinic.client.call(
                "Appointment/$waitlist-accept", [Journey.reference("offer", "Appointment/\(id)")])
            try await clinic.planNotices()
            #expect(
                try await Self.told(clinic, "Patient/a") == [
                    "appointment.booked completed", "appointment.offered completed",
                ])
        }
    }
}
