import FHIRStore
import FHIRStoreTesting
import JSONTape
import Testing

/// DG1, PR1, IN1, GT1 and PV1 of DFT and BAR. §2.8.
@Suite struct BillingDetailTests {
    private let details = [
        "DG1|1||I10^Hypertension^I10||20250101|F", "GT1|1|G1^^^ACC|Payer^Paul||1 Road^^Town|555-1||19500101|M||SPO",
        "IN1|1|GOLD^Gold plan|77^^^NORTH|Insurer|||||||||||||SEL|||||1||||||||||||||POL1",
    ]

    private func charge(_ procedures: [String] = ["PR1|1||76164006^Biopsy^SCT||20260101090000"]) -> [String] {
        ["FT1|1|T1||20260101|20260102|CG|71045^X-ray^C4|||2|100.00&USD||||||||R07^Chest pain^I10||||||71045^X-ray^C4"]
            + procedures
    }

    private func dft(_ control: String, at hour: String = "10", _ segments: [String]) -> [UInt8] {
        MessageText.make(
            "DFT^P03^DFT_P03", control, at: "20260101\(hour)0000+0000", account: "AC1^^^ACC&urn:martlet:account&URI",
            segments)
    }

    private func bar(_ trigger: String, _ control: String, at hour: String, _ segments: [String]) -> [UInt8] {
        MessageText.make(
            "BAR^\(trigger)^BAR_\(trigger)", control, at: "20260101\(hour)0000+0000",
            account: "AC1^^^ACC&urn:martlet:account&URI", segments)
    }

    private func expectDetails(_ harness: IngestHarness) async throws {
        let visit = "Encounter/" + (try await harness.only("Encounter")["id"]?.string ?? "")
        let condition = try await harness.only("Condition")
        #expect(condition["code"]?["coding"]?.items.first?["code"]?.string == "I10")
        #expect(condition["encounter"]?["reference"]?.string == visit)
        #expect(condition["verificationStatus"]?["coding"]?.items.first?["code"]?.string == "confirmed")
        let procedure = try await harness.only("Procedure")
        #expect(procedure["code"]?["coding"]?.items.first?["code"]?.string == "76164006")
        #expect(procedure["encounter"]?["reference"]?.string == visit)
        let coverage = try await harness.only("Coverage")
        #expect(coverage["subscriberId"]?.string == "POL1")
        #expect(coverage["payor"]?.items.first?["reference"]?.string?.hasPrefix("Organization/") == true)
        let account = try await harness.only("Account")
        let covered = account["coverage"]?.items.first
        #expect(covered?["coverage"]?["reference"]?.string == "Coverage/" + (coverage["id"]?.string ?? ""))
        #expect(account["guarantor"]?.items.first?["party"]?["reference"]?.string?.hasPrefix("RelatedPerson/") == true)
    }

    @Test func `a charge brings its visit, diagnoses, procedures and insurances, once`() async throws {
        try await IngestHarness.with { harness in
            for control in ["1", "2"] {
                #expect(await harness.code(dft(control, charge() + details)) == "AA")
                try await expectDetails(harness)
                let item = try await harness.only("ChargeItem")
                let visit = try await harness.only("Encounter")["id"]?.string ?? ""
                #expect(item["context"]?["reference"]?.string == "Encounter/\(visit)")
                let procedure = try await harness.only("Procedure")["id"]?.string ?? ""
                #expect(item["service"]?.items.map { $0["reference"]?.string } == ["Procedure/\(procedure)"])
            }
            for table in ["encounter", "condition", "procedure", "coverage", "account", "chargeitem"] {
                try await harness.expect(0, "SELECT count(*) FROM \(table)_history")
            }
        }
    }

    @Test(arguments: ["P01", "P05"])
    func `an account brings them too`(trigger: String) async throws {
        try await IngestHarness.with { harness in
            let procedure = ["PR1|1||76164006^Biopsy^SCT||20260101090000"]
            for (control, hour) in [("1", "08"), ("2", "09")] {
                #expect(await harness.code(bar(trigger, control, at: hour, details + procedure)) == "AA")
                try await expectDetails(harness)
            }
        }
    }

    /// Both kinds of messages speak of the same visit and the same diagnosis, whatever the store's id of the patient.
    @Test(arguments: [true, false])
    func `registration and billing mean the same things`(isRegisteredHere: Bool) async throws {
        try await IngestHarness.with { harness in
            if isRegisteredHere {
                let json = """
                    {"resourceType":"Patient","id":"known","identifier":[{"system":"urn:martlet:mrn","value":"M1"}],
                     "name":[{"family":"Doe","given":["Jane"]}],"birthDate":"1970-01-01","gender":"female"}
                    """
                _ = try await harness.test.store.update(try harness.test.input(json), id: "known")
            }
            let admission = AdmissionMessage.make(
                "A01", "a", at: "20260101070000", [AdmissionMessage.visit(), details[0]])
            let text = String(decoding: admission, as: UTF8.self)
                .replacing("urn:visits", with: "urn:martlet:visit").replacing("MSH|^~\\&|REG", with: "MSH|^~\\&|APP")
            #expect(await harness.code(Array(text.utf8)) == "AA")
            #expect(await harness.code(dft("1", charge() + details)) == "AA")
            for type in ["Patient", "Encounter", "Condition"] {
                #expect(try await harness.search(type, []).count == 1, "\(type)")
            }
            // What registration said of the visit stays.
            let visit = try await harness.only("Encounter")
            #expect(visit["class"]?["code"]?.string == "IMP")
            try await harness.expect(1, "SELECT version FROM encounter")
        }
    }

    @Test func `the visit of another patient waits for a person`() async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(dft("1", charge() + details)) == "AA")
            let other = MessageText.make(
                "DFT^P03^DFT_P03", "2", patient: "M2", account: "AC2^^^ACC&urn:martlet:account&URI", charge())
            #expect(await harness.code(other) == "AA")
            try await harness.expect("quarantined", "SELECT state FROM hl7_message WHERE control_id = '2'")
            try await harness.expect(1, "SELECT count(*) FROM chargeitem")
        }
    }

    @Test func `diagnoses and procedures are taken back`() async throws {
        try await IngestHarness.with { harness in
            let procedure = "PR1|1||76164006^Biopsy^SCT||20260101090000"
            #expect(await harness.code(bar("P01", "1", at: "08", [details[0], procedure])) == "AA")
            let taken = [
                details[0] + String(repeating: "|", count: 15) + "D",
                procedure + String(repeating: "|", count: 15) + "D",
            ]
            #expect(await harness.code(bar("P12", "2", at: "09", taken)) == "AA")
            let condition = try await harness.only("Condition")
            #expect(condition["verificationStatus"]?["coding"]?.items.first?["code"]?.string == "entered-in-error")
            #expect(condition["clinicalStatus"] == nil)
            let done = try await harness.only("Procedure")
            #expect(done["status"]?.string == "entered-in-error")
        }
    }

    @Test(arguments: [("DG1|1", "DG1"), ("PR1|1", "PR1"), ("IN1|1", "IN1")])
    func `what says nothing is left out, with a warning`(segment: String, name: String) async throws {
        try await IngestHarness.with { harness in
            let answer = await harness.send(dft("1", charge([]) + [segment]))
            #expect(answer?.contains("MSA|AA|1") == true)
            #expect(answer?.contains("ERR||\(name)^1|101^") == true, "\(answer ?? "")")
            // FT1-25 tells of a procedure where PR1 does not.
            try await harness.expect(1, "SELECT count(*) FROM procedure")
        }
    }
}
