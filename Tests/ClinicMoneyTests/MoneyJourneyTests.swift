import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// From the visit to the receipt, and back: charges, invoice, part payment, QR payment, refund.
@Suite struct MoneyJourneyTests {
    @Test func fromChargesToRefund() async throws {
        try await Till.with { till in
            try await till.price("visit", code: "visit", "80.00", tax: "0.05")
            try await till.call("$cash-open", [Till.string("drawer", "front"), Till.money("opening", "50")])
            #expect(try await till.call("Encounter/e/$capture-charges")["entry"]?.items.count == 1)
            let draft = try await till.call("Invoice/$generate", [Till.reference("account", "Account/a")])
            let id = try #require(draft["id"]?.string)
            #expect(try await till.call("Invoice/\(id)/$issue")["totalGross"]?["value"]?.numberText == "84.00")
            let part = try await till.pay(id, "34", method: "cash")
            #expect(try await till.status("Invoice/\(id)") == "issued")
            let intent = try await till.call("PaymentNotice/$qr-intent", [Till.reference("invoice", "Invoice/\(id)")])
            let notice = try #require(Till.parameter(intent, "return")?["resource"])
            #expect(notice["amount"]?["value"]?.numberText == "50.00")
            try await till.call("PaymentNotice/\(try #require(notice["id"]?.string))/$verify")
            #expect(try await till.status("Invoice/\(id)") == "balanced")

            #expect(try await till.aging().allSatisfy { $0 == "0.00" })
            let cash = try #require(part["id"]?.string)
            // Out of the same drawer, so by the same cashier: below the limit that takes no second person.
            let refund = [Till.money("amount", "4"), Till.string("reason", "courtesy")].joined(separator: ",")
            let refunded = try await till.client.post(
                "PaymentNotice/\(cash)/$refund", #"{"resourceType":"Parameters","parameter":[\#(refund)]}"#)
            #expect(refunded.status == 200, "\(refunded.text)")
            #expect(try await till.status("Invoice/\(id)") == "issued")
            #expect(try await till.aging().first == "4.00")
            #expect(try await till.refusal("Invoice/\(id)/$cancel") == "409 paid")
            let closed = try await till.call("$cash-close", [Till.money("counted", "79.50")])
            let parts = closed["extension"]?.items.first?["extension"]?.items ?? []
            let value = { (url: String) in
                parts.first { $0["url"]?.string == url }?["valueMoney"]?["value"]?.numberText
            }
            #expect(value("expected") == "80.00")
            #expect(value("difference") == "-0.50")

            let statement = try await till.statement()
            #expect(statement.last?.hasSuffix(",EUR,4.00") == true, "\(statement)")
            #expect(statement.filter { $0.contains(",payment,") }.count == 2)
            let yesterday = try await till.statement([#"{"name":"atDate","valueDate":"2020-01-01"}"#])
            #expect(yesterday.isEmpty)
            for event in [
                "charge.created", "invoice.issued", "payment.recorded", "payment.verified", "payment.refunded",
            ] {
                #expect(
                    try await till.number("SELECT count(*) FROM clinic_event WHERE name = '\(event)'") == 1, "\(event)")
            }
        }
    }
}
