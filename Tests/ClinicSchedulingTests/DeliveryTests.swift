import Carriers
import Clinic
import ClinicTesting
import FHIRFormats
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import Testing

@testable import ClinicScheduling

/// Reminders by the clocks of the place, and however many servers and messages there are.
@Suite struct DeliveryTests {
    typealias Journey = VisitJourney

    /// Zone of the place, start of the appointment, and when the reminders go out, a day and two hours ahead.
    @Test(arguments: [
        // The clocks go forward in the night between, at three o'clock.
        ("Europe/Berlin", "2030-03-31T10:00:00+02:00", ["2030-03-30T09:00:00Z", "2030-03-31T06:00:00Z"]),
        // Back: the same hour of the day, not 24 hours ahead.
        ("Europe/Berlin", "2030-10-27T10:00:00+01:00", ["2030-10-26T08:00:00Z", "2030-10-27T07:00:00Z"]),
        ("America/New_York", "2030-03-10T12:00:00-04:00", ["2030-03-09T17:00:00Z", "2030-03-10T14:00:00Z"]),
        // In the hour that the clocks show twice; at night nobody is disturbed.
        ("Europe/Berlin", "2030-10-27T01:30:00Z", ["2030-10-26T06:00:00Z", "2030-10-26T18:59:00Z"]),
        // Behind the quiet hours of that day, which has an hour less.
        ("Europe/Berlin", "2030-03-31T09:00:00+02:00", ["2030-03-30T08:00:00Z", "2030-03-31T06:00:00Z"]),
        // A place without summer time, where its neighbours change the clocks.
        ("America/Phoenix", "2030-03-10T12:00:00-07:00", ["2030-03-09T19:00:00Z", "2030-03-10T17:00:00Z"]),
    ])
    func daysAreThoseOfThePlace(_ zone: String, _ start: String, _ due: [String]) async throws {
        try await Journey.with { clinic in
            try await clinic.put(ReminderTests.patient("a"))
            try await clinic.setting("appointment.reminder-channels", #"["email"]"#)
            try await clinic.put(
                #"{"resourceType":"Location","id":"here","extension":[{"valueCode":"\#(zone)","#
                    + #""url":"http://hl7.org/fhir/StructureDefinition/timezone"}]}"#)
            let begins = try #require(BookingTime(start)?.instant)
            let end = Instant(microsecondsSince1970: begins.microsecondsSince1970 + 900_000_000).text
            try await clinic.put(
                """
                {"resourceType":"Appointment","id":"x","status":"booked","start":"\(start)","end":"\(end)",
                 "participant":[{"actor":{"reference":"Patient/a"},"status":"accepted"},
                  {"actor":{"reference":"Location/here"},"status":"accepted"}]}
                """)
            try await clinic.planReminders()
            let planned = try await clinic.found("CommunicationRequest?status=active").compactMap {
                $0["occurrenceDateTime"]?.string.flatMap { BookingTime($0)?.instant }
            }
            #expect(planned.sorted() == due.compactMap { BookingTime($0)?.instant })
        }
    }

    @Test func clocksThatAreApartSendNothingTwice() async throws {
        try await Journey.with { clinic in
            for number in 0..<12 {
                try await clinic.put(ReminderTests.patient("p\(number)"))
                try await clinic.put(
                    Journey.proposal(number..<number + 1, ["Patient/p\(number)"], status: "booked", id: "r\(number)"))
            }
            try await clinic.planReminders()
            let sink = MessageSink()
            let delivery = MessageDelivery(carriers: ["email": sink, "sms": sink])
            // The day before is reminded of by a server that is there; one that is three hours behind finds nothing.
            let ahead = try #require(BookingTime("2030-05-06T08:30:00Z")?.instant)
            let behind = ahead.adding(minutes: -180)
            try await clinic.server.test.withAnother(clock: { behind }) { late in
                try await clinic.server.test.withAnother(clock: { ahead }) { early in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for store in [early, late, early, late] {
                            group.addTask { for _ in 0..<20 { _ = try await delivery.run(store) } }
                        }
                        try await group.waitForAll()
                    }
                }
            }
            // All were due for the first; two hours ahead is at eight for those of nine and ten o'clock.
            #expect(sink.keys.count == 38)
            #expect(Set(sink.keys).count == 38)
            #expect(try await clinic.total("Communication?status=completed") == 38)
        }
    }

    /// Ten thousand that are due, and four servers that do nothing else.
    @Test func fourServersSendTenThousandOnce() async throws {
        try await Journey.with { clinic in
            try await clinic.put(ReminderTests.patient("a"))
            try await clinic.put(Journey.proposal(0..<1, ["Patient/a"], status: "booked", id: "one"))
            // One request as the server makes it, and copies of it: the making is tested elsewhere.
            try await clinic.setting("appointment.reminder-offsets", "[120]")
            try await clinic.setting("appointment.reminder-channels", #"["email"]"#)
            try await clinic.planReminders()
            try await clinic.script(Self.copies(10_000))
            let sink = MessageSink(failures: 7)
            let delivery = MessageDelivery(carriers: ["email": sink])
            let test = clinic.server.test
            for _ in 0..<2 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<4 {
                        group.addTask {
                            try await test.withAnother { store in while try await delivery.run(store) > 0 {} }
                        }
                    }
                    try await group.waitForAll()
                }
                // Those that were not taken the first time.
                try await clinic.makeDue()
            }
            #expect(sink.keys.count == 10_000)
            #expect(Set(sink.keys).count == 10_000)
            #expect(try await clinic.total("Communication?status=completed") == 10_000)
            #expect(try await clinic.total("CommunicationRequest?status=active") == 0)
            #expect(try await clinic.rows("SELECT 'x' FROM appointment_reminder WHERE state <> 'sent'").isEmpty)
        }
    }

    /// Rows of the table of requests and of the queue, as the first one is but for id and time ahead.
    private static func copies(_ count: Int) -> String {
        """
        SET LOCAL session_replication_role = replica;
        CREATE TEMPORARY TABLE copy AS SELECT gen_random_uuid()::text AS id FROM generate_series(2, \(count));
        DO $$
        DECLARE
          columns text;
        BEGIN
          SELECT string_agg(quote_ident(column_name), ', ') INTO columns FROM information_schema.columns
          WHERE table_name = 'communicationrequest' AND is_identity = 'NO' AND is_generated = 'NEVER'
            AND column_name <> 'id';
          EXECUTE format('INSERT INTO communicationrequest (id, %1$s) SELECT copy.id, %1$s FROM copy, (
            SELECT %1$s FROM communicationrequest LIMIT 1) one', columns);
        END $$;
        INSERT INTO appointment_reminder (id, appointment, recipient, channel, minutes_ahead, starts, due)
          SELECT c.id, m.appointment, m.recipient, m.channel, 1000 + row_number() OVER (), m.starts, m.due
          FROM copy c, (SELECT * FROM appointment_reminder LIMIT 1) m;
        DROP TABLE copy;
        UPDATE appointment_reminder SET due = now() - interval '1 minute';
        """
    }
}
