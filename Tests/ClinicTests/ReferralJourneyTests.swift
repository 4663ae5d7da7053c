import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// A doctor refers a patient; the specialist takes it on, sees the patient and reports; the doctor reads the report.
@Suite struct ReferralJourneyTests {
    private typealias People = JourneyPeople

    @Test func fromTheVisitToTheReport() async throws {
        try await JourneyPeople.with { clinic in
            let (patient, encounter) = try await clinic.visit()
            let referral = try await clinic.call(
                .doctor, "ServiceRequest/$refer",
                [
                    People.reference("patient", patient), People.reference("encounter", encounter),
                    People.reference("performer", "Practitioner/specialist"), People.text("reason", "murmur"),
                    People.code("priority", "urgent"),
                ])
            let order = try People.address(referral)
            #expect(referral["requester"]?["reference"]?.string == "Practitioner/doctor")
            // Nobody refers to themselves.
            #expect(
                try await clinic.refusal(
                    .doctor, "ServiceRequest/$refer",
                    [People.reference("patient", patient), People.reference("performer", "Practitioner/doctor")])
                    == "422 self-referral")
            let waiting = try await clinic.search("Task?owner=Practitioner/specialist&status=requested")
            let task = try People.address(try #require(waiting.first))
            #expect(waiting.count == 1)
            #expect(waiting.first?["focus"]?["reference"]?.string == order)
            try await clinic.call(.specialist, "\(task)/$accept")
            try await clinic.call(.specialist, "\(task)/$start")
            let seen = try People.address(
                try await clinic.call(
                    .specialist, "Encounter/$start",
                    [People.reference("patient", patient), People.reference("practitioner", "Practitioner/specialist")])
            )
            #expect(try await clinic.refusal(.specialist, "\(task)/$complete") == "422 outcome-missing")
            try await clinic.put(
                #"{"resourceType":"DocumentReference","id":"letter","status":"current","#
                    + #""subject":{"reference":"\#(patient)"},"content":[{"attachment":{"contentType":"text/plain","#
                    + #""data":"bm8gbXVybXVy"}}]}"#)
            try await clinic.call(
                .specialist, "\(task)/$complete", [People.reference("output", "DocumentReference/letter")])
            try await clinic.call(.specialist, "\(seen)/$finish", [People.text("reason", "letter written")])
            #expect(try await clinic.status(order) == "completed")
            let done = try await clinic.read(task)
            #expect(done["status"]?.string == "completed")
            // How long it took is known, and the report is there for who referred.
            #expect(done["executionPeriod"]?["start"] != nil && done["executionPeriod"]?["end"] != nil)
            #expect(
                done["output"]?.items.first?["valueReference"]?["reference"]?.string == "DocumentReference/letter")
            #expect(try await clinic.search("Task?focus=\(order)&status=completed").count == 1)
            #expect(
                try await clinic.refusal(.specialist, "\(task)/$reject", [People.text("reason", "x")])
                    == "422 illegal-transition")
        }
    }

    @Test func aReferralThatIsRefusedGoesToAnother() async throws {
        try await JourneyPeople.with { clinic in
            let (patient, _) = try await clinic.visit()
            func refer(_ performer: String) async throws -> String {
                let order = try People.address(
                    try await clinic.call(
                        .doctor, "ServiceRequest/$refer",
                        [
                            People.reference("patient", patient),
                            People.reference("performer", "Practitioner/\(performer)"),
                        ]))
                return try People.address(try #require(try await clinic.search("Task?focus=\(order)").first))
            }
            let first = try await refer("specialist")
            let rejected = try await clinic.call(.specialist, "\(first)/$reject", [People.text("reason", "on leave")])
            #expect(rejected["statusReason"]?["text"]?.string == "on leave")
            let order = try #require(rejected["focus"]?["reference"]?.string)
            try await clinic.call(.doctor, "\(order)/$cancel", [People.text("reason", "to another")])
            #expect(try await clinic.status(order) == "revoked")
            let second = try await refer("nurse")
            try await clinic.call(.nurse, "\(second)/$accept")
            #expect(try await clinic.status(second) == "accepted")
        }
    }
}
