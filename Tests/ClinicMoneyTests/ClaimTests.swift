import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// `Claim/$submit`, `$inquire`, `CoverageEligibilityRequest/$submit`.
@Suite struct ClaimTests {
    private static func claim(
        _ identifier: String, charge: String? = nil, total: String = "30.01", extra: String = ""
    ) -> String {
        let charge =
            charge.map {
                #""extension":[{"url":"urn:martlet:charge","valueReference":{"reference":"ChargeItem/\#($0)"}}],"#
            } ?? ""
        let item = { (sequence: Int, code: String, price: String, quantity: Int) in
            #"{\#(sequence == 1 ? charge : "")"sequence":\#(sequence),"#
                + #""productOrService":{"coding":[{"code":"\#(code)"}]},"#
                + #""quantity":{"value":\#(quantity)},"unitPrice":{"value":\#(price),"currency":"EUR"}}"#
        }
        return #"{"resourceType":"Claim","identifier":[{"system":"urn:c","value":"\#(identifier)"}],"status":"active","#
            + #""type":{"text":"t"},"use":"claim","patient":{"reference":"Patient/p"},"created":"2026-03-01","#
            + #""insurer":{"display":"insurer"},"provider":{"display":"clinic"},"priority":{"text":"n"},\#(extra)"#
            + #""insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/c"}}],"#
            + #""item":[\#(item(1, "visit", "10.01", 1)),\#(item(2, "lab", "6.6666", 3))],"#
            + #""total":{"value":\#(total),"currency":"EUR"}}"#
    }

    private static func resource(_ json: String) -> String { #"{"name":"resource","resource":\#(json)}"# }

    private static func totals(_ response: JSONNode) -> [String: String] {
        Dictionary(
            (response["total"]?.items ?? []).map { total in
                (
                    total["category"]?["coding"]?.items.first?["code"]?.string ?? "",
                    total["amount"]?["value"]?.numberText ?? ""
                )
            }, uniquingKeysWith: { first, _ in first })
    }

    private static func furnish(_ till: Till, end: String = "2099-01-01") async throws {
        try await till.put(
            "Coverage/c",
            #""status":"active","beneficiary":{"reference":"Patient/p"},"payor":[{"display":"insurer"}],"#
                + #""period":{"start":"2020-01-01","end":"\#(end)"}"#)
    }

    @Test func sharesAddUpToTheNet() async throws {
        try await Till.with { till in
            try await Self.furnish(till)
            #expect(
                try await till.refusal("Claim/$submit", [Self.resource(Self.claim("x", total: "30.02"))])
                    == "422 claim-sum")
            let response = try await till.call("Claim/$submit", [Self.resource(Self.claim("x"))])
            #expect(response["resourceType"]?.string == "ClaimResponse")
            #expect(response["outcome"]?.string == "complete")
            #expect(Self.totals(response) == ["submitted": "30.01", "benefit": "24.01", "copay": "6.00"])
            #expect(try await till.number("SELECT count(*) FROM claim WHERE content->>'status' = 'active'") == 1)
        }
    }

    @Test func noClaimAndNoChargeTwice() async throws {
        try await Till.with { till in
            try await Self.furnish(till)
            let answers = try await Till.parallel(32) { number in
                try await till.refusal(
                    "Claim/$submit",
                    [Self.resource(Self.claim("c\(number)", charge: "one").replacing("6.6666", with: "6.6666"))])
            }
            #expect(answers == ["200": 1, "409 duplicate": 31])
            let claim = Self.claim("same").replacing("6.6666", with: "6.6666")
            let again = try await Till.parallel(32) { _ in
                try await till.refusal("Claim/$submit", [Self.resource(claim)])
            }
            #expect(again == ["200": 1, "409 duplicate": 31])
            // Through the front door of plain REST too.
            let plain = Self.claim("plain", charge: "one")
            #expect(Till.refusal(try await till.client.post("Claim", plain)) == "409 duplicate")
        }
    }

    @Test func aPayerMayThinkAboutIt() async throws {
        try await Till.with { till in
            try await Self.furnish(till)
            try await till.call(
                "$clinic-setting-set",
                [
                    Till.code("name", "payer.simulator"),
                    Till.string("value", #"{\"percent\":50,\"excluded\":[\"lab\"],\"mode\":\"queued\"}"#),
                ])
            let claim = Self.claim("q").replacing("6.6666", with: "6.6666")
            let queued = try await till.call("Claim/$submit", [Self.resource(claim)])
            #expect(queued["outcome"]?.string == "queued")
            let answer = try await till.call("Claim/$inquire", [Self.resource(claim)])
            #expect(answer["id"]?.string == queued["id"]?.string)
            #expect(answer["outcome"]?.string == "complete")
            #expect(Self.totals(answer) == ["submitted": "30.01", "benefit": "5.01", "copay": "25.00"])
            let reference = try #require(queued["request"]?["reference"]?.string)
            #expect(
                try await till.call("Claim/$inquire", [Till.reference("claim", reference)])["outcome"]?.string
                    == "complete")
            #expect(
                try await till.refusal("Claim/$inquire", [Till.reference("claim", "Claim/none")])
                    == "422 unknown-reference")
        }
    }

    @Test(arguments: [("2099-01-01", "true"), ("2021-01-01", "false")])
    func coverIsInForceOrNot(_ end: String, _ expected: String) async throws {
        try await Till.with { till in
            try await Self.furnish(till, end: end)
            let request =
                #"{"resourceType":"CoverageEligibilityRequest","status":"active","purpose":["validation"],"#
                + #""patient":{"reference":"Patient/p"},"created":"2026-03-01","insurer":{"display":"insurer"},"#
                + #""insurance":[{"coverage":{"reference":"Coverage/c"}}]}"#
            let response = try await till.call("CoverageEligibilityRequest/$submit", [Self.resource(request)])
            #expect(response["outcome"]?.string == "complete")
            #expect(response["insurance"]?.items.first?["inforce"]?.bool == (expected == "true"))
            #expect(try await till.number("SELECT count(*) FROM coverageeligibilityrequest") == 1)
            #expect(try await till.refusal("CoverageEligibilityRequest/$submit") == "400 invalid-parameter")
        }
    }

    @Test func aDefinitionIsAppliedToACharge() async throws {
        try await Till.with { till in
            try await till.price("visit", code: "visit", "12.345")
            try await till.put(
                "ChargeItem/c",
                #""status":"billable","code":{"text":"x"},"subject":{"reference":"Patient/p"},"quantity":{"value":3}"#)
            let charge = try await till.call(
                "ChargeItemDefinition/visit/$apply", [Till.reference("chargeItem", "ChargeItem/c")])
            #expect(charge["priceOverride"]?["value"]?.numberText == "37.04")
            #expect(charge["definitionCanonical"]?.items.first?.string == "urn:price:visit")
            #expect(try await till.client.get("ChargeItem/c").json["priceOverride"] == nil)
        }
    }
}
