import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// `ServiceRequest/$refer` and the course of a referral.
@Suite struct ReferralTests {
    private static let path = "ServiceRequest/$refer"

    private static func refer(_ performer: String, _ more: [String] = []) -> [String] {
        [
            OrderClinic.reference("patient", "Patient/p"), OrderClinic.reference("encounter", "Encounter/e"),
            OrderClinic.reference("performer", performer),
        ] + more
    }

    @Test func referralToOutcome() async throws {
        try await OrderClinic.with { clinic in
            let stored = try await clinic.ok(
                clinic.doctor, Self.path,
                Self.refer(
                    "Practitioner/other",
                    [
                        OrderClinic.text("reason", "murmur"), OrderClinic.code("priority", "urgent"),
                        OrderClinic.text("note", "please see her"),
                        #"{"name":"due","valueDateTime":"2030-01-01T00:00:00Z"}"#,
                    ]))
            let referral = "ServiceRequest/\(stored["id"]?.string ?? "")"
            #expect(stored["reasonCode"]?.items.first?["text"]?.string == "murmur")
            #expect(try await clinic.search("ServiceRequest?category=3457005").count == 1)
            let found = try #require(try await clinic.search("Task?focus=\(referral)").first)
            let task = "Task/\(found["id"]?.string ?? "")"
            #expect(found["owner"]?["reference"]?.string == "Practitioner/other")
            try await clinic.ok(clinic.nurse, "\(task)/$accept")
            #expect(try await clinic.read(task)["executionPeriod"]?["start"] != nil)
            #expect(try await clinic.outcome(clinic.nurse, "\(task)/$complete") == "422 outcome-missing")
            // Nor by plain writes: the task, or the referral itself.
            let began = try await clinic.ok(clinic.nurse, "\(task)/$start")
            let json = String(decoding: began.source, as: UTF8.self)
            let plain = try await clinic.doctor.put(task, json.replacing(#""in-progress""#, with: #""completed""#))
            #expect(plain.status == 422)
            #expect(plain.issueCodes == ["outcome-missing"])
            let patch = Array(#"[{"op":"replace","path":"/status","value":"completed"}]"#.utf8)
            let header = [("Content-Type", "application/json-patch+json")]
            for address in [task, referral] {
                let patched = try await clinic.doctor.send("PATCH", address, json: patch, headers: header)
                #expect(patched.issueCodes == ["outcome-missing"], "\(address)")
            }
            try await clinic.put(
                #"{"resourceType":"DocumentReference","id":"letter","status":"current","#
                    + #""content":[{"attachment":{"contentType":"text/plain","data":"T0s="}}]}"#)
            try await clinic.ok(
                clinic.nurse, "\(task)/$complete", [OrderClinic.reference("output", "DocumentReference/letter")])
            #expect(try await clinic.status(referral) == "completed")
            #expect(
                try await clinic.events(task) == ["referral.accepted", "referral.started", "referral.completed"])
            #expect(try await clinic.events(referral) == ["referral.requested", "order.completed"])
        }
    }

    @Test func rejectedWithAReason() async throws {
        try await OrderClinic.with { clinic in
            let stored = try await clinic.ok(clinic.doctor, Self.path, Self.refer("Practitioner/other"))
            let found = try await clinic.search("Task?focus=ServiceRequest/\(stored["id"]?.string ?? "")")
            let task = "Task/\(found.first?["id"]?.string ?? "")"
            #expect(try await clinic.outcome(clinic.nurse, "\(task)/$reject") == "400 invalid-parameter")
            try await clinic.ok(clinic.nurse, "\(task)/$reject", [OrderClinic.text("reason", "no capacity")])
            #expect(try await clinic.events(task) == ["referral.rejected"])
        }
    }

    @Test func refusals() async throws {
        try await OrderClinic.with { clinic in
            let cases: [([String], String)] = [
                (Self.refer("Practitioner/dr"), "422 self-referral"),
                (Self.refer("PractitionerRole/dr-role"), "422 self-referral"),
                (Self.refer("Practitioner/none"), "422 unknown-reference"),
                (Self.refer("Patient/p"), "400 invalid-parameter"),
                ([OrderClinic.reference("patient", "Patient/p")], "400 invalid-parameter"),
                (
                    Self.refer("Practitioner/other", [OrderClinic.reference("document", "Binary/none")]),
                    "422 unknown-reference"
                ),
            ]
            for (parameters, expected) in cases {
                #expect(try await clinic.outcome(clinic.doctor, Self.path, parameters) == expected)
            }
            let item = OrderClinic.item(
                "1", [OrderClinic.code("category", "referral"), OrderClinic.reference("performer", "Practitioner/dr")])
            #expect(
                try await clinic.outcome(
                    clinic.doctor, "ServiceRequest/$submit-order", OrderClinic.submit(patient: "p", [item]))
                    == "422 self-referral")
            // Nor by plain writes.
            for performer in ["Practitioner/dr", "PractitionerRole/dr-role", "http://here.org/fhir/Practitioner/dr"] {
                let plain = try await clinic.doctor.put(
                    "ServiceRequest/s",
                    """
                    {"resourceType":"ServiceRequest","id":"s","status":"active","intent":"order",
                     "category":[{"coding":[{"system":"http://snomed.info/sct","code":"3457005"}]}],
                     "subject":{"reference":"Patient/p"},"requester":{"reference":"Practitioner/dr"},
                     "performer":[{"reference":"\(performer)"}]}
                    """)
                #expect(plain.status == 422, "\(performer)")
                #expect(plain.issueCodes == ["self-referral"])
            }
            #expect(try await clinic.count("SELECT count(*) FROM servicerequest") == 0)
        }
    }
}
