import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// An insured patient: is there cover, what does the insurer pay, what is left for the patient.
@Suite struct ClaimJourneyTests {
    private typealias People = JourneyPeople

    @Test func fromTheCoverToTheLastCent() async throws {
        try await JourneyPeople.with { clinic in
            let (patient, encounter) = try await clinic.visit()
            try await clinic.put(
                #"{"resourceType":"Coverage","id":"c","status":"active","beneficiary":{"reference":"\#(patient)"},"#
                    + #""payor":[{"display":"insurer"}],"period":{"start":"2020-01-01","end":"2099-01-01"}}"#)
            let eligibility =
                #"{"resourceType":"CoverageEligibilityRequest","status":"active","purpose":["validation"],"#
                + #""patient":{"reference":"\#(patient)"},"created":"2026-03-01","insurer":{"display":"insurer"},"#
                + #""insurance":[{"coverage":{"reference":"Coverage/c"}}]}"#
            let cover = try await clinic.call(
                .desk, "CoverageEligibilityRequest/$submit", [#"{"name":"resource","resource":\#(eligibility)}"#])
            #expect(cover["insurance"]?.items.first?["inforce"]?.bool == true)
            try await clinic.put(
                #"{"resourceType":"ChargeItem","id":"visit","status":"billable","code":{"text":"visit"},"#
                    + #""subject":{"reference":"\#(patient)"},"context":{"reference":"\#(encounter)"},"#
                    + #""account":[{"reference":"Account/account"}],"#
                    + #""priceOverride":{"value":75.05,"currency":"EUR"}}"#)
            let invoice = try People.address(
                try await clinic.call(.cashier, "Invoice/$generate", [People.reference("encounter", encounter)]))
            try await clinic.call(.cashier, "\(invoice)/$issue")
            func claim(_ number: String) -> [String] {
                let json =
                    #"{"resourceType":"Claim","identifier":[{"system":"urn:c","value":"\#(number)"}],"#
                    + #""status":"active","type":{"text":"t"},"use":"claim","created":"2026-03-01","#
                    + #""patient":{"reference":"\#(patient)"},"insurer":{"display":"insurer"},"#
                    + #""provider":{"display":"clinic"},"priority":{"text":"n"},"#
                    + #""insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/c"}}],"#
                    + #""item":[{"extension":[{"url":"urn:martlet:charge","valueReference":"#
                    + #"{"reference":"ChargeItem/visit"}}],"sequence":1,"productOrService":{"text":"visit"},"#
                    + #""quantity":{"value":1},"unitPrice":{"value":75.05,"currency":"EUR"}}],"#
                    + #""total":{"value":75.05,"currency":"EUR"}}"#
                return [#"{"name":"resource","resource":\#(json)}"#]
            }
            let response = try await clinic.call(.cashier, "Claim/$submit", claim("1"))
            #expect(response["outcome"]?.string == "complete")
            func total(_ category: String) -> String {
                (response["total"]?.items ?? []).first {
                    $0["category"]?["coding"]?.items.first?["code"]?.string == category
                }?["amount"]?["value"]?.numberText ?? "-"
            }
            #expect([total("submitted"), total("benefit"), total("copay")] == ["75.05", "60.04", "15.01"])
            // One charge is claimed once, whoever sends it and under whichever number.
            #expect(try await clinic.refusal(.supervisor, "Claim/$submit", claim("2")) == "409 duplicate")
            let asked = try await clinic.call(
                .cashier, "Claim/$inquire",
                [People.reference("claim", try #require(response["request"]?["reference"]?.string))])
            #expect(asked["outcome"]?.string == "complete")
            for (amount, method) in [(total("benefit"), "insurance"), (total("copay"), "card")] {
                try await clinic.call(
                    .cashier, "PaymentNotice/$record",
                    [
                        People.reference("invoice", invoice), People.money("amount", amount),
                        People.code("method", method),
                    ])
            }
            #expect(try await clinic.status(invoice) == "balanced")
        }
    }
}
