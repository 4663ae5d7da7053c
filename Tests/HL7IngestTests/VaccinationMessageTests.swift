import JSONTape
import Testing

/// VXU^V04: vaccinations. §2.10.
@Suite struct VaccinationMessageTests {
    @Test func aVaccinationIsStoredOnceWithWhatTheRegistryAsksFor() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(vxu("1", at: "08")) == "AA")
            #expect(await harness.code(vxu("2", at: "09")) == "AA")
            let given = try await harness.only("Immunization")
            #expect(given["status"]?.string == "completed")
            #expect(given["vaccineCode"]?["coding"]?.items.first?["system"]?.string == "http://hl7.org/fhir/sid/cvx")
            #expect(given["manufacturer"]?["identifier"]?["value"]?.string == "CSL")
            #expect(given["doseQuantity"]?["value"]?.numberText == "0.50")
            #expect(given["primarySource"]?.bool == true)
            #expect(given["lotNumber"]?.string == "LOT1")
            #expect(given["expirationDate"]?.string == "2026-12-31")
            #expect(given["programEligibility"]?.items.first?["coding"]?.items.first?["code"]?.string == "V02")
            #expect(given["fundingSource"]?["coding"]?.items.first?["code"]?.string == "PHC70")
            let education = given["education"]?.items.first
            #expect(education?["publicationDate"]?.string == "2025-07-02")
            #expect(education?["presentationDate"]?.string == "2026-01-01")
            #expect(given["protocolApplied"]?.items.first?["doseNumberPositiveInt"]?.numberText == "2")
            #expect(given["reaction"]?.items.first?["detail"]?["reference"]?.string?.hasPrefix("Observation/") == true)
            try await harness.expect(2, "SELECT count(*) FROM observation")
            try await harness.expect(0, "SELECT count(*) FROM immunization_history")
        }
    }

    @Test(arguments: [
        ("CP", "A", "completed"), ("PA", "A", "completed"), ("RE", "A", "not-done"), ("NA", "A", "not-done"),
        ("", "A", "completed"), ("CP", "D", "entered-in-error"), ("RE", "D", "entered-in-error"),
    ])
    func statusComesFromCompletionAndAction(completion: String, action: String, status: String) async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(vxu("1", at: "08", completion: completion, action: action)) == "AA")
            let given = try await harness.only("Immunization")
            #expect(given["status"]?.string == status)
            #expect((given["statusReason"] != nil) == (status == "not-done"))
        }
    }

    @Test func nothingGivenIsNoVaccination() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(vxu("1", at: "08", code: "998^no vaccine administered^CVX")) == "AA")
            try await harness.expect(0, "SELECT count(*) FROM immunization")
            try await harness.expect(7, "SELECT count(*) FROM observation")
        }
    }

    @Test func aReportOfAnotherIsNoPrimarySource() async throws {
        try await IngestHarness.with { harness in
            let historical = vxu("1", at: "08", source: "01^Historical^NIP001", filler: "", amount: "999")
            #expect(await harness.code(historical) == "AA")
            #expect(await harness.code(historical + []) == "AA")
            let given = try await harness.only("Immunization")
            #expect(given["primarySource"]?.bool == false)
            #expect(given["reportOrigin"]?["coding"]?.items.first?["code"]?.string == "01")
            #expect(given["doseQuantity"] == nil)
        }
    }

    private func vxu(
        _ control: String, at hour: String, completion: String = "CP", action: String = "A",
        code: String = "140^Influenza^CVX", source: String = "00^New^NIP001", filler: String = "F1^IZ",
        amount: String = "0.50"
    ) -> [UInt8] {
        MessageText.make(
            "VXU^V04^VXU_V04", control, at: "20260101\(hour)0000+0000",
            [
                "ORC|RE||\(filler)|||||||||9^Orders^Olga",
                "RXA|0|1|20260101||\(code)|\(amount)|mL^mL^UCUM||\(source)|8^Gives^Gina|^^^NORTH||||LOT1|20261231|"
                    + "CSL^CSL Behring^MVX|00^Parental decision^NIP002||\(completion)|\(action)",
                "RXR|IM^Intramuscular^HL70162|LD^Left Deltoid^HL70163",
                "OBX|1|CE|64994-7^Eligibility^LN|1|V02^VFC^HL70064||||||F",
                "OBX|2|CE|30963-3^Funding^LN|2|PHC70^Private^CDCPHINVS||||||F",
                "OBX|3|TS|29768-9^Published^LN|3|20250702||||||F",
                "OBX|4|TS|29769-7^Presented^LN|3|20260101||||||F",
                "OBX|5|NM|30973-2^Dose number^LN|4|2||||||F",
                "OBX|6|CE|31044-1^Reaction^LN|5|VXC12^fever^CDCPHINVS||||||F",
                "OBX|7|ST|X1^Remark^L|6|calm||||||F",
            ])
    }
}
