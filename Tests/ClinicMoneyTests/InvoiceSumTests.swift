@testable import ClinicMoney
import FHIRStore
import JSONTape
import PostgreSQL
import Testing
import FHIRServerTesting
import FHIRStoreTesting

/// What an invoice comes to: the same by the program and by the database, for every way to write one.
@Suite struct InvoiceSumTests {
    /// Numbers that are the same in every run.
    struct Draw {
        private var state: UInt64

        init(seed: UInt64) { state = seed }

        /// From 0 up to, not including, `limit` (xorshift64*).
        mutating func below(_ limit: Int) -> Int {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return Int((state &* 2_685_821_657_736_338_717) >> 33) % limit
        }
    }

    /// An invoice with prices of three decimals, and what it comes to by arithmetic in thousandths of whole numbers.
    struct Sample {
        var json: String
        var net: Int
        var gross: Int
        var currency: Currency
    }

    /// Thousandths of a percent.
    private static let taxes = [0, 2_500, 5_000, 7_000, 7_700, 13_000, 19_000]
    private static let currencies = ["EUR", "JPY", "KWD"]

    static func sample(_ draw: inout Draw) -> Sample {
        let currency = Currency(currencies[draw.below(3)])
        let money = { (thousandths: Int) in
            #"{"value":\#(ExactDecimal(thousandths, scale: 3).text),"currency":"\#(currency.code)"}"#
        }
        var (net, tax) = (0, 0)
        var lines: [String] = []
        for _ in 0...draw.below(6) {
            let price = draw.below(1_000_000)
            let quantity = 1 + draw.below(12_000)  // thousandths
            let discount = draw.below(4) == 0 ? draw.below(price + 1) : 0
            let surcharge = draw.below(5) == 0 ? draw.below(5_000) : 0
            let rate = taxes[draw.below(taxes.count)]
            // In millionths, then rounded half away from zero to the smaller unit.
            let exact = price * quantity + (surcharge - discount) * 1000
            let lineNet = round(exact, from: 6, to: currency.exponent)
            net += lineNet
            tax += round(lineNet * rate, from: currency.exponent + 5, to: currency.exponent)
            var components = [
                #"{"type":"base","factor":\#(ExactDecimal(quantity, scale: 3).text),"amount":\#(money(price))}"#
            ]
            if discount > 0 { components.append(#"{"type":"discount","amount":\#(money(discount))}"#) }
            if surcharge > 0 { components.append(#"{"type":"surcharge","amount":\#(money(surcharge))}"#) }
            if rate > 0 { components.append(#"{"type":"tax","factor":\#(ExactDecimal(rate, scale: 5).text)}"#) }
            lines.append(
                #"{"chargeItemCodeableConcept":{"text":"x"},"priceComponent":[\#(components.joined(separator: ","))]}"#)
        }
        let total = { (minor: Int) in
            #"{"value":\#(Amount(minor, currency).text),"currency":"\#(currency.code)"}"#
        }
        let json =
            #"{"resourceType":"Invoice","status":"draft","lineItem":[\#(lines.joined(separator: ","))],"#
            + #""totalNet":\#(total(net)),"totalGross":\#(total(net + tax))}"#
        return Sample(json: json, net: net, gross: net + tax, currency: currency)
    }

    private static func round(_ value: Int, from scale: Int, to decimals: Int) -> Int {
        let divisor = (0..<scale - decimals).reduce(1) { power, _ in power * 10 }
        let half = divisor / 2
        return value < 0 ? -((-value + half) / divisor) : (value + half) / divisor
    }

    @Test("10,000 invoices with three decimals and seven tax rates")
    func thousandsOfInvoicesAddUp() async throws {
        var draw = Draw(seed: 20_260_301)
        let samples = (0..<10_000).map { _ in Self.sample(&draw) }
        for sample in samples {
            let sum = try #require(try InvoiceSum(invoice: JSONNode(Document.parse(sample.json)), standard: "EUR"))
            #expect(sum.net == sample.net, "\(sample.json)")
            #expect(sum.gross == sample.gross, "\(sample.json)")
            #expect(sum.currency == sample.currency)
        }
        try await Till.with { till in
            try await compare(samples, till)
            // A part of them through the server, right and wrong by one smaller unit.
            for (index, sample) in samples.prefix(60).enumerated() {
                let body = String(sample.json.dropFirst(#"{"resourceType":"Invoice","#.utf8.count).dropLast())
                #expect(try await till.tryPut("Invoice/r\(index)", body).status == 201)
                let stored = try await till.invoice("r\(index)")
                #expect(Amount(stored["totalGross"])?.minor == sample.gross)
                let wrong = Amount(sample.gross + 1, sample.currency).text
                let right = #""totalGross":{"value":\#(Amount(sample.gross, sample.currency).text),"#
                let changed = body.replacing(right, with: #""totalGross":{"value":\#(wrong),"#)
                #expect(Till.refusal(try await till.tryPut("Invoice/w\(index)", changed)) == "422 invoice-sum")
            }
        }
    }

    private func compare(_ samples: [Sample], _ till: Till) async throws {
        var parameters = SQLParameters()
        parameters.append(jsonbArray: samples.map { Array($0.json.utf8) })
        parameters.append(textArray: samples.map(\.currency.code))
        parameters.append(int64Array: samples.map { Int64($0.net) })
        parameters.append(int64Array: samples.map { Int64($0.gross) })
        let rows = try await till.server.test.database.read(
            SQLStatement(
                """
                SELECT count(*) FILTER (
                    WHERE s.net * 10::numeric ^ d <> v.net OR (s.net + s.tax) * 10::numeric ^ d <> v.gross), count(*)
                FROM unnest($1::jsonb[], $2::text[], $3::bigint[], $4::bigint[]) v (content, currency, net, gross)
                CROSS JOIN LATERAL (SELECT money_decimals(v.currency) AS d) c
                CROSS JOIN LATERAL money_invoice_sum(v.content, d) s
                """), parameters)
        #expect(rows.int64(0, 0) == 0)
        #expect(rows.int64(0, 1) == Int64(samples.count))
    }

    @Test func everyWayToWriteIsChecked() async throws {
        try await Till.with { till in
            let wrong = Till.invoice("40").replacing(#""totalGross":{"value":40"#, with: #""totalGross":{"value":41"#)
            #expect(Till.refusal(try await till.tryPut("Invoice/w", wrong)) == "422 invoice-sum")
            let resource = #"{"resourceType":"Invoice","id":"w",\#(wrong)}"#
            #expect(Till.refusal(try await till.client.post("Invoice", resource)) == "422 invoice-sum")
            for kind in ["transaction", "batch"] {
                let entry = #"{"resource":\#(resource),"request":{"method":"PUT","url":"Invoice/w"}}"#
                let answer = try await till.client.post(
                    "", #"{"resourceType":"Bundle","type":"\#(kind)","entry":[\#(entry)]}"#)
                #expect(answer.text.contains("invoice-sum"))
            }
            try await till.draft("d", "40")
            let patch = try await till.client.send(
                "PATCH", "Invoice/d",
                json: Array(#"[{"op":"replace","path":"/totalNet/value","value":39}]"#.utf8),
                headers: [("Content-Type", "application/json-patch+json")])
            #expect(Till.refusal(patch) == "422 invoice-sum")
            #expect(try await till.number("SELECT count(*) FROM invoice") == 1)
        }
    }

    @Test(
        "what can be stored and what cannot",
        arguments: [
            // The published example: totals without lines.
            (
                #""status":"issued","totalNet":{"value":40,"currency":"EUR"},"totalGross":{"value":48,"#
                    + #""currency":"EUR"}"#,
                "201"
            ),
            // Lines without prices say nothing.
            (
                #""status":"draft","lineItem":[{"chargeItemCodeableConcept":{"text":"x"}}],"totalNet":{"value":5,"#
                    + #""currency":"EUR"}"#,
                "201"
            ),
            // A tax by its factor.
            (
                #""status":"draft","lineItem":[{"chargeItemCodeableConcept":{"text":"x"},"priceComponent":["#
                    + #"{"type":"base","factor":3,"amount":{"value":12.345,"currency":"EUR"}},{"type":"tax","#
                    + #""factor":0.19}]}],"#
                    + #""totalNet":{"value":37.04,"currency":"EUR"},"totalGross":{"value":44.08,"currency":"EUR"}"#,
                "201"
            ),
            (
                #""status":"draft","lineItem":[{"chargeItemCodeableConcept":{"text":"x"},"priceComponent":["#
                    + #"{"type":"base","amount":{"value":1,"currency":"EUR"}}]}],"totalNet":{"value":1,"#
                    + #""currency":"USD"}"#,
                "422 mixed-currency"
            ),
            (
                #""status":"draft","totalNet":{"value":1,"currency":"USD"},"totalGross":{"value":1,"currency":"EUR"}"#,
                "422 mixed-currency"
            ),
            // Foreign money for information is not reckoned with.
            (
                #""status":"draft","lineItem":[{"chargeItemCodeableConcept":{"text":"x"},"priceComponent":["#
                    + #"{"type":"base","amount":{"value":1,"currency":"EUR"}},"#
                    + #"{"type":"informational","amount":{"value":9,"currency":"USD"}}]}],"#
                    + #""totalNet":{"value":1.00,"currency":"EUR"}"#,
                "201"
            ),
            (
                #""status":"draft","lineItem":[{"chargeItemCodeableConcept":{"text":"x"},"priceComponent":["#
                    + #"{"type":"base","amount":{"value":1e17,"currency":"EUR"}},{"type":"base","#
                    + #""amount":{"value":1e200}}]}]"#,
                "201"
            ),
        ])
    func contents(_ json: String, _ expected: String) async throws {
        try await Till.with { till in
            let answer = try await till.tryPut("Invoice/i", json)
            #expect(Till.refusal(answer) == expected)
        }
    }

    @Test(
        "numbers in odd places count as nothing",
        arguments: [
            #"{"lineItem":5}"#, #"{"lineItem":[5,"x",null,[]]}"#, #"{"lineItem":[{"priceComponent":7}]}"#,
            #"{"lineItem":[{"priceComponent":[7,{"type":5,"amount":"x"},{"type":"base","amount":{"value":"12"}}]}]}"#,
            #"{"totalNet":"x","totalGross":[1]}"#, #"{"lineItem":[{"priceComponent":[{"type":"base","factor":{}}]}]}"#,
        ])
    func oddJSONNeverFails(_ json: String) async throws {
        try await Till.with { till in
            var parameters = SQLParameters()
            parameters.append(text: json)
            let rows = try await till.server.test.database.read(
                SQLStatement("SELECT ((money_invoice_sum($1::text::jsonb, 2)).net = 0)::int::bigint"), parameters)
            #expect(rows.int64(0, 0) == 1)
            try await till.run(
                """
                INSERT INTO invoice (id, version, method, updated, self, keys, content)
                VALUES ('odd', 1, 'C', now(), 1, '{}', '\(json)');
                UPDATE invoice SET content = content || '{"status":"issued"}';
                """)
        }
    }
}
