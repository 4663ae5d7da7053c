import Clinic
import ClinicMoney
import ClinicTesting
import FHIRServerTesting
import FHIRStore
import FoundationEssentials
import JSONTape
import Testing

/// `$finance-report`, `$finance-close`, and QR codes that expire.
@Suite struct FinanceReportTests {
    /// `received 100.00 EUR 2`, and `received card 60.00` for a stratum.
    private static func lines(_ report: JSONNode) -> [String] {
        (report["group"]?.items ?? []).flatMap { group -> [String] in
            func code(_ node: JSONNode?) -> String { node?["coding"]?.items.first?["code"]?.string ?? "" }
            func amount(_ node: JSONNode) -> String { node["measureScore"]?["value"]?.numberText ?? "" }
            let name = code(group["code"])
            let count = group["population"]?.items.first?["count"]?.integer ?? 0
            let strata = group["stratifier"]?.items.first?["stratum"]?.items ?? []
            return ["\(name) \(amount(group)) \(group["measureScore"]?["code"]?.string ?? "") \(count)"]
                + strata.map { "\(name) \(code($0["value"])) \(amount($0))" }
        }
    }

    @Test func theBooksOfAMonth() async throws {
        try await Till.with { till in
            try await till.issued("i", "100")
            try await till.issued("j", "50")
            try await till.issued("k", "10")
            try await till.call("Invoice/k/$cancel")
            let card = try #require(try await till.pay("i", "60")["id"]?.string)
            try await till.pay("i", "40", method: "cash")
            try await till.call(
                "PaymentNotice/\(card)/$refund", [Till.money("amount", "5"), Till.string("reason", "x")])
            try await till.call("Invoice/j/$credit-note", [Till.money("amount", "20"), Till.string("reason", "x")])
            try await till.call(
                "PaymentNotice/$record",
                [Till.reference("account", "Account/a"), Till.money("amount", "7"), Till.code("method", "cash")])
            let report = try await till.client.get("$finance-report").json
            #expect(report["resourceType"]?.string == "MeasureReport")
            #expect(
                Self.lines(report) == [
                    "invoiced 160.00 EUR 3", "cancelled 10.00 EUR 1", "credited 20.00 EUR 1", "received 107.00 EUR 3",
                    "received card 60.00", "received cash 47.00", "refunded 5.00 EUR 1", "refunded card 5.00",
                    "receivable 35.00 EUR 2", "unallocated 7.00 EUR 1",
                ])
            let table = try await till.client.get("$finance-report?format=text/csv").json
            let bytes = try #require(Data(base64Encoded: table["data"]?.string ?? ""))
            let rows = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
            #expect(rows.contains("received,\"cash\",47.00,EUR,2"))
            #expect(rows.contains("receivable,,35.00,EUR,2"))
            // Nothing happened in another time.
            let empty = try await till.client.get("$finance-report?from=2020-01-01&to=2020-02-01").json
            #expect(Self.lines(empty).first == "invoiced 0.00 EUR 0")
            #expect(empty["period"]?["end"]?.string == "2020-01-31")
            for query in [
                "month=2026", "month=2026-13", "from=2026-01-01", "from=2026-02-01&to=2026-01-01",
                "month=2026-01&from=2026-01-01", "format=text/plain",
            ] {
                #expect(try await till.client.get("$finance-report?\(query)").status == 400, "\(query)")
            }
        }
    }

    @Test func aClosedMonthStays() async throws {
        try await Till.with { till in
            try await till.issued("i", "100")
            try await till.pay("i", "60")
            // Last month's books, as if all that had happened then.
            try await till.run(
                """
                ALTER TABLE money_entry DISABLE TRIGGER money_only_added;
                UPDATE money_invoice SET issued = '2026-01-10Z';
                UPDATE money_payment SET settled = '2026-01-11Z';
                UPDATE money_entry SET entered = '2026-01-11Z';
                ALTER TABLE money_entry ENABLE TRIGGER money_only_added;
                """)
            let january = [#"{"name":"month","valueDate":"2026-01"}"#]
            let open = try await till.client.get("$finance-report?month=2026-01")
            #expect(open.text == (try await till.client.get("$finance-report?month=2026-01").text))
            let answers = try await Till.parallel(32) { _ in try await till.refusal("$finance-close", january) }
            #expect(answers == ["200": 1, "409 month-closed": 31])
            let closed = try await till.client.get("$finance-report?month=2026-01").json
            #expect(Self.lines(closed) == Self.lines(try open.json))
            #expect(closed["identifier"]?.items.first?["value"]?.string == "2026-01")
            // What comes now is of this month; the receivable of January stays.
            try await till.pay("i", "40")
            #expect(Self.lines(try await till.client.get("$finance-report?month=2026-01").json) == Self.lines(closed))
            // No door leads into the closed books, nor to the report of them.
            for sql in [
                "UPDATE money_invoice SET cancelled = '2026-01-20Z'",
                "INSERT INTO money_entry (notice, invoice, amount, actor, entered)"
                    + " SELECT notice, 'i', 1, '', '2026-01-20Z' FROM money_payment LIMIT 1",
            ] { await #expect(throws: (any Error).self) { try await till.run(sql) } }
            let id = try #require(closed["id"]?.string)
            let text = try await till.client.get("MeasureReport/\(id)").text
            #expect(
                Till.refusal(
                    try await till.client.put("MeasureReport/\(id)", text.replacing("complete", with: "error")))
                    == "409 month-closed")
            #expect(try await till.client.delete("MeasureReport/\(id)").status == 409)
            #expect(
                try await till.refusal("$finance-close", [#"{"name":"month","valueDate":"2999-01"}"#])
                    == "422 not-allowed")
        }
    }

    @Test func codesExpire() async throws {
        try await Till.with { till in
            try await till.issued("i", "100")
            for _ in 0..<3 {
                try await till.call(
                    "PaymentNotice/$qr-intent",
                    [Till.reference("invoice", "Invoice/i"), Till.money("amount", "10")])
            }
            let job = try #require(MoneyArea.jobs.first { $0.name == "expire-intents" })
            #expect(try await job.run(till.server.store) == 0)
            try await till.run(
                "UPDATE money_intent SET expires = now() - interval '1 second'"
                    + " WHERE notice IN (SELECT notice FROM money_intent ORDER BY notice LIMIT 2)")
            // Several servers, and somebody who verifies at the same moment.
            let late = try await till.client.get("PaymentNotice?payment-status=pending-verification").json
            let ids = (late["entry"]?.items ?? []).compactMap { $0["resource"]?["id"]?.string }
            let store = till.server.store
            let answers = try await Till.parallel(32) { number in
                guard number % 4 == 0 else {
                    return try await till.refusal("PaymentNotice/\(ids[number % ids.count])/$verify") == "200"
                        ? "verified" : "refused"
                }
                return "expired \(try await job.run(store) > 2)"
            }
            #expect(answers["verified"] == 1)
            #expect(answers["expired true"] == nil)
            #expect(try await till.number("SELECT count(*) FROM money_payment WHERE state = 'rejected'") == 2)
            #expect(try await till.number("SELECT count(*) FROM clinic_event WHERE name = 'payment.expired'") == 2)
            #expect(try await till.number("SELECT paid FROM money_invoice") == 1000)
            #expect(try await job.run(store) == 0)
        }
    }
}
