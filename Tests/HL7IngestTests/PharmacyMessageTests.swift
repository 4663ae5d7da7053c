import JSONTape
import Testing

/// RDE and RDS: medication ordered and dispensed.
@Suite struct PharmacyMessageTests {
    @Test func anOrderIsStoredAnsweredAndStopped() async throws {
        try await IngestHarness.with { harness in
            let answer = await harness.send(rde("1", "NW", at: "08"))
            #expect(IngestHarness.code(answer) == "AA")
            #expect(answer?.contains("|RRE^O12^RRE_O12|") == true)
            #expect(answer?.contains("ORC|OK|P1^CPOE\r") == true)
            var order = try await harness.only("MedicationRequest")
            #expect(order["status"]?.string == "active")
            #expect(order["intent"]?.string == "order")
            #expect(order["priority"]?.string == "stat")
            #expect(order["medicationCodeableConcept"]?["coding"]?.items.first?["code"]?.string == "0143")
            let dosage = order["dosageInstruction"]?.items.first
            #expect(dosage?["doseAndRate"]?.items.first?["doseRange"]?["high"]?["value"]?.numberText == "2")
            #expect(dosage?["timing"]?["code"]?["coding"]?.items.first?["code"]?.string == "TID")
            #expect(dosage?["route"]?["coding"]?.items.first?["code"]?.string == "PO")
            #expect(dosage?["text"]?.string == "with food")
            #expect(order["dispenseRequest"]?["numberOfRepeatsAllowed"]?.numberText == "3")
            #expect(order["substitution"]?["allowedBoolean"]?.bool == false)
            let stopped = await harness.send(rde("2", "DC", at: "09"))
            #expect(stopped?.contains("ORC|DR|P1^CPOE") == true)
            order = try await harness.only("MedicationRequest")
            #expect(order["status"]?.string == "stopped")
            #expect(order["dosageInstruction"]?.items.count == 1)
        }
    }

    @Test func aDispenseAnswersItsOrder() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(rde("1", "NW", at: "08")) == "AA")
            for control in ["2", "3"] {
                let answer = await harness.send(rds(control))
                #expect(answer?.contains("|RRD^O14^RRD_O14|") == true)
            }
            let order = try await harness.only("MedicationRequest")
            let dispense = try await harness.only("MedicationDispense")
            #expect(dispense["status"]?.string == "completed")
            #expect(dispense["quantity"]?["value"]?.numberText == "30")
            #expect(
                dispense["authorizingPrescription"]?.items.first?["reference"]?.string
                    == "MedicationRequest/" + (order["id"]?.string ?? ""))
        }
    }

    @Test func aDispenseOfAnUnknownOrderKeepsItsNumber() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(rds("1")) == "AA")
            try await harness.expect(0, "SELECT count(*) FROM medicationrequest")
            let prescription = try await harness.only("MedicationDispense")["authorizingPrescription"]?.items.first
            #expect(prescription?["reference"] == nil)
            #expect(prescription?["identifier"]?["value"]?.string == "P1")
        }
    }

    @Test func anOrderWithoutNumberIsAnError() async throws {
        try await IngestHarness.with { harness in
            let message = MessageText.make("RDE^O11^RDE_O11", "1", ["ORC|NW", "RXE||1^A^L|1||mg"])
            #expect(await harness.code(message) == "AE")
            #expect(await harness.code(MessageText.make("RDE^O11^RDE_O11", "2", [])) == "AE")
        }
    }

    private func rde(_ control: String, _ action: String, at hour: String) -> [UInt8] {
        MessageText.make(
            "RDE^O11^RDE_O11", control, at: "20260101\(hour)0000+0000",
            [
                "ORC|\(action)|P1^CPOE|||||||20260101|||9^Orders^Olga",
                "RXE||0143^Drug 40 MG^NDC|1|2|mg^^UCUM|TAB^Tablet|^with food||N|30|TAB^Tablet|3|||||||6^mg",
                "TQ1|1||TID||||20260101|20260110|S",
                "RXR|PO^Oral^HL70162",
            ])
    }

    private func rds(_ control: String) -> [UInt8] {
        MessageText.make(
            "RDS^O13^RDS_O13", control, at: "20260101100000+0000",
            ["ORC|RE|P1^CPOE", "RXD|1|0143^Drug 40 MG^NDC|202601011000|30|TAB^Tablet||RX7|2|||N"])
    }
}
