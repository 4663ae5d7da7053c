import JSONTape
import Testing

/// DFT and BAR: charges and accounts. §2.8.
@Suite struct BillingMessageTests {
    @Test func aChargeIsMadeOnceHoweverOftenItComes() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(dft("1", at: "08", [charge()])) == "AA")
            #expect(await harness.code(dft("2", at: "09", [charge()])) == "AA")
            #expect(await harness.code(dft("3", at: "10", [charge()])) == "AA")
            let item = try await harness.only("ChargeItem")
            #expect(item["status"]?.string == "billable")
            #expect(item["quantity"]?["value"]?.numberText == "2")
            #expect(item["priceOverride"]?["value"]?.numberText == "100.00")
            #expect(item["priceOverride"]?["currency"]?.string == "USD")
            #expect(item["account"]?.items.first?["reference"]?.string?.hasPrefix("Account/") == true)
            try await harness.expect(0, "SELECT count(*) FROM chargeitem_history")
            try await harness.expect(1, "SELECT count(*) FROM account WHERE content ->> 'status' = 'active'")
        }
    }

    @Test func chargesWithoutNumberAreToldApartByContentAndPlace() async throws {
        try await IngestHarness.with { harness in
            let message = dft("1", at: "08", [charge(""), charge(""), charge("", code: "99")])
            #expect(await harness.code(message) == "AA")
            #expect(await harness.code(dft("2", at: "09", [charge(""), charge(""), charge("", code: "99")])) == "AA")
            try await harness.expect(3, "SELECT count(*) FROM chargeitem")
        }
    }

    @Test func aCreditTakesBackWhatIsNotBilled() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(dft("1", at: "08", [charge()])) == "AA")
            #expect(await harness.code(dft("2", at: "09", [charge(type: "CD")])) == "AA")
            let found1 = try await harness.only("ChargeItem")
            #expect(found1["status"]?.string == "aborted")
            // Neither the credit again nor the charge again changes that.
            #expect(await harness.code(dft("3", at: "10", [charge(type: "CD")])) == "AA")
            #expect(await harness.code(dft("4", at: "11", [charge()])) == "AA")
            let found2 = try await harness.only("ChargeItem")
            #expect(found2["status"]?.string == "aborted")
        }
    }

    @Test func aCreditOfSomethingBilledStandsAgainstIt() async throws {
        try await IngestHarness.with { harness in
            for control in ["1", "2"] {
                #expect(await harness.code(dft(control, at: "09", [charge("T9", type: "CD")])) == "AA")
            }
            let item = try await harness.only("ChargeItem")
            #expect(item["quantity"]?["value"]?.numberText == "-2")
            #expect(item["priceOverride"]?["value"]?.numberText == "-100.00")
        }
    }

    @Test func paymentsAndAdjustmentsAreStoredOnce() async throws {
        try await IngestHarness.with { harness in
            for control in ["1", "2"] {
                let message = dft(
                    control, at: "08",
                    [
                        charge("T1", type: "PY", amount: "-40&EUR"), charge("T2", type: "AJ", amount: "-5&EUR"),
                        charge("T3", type: "AJ", amount: "5&EUR"), charge("T4", type: "CO", amount: "10&EUR"),
                    ])
                #expect(await harness.code(message) == "AA")
            }
            let payment = try await harness.only("PaymentNotice")
            #expect(payment["amount"]?["value"]?.numberText == "40")
            #expect(payment["amount"]?["currency"]?.string == "EUR")
            #expect(payment["request"]?["reference"]?.string?.hasPrefix("Account/") == true)
            let components = try await harness.search("Invoice", []).compactMap {
                $0["totalPriceComponent"]?.items.first?["type"]?.string
            }
            #expect(components.sorted() == ["deduction", "surcharge"])
            let copay = try await harness.only("ChargeItem")
            #expect(copay["code"]?["coding"]?.items.last?["code"]?.string == "copay")
        }
    }

    @Test func aClosedAccountTakesNoCharges() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(bar("P01", "1", at: "08")) == "AA")
            #expect(await harness.code(bar("P06", "2", at: "09")) == "AA")
            let found3 = try await harness.only("Account")
            #expect(found3["status"]?.string == "inactive")
            #expect(await harness.code(dft("3", at: "10", [charge()])) == "AA")
            try await harness.expect(0, "SELECT count(*) FROM chargeitem")
            try await harness.expect(1, "SELECT count(*) FROM hl7_message WHERE state = 'quarantined'")
            #expect(await harness.code(bar("P05", "4", at: "11")) == "AA")
            #expect(await harness.code(dft("5", at: "12", [charge()])) == "AA")
            try await harness.expect(1, "SELECT count(*) FROM chargeitem")
        }
    }

    @Test func anAccountHasItsGuarantor() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(bar("P01", "1", at: "08")) == "AA")
            #expect(await harness.code(bar("P05", "2", at: "09")) == "AA")
            let party = try await harness.only("Account")["guarantor"]?.items.first?["party"]?["reference"]?.string
            let person = try await harness.only("RelatedPerson")
            #expect(party == "RelatedPerson/" + (person["id"]?.string ?? ""))
            #expect(person["name"]?.items.first?["family"]?.string == "Payer")
        }
    }

    @Test func unitPriceTimesQuantityStandsInForTheAmount() async throws {
        try await IngestHarness.with { harness in
            let answer = await harness.send(dft("1", at: "08", [charge(amount: "", unit: "12.50&EUR")]))
            #expect(answer?.contains("ERR") == false)
            let found4 = try await harness.only("ChargeItem")
            #expect(found4["priceOverride"]?["value"]?.numberText == "25")
            let odd = await harness.send(dft("2", at: "08", [charge("T2", amount: "30&EUR", unit: "12.50&EUR")]))
            #expect(odd?.contains("FT1^1^11|102") == true)
            #expect(await harness.code(dft("3", at: "08", [charge("T3", type: "PY", amount: "")])) == "AE")
            #expect(await harness.code(dft("4", at: "08", [])) == "AE")
        }
    }

    private func charge(
        _ number: String = "T1", type: String = "CG", code: String = "71045", amount: String = "100.00&USD",
        unit: String = ""
    ) -> String {
        "FT1|1|\(number)||20260101|20260102|\(type)|\(code)^X-ray^C4|||2|\(amount)|\(unit)|RAD^Radiology"
            + "||||||R07^Chest pain^I10|7^Who^Doc|||F77"
    }

    private func dft(_ control: String, at hour: String, _ charges: [String]) -> [UInt8] {
        MessageText.make(
            "DFT^P03^DFT_P03", control, at: "20260101\(hour)0000+0000", account: "AC1^^^ACC&urn:martlet:account&URI",
            charges)
    }

    private func bar(_ trigger: String, _ control: String, at hour: String) -> [UInt8] {
        MessageText.make(
            "BAR^\(trigger)^BAR_P01", control, at: "20260101\(hour)0000+0000",
            account: "AC1^^^ACC&urn:martlet:account&URI",
            ["GT1|1|G1^^^ACC|Payer^Paul||1 Road^^Town|555-1||19500101|M||SPO"])
    }
}
