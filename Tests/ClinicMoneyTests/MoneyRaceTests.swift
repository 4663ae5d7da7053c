import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// Money under many hands at once: what is stored counts, not what is answered.
@Suite struct MoneyRaceTests {
    @Test func ofManyFullPaymentsOneIsTaken() async throws {
        try await Till.with { till in
            try await till.issued("i", "100")
            let answers = try await Till.parallel(64) { _ in
                try await till.refusal("PaymentNotice/$record", Till.payment("i", "100"))
            }
            #expect(answers == ["200": 1, "422 over-payment": 63])
            #expect(try await till.number("SELECT count(*) FROM paymentnotice") == 1)
            #expect(try await till.number("SELECT paid FROM money_invoice") == 10_000)
            #expect(try await till.number("SELECT sum(amount)::bigint FROM money_entry") == 10_000)
            #expect(try await till.status("Invoice/i") == "balanced")
            #expect(try await till.number("SELECT last FROM clinic_series WHERE name = 'receipt'") == 1)
        }
    }

    @Test func partsNeverAddUpToMore() async throws {
        try await Till.with { till in
            try await till.issued("i", "100")
            let answers = try await Till.parallel(64) { number in
                try await till.refusal(
                    "PaymentNotice/$record", Till.payment("i", "7") + [Till.string("reference", "r\(number)")])
            }
            #expect(answers == ["200": 14, "422 over-payment": 50])
            #expect(try await till.number("SELECT paid FROM money_invoice") == 9_800)
            #expect(try await till.number("SELECT count(DISTINCT receipt) FROM money_payment") == 14)
        }
    }

    @Test func refundsNeverExceedWhatWasPaid() async throws {
        try await Till.with { till in
            try await till.issued("i", "100")
            let id = try #require(try await till.pay("i", "100")["id"]?.string)
            let answers = try await Till.parallel(48) { _ in
                try await till.refusal(
                    "PaymentNotice/\(id)/$refund", [Till.money("amount", "3"), Till.string("reason", "x")])
            }
            #expect(answers == ["200": 33, "422 over-refund": 15])
            #expect(try await till.number("SELECT sum(amount)::bigint FROM money_refund") == 9_900)
            #expect(try await till.number("SELECT paid FROM money_invoice") == 100)
            #expect(try await till.number("SELECT refunded FROM money_payment") == 9_900)
            #expect(try await till.status("Invoice/i") == "issued")
        }
    }

    @Test func aCancelledInvoiceIsNeverPaid() async throws {
        try await Till.with { till in
            for round in 0..<6 {
                try await till.issued("i\(round)", "10")
                let stored = try await till.client.get("Invoice/i\(round)").text
                    .replacing(#""status":"issued""#, with: #""status":"cancelled""#)
                let answers = try await Till.parallel(32) { number in
                    switch number % 3 {
                    case 0: try await till.refusal("Invoice/i\(round)/$cancel") == "200" ? "cancelled" : "no"
                    case 1:
                        try await till.client.put("Invoice/i\(round)", stored).status == 200 ? "put" : "no"
                    default:
                        try await till.refusal("PaymentNotice/$record", Till.payment("i\(round)", "10")) == "200"
                            ? "paid" : "no"
                    }
                }
                let paid = try await till.number("SELECT paid FROM money_invoice WHERE invoice = 'i\(round)'")
                let status = try await till.status("Invoice/i\(round)")
                #expect((status == "cancelled" && paid == 0) || (status == "balanced" && paid == 1000), "\(answers)")
                #expect((answers["paid"] ?? 0) == (status == "balanced" ? 1 : 0))
            }
        }
    }

    @Test func aPaymentThatIsSentAgainCountsOnce() async throws {
        try await Till.with { till in
            try await till.issued("i", "100")
            let answers = try await Till.parallel(100) { _ in
                let answer = try await till.client.call("PaymentNotice/$record", Till.payment("i", "5"), key: "k")
                return
                    "\(answer.status) \(try Till.parameter(answer.json, "return")?["resource"]?["id"]?.string ?? "-")"
            }
            #expect(answers.count == 1)
            #expect(answers.keys.first?.hasPrefix("200 ") == true)
            #expect(try await till.number("SELECT count(*) FROM paymentnotice") == 1)
            #expect(try await till.number("SELECT paid FROM money_invoice") == 500)
        }
    }

    @Test func oneReferenceCountsOnceAmongMany() async throws {
        try await Till.with { till in
            for number in 0..<8 { try await till.issued("i\(number)", "100") }
            let answers = try await Till.parallel(64) { number in
                try await till.refusal(
                    "PaymentNotice/$record", Till.payment("i\(number % 8)", "5") + [Till.string("reference", "same")])
            }
            #expect(answers == ["200": 1, "409 duplicate": 63])
        }
    }

    @Test func allocationsOfOnePaymentNeverExceedIt() async throws {
        try await Till.with { till in
            for number in 0..<8 { try await till.issued("i\(number)", "40") }
            let credit = try await till.call(
                "PaymentNotice/$record",
                [Till.reference("account", "Account/a"), Till.money("amount", "100"), Till.code("method", "cash")])
            let id = try #require(Till.parameter(credit, "return")?["resource"]?["id"]?.string)
            _ = try await Till.parallel(48) { number in
                if number % 6 == 5 {
                    return try await till.refusal(
                        "PaymentNotice/\(id)/$refund", [Till.money("amount", "1"), Till.string("reason", "x")])
                }
                let line = Till.reference("invoice", "Invoice/i\(number % 8)") + "," + Till.money("amount", "13")
                return try await till.refusal(
                    "PaymentNotice/$allocate",
                    [Till.reference("payment", "PaymentNotice/\(id)"), #"{"name":"lines","part":[\#(line)]}"#])
            }
            #expect(
                try await till.number("SELECT count(*) FROM money_payment WHERE allocated + refunded > amount") == 0)
            #expect(
                try await till.number(
                    """
                    SELECT count(*) FROM money_invoice i
                    WHERE paid <> (SELECT coalesce(sum(amount), 0) FROM money_entry e WHERE e.invoice = i.invoice)
                    """) == 0)
            #expect(
                try await till.number(
                    """
                    SELECT count(*) FROM money_payment p
                    WHERE allocated <> (SELECT coalesce(sum(amount), 0) FROM money_entry e WHERE e.notice = p.notice)
                    """) == 0)
        }
    }
}
