import ClinicTesting
import Crypto
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import FoundationEssentials
import JSONTape
import PostgreSQL
import Testing

/// `/webhooks/payments/{provider}`: signed, and each event once.
@Suite struct WebhookTests {
    private static let secret = "a secret of the provider"

    private static func with(_ body: (Till) async throws -> Void) async throws {
        try await Till.with { till in
            try await till.call(
                "$payment-provider-set", [Till.code("name", "acme"), Till.string("secret", Self.secret)])
            try await body(till)
        }
    }

    private static func sign(_ text: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(text.utf8), using: SymmetricKey(data: Array(secret.utf8)))
        return code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// A signature with the time of now, or so many seconds before.
    private static func timed(_ body: String, ago seconds: Int = 0) -> String {
        let time = Int(Date().timeIntervalSince1970) - seconds
        return "t=\(time),v1=\(sign("\(time).\(body)"))"
    }

    private static func event(
        _ id: String, _ payment: String, type: String = "payment.succeeded"
    ) -> String { #"{"id":"\#(id)","type":"\#(type)","payment":{\#(payment)}}"# }

    private static func paid(_ reference: String, _ amount: String, _ more: String) -> String {
        #""reference":"\#(reference)","amount":"\#(amount)","currency":"EUR",\#(more)"#
    }

    private static func send(
        _ till: Till, _ body: String, provider: String = "acme", signature: String? = nil
    ) async throws -> TestResponse {
        try await till.client.send(
            "POST", "/webhooks/payments/\(provider)", body: Array(body.utf8),
            headers: [
                ("Content-Type", "application/json"), ("X-Martlet-Signature", signature ?? timed(body)),
            ])
    }

    /// `200 applied`, `403 bad-signature`.
    private static func outcome(_ answer: TestResponse) throws -> String {
        guard answer.status == 200 else { return Till.refusal(answer) }
        return "200 " + (Till.parameter(try answer.json, "status")?["valueCode"]?.string ?? "-")
    }

    @Test func onlyWhatIsSignedIsBelieved() async throws {
        try await Self.with { till in
            try await till.issued("i", "100")
            let body = Self.event("e1", Self.paid("p1", "100", #""invoice":"000001""#))
            for (signature, refusal) in [
                ("", "403 bad-signature"), ("t=1,v1=" + Self.sign("1." + body), "403 stale-signature"),
                (Self.timed(body, ago: 3600), "403 stale-signature"),
                (Self.timed(body, ago: -3600), "403 stale-signature"),
                (Self.timed(body + " "), "403 bad-signature"), ("sha256=" + Self.sign(body + " "), "403 bad-signature"),
                ("t=x,v1=00", "403 stale-signature"), ("sha256=zz", "403 bad-signature"),
                ("v1=" + Self.sign(body), "403 bad-signature"),
            ] {
                let answer = try await Self.send(till, body, signature: signature)
                #expect(try Self.outcome(answer) == refusal, "\(signature)")
            }
            #expect(try Self.outcome(try await Self.send(till, body, provider: "nobody")) == "403 bad-signature")
            #expect(try await till.number("SELECT count(*) FROM money_payment") == 0)
            #expect(try await till.number("SELECT count(*) FROM money_event") == 0)
            #expect(
                try Self.outcome(try await Self.send(till, body, signature: "sha256=" + Self.sign(body)))
                    == "200 applied")
            #expect(try await till.status("Invoice/i") == "balanced")
            // A provider that is switched off is nobody.
            try await till.call(
                "$payment-provider-set", [Till.code("name", "acme"), #"{"name":"active","valueBoolean":false}"#])
            #expect(try Self.outcome(try await Self.send(till, body)) == "403 bad-signature")
        }
    }

    @Test func whatIsNoEventIsRefused() async throws {
        try await Self.with { till in
            for body in [
                "x", "[]", "{}", #"{"id":"1"}"#, #"{"id":"","type":"payment.succeeded"}"#,
                Self.event("1", #""amount":"1","currency":"EUR""#),
                Self.event("1", #""reference":"r","currency":"EUR""#),
                Self.event("1", Self.paid("r", "-1", #""invoice":"1""#)),
                Self.event("1", Self.paid("r", "x", #""invoice":"1""#)),
                Self.event("1", Self.paid("r", "1", #""invoice":7"#)),
                Self.event("1", Self.paid("r", "1.234", #""invoice":"1""#)),
            ] {
                #expect(try await Self.send(till, body).status == 400, "\(body)")
            }
            let unknown = Self.event("1", Self.paid("r", "1", #""invoice":"000001""#))
            #expect(try Self.outcome(try await Self.send(till, unknown)) == "422 unknown-reference")
            let other = try await Self.send(till, #"{"id":"2","type":"customer.created","customer":{"id":"x"}}"#)
            #expect(try Self.outcome(other) == "200 ignored", "\(other.text)")
            #expect(try await till.client.get("/webhooks/payments/acme").status == 405)
            #expect(try await till.client.send("POST", "/webhooks/other/acme", body: [0x78]).status == 404)
            // What could not be taken may be sent again.
            try await till.issued("i", "1")
            #expect(try Self.outcome(try await Self.send(till, unknown)) == "200 applied")
        }
    }

    @Test func aHundredReplaysHaveOneEffect() async throws {
        try await Self.with { till in
            try await till.issued("i", "100")
            let body = Self.event("e1", Self.paid("p1", "40", #""invoice":"000001""#))
            let answers = try await Till.parallel(100) { number in
                // Some of them as another event about the same payment.
                let text = number % 4 == 0 ? body.replacing("e1", with: "e\(number + 2)") : body
                return try Self.outcome(try await Self.send(till, text))
            }
            #expect(answers == ["200 applied": 1, "200 known": 99])
            #expect(try await till.number("SELECT paid FROM money_invoice") == 4000)
            #expect(try await till.number("SELECT count(*) FROM paymentnotice") == 1)
            #expect(try await till.number("SELECT last FROM clinic_series WHERE name = 'receipt'") == 1)
        }
    }

    @Test func aCodeIsVerifiedByItsProvider() async throws {
        try await Self.with { till in
            try await till.issued("i", "100")
            func intent(_ amount: String) async throws -> (id: String, nonce: String) {
                let answer = try await till.call(
                    "PaymentNotice/$qr-intent",
                    [Till.reference("invoice", "Invoice/i"), Till.money("amount", amount)])
                let payload = try #require(Till.parameter(answer, "payload")?["valueString"]?.string)
                let nonce = try #require(
                    payload.split(whereSeparator: { "?&;".contains($0) }).first { $0.hasPrefix("nonce=") })
                let id = try #require(Till.parameter(answer, "return")?["resource"]?["id"]?.string)
                return (id, String(nonce.dropFirst(6)))
            }
            let first = try await intent("60")
            let body = Self.event("e1", Self.paid("p1", "60.00", #""nonce":"\#(first.nonce)""#))
            #expect(try Self.outcome(try await Self.send(till, body)) == "200 applied")
            let notice = try await till.client.get("PaymentNotice/\(first.id)").json
            #expect(notice["paymentStatus"]?["coding"]?.items.first?["code"]?.string == "paid")
            let cleared = Self.event("e2", #""reference":"p1""#, type: "payment.cleared")
            #expect(try Self.outcome(try await Self.send(till, cleared)) == "200 applied")
            // Another amount than was asked for: its own payment, what is over is a credit.
            let second = try await intent("10")
            let more = Self.event("e3", Self.paid("p2", "50", #""nonce":"\#(second.nonce)""#))
            #expect(try Self.outcome(try await Self.send(till, more)) == "200 applied")
            #expect(try await till.status("Invoice/i") == "balanced")
            #expect(
                try await till.number("SELECT amount - allocated FROM money_payment WHERE reference = 'p2'") == 1000)
            let failed = Self.event("e4", #""reference":"p3","nonce":"\#(second.nonce)""#, type: "payment.failed")
            #expect(try Self.outcome(try await Self.send(till, failed)) == "200 applied")
            #expect(
                try await till.number(
                    "SELECT count(*) FROM money_payment WHERE notice = '\(second.id)' AND state = 'rejected'") == 1)
        }
    }

    /// Money for an invoice that cannot take it is somebody's credit all the same.
    @Test func moneyForACancelledInvoiceIsACredit() async throws {
        try await Self.with { till in
            try await till.issued("i", "100")
            try await till.call("Invoice/i/$cancel")
            let body = Self.event("e1", Self.paid("p1", "100", #""invoice":"Invoice/i""#))
            #expect(try Self.outcome(try await Self.send(till, body)) == "200 applied")
            #expect(try await till.number("SELECT amount - allocated FROM money_payment") == 10_000)
            #expect(try await till.number("SELECT count(*) FROM money_payment WHERE account = 'Account/a'") == 1)
        }
    }

    @Test func theSecretIsNeverShown() async throws {
        try await Self.with { till in
            let answer = try await till.client.call("$payment-provider-set", [Till.code("name", "acme")])
            #expect(answer.status == 200)
            #expect(!answer.text.contains(Self.secret))
            #expect(try await till.client.get("$clinic-settings").text.contains(Self.secret) == false)
            #expect(
                try await till.refusal("$payment-provider-set", [Till.code("name", "new")]) == "400 invalid-parameter")
            #expect(
                try await till.refusal(
                    "$payment-provider-set", [Till.code("name", "new"), Till.string("secret", "short")])
                    == "400 invalid-parameter")
            #expect(
                try await till.refusal(
                    "$payment-provider-set", [Till.code("name", "a/b"), Till.string("secret", Self.secret)])
                    == "400 invalid-parameter")
        }
    }

    /// What was told is on record with all that was written because of it, and so is what was not believed.
    @Test func deliveriesAreOnRecord() async throws {
        try await Till.with({ $0.isAudited = true }) { till in
            try await till.call(
                "$payment-provider-set", [Till.code("name", "acme"), Till.string("secret", Self.secret)])
            try await till.issued("i", "100")
            let body = Self.event("e1", Self.paid("p1", "100", #""invoice":"000001""#))
            #expect(try Self.outcome(await Self.send(till, body, signature: "none")).hasPrefix("403"))
            #expect(try Self.outcome(await Self.send(till, body)) == "200 applied")
            let audit = try #require(till.server.store.audit)
            try await audit.settle()
            let rows = try await till.server.test.database.query(
                SQLStatement("SELECT record FROM audit_log ORDER BY seq"))
            let events = try (0..<rows.rowCount).map { JSONNode(try Document.parse(rows.bytes($0, 0) ?? [])) }
            func codes(_ event: JSONNode) -> [String] {
                event["subtype"]?.items.compactMap { $0["code"]?.string } ?? []
            }
            let webhooks = events.filter { codes($0).contains("webhook") }
            #expect(webhooks.map { $0["outcome"]?.string } == ["4", "0"])
            let written = events.filter { event in
                (event["agent"]?.items ?? []).contains {
                    $0["who"]?["identifier"]?["value"]?.string == "webhook:payments/acme"
                }
            }
            #expect(written.contains { codes($0) == ["create"] })
            #expect(written.contains { codes($0) == ["webhook"] })
        }
    }
}
