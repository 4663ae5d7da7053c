import ClinicTesting
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// `$prescribe`, `$renew`, `$stop` and `$hold`.
@Suite struct PrescribeTests {
    private typealias Fixture = MedicinesFixture

    private static func prescriptions(_ answer: TestResponse) throws -> [JSONNode] {
        #expect(answer.status == 200, "\(answer.text)")
        return (try answer.json["entry"]?.items ?? []).compactMap { $0["resource"] }
            .filter { $0["resourceType"]?.string == "MedicationRequest" }
    }

    @Test func aPrescriptionBecomesActiveAndSaysThatItWasChecked() async throws {
        try await Fixture.with { pharmacy in
            let answer = try await pharmacy.client.call(
                "MedicationRequest/$prescribe", [InteractionTests.request("Paracetamol 500 mg")])
            let request = try #require(try Self.prescriptions(answer).first)
            #expect(request["status"]?.string == "active")
            #expect(request["authoredOn"] != nil)
            #expect(request["extension"]?.items.first?["url"]?.string == "urn:martlet:interaction-check")
            #expect(
                try await pharmacy.text("SELECT count(*)::text FROM clinic_event WHERE name = 'rx.created'") == "1")
        }
    }

    @Test func aStoredDraftBecomesActiveOnce() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.prescribe("d", status: "draft")
            let draft = String(decoding: try await pharmacy.client.get("MedicationRequest/d").body, as: UTF8.self)
            let parameter = #"{"name":"request","resource":\#(draft)}"#
            let answer = try await pharmacy.client.call("MedicationRequest/$prescribe", [parameter])
            #expect(try Self.prescriptions(answer).first?["id"]?.string == "d")
            let again = try await pharmacy.client.call("MedicationRequest/$prescribe", [parameter])
            #expect(again.issueCodes == ["illegal-transition"])
        }
    }

    @Test func whatIsDangerousTakesAReason() async throws {
        try await Fixture.with { pharmacy in
            let client = pharmacy.client
            func prescribe(_ more: [String], key: String? = nil) async throws -> TestResponse {
                try await client.call(
                    "MedicationRequest/$prescribe",
                    [InteractionTests.request("Warfarin 5 mg"), InteractionTests.request("Ibuprofen 400 mg")] + more,
                    key: key)
            }
            let refused = try await prescribe([], key: "k")
            #expect(refused.status == 422)
            #expect(refused.issueCodes == ["interaction"])
            let issue = try #require(
                try refused.json["issue"]?.items.first?["extension"]?.items.first?["valueReference"]?["reference"]?
                    .string)
            #expect(refused.text.contains("(\(issue))"))
            // What was found is stored, and the same when it is found again; nothing is prescribed.
            #expect(try await client.get(issue).status == 200)
            #expect(try await prescribe([], key: "k").text == refused.text)
            #expect(try await pharmacy.text("SELECT count(*)::text FROM detectedissue") == "1")
            #expect(try await pharmacy.text("SELECT count(*)::text FROM medicationrequest") == "0")

            func override(_ issue: String, _ reason: String) -> String {
                let parts = [Fixture.reference("issue", issue), Fixture.string("reason", reason)]
                return #"{"name":"overrides","part":[\#(parts.joined(separator: ","))]}"#
            }
            #expect(try await prescribe([override("DetectedIssue/none", "x")]).issueCodes == ["unknown-reference"])
            #expect(try await prescribe([override(issue, " ")]).status == 400)
            let answer = try await prescribe([override(issue, "short course, INR is watched")], key: "k")
            let stored = try Self.prescriptions(answer)
            #expect(stored.count == 2)
            #expect(stored.allSatisfy { $0["detectedIssue"]?.items.first?["reference"]?.string == issue })
            let mitigation = try await client.get(issue).json["mitigation"]?.items.first
            #expect(mitigation?["action"]?["text"]?.string == "short course, INR is watched")
        }
    }

    @Test func refusals() async throws {
        try await Fixture.with { pharmacy in
            let client = pharmacy.client
            try await pharmacy.put(
                #"{"resourceType":"Medication","id":"gone","status":"inactive","code":{"text":"aspirin"}}"#)
            func refused(_ parameters: [String], _ status: Int, _ code: String) async throws {
                let answer = try await client.call("MedicationRequest/$prescribe", parameters)
                #expect(answer.status == status, "\(answer.text)")
                #expect(answer.issueCodes == [code], "\(answer.text)")
            }
            try await refused([], 400, "invalid-parameter")
            try await refused([InteractionTests.request("aspirin", patient: "none")], 422, "unknown-reference")
            try await refused(
                [InteractionTests.request("aspirin"), InteractionTests.request("aspirin", patient: "q")], 400,
                "invalid-parameter")
            let inactive = InteractionTests.request("x").replacing(
                #""medicationCodeableConcept":{"text":"x"}"#,
                with: #""medicationReference":{"reference":"Medication/gone"}"#)
            try await refused([inactive], 422, "not-allowed")
            let done = InteractionTests.request("aspirin").replacing("draft", with: "completed")
            try await refused([done], 422, "illegal-transition")
            #expect(try await pharmacy.text("SELECT count(*)::text FROM medicationrequest") == "0")
        }
    }

    @Test func twoPrescribersSeeEachOther() async throws {
        try await Fixture.with { pharmacy in
            let client = pharmacy.client
            let statuses = try await parallel(32) { position in
                try await client.call(
                    "MedicationRequest/$prescribe",
                    [InteractionTests.request(position % 2 == 0 ? "Warfarin" : "Ibuprofen")])
            }
            // Of the two kinds only the first to come goes through: duplicates warn, the other kind blocks.
            #expect(statuses == [200: 16, 422: 16])
        }
    }

    @Test func renewing() async throws {
        try await Fixture.with { pharmacy in
            let client = pharmacy.client
            try await pharmacy.prescribe(refills: 1, request: [#""validityPeriod":{"end":"2020-01-01"}"#])
            func renew(_ id: String = "rx", _ more: [String] = []) async throws -> TestResponse {
                try await client.call("MedicationRequest/\(id)/$renew", more)
            }
            let days = #"{"name":"days","valueInteger":30}"#
            let answer = try await renew("rx", [days, #"{"name":"refills","valueInteger":3}"#])
            let renewed = try answer.json
            #expect(answer.status == 200, "\(answer.text)")
            #expect(renewed["status"]?.string == "active")
            #expect(renewed["priorPrescription"]?["reference"]?.string == "MedicationRequest/rx")
            #expect(renewed["dispenseRequest"]?["numberOfRepeatsAllowed"]?.integer == 3)
            #expect(renewed["dispenseRequest"]?["quantity"]?["value"]?.integer == 30)
            #expect(renewed["dispenseRequest"]?["validityPeriod"]?["end"] != nil)
            #expect(try await renew("rx", [#"{"name":"days","valueInteger":0}"#]).status == 400)
            #expect(try await renew("none").status == 404)
            for status in ["draft", "on-hold", "stopped", "cancelled"] {
                try await pharmacy.prescribe(status, status: status)
                #expect(try await renew(status).issueCodes == ["illegal-transition"])
            }
        }
    }

    @Test func aRenewalIsCheckedToo() async throws {
        try await Fixture.with { pharmacy in
            try await pharmacy.prescribe("w", medication: #""medicationCodeableConcept":{"text":"warfarin"}"#)
            try await pharmacy.prescribe("i", medication: #""medicationCodeableConcept":{"text":"ibuprofen"}"#)
            let answer = try await pharmacy.client.call("MedicationRequest/w/$renew")
            #expect(answer.status == 422)
            #expect(answer.issueCodes == ["interaction"])
        }
    }

    @Test func stoppingAndHolding() async throws {
        try await Fixture.with { pharmacy in
            let client = pharmacy.client
            try await pharmacy.receive()
            try await pharmacy.prescribe()
            let reason = [Fixture.string("reason", "side effects")]
            #expect(try await client.call("MedicationRequest/rx/$stop").status == 400)
            let held = try await client.call("MedicationRequest/rx/$hold", reason)
            #expect(try held.json["status"]?.string == "on-hold", "\(held.text)")
            #expect(try await pharmacy.dispense().issueCodes == ["prescription-inactive"])
            #expect(try await client.call("MedicationRequest/rx/$hold", reason).issueCodes == ["illegal-transition"])
            let stopped = try await client.call("MedicationRequest/rx/$stop", reason)
            #expect(try stopped.json["statusReason"]?["text"]?.string == "side effects", "\(stopped.text)")
            #expect(try await client.call("MedicationRequest/rx/$stop", reason).issueCodes == ["illegal-transition"])
            #expect(try await client.call("MedicationRequest/none/$stop", reason).status == 404)
        }
    }
}
