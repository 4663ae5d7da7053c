import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// Where the clinic wants verified licences, nobody without one is booked, by any door.
@Suite struct LicenceBookingTests {
    typealias Journey = VisitJourney

    private static func verify(
        _ clinic: Journey, _ practitioner: String, _ result: String, expires: String? = nil
    ) async throws {
        let end = expires.map { [Journey.value("expires", "Date", #""\#($0)""#)] } ?? []
        let answer = try await clinic.client.call(
            "Practitioner/\(practitioner)/$verify-license",
            [
                Journey.value("number", "String", #""L-1""#), Journey.value("authority", "String", #""Board""#),
                Journey.value("result", "Code", #""\#(result)""#),
            ] + end)
        #expect(answer.status == 200, "\(answer.text)")
    }

    /// Each way to book Practitioner/p, with the status of what it stores.
    private static func doors(_ clinic: Journey, _ quarter: Int) async throws -> [(name: String, answer: TestResponse)]
    {
        let actors = ["Practitioner/p", "Patient/a"]
        let plain = Journey.proposal(quarter..<quarter + 1, actors, status: "booked")
        let proposal = Journey.resource("appointment-resource", Journey.proposal(quarter..<quarter + 1, actors))
        let named = Journey.proposal(quarter..<quarter + 1, actors, status: "booked", id: "put-\(quarter)")
        let role = plain.replacing("Practitioner/p\"", with: "PractitionerRole/role\"")
        let entry = #"{"resource":\#(plain),"request":{"method":"POST","url":"Appointment"}}"#
        let bundle = #"{"resourceType":"Bundle","type":"transaction","entry":[\#(entry)]}"#
        return [
            ("$book", try await clinic.client.call("Appointment/$book", [proposal])),
            ("$hold", try await clinic.client.call("Appointment/$hold", [proposal])),
            ("POST", try await clinic.client.post("Appointment", plain)),
            ("PUT", try await clinic.client.put("Appointment/put-\(quarter)", named)),
            ("role", try await clinic.client.post("Appointment", role)),
            ("transaction", try await clinic.client.post("", bundle)),
        ]
    }

    @Test func nobodyWithoutOneIsBooked() async throws {
        try await Journey.with { clinic in
            try await clinic.put(
                #"{"resourceType":"PractitionerRole","id":"role","practitioner":{"reference":"Practitioner/p"}}"#)
            // Off by default.
            let early = try await clinic.book(0..<1)
            let proposed = Journey.proposal(1..<2, status: "proposed", id: "later")
            try await clinic.put(proposed)
            try await clinic.setting("require-verified-licence", "true")
            func refuseAll(_ why: String) async throws {
                for (name, answer) in try await Self.doors(clinic, 2) {
                    #expect(try Journey.refusal(answer) == "422 licence-unverified", "\(why), \(name): \(answer.text)")
                }
            }
            try await refuseAll("no licence")
            let later = try await clinic.client.put(
                "Appointment/later", proposed.replacing("\"proposed\"", with: "\"booked\""))
            #expect(try Journey.refusal(later) == "422 licence-unverified")
            let offered = try await clinic.client.call(
                "Appointment/$book", [Journey.reference("appointment-reference", "Appointment/later")])
            #expect(try Journey.refusal(offered) == "422 licence-unverified")
            // What was booked before goes on, but is not moved.
            let move = [Journey.value("start", "DateTime", #""2030-05-07T15:00:00Z""#)]
            let moved = try await clinic.client.call("Appointment/\(early)/$reschedule", move)
            #expect(try Journey.refusal(moved) == "422 licence-unverified")
            #expect(try await clinic.client.call("Appointment/\(early)/$check-in").status == 200)
            // Records of the past arrive as they are, and so do other people's appointments.
            let past = Journey.proposal(3..<4, status: "booked").replacing("2030-05-06", with: "2020-05-06")
            #expect(try await clinic.client.post("Appointment", past).status == 201)
            _ = try await clinic.book(3..<4, ["Patient/b"])

            for (result, expires) in [("failed", nil), ("expired", "2020-01-01"), ("revoked", nil), ("pending", nil)] {
                try await Self.verify(clinic, "p", result, expires: expires)
                try await refuseAll(result)
            }
            #expect(try await clinic.total("Appointment?status=booked,pending&date=ge2030-01-01") == 1)
            try await Self.verify(clinic, "p", "verified", expires: "2099-12-31")
            #expect(
                try await clinic.client.call(
                    "Appointment/$book",
                    [
                        Journey.resource("appointment-resource", Journey.proposal(2..<3))
                    ]
                ).status == 200)
            // The one who takes over needs one as well.
            let taking = try await clinic.book(8..<9)
            let other = try await clinic.client.call(
                "Appointment/\(taking)/$reschedule", move + [Journey.reference("practitioner", "Practitioner/q")])
            #expect(try Journey.refusal(other) == "422 licence-unverified")
        }
    }
}
