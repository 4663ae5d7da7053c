import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// `$calendar` and `$stats`.
@Suite struct CalendarTests {
    typealias Journey = VisitJourney

    @Test func calendarsAndCounts() async throws {
        try await Journey.with { clinic in
            let first = try await clinic.book(slot: "s0")
            let second = try await clinic.book(slot: "s1", patient: "Patient/b")
            _ = try await clinic.client.call("Appointment/\(second)/$cancel")
            let period = #"{"start":"\#(Journey.time(3))","end":"\#(Journey.time(4))"}"#
            _ = try await clinic.client.call("Schedule/sch/$block", [Journey.value("period", "Period", period)])
            let week = [
                Journey.value("from", "Date", #""2030-05-06""#), Journey.value("to", "Date", #""2030-05-13""#),
            ]
            let calendar = try await clinic.client.call(
                "Appointment/$calendar", week + [Journey.reference("actor", "Practitioner/p")])
            #expect(calendar.status == 200, "\(calendar.text)")
            let entries = try calendar.json["entry"]?.items.compactMap { $0["resource"] } ?? []
            #expect(entries.first?["id"]?.string == first)
            #expect(entries.filter { $0["resourceType"]?.string == "Appointment" }.count == 2)
            #expect(entries.filter { $0["resourceType"]?.string == "Slot" }.count == 2)
            let other = try await clinic.client.call(
                "Appointment/$calendar", week + [Journey.reference("actor", "Practitioner/q")])
            #expect(try other.json["total"]?.integer == 0)
            let nobody = try await clinic.client.call("Appointment/$calendar", week)
            #expect(nobody.status == 400)

            for group in ["status", "practitioner", "location", "day", "service-type", "appointment-type"] {
                let report = try await clinic.client.call(
                    "Appointment/$stats", week + [Journey.value("groupBy", "Code", #""\#(group)""#)])
                #expect(report.status == 200, "\(report.text)")
                let counted = try report.json["group"]?.items.first?["population"]?.items.first?["count"]?.integer
                let found = try await clinic.total("Appointment?date=ge2030-05-06&date=lt2030-05-13")
                #expect(counted == found)
                #expect(counted == 2)
            }
            let byStatus = try await clinic.client.call("Appointment/$stats", week)
            let strata = try byStatus.json["group"]?.items.first?["stratifier"]?.items.first?["stratum"]?.items ?? []
            for stratum in strata {
                let status = stratum["value"]?["text"]?.string ?? ""
                #expect(
                    try await clinic.total("Appointment?date=ge2030-05-06&date=lt2030-05-13&status=\(status)")
                        == stratum["population"]?.items.first?["count"]?.integer)
            }
            #expect(strata.count == 2)
        }
    }
}
