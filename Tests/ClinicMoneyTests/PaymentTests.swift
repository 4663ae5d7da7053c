import ClinicTesting
import FHIRServerTesting
import FHIRStore
import JSONTape
import Testing

/// `$record`, `$allocate`, `$refund`, `$clear`.
@Suite struct PaymentTests {
    @Test func partsAddUpToBalancedAndRefundsOpenAgain() async throws {
        try await Till.with { till in
            try await till.issued("i", "100")
            let first = try await till.pay("i", "40", [Till.string("reference", "r1")])
            #expect(first["paymentStatus"]?["coding"]?.items.first?["code"]?.string == "paid")
            #expect(first["status"]?.string == "active")
            #expect(first["recipient"] != nil)
            #expect(try await till.status("Invoice/i") == "issued")
            let paper = try #require(first["payment"]?["reference"]?.string)
            let reconciliation = try await till.client.get(paper).json
            #expect(reconciliation["detail"]?.items.first?["amount"]?["value"]?.numberText == "40.00")
            let second = try await till.pay("i", "60")
            #expect(try await till.status("Invoice/i") == "balanced")
            #expect(try await till.refusal("PaymentNotice/$record", Till.payment("i", "0.01")) == "422 over-payment")
            #expect(try await till.refusal("Invoice/i/$cancel") == "409 paid")
            #expect(try await till.client.get("PaymentNotice?payment-status=paid").json["total"]?.integer == 2)
            #expect(
                try await till.client.get("PaymentNotice?payment-status=urn:martlet:payment-status%7Cpaid").json[
                    "total"]?
                    .integer == 2)

            let id = try #require(second["id"]?.string)
            let refund = [Till.money("amount", "10"), Till.string("reason", "too much")]
            let refunded = try await till.call("PaymentNotice/\(id)/$refund", refund)
            #expect(refunded["paymentStatus"]?["coding"]?.items.first?["code"]?.string == "paid")
            #expect(try await till.status("Invoice/i") == "issued")
            #expect(
                try await till.refusal("PaymentNotice/\(id)/$refund", [Till.money("amount", "50.01"), refund[1]])
                    == "422 over-refund")
            let all = try await till.call("PaymentNotice/\(id)/$refund", [Till.money("amount", "50"), refund[1]])
            #expect(all["paymentStatus"]?["coding"]?.items.first?["code"]?.string == "refunded")
            #expect(try await till.refusal("PaymentNotice/\(id)/$refund", refund) == "422 over-refund")
            #expect(try await till.number("SELECT paid FROM money_invoice WHERE invoice = 'i'") == 4000)
            try await till.pay("i", "60")
            #expect(try await till.status("Invoice/i") == "balanced")
            #expect(try await till.number("SELECT max(receipt) FROM money_payment") == 3)
        }
    }

    @Test func whatIsAskedForWronglyIsRefused() async throws {
        try await Till.with { till in
            try await till.issued("i", "100")
            try await till.draft("draft", "100")
            try await till.put("Invoice/bare", #""status":"issued""#)
            let record = { (parameters: [String]) in try await till.refusal("PaymentNotice/$record", parameters) }
            #expect(try await record(Till.payment("i", "100.01")) == "422 over-payment")
            #expect(try await record(Till.payment("i", "1.001")) == "400 invalid-parameter")
            #expect(try await record(Till.payment("i", "0")) == "400 invalid-parameter")
            #expect(try await record(Till.payment("i", "-5")) == "400 invalid-parameter")
            #expect(try await record(Till.payment("i", "1", method: "a b")) == "400 invalid-parameter")
            #expect(try await record(Till.payment("none", "1")) == "422 unknown-reference")
            #expect(try await record(Till.payment("draft", "1")) == "422 illegal-transition")
            #expect(try await record(Till.payment("bare", "1")) == "422 not-allowed")
            #expect(
                try await record([
                    Till.reference("invoice", "Invoice/i"), Till.money("amount", "1", currency: "USD"),
                    Till.code("method", "cash"),
                ]) == "422 mixed-currency")
            #expect(
                try await record([Till.money("amount", "1"), Till.code("method", "cash")]) == "400 invalid-parameter")
            try await till.pay("i", "10", [Till.string("reference", "r")])
            #expect(try await record(Till.payment("i", "10") + [Till.string("reference", "r")]) == "409 duplicate")
            try await till.pay("i", "10", method: "transfer", [Till.string("reference", "r")])
            #expect(try await till.number("SELECT count(*) FROM paymentnotice") == 2)
            #expect(try await till.number("SELECT last FROM clinic_series WHERE name = 'receipt'") == 2)
            #expect(
                try await till.refusal(
                    "PaymentNotice/none/$refund", [Till.money("amount", "1"), Till.string("reason", "x")]
                ).hasPrefix("404"))
        }
    }

    @Test func creditsAreAllocatedLater() async throws {
        try await Till.with { till in
            let credit = try await till.call(
                "PaymentNotice/$record",
                [Till.reference("patient", "Patient/p"), Till.money("amount", "50"), Till.code("method", "cash")])
            #expect(Till.parameter(credit, "unallocated")?["valueMoney"]?["value"]?.numberText == "50.00")
            let id = try #require(Till.parameter(credit, "return")?["resource"]?["id"]?.string)
            try await till.issued("i", "30")
            try await till.issued("j", "30")
            let line = { (invoice: String, amount: String) in
                let parts = [Till.reference("invoice", "Invoice/\(invoice)"), Till.money("amount", amount)]
                return #"{"name":"lines","part":[\#(parts.joined(separator: ","))]}"#
            }
            let payment = Till.reference("payment", "PaymentNotice/\(id)")
            #expect(
                try await till.refusal("PaymentNotice/$allocate", [payment, line("i", "30"), line("j", "20.01")])
                    == "422 over-payment")
            #expect(
                try await till.refusal("PaymentNotice/$allocate", [payment, line("i", "31")]) == "422 over-payment")
            let paper = try await till.call(
                "PaymentNotice/$allocate", [payment, line("i", "30"), line("j", "5"), line("j", "5")])
            #expect(paper["resourceType"]?.string == "PaymentReconciliation")
            #expect(paper["detail"]?.items.count == 2)
            #expect(try await till.status("Invoice/i") == "balanced")
            #expect(try await till.status("Invoice/j") == "issued")
            // Ten are free, the next five come from the invoice that was settled last.
            try await till.call(
                "PaymentNotice/\(id)/$refund", [Till.money("amount", "15"), Till.string("reason", "x")])
            #expect(try await till.number("SELECT paid FROM money_invoice WHERE invoice = 'j'") == 500)
            #expect(try await till.number("SELECT paid FROM money_invoice WHERE invoice = 'i'") == 3000)
            try await till.issued("k", "5")
            let over = try await till.call(
                "PaymentNotice/$record", Till.payment("k", "8") + [#"{"name":"credit","valueBoolean":true}"#])
            #expect(Till.parameter(over, "unallocated")?["valueMoney"]?["value"]?.numberText == "3.00")
            #expect(try await till.status("Invoice/k") == "balanced")
        }
    }

    @Test func paymentsInTheBooksChangeByOperationsOnly() async throws {
        try await Till.with { till in
            try await till.issued("i", "100")
            let id = try #require(try await till.pay("i", "40")["id"]?.string)
            let stored = try await till.client.get("PaymentNotice/\(id)").text
            for (old, new, expected) in [
                (#""value":40.00"#, #""value":41.00"#, "422 not-allowed"),
                (#""currency":"EUR""#, #""currency":"USD""#, "422 not-allowed"),
                (#""status":"active""#, #""status":"cancelled""#, "422 illegal-transition"),
                (#""code":"paid""#, #""code":"cleared""#, "422 illegal-transition"),
            ] {
                let changed = stored.replacing(old, with: new)
                #expect(changed != stored)
                #expect(Till.refusal(try await till.client.put("PaymentNotice/\(id)", changed)) == expected)
            }
            #expect(try await till.client.delete("PaymentNotice/\(id)").status == 409)
            let cleared = try await till.call("PaymentNotice/\(id)/$clear")
            #expect(cleared["paymentStatus"]?["coding"]?.items.first?["code"]?.string == "cleared")
            #expect(try await till.refusal("PaymentNotice/\(id)/$clear") == "422 illegal-transition")
            #expect(try await till.client.get("PaymentNotice?payment-status=cleared").json["total"]?.integer == 1)
            // What another house recorded is stored as it says, and is no money of ours.
            try await till.put(
                "PaymentNotice/other",
                #""status":"active","created":"2026-01-01","payment":{"display":"x"},"recipient":{"display":"x"},"#
                    + #""amount":{"value":1,"currency":"EUR"},"paymentStatus":{"coding":[{"code":"paid"}]}"#)
            #expect(try await till.refusal("PaymentNotice/other/$clear") == "422 not-allowed")
            #expect(
                try await till.refusal(
                    "PaymentNotice/other/$refund", [Till.money("amount", "1"), Till.string("reason", "x")])
                    == "422 not-allowed")
        }
    }
}
