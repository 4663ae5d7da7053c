import Clinic
import ClinicMoney
import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// Each operation that changes something, sent twice under one key, has one effect.
@Suite struct MoneyIdempotencyTests {
    @Test func twiceIsOnce() async throws {
        try await Till.with { till in
            try await till.price("visit", code: "visit", "80.00")
            try await till.put(
                "Coverage/c",
                #""status":"active","beneficiary":{"reference":"Patient/p"},"payor":[{"display":"insurer"}]"#)
            var called: Set<String> = []
            @discardableResult
            func twice(_ path: String, _ parameters: [String] = []) async throws -> JSONNode {
                let events = "SELECT count(*) FROM clinic_event"
                let before = try await till.number(events)
                let first = try await till.call(path, parameters, key: path)
                let between = try await till.number(events)
                let second = try await till.client.call(path, parameters, key: path)
                #expect(second.status == 200, "\(path): \(second.text)")
                #expect(JSONNode(first.document).source == (try second.json.source), "\(path)")
                #expect(try await till.number(events) == between, "\(path)")
                #expect(
                    between > before || path.hasSuffix("$inquire") || path.contains("$cancel")
                        || path.hasPrefix("$payment-p"), "\(path)")
                let parts = path.split(separator: "/")
                called.insert("\(parts.count > 1 ? parts[0] : "")\(parts.last ?? "")")
                return first
            }
            func id(_ answer: JSONNode) throws -> String {
                try #require((Till.parameter(answer, "return")?["resource"] ?? answer)["id"]?.string)
            }

            try await twice("$cash-open", [Till.string("drawer", "d"), Till.money("opening", "0")])
            try await twice("Encounter/e/$capture-charges")
            let invoice = try id(try await twice("Invoice/$generate", [Till.reference("encounter", "Encounter/e")]))
            let reason = Till.string("reason", "x")
            try await twice("Invoice/\(invoice)/$apply-discount", [Till.money("amount", "1"), reason])
            try await twice("Invoice/\(invoice)/$issue")
            let payment = try id(try await twice("PaymentNotice/$record", Till.payment(invoice, "9", method: "cash")))
            try await twice("PaymentNotice/\(payment)/$refund", [Till.money("amount", "4"), reason])
            try await twice("PaymentNotice/\(payment)/$clear")
            let intent = [Till.reference("invoice", "Invoice/\(invoice)"), Till.money("amount", "5")]
            let first = try id(try await twice("PaymentNotice/$qr-intent", intent))
            try await twice("PaymentNotice/\(first)/$verify")
            let second = try id(try await till.call("PaymentNotice/$qr-intent", intent))
            try await twice("PaymentNotice/\(second)/$reject", [reason])
            let third = try id(try await till.call("PaymentNotice/$qr-intent", intent))
            try await twice("PaymentNotice/\(third)/$cancel")
            let credit = try id(
                try await till.call(
                    "PaymentNotice/$record",
                    [Till.reference("patient", "Patient/p"), Till.money("amount", "5"), Till.code("method", "card")]))
            let line = Till.reference("invoice", "Invoice/\(invoice)") + "," + Till.money("amount", "2")
            try await twice(
                "PaymentNotice/$allocate",
                [Till.reference("payment", "PaymentNotice/\(credit)"), #"{"name":"lines","part":[\#(line)]}"#])
            try await till.issued("credited", "4")
            try await twice("Invoice/credited/$credit-note", [Till.money("amount", "1"), Till.string("reason", "x")])
            #expect(try await till.number("SELECT paid FROM money_invoice WHERE invoice = 'credited'") == 100)
            try await twice("$finance-close", [#"{"name":"month","valueDate":"2020-02"}"#])
            try await twice(
                "$payment-provider-set", [Till.code("name", "p"), Till.string("secret", "0123456789abcdef")])
            try await till.issued("other", "3")
            try await twice("Invoice/other/$cancel")
            try await twice("$cash-close", [Till.money("counted", "5")])
            let claim =
                #"{"resourceType":"Claim","status":"active","type":{"text":"t"},"use":"claim","created":"2026-03-01","#
                + #""patient":{"reference":"Patient/p"},"provider":{"display":"clinic"},"priority":{"text":"n"},"#
                + #""insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/c"}}],"#
                + #""item":[{"sequence":1,"#
                + #""productOrService":{"text":"x"},"net":{"value":5,"currency":"EUR"}}]}"#
            let response = try await twice("Claim/$submit", [#"{"name":"resource","resource":\#(claim)}"#])
            let submitted = try #require(response["request"]?["reference"]?.string)
            try await twice("Claim/$inquire", [Till.reference("claim", submitted)])
            let eligibility =
                #"{"resourceType":"CoverageEligibilityRequest","status":"active","purpose":["validation"],"#
                + #""patient":{"reference":"Patient/p"},"created":"2026-03-01","insurer":{"display":"insurer"}}"#
            try await twice(
                "CoverageEligibilityRequest/$submit", [#"{"name":"resource","resource":\#(eligibility)}"#])

            #expect(try await till.number("SELECT paid FROM money_invoice WHERE invoice = '\(invoice)'") == 1200)
            // None is left out.
            let declared = MoneyArea.operations.map(\.declaration).filter(\.affectsState)
            for declaration in declared { #expect(called.contains("\(declaration.typeName)$\(declaration.name)")) }
        }
    }

    @Test(arguments: ["", "?format=application/pdf"])
    func invoicesAndStatementsArePrinted(_ query: String) async throws {
        try await Till.with { till in
            try await till.draft("i", "40")
            for path in ["Invoice/i/$render", "Account/a/$statement"] {
                let binary = try await till.client.get(path + query).json
                #expect(binary["resourceType"]?.string == "Binary", "\(binary)")
                #expect(binary["contentType"]?.string == "application/pdf")
                #expect(binary["data"]?.string?.hasPrefix("JVBERi0") == true)
            }
            let rows = try await till.client.get("Invoice/i/$render?format=text/csv").json
            #expect(rows["contentType"]?.string == "text/csv")
        }
    }
}
