import JSONTape
import Testing

/// REF: referrals.
@Suite struct ReferralMessageTests {
    @Test func aReferralIsStoredAndCancelled() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(ref("I12", "1", at: "08")) == "AA")
            var request = try await harness.only("ServiceRequest")
            #expect(request["status"]?.string == "active")
            #expect(request["priority"]?.string == "routine")
            #expect(request["requester"]?["reference"]?.string?.hasPrefix("Practitioner/") == true)
            #expect(request["performer"]?.items.count == 1)
            #expect(request["reasonCode"]?.items.count == 2)
            #expect(await harness.code(ref("I14", "2", at: "09")) == "AA")
            request = try await harness.only("ServiceRequest")
            #expect(request["status"]?.string == "revoked")
            #expect(await harness.code(ref("I15", "3", at: "10")) == "AA")
            #expect(await harness.code(ref("I12", "4", at: "10", number: "")) == "AE")
        }
    }

    private func ref(_ trigger: String, _ control: String, at hour: String, number: String = "R1^NORTH") -> [UInt8] {
        MessageText.make(
            "REF^\(trigger)^REF_I12", control, at: "20260101\(hour)0000+0000",
            [
                "RF1|A|R^Routine^HL70280|MED^Medical^HL70281||O|\(number)|20260101|20260301|20260101|S^Second opinion",
                "PRD|RP|Sender^Sam|||||11^NPI", "PRD|RT|Taker^Tina|||||12^NPI", "DG1|1||K63.3^Ulcer^I10",
            ])
    }
}
