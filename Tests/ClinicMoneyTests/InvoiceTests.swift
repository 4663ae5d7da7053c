import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// `$capture-charges`, `$generate`, `$issue`, `$apply-discount`, `$cancel`.
@Suite struct InvoiceTests {
    @Test func chargesOfAVisitBecomeAnInvoice() async throws {
        try await Till.with { till in
            try await till.price("visit", code: "visit", "45.00", tax: "0.19")
            try await till.price("blood", code: "blood", "12.50")
            try await till.price("drug", code: "drug", "0.333", tax: "0.07")
            try await till.put(
                "ServiceRequest/s",
                #""status":"active","intent":"order","code":{"coding":[{"system":"urn:x","code":"blood"}]},"#
                    + #""subject":{"reference":"Patient/p"},"encounter":{"reference":"Encounter/e"}"#)
            try await till.put(
                "ServiceRequest/free",
                #""status":"active","intent":"order","code":{"coding":[{"system":"urn:x","code":"advice"}]},"#
                    + #""subject":{"reference":"Patient/p"},"encounter":{"reference":"Encounter/e"}"#)
            try await till.put(
                "MedicationDispense/m",
                #""status":"completed","medicationCodeableConcept":{"coding":[{"system":"urn:x","code":"drug"}]},"#
                    + #""subject":{"reference":"Patient/p"},"context":{"reference":"Encounter/e"},"#
                    + #""quantity":{"value":20},"#
                    + #""whenHandedOver":"2026-03-01T10:00:00Z""#)
            let trial = try await till.call("Encounter/e/$capture-charges", [#"{"name":"dryRun","valueBoolean":true}"#])
            #expect(trial["entry"]?.items.count == 3)
            #expect(try await till.number("SELECT count(*) FROM chargeitem") == 0)
            let charges = try await till.call("Encounter/e/$capture-charges")
            #expect(charges["entry"]?.items.count == 3)
            #expect(try await till.call("Encounter/e/$capture-charges")["entry"] == nil)
            #expect(try await till.number("SELECT count(*) FROM chargeitem WHERE content->>'status' = 'billable'") == 3)

            let invoice = try await till.call("Invoice/$generate", [Till.reference("encounter", "Encounter/e")])
            #expect(invoice["status"]?.string == "draft")
            #expect(invoice["lineItem"]?.items.count == 3)
            // 45.00 + 12.50 + round(6.66) and tax 8.55 + round(0.4662)
            #expect(invoice["totalNet"]?["value"]?.numberText == "64.16")
            #expect(invoice["totalGross"]?["value"]?.numberText == "73.18")
            #expect(invoice["account"]?["reference"]?.string == "Account/a")
            #expect(try await till.number("SELECT count(*) FROM chargeitem WHERE content->>'status' = 'billed'") == 3)
            #expect(
                try await till.refusal("Invoice/$generate", [Till.reference("account", "Account/a")])
                    == "422 nothing-billable")

            let id = try #require(invoice["id"]?.string)
            let issued = try await till.call("Invoice/\(id)/$issue")
            #expect(issued["status"]?.string == "issued")
            #expect(issued["identifier"]?.items.first?["value"]?.string == "000001")
            #expect(try await till.client.get("Invoice?identifier=urn:martlet:invoice%7C000001").text.contains(id))
            #expect(try await till.refusal("Invoice/\(id)/$issue") == "422 illegal-transition")

            let cancelled = try await till.call("Invoice/\(id)/$cancel", [Till.string("reason", "wrong patient")])
            #expect(cancelled["status"]?.string == "cancelled")
            #expect(cancelled["cancelledReason"]?.string == "wrong patient")
            #expect(try await till.number("SELECT count(*) FROM chargeitem WHERE content->>'status' = 'billable'") == 3)
            #expect(try await till.refusal("Invoice/\(id)/$cancel") == "422 illegal-transition")
            let again = try await till.call("Invoice/$generate", [Till.reference("account", "Account/a")])
            #expect(again["lineItem"]?.items.count == 3)
        }
    }

    @Test func pricesFollowTheirDates() async throws {
        try await Till.with { till in
            try await till.price("old", code: "visit", "40", period: #""start":"2025-01-01""#)
            try await till.price("new", code: "visit", "50", period: #""start":"2026-03-01T09:00:01Z""#)
            let duplicate = try await till.tryPut(
                "ChargeItemDefinition/second",
                #""url":"urn:price:second","status":"active","code":{"coding":[{"system":"urn:x","code":"visit"}]},"#
                    + #""effectivePeriod":{"start":"2025-01-01"}"#)
            #expect(Till.refusal(duplicate) == "409 duplicate")
            try await till.call("Encounter/e/$capture-charges")
            let invoice = try await till.call("Invoice/$generate", [Till.reference("encounter", "Encounter/e")])
            #expect(invoice["totalNet"]?["value"]?.numberText == "40.00")
        }
    }

    @Test func whatIsAskedForWronglyIsRefused() async throws {
        try await Till.with { till in
            #expect(try await till.refusal("Invoice/$generate") == "400 invalid-parameter")
            #expect(
                try await till.refusal("Invoice/$generate", [Till.reference("account", "Account/none")])
                    == "422 unknown-reference")
            #expect(
                try await till.refusal("Invoice/$generate", [Till.reference("account", "Account/a")])
                    == "422 nothing-billable")
            let charge =
                #""status":"billable","code":{"text":"x"},"subject":{"reference":"Patient/p"},"#
                + #""account":[{"reference":"Account/a"}]"#
            try await till.put("ChargeItem/c", charge)
            #expect(
                try await till.refusal(
                    "Invoice/$generate",
                    [Till.reference("account", "Account/a"), Till.reference("charges", "ChargeItem/c")])
                    == "422 no-price")
            try await till.put("ChargeItem/c", charge + #","priceOverride":{"value":9.999,"currency":"EUR"}"#)
            try await till.put("ChargeItem/usd", charge + #","priceOverride":{"value":9,"currency":"USD"}"#)
            #expect(
                try await till.refusal("Invoice/$generate", [Till.reference("account", "Account/a")])
                    == "422 mixed-currency")
            let invoice = try await till.call(
                "Invoice/$generate",
                [Till.reference("account", "Account/a"), Till.reference("charges", "ChargeItem/c")])
            #expect(invoice["totalGross"]?["value"]?.numberText == "10.00")
            #expect(
                try await till.refusal(
                    "Invoice/$generate",
                    [Till.reference("account", "Account/a"), Till.reference("charges", "ChargeItem/c")])
                    == "422 not-billable")
            try await till.put("Invoice/empty", #""status":"draft""#)
            #expect(try await till.refusal("Invoice/empty/$issue") == "422 nothing-billable")
        }
    }

    @Test func aServiceIsBilledOnceAndAChargeStandsOnOneInvoice() async throws {
        try await Till.with { till in
            let charge =
                #""status":"STATUS","code":{"coding":[{"system":"urn:x","code":"visit"}]},"#
                + #""subject":{"reference":"Patient/p"},"#
                + #""supportingInformation":[{"reference":"Encounter/e"}]"#
            try await till.put("ChargeItem/one", charge.replacing("STATUS", with: "billed"))
            try await till.put("ChargeItem/two", charge.replacing("STATUS", with: "billable"))
            let second = try await till.tryPut("ChargeItem/two", charge.replacing("STATUS", with: "billed"))
            #expect(Till.refusal(second) == "409 duplicate")
            let line =
                #""status":"draft","lineItem":[{"chargeItemReference":{"reference":"ChargeItem/one"}}]"#
            let answers = try await Till.parallel(32) { number in
                Till.refusal(try await till.tryPut("Invoice/i\(number)", line))
            }
            #expect(answers == ["201": 1, "409 duplicate": 31])
            let freed = try await till.tryPut("ChargeItem/one", charge.replacing("STATUS", with: "billable"))
            #expect(Till.refusal(freed) == "409 not-allowed")
        }
    }

    @Test func discountsAreSharedOutAndLimited() async throws {
        try await Till.with { till in
            let line = { (amount: String, tax: String) in
                #"{"chargeItemCodeableConcept":{"text":"x"},"priceComponent":[{"type":"base","#
                    + #""amount":{"value":\#(amount),"currency":"EUR"}},{"type":"tax","factor":\#(tax)}]}"#
            }
            try await till.put(
                "Invoice/d",
                #""status":"draft","lineItem":[\#(line("10", "0.2")),\#(line("20", "0.1")),\#(line("0.01", "0"))]"#)
            let percent = try await till.call(
                "Invoice/d/$apply-discount",
                [#"{"name":"percent","valueDecimal":5}"#, Till.string("reason", "loyal")])
            // 10 − 0.50, 20 − 1.00, 0.01 − 0.00
            #expect(percent["totalNet"]?["value"]?.numberText == "28.51")
            #expect(percent["totalGross"]?["value"]?.numberText == "32.31")
            let amount = try await till.call(
                "Invoice/d/$apply-discount", [Till.money("amount", "1"), Till.string("reason", "small change")])
            #expect(amount["totalNet"]?["value"]?.numberText == "27.51")
            for (parameters, expected) in [
                ([#"{"name":"percent","valueDecimal":0}"#], "400 invalid-parameter"),
                ([#"{"name":"percent","valueDecimal":100.5}"#], "400 invalid-parameter"),
                ([], "400 invalid-parameter"),
                ([Till.money("amount", "99")], "422 not-allowed"),
                ([Till.money("amount", "1", currency: "USD")], "422 mixed-currency"),
                ([Till.money("amount", "1.001")], "400 invalid-parameter"),
                ([Till.money("amount", "-1")], "400 invalid-parameter"),
            ] {
                #expect(
                    try await till.refusal("Invoice/d/$apply-discount", parameters + [Till.string("reason", "x")])
                        == expected)
            }
            try await till.call("Invoice/d/$issue")
            #expect(
                try await till.refusal(
                    "Invoice/d/$apply-discount", [Till.money("amount", "1"), Till.string("reason", "late")])
                    == "422 illegal-transition")
        }
    }

    @Test func issuedInvoicesKeepTheirAmountsAndNumber() async throws {
        try await Till.with { till in
            try await till.issued("i", "40")
            let stored = try await till.client.get("Invoice/i").text
            let cheaper = stored.replacing(#""value":40"#, with: #""value":4"#)
            #expect(Till.refusal(try await till.client.put("Invoice/i", cheaper)) == "422 not-allowed")
            let renumbered = stored.replacing("000001", with: "000009")
            #expect(Till.refusal(try await till.client.put("Invoice/i", renumbered)) == "422 not-allowed")
            let balanced = stored.replacing(#""status":"issued""#, with: #""status":"balanced""#)
            #expect(Till.refusal(try await till.client.put("Invoice/i", balanced)) == "422 illegal-transition")
            #expect(try await till.client.delete("Invoice/i").status == 409)
            let noted = stored.replacing(#""status":"issued""#, with: #""status":"issued","paymentTerms":"14 days""#)
            #expect(try await till.client.put("Invoice/i", noted).status == 200)
            try await till.pay("i", "40")
            #expect(try await till.status("Invoice/i") == "balanced")
            let open = try await till.client.get("Invoice/i").text
                .replacing(#""status":"balanced""#, with: #""status":"issued""#)
            #expect(Till.refusal(try await till.client.put("Invoice/i", open)) == "422 illegal-transition")
        }
    }

    @Test func twoIssuesOfOneDraftGiveOneNumberAndNumbersHaveNoGaps() async throws {
        try await Till.with { till in
            for number in 0..<8 { try await till.draft("i\(number)", "10") }
            let answers = try await Till.parallel(64) { number in
                try await till.refusal("Invoice/i\(number % 8)/$issue")
            }
            #expect(answers == ["200": 8, "422 illegal-transition": 56])
            let numbers = try await till.number("SELECT count(DISTINCT number) FROM money_invoice")
            #expect(numbers == 8)
            #expect(try await till.number("SELECT max(number::bigint) FROM money_invoice") == 8)
            #expect(try await till.number("SELECT last FROM clinic_series WHERE name = 'invoice'") == 8)
        }
    }

    @Test func nothingToPayIsBalancedAtOnce() async throws {
        try await Till.with { till in
            try await till.draft("zero", "0")
            #expect(try await till.call("Invoice/zero/$issue")["status"]?.string == "balanced")
        }
    }
}
