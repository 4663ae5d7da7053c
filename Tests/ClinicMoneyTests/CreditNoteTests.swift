import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// `Invoice/[id]/$credit-note`: an issued invoice stays as it is, and is credited by a document of its own.
@Suite struct CreditNoteTests {
    private static let reason = Till.string("reason", "charged by mistake")
    private static let second = [("X-Martlet-Actor", "Practitioner/second")]

    private func credit(
        _ till: Till, _ invoice: String, _ amount: String? = nil
    ) async throws -> TestResponse {
        try await till.client.call(
            "Invoice/\(invoice)/$credit-note", [Self.reason] + (amount.map { [Till.money("amount", $0)] } ?? []),
            headers: Self.second)
    }

    private func isInStep(_ till: Till) async throws -> Bool {
        try await till.number(
            """
            SELECT count(*) FROM money_invoice i
            WHERE paid <> (SELECT coalesce(sum(amount), 0) FROM money_entry e WHERE e.invoice = i.invoice)
            """) == 0
    }

    @Test func anOpenInvoiceIsCreditedAsAWhole() async throws {
        try await Till.with { till in
            try await till.put(
                "Invoice/i",
                #""status":"draft","subject":{"reference":"Patient/p"},"account":{"reference":"Account/a"},"#
                    + #""lineItem":[{"chargeItemCodeableConcept":{"text":"visit"},"priceComponent":["#
                    + #"{"type":"base","factor":3,"amount":{"value":33.335,"currency":"EUR"}},"#
                    + #"{"type":"discount","factor":0.1},{"type":"tax","factor":0.19}]}]"#)
            try await till.call("Invoice/i/$issue")
            let before = try await till.invoice("i")
            let answer = try await credit(till, "i")
            try #require(answer.status == 200, "\(answer.text)")
            let note = try answer.json
            #expect(note["type"]?["coding"]?.items.first?["code"]?.string == "credit-note")
            #expect(note["identifier"]?.items.first?["value"]?.string == "CN-000001")
            let gross = before["totalGross"]?["value"]?.numberText ?? ""
            #expect(note["totalGross"]?["value"]?.numberText == "-" + gross)
            #expect(note["lineItem"]?.items.count == 1)
            let now = try await till.invoice("i")
            #expect(now["status"]?.string == "balanced")
            #expect(now["lineItem"]?.source == before["lineItem"]?.source)
            #expect(Till.refusal(try await credit(till, "i", "0.01")) == "422 over-credit")
            let id = note["id"]?.string ?? ""
            #expect(Till.refusal(try await credit(till, id)) == "422 not-allowed")
            let paper = try await till.client.get("Invoice/\(id)/$render?format=text/csv").json
            #expect(paper["contentType"]?.string == "text/csv")
            #expect(try await till.client.get("Invoice/\(id)/$render").json["contentType"]?.string == "application/pdf")
            #expect(try await isInStep(till))
        }
    }

    /// What was paid for what is credited can be given back, and nothing else.
    @Test func aPaidInvoiceGivesBack() async throws {
        try await Till.with { till in
            try await till.issued("i", "100")
            let first = try #require(try await till.pay("i", "70")["id"]?.string)
            let last = try #require(try await till.pay("i", "30")["id"]?.string)
            #expect(try await till.refusal("Invoice/i/$cancel") == "409 paid")
            #expect(try await credit(till, "i", "40").status == 200)
            #expect(try await till.status("Invoice/i") == "balanced")
            #expect(try await till.number("SELECT allocated FROM money_payment WHERE notice = '\(last)'") == 0)
            #expect(try await till.number("SELECT allocated FROM money_payment WHERE notice = '\(first)'") == 6000)
            try await till.call(
                "PaymentNotice/\(last)/$refund", [Till.money("amount", "30"), Till.string("reason", "credit")])
            #expect(try await till.status("Invoice/i") == "balanced")
            let note = try #require(
                try await till.client.get("PaymentNotice?request=Invoice/i&_count=50").json["entry"]?.items
                    .compactMap { $0["resource"] }
                    .first {
                        $0["extension"]?.items.first?["valueCodeableConcept"]?["coding"]?.items.first?["code"]?.string
                            == "credit-note"
                    }?["id"]?.string)
            #expect(
                try await till.refusal(
                    "PaymentNotice/\(note)/$refund", [Till.money("amount", "1"), Till.string("reason", "x")])
                    == "422 not-allowed")
            let statement = try await till.client.get("Account/a/$statement?format=text/csv").json
            #expect(statement["data"]?.string?.isEmpty == false)
            #expect(try await isInStep(till))
        }
    }

    @Test func refusals() async throws {
        try await Till.with { till in
            try await till.draft("d", "10")
            #expect(Till.refusal(try await credit(till, "d")) == "422 illegal-transition")
            try await till.issued("i", "1000")
            #expect(Till.refusal(try await credit(till, "i", "1000.01")) == "422 over-credit")
            #expect(try await till.refusal("Invoice/i/$credit-note") == "400 invalid-parameter")
            // Above the limit it takes another person than who issued it, and somebody has to say who.
            #expect(try await till.refusal("Invoice/i/$credit-note", [Self.reason]) == "422 second-person-required")
            try await till.draft("own", "1000")
            try await till.call("Invoice/own/$issue", headers: Self.second)
            #expect(Till.refusal(try await credit(till, "own")) == "403 second-person-required")
            #expect(
                try await till.refusal("PaymentNotice/$record", Till.payment("i", "1", method: "credit-note"))
                    == "400 invalid-parameter")
        }
    }

    @Test func neverMoreThanWasInvoicedAmongMany() async throws {
        try await Till.with { till in
            try await till.issued("i", "100")
            let answers = try await Till.parallel(48) { number in
                if number % 2 == 0 { return "credit " + Till.refusal(try await self.credit(till, "i", "7")) }
                return "pay " + (try await till.refusal("PaymentNotice/$record", Till.payment("i", "9")))
            }
            let credits = try await till.number("SELECT count(*) FROM money_payment WHERE method = 'credit-note'")
            #expect(answers["credit 200"] == credits)
            #expect(credits == 14)
            #expect(try await till.number("SELECT paid FROM money_invoice") <= 10_000)
            #expect(try await till.number("SELECT last FROM clinic_series WHERE name = 'credit-note'") == credits)
            #expect(
                try await till.number("SELECT count(*) FROM money_payment WHERE allocated + refunded > amount") == 0)
            #expect(try await isInStep(till))
        }
    }
}
