import ClinicTesting
import FHIRServer
import FHIRServerTesting
import FHIRStore
import FoundationEssentials
import JSONTape
import Testing

/// `$qr-intent`, `$verify`, `$reject`, `$cancel`.
@Suite struct QRPaymentTests {
    private static func intent(_ till: Till, _ invoice: String, _ amount: String) async throws -> JSONNode {
        try await till.call(
            "PaymentNotice/$qr-intent", [Till.reference("invoice", "Invoice/\(invoice)"), Till.money("amount", amount)])
    }

    private static func id(_ answer: JSONNode) throws -> String {
        try #require(Till.parameter(answer, "return")?["resource"]?["id"]?.string)
    }

    @Test func aCodeIsNoMoneyUntilItIsVerified() async throws {
        try await Till.with { till in
            try await till.issued("i", "100")
            let answer = try await Self.intent(till, "i", "100")
            let payload = try #require(Till.parameter(answer, "payload")?["valueString"]?.string)
            for part in ["amount=100.00", "currency=EUR", "invoice=000001", "nonce="] {
                #expect(payload.contains(part))
            }
            let image = Till.parameter(answer, "image")?["resource"]
            #expect(image?["contentType"]?.string == "image/png")
            let png = try #require(Data(base64Encoded: image?["data"]?.string ?? ""))
            #expect(Array(png.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
            #expect(try await till.status("Invoice/i") == "issued")
            #expect(try await till.number("SELECT paid FROM money_invoice") == 0)
            #expect(
                try await till.client.get("PaymentNotice?payment-status=pending-verification").json["total"]?.integer
                    == 1)
            let id = try Self.id(answer)
            #expect(
                try await till.refusal(
                    "PaymentNotice/\(id)/$refund", [Till.money("amount", "1"), Till.string("reason", "x")])
                    == "422 illegal-transition")
            let verified = try await till.call("PaymentNotice/\(id)/$verify", [Till.string("note", "seen")])
            #expect(verified["paymentStatus"]?["coding"]?.items.first?["code"]?.string == "paid")
            #expect(try await till.status("Invoice/i") == "balanced")
            #expect(try await till.refusal("PaymentNotice/\(id)/$verify") == "422 illegal-transition")
            #expect(
                try await till.refusal("PaymentNotice/$qr-intent", [Till.reference("invoice", "Invoice/i")])
                    == "422 paid")
        }
    }

    @Test func manyVerifyOneCodeOnce() async throws {
        try await Till.with { till in
            try await till.issued("i", "100")
            let id = try Self.id(try await Self.intent(till, "i", "30"))
            let answers = try await Till.parallel(32) { _ in try await till.refusal("PaymentNotice/\(id)/$verify") }
            #expect(answers == ["200": 1, "422 illegal-transition": 31])
            #expect(try await till.number("SELECT paid FROM money_invoice") == 3000)
        }
    }

    @Test func anEvidenceProvesOnePayment() async throws {
        try await Till.with { till in
            try await till.issued("i", "100")
            for (id, data) in [("one", "cHJvb2Y="), ("two", "cHJvb2Y="), ("three", "b3RoZXI=")] {
                try await till.put(
                    "DocumentReference/\(id)",
                    #""status":"current","content":[{"attachment":{"contentType":"image/png","data":"\#(data)"}}]"#)
            }
            let first = try Self.id(try await Self.intent(till, "i", "10"))
            let second = try Self.id(try await Self.intent(till, "i", "10"))
            let verify = { (id: String, document: String) in
                try await till.refusal(
                    "PaymentNotice/\(id)/$verify", [Till.reference("evidence", "DocumentReference/\(document)")])
            }
            #expect(try await verify(first, "none") == "422 unknown-reference")
            #expect(try await verify(first, "one") == "200")
            #expect(try await verify(second, "one") == "409 duplicate")
            #expect(try await verify(second, "two") == "409 duplicate")
            #expect(try await till.number("SELECT paid FROM money_invoice") == 1000)
            #expect(try await verify(second, "three") == "200")
        }
    }

    @Test func rejectedCancelledAndExpiredCodesNeverCount() async throws {
        try await Till.with { till in
            try await till.issued("i", "100")
            let rejected = try Self.id(try await Self.intent(till, "i", "10"))
            #expect(try await till.refusal("PaymentNotice/\(rejected)/$reject") == "400 invalid-parameter")
            let answer = try await till.call(
                "PaymentNotice/\(rejected)/$reject", [Till.string("reason", "no money came")])
            #expect(answer["paymentStatus"]?["coding"]?.items.first?["code"]?.string == "rejected")
            #expect(try await till.refusal("PaymentNotice/\(rejected)/$verify") == "422 illegal-transition")
            let cancelled = try Self.id(try await Self.intent(till, "i", "10"))
            #expect(try await till.call("PaymentNotice/\(cancelled)/$cancel")["status"]?.string == "cancelled")
            #expect(try await till.refusal("PaymentNotice/\(cancelled)/$verify") == "422 illegal-transition")
            let late = try Self.id(try await Self.intent(till, "i", "10"))
            try await till.run("UPDATE money_intent SET expires = now() - interval '1 second'")
            #expect(try await till.refusal("PaymentNotice/\(late)/$verify") == "422 expired")
            #expect(
                try await till.refusal(
                    "PaymentNotice/$qr-intent",
                    [
                        Till.reference("invoice", "Invoice/i"),
                        #"{"name":"expires","valueDateTime":"2020-01-01T00:00:00Z"}"#,
                    ])
                    == "400 invalid-parameter")
            #expect(
                try await till.refusal(
                    "PaymentNotice/$qr-intent", [Till.reference("invoice", "Invoice/i"), Till.money("amount", "101")])
                    == "422 over-payment")
            #expect(try await till.number("SELECT paid FROM money_invoice") == 0)
            #expect(try await till.number("SELECT count(*) FROM money_payment WHERE receipt IS NOT NULL") == 0)
        }
    }

    @Test func moneyThatComesTooLateIsACredit() async throws {
        try await Till.with { till in
            try await till.issued("i", "100")
            let id = try Self.id(try await Self.intent(till, "i", "80"))
            try await till.pay("i", "50")
            #expect(try await till.refusal("PaymentNotice/\(id)/$verify") == "422 over-payment")
            try await till.call("PaymentNotice/\(id)/$verify", [#"{"name":"credit","valueBoolean":true}"#])
            #expect(try await till.status("Invoice/i") == "balanced")
            #expect(
                try await till.number("SELECT amount - allocated FROM money_payment WHERE notice = '\(id)'") == 3000)
        }
    }
}
