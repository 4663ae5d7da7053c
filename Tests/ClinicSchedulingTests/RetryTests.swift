import ClinicScheduling
import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// A call that is sent twice under one key has one effect.
@Suite struct RetryTests {
    typealias Journey = VisitJourney

    /// What is called before an operation, and its parameters; `OFFER` stands for the id of an offer to the waitlist.
    private static let cases: [String: (before: [String], parameters: [String])] = {
        let blocked = Journey.value(
            "period", "Period", #"{"start":"2030-07-01T00:00:00Z","end":"2030-07-02T00:00:00Z"}"#)
        let waiting = [
            Journey.reference("patient", "Patient/a"), Journey.reference("practitioner", "Practitioner/p"),
        ]
        let slot = Journey.reference("slot", "Slot/s1")
        var cases: [String: (before: [String], parameters: [String])] = [:]
        cases["Appointment/$book"] = ([], [slot, Journey.reference("patient-reference", "Patient/b")])
        cases["Appointment/$hold"] = ([], [slot])
        cases["Appointment/[id]/$confirm"] = (["prepaid"], [])
        cases["Appointment/[id]/$reschedule"] = ([], [Journey.value("start", "DateTime", #""2030-05-07T09:00:00Z""#)])
        cases["Appointment/[id]/$cancel"] = ([], [])
        cases["Appointment/[id]/$check-in"] = ([], [])
        cases["Appointment/[id]/$no-show"] = ([], [])
        cases["Appointment/[id]/$reset"] = (["no-show"], [])
        cases["Appointment/[id]/$complete"] = (["check-in"], [])
        cases["Appointment/[id]/$schedule-reminders"] = ([], [Journey.value("channels", "Code", #""email""#)])
        cases["Appointment/$waitlist-join"] = ([], waiting)
        cases["Appointment/$waitlist-offer"] = (["waiting"], [slot])
        cases["Appointment/$waitlist-accept"] = (["offer"], [Journey.reference("offer", "Appointment/OFFER")])
        cases["Schedule/[id]/$set-availability"] = ([], [Journey.value("preset", "Code", #""full-day""#)])
        cases["Schedule/[id]/$block"] = ([], [blocked])
        cases["Schedule/[id]/$unblock"] = ([], [blocked])
        cases["Schedule/[id]/$generate-slots"] = (
            [], [Journey.value("from", "Date", #""2030-07-01""#), Journey.value("to", "Date", #""2030-07-02""#)]
        )
        return cases
    }()

    /// Every declared operation that changes something.
    private static let paths = SchedulingArea.operations.map(\.declaration).filter(\.affectsState).map(\.path)

    @Test(arguments: paths) func twiceIsOnce(_ path: String) async throws {
        let (before, given) = try #require(Self.cases[path], "give \(path) a case")
        try await Journey.with { clinic in
            var id = try await clinic.book(0..<1)
            var offer = ""
            for step in before {
                switch step {
                case "prepaid":
                    _ = try await clinic.client.call("Appointment/\(id)/$cancel")
                    let held = try await clinic.client.call("Appointment/$hold", [Journey.reference("slot", "Slot/s2")])
                    id = try clinic.first(held)["id"]?.string ?? ""
                case "waiting", "offer":
                    let (_, parameters) = try #require(Self.cases["Appointment/$waitlist-join"])
                    #expect(try await clinic.client.call("Appointment/$waitlist-join", parameters).status == 200)
                    if step == "waiting" { continue }
                    let made = try await clinic.client.call(
                        "Appointment/$waitlist-offer", [Journey.reference("slot", "Slot/s2")])
                    offer = try made.json["id"]?.string ?? ""
                default: #expect(try await clinic.client.call("Appointment/\(id)/$\(step)").status == 200)
                }
            }
            let target = path.replacing("[id]", with: path.hasPrefix("Schedule") ? "sch" : id)
            let parameters = given.map { $0.replacing("OFFER", with: offer) }
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
