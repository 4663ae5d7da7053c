import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// A visit is billed and paid, was billed wrongly, and the money goes back: above the limit by two people.
@Suite struct RefundJourneyTests {
    private typealias People = JourneyPeople

    @Test func fromThePaymentToTheMoneyBack() async throws {
        try await JourneyPeople.with { clinic in
            let (patient, encounter) = try await clinic.visit()
            for (id, amount) in [("consultation", "120.00"), ("imaging", "180.50")] {
                try await clinic.put(
                    #"{"resourceType":"ChargeItem","id":"\#(id)","status":"billable","code":{"text":"\#(id)"},"#
                        + #""subject":{"reference":"\#(patient)"},"context":{"reference":"\#(encounter)"},"#
                        + #""account":[{"reference":"Account/account"}],"#
                        + #""priceOverride":{"value":\#(amount),"currency":"EUR"}}"#)
            }
            let draft = try await clinic.call(
                .cashier, "Invoice/$generate", [People.reference("account", "Account/account")])
            let invoice = try People.address(draft)
            let issued = try await clinic.call(.cashier, "\(invoice)/$issue")
            #expect(issued["totalGross"]?["value"]?.numberText == "300.50")
            try await clinic.call(
                .cashier, "$cash-open", [People.text("drawer", "front"), People.money("opening", "100")])
            let payment = try People.address(
                try await clinic.call(
                    .cashier, "PaymentNotice/$record",
                    [
                        People.reference("invoice", invoice), People.money("amount", "300.50"),
                        People.code("method", "cash"),
                    ]
                ), "return")
            #expect(try await clinic.status(invoice) == "balanced")
            #expect(try await clinic.refusal(.cashier, "\(invoice)/$cancel") == "409 paid")
            // The picture was never taken: the invoice is credited, the money of it is free, and goes back.
            let reason = People.text("reason", "no picture was taken")
            let credit = [People.money("amount", "180.50"), reason]
            #expect(
                try await clinic.refusal(.cashier, "\(invoice)/$credit-note", credit) == "403 second-person-required")
            let note = try await clinic.call(.supervisor, "\(invoice)/$credit-note", credit)
            #expect(note["totalGross"]?["value"]?.numberText == "-180.50")
            #expect(try await clinic.status(invoice) == "balanced")
            let refund = [People.money("amount", "180.50"), reason]
            #expect(try await clinic.refusal(.cashier, "\(payment)/$refund", refund) == "403 second-person-required")
            try await clinic.call(.supervisor, "\(payment)/$refund", refund)
            #expect(
                try await clinic.refusal(.supervisor, "\(payment)/$refund", [People.money("amount", "120.01"), reason])
                    == "422 over-refund")
            #expect(try await clinic.status(invoice) == "balanced")
            // What is owed, what was taken, and what the month says agree.
            let aging = try await clinic.read("Account/account/$aging")
            let open = (aging["group"]?.items ?? []).compactMap { $0["measureScore"]?["value"]?.numberText }
            #expect(open.allSatisfy { $0 == "0.00" })
            let report = try await clinic.read("$finance-report")
            let figures = (report["group"]?.items ?? []).map { group in
                let name = group["code"]?["coding"]?.items.first?["code"]?.string ?? ""
                return name + " " + (group["measureScore"]?["value"]?.numberText ?? "")
            }
            #expect(
                figures == [
                    "invoiced 300.50", "cancelled 0.00", "credited 180.50", "received 300.50", "refunded 180.50",
                    "receivable 0.00", "unallocated 0.00",
                ])
        }
    }
}
