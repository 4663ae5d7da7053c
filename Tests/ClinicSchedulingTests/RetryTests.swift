import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// A call that is sent twice under one key has one effect.
@Suite struct RetryTests {
    typealias Journey = VisitJourney

    /// Operations with what is called before them; `ID` stands for the appointment's id.
    @Test(
        arguments: [
            (
                "Appointment/$book", [],
                [VisitJourney.reference("slot", "Slot/s1"), VisitJourney.reference("patient-reference", "Patient/b")]
            ),
            ("Appointment/$hold", [], [VisitJourney.reference("slot", "Slot/s1")]),
            ("Appointment/ID/$confirm", ["prepaid"], []),
            ("Appointment/ID/$reschedule", [], [VisitJourney.value("start", "DateTime", #""2030-05-07T09:00:00Z""#)]),
            ("Appointment/ID/$cancel", [], []),
            ("Appointment/ID/$check-in", [], []),
            ("Appointment/ID/$no-show", [], []),
            ("Appointment/ID/$reset", ["no-show"], []),
            ("Appointment/ID/$complete", ["check-in"], []),
            ("Appointment/ID/$schedule-reminders", [], [VisitJourney.value("channels", "Code", #""email""#)]),
            (
                "Appointment/$waitlist-join", [],
                [
                    VisitJourney.reference("patient", "Patient/a"),
                    VisitJourney.reference("practitioner", "Practitioner/p"),
                ]
            ),
            ("Schedule/sch/$set-availability", [], [VisitJourney.value("preset", "Code", #""full-day""#)]),
            (
                "Schedule/sch/$block", [],
                [
                    VisitJourney.value(
                        "period", "Period", #"{"start":"2030-07-01T00:00:00Z","end":"2030-07-02T00:00:00Z"}"#)
                ]
            ),
            (
                "Schedule/sch/$unblock", [],
                [
                    VisitJourney.value(
                        "period", "Period", #"{"start":"2030-07-01T00:00:00Z","end":"2030-07-02T00:00:00Z"}"#)
                ]
            ),
            (
                "Schedule/sch/$generate-slots", [],
                [
                    VisitJourney.value("from", "Date", #""2030-07-01""#),
                    VisitJourney.value("to", "Date", #""2030-07-02""#),
                ]
            ),
        ] as [(String, [String], [String])])
    func twiceIsOnce(_ path: String, _ before: [String], _ parameters: [String]) async throws {
        try await Journey.with { clinic in
            var id = try await clinic.book(0..<1)
            for step in before {
                if step == "prepaid" {
                    _ = try await clinic.client.call("Appointment/\(id)/$cancel")
                    let held = try await clinic.client.call(
                        "Appointment/$hold", [VisitJourney.reference("slot", "Slot/s2")])
                    id = try clinic.first(held)["id"]?.string ?? ""
                } else {
                    #expect(try await clinic.client.call("Appointment/\(id)/$\(step)").status == 200)
                }
            }
            let target = path.replacing("ID", with: id)
            let first = try await clinic.client.call(target, parameters, key: "k")
            #expect(first.status == 200, "\(first.text)")
            let versions = try await Self.versions(clinic)
            let second = try await clinic.client.call(target, parameters, key: "k")
            #expect(second.status == 200)
            #expect(second.text == first.text)
            #expect(try await Self.versions(clinic) == versions)
            let other = try await clinic.client.call(
                target, parameters + [VisitJourney.value("unknown", "String", #""x""#)], key: "k")
            #expect(other.status == 400 || other.status == 422)
        }
    }

    /// What is stored, as one number that any write changes.
    private static func versions(_ clinic: Journey) async throws -> [String] {
        try await clinic.rows(
            """
            SELECT concat((SELECT sum(version) FROM appointment), '/', (SELECT sum(version) FROM slot), '/',
              (SELECT sum(version) FROM schedule), '/', (SELECT count(*) FROM encounter), '/',
              (SELECT count(*) FROM communicationrequest), '/', (SELECT count(*) FROM clinic_event))
            """)
    }
}
