import FHIRStore
import FHIRStoreTesting
import JSONTape
import Testing

/// Merging patients by message, and undoing it. §2.7.2.
@Suite struct MergeTests {
    private func patients(_ harness: IngestHarness, _ numbers: [String]) async {
        for number in numbers {
            let message = AdmissionMessage.make(
                "A01", "in-\(number)", patient: number, [AdmissionMessage.visit("V-\(number)")])
            #expect(await harness.code(message) == "AA")
            #expect(
                await harness.code(IngestHarness.result(control: "r-\(number)", patient: number, filler: "F-\(number)"))
                    == "AA")
        }
    }

    private func live(_ harness: IngestHarness, _ number: String) async throws -> JSONNode? {
        try await harness.search("Patient", [("identifier", "urn:martlet:mrn|\(number)")])
            .first { $0["active"]?.bool != false }
    }

    @Test("every merge trigger joins both records", arguments: ["A18", "A30", "A34", "A36", "A39", "A40"])
    func merges(_ trigger: String) async throws {
        try await IngestHarness.with { harness in
            await patients(harness, ["M1", "M2"])
            #expect(
                await harness.code(AdmissionMessage.merge("m", survivor: "M1", prior: "M2", trigger: trigger)) == "AA")
            let survivor = try #require(try await live(harness, "M1"))
            let id = survivor["id"]?.string ?? ""
            #expect(try await live(harness, "M2")?["id"]?.string == id)
            let all = try await harness.search("Patient", [("identifier", "urn:martlet:mrn|M2")])
            let prior = try #require(all.first { $0["active"]?.bool == false })
            #expect(prior["link"]?.items.first?["type"]?.string == "replaced-by")
            #expect(prior["link"]?.items.first?["other"]?["reference"]?.string == "Patient/\(id)")
            #expect(survivor["link"]?.items.first?["type"]?.string == "replaces")
            let copy = survivor["identifier"]?.items.first { $0["value"]?.string == "M2" }
            #expect(copy?["use"]?.string == "old")
            for type in ["Observation", "DiagnosticReport", "ServiceRequest", "Encounter"] {
                #expect(try await harness.search(type, [("patient", "Patient/\(id)")]).count == 2, "\(type)")
            }
        }
    }

    @Test func theSameMergeAgainChangesNothing() async throws {
        try await IngestHarness.with { harness in
            await patients(harness, ["M1", "M2"])
            #expect(await harness.code(AdmissionMessage.merge("1", survivor: "M1", prior: "M2")) == "AA")
            let before = try await harness.count("SELECT sum(version) FROM patient")
            #expect(await harness.code(AdmissionMessage.merge("2", survivor: "M1", prior: "M2")) == "AA")
            try await harness.expect(before, "SELECT sum(version) FROM patient")
            try await harness.expect(1, "SELECT count(*) FROM record_merge")
        }
    }

    @Test func aLaterMessageWithTheOldIdentifierGoesToTheSurvivor() async throws {
        try await IngestHarness.with { harness in
            await patients(harness, ["M1", "M2"])
            #expect(await harness.code(AdmissionMessage.merge("1", survivor: "M1", prior: "M2")) == "AA")
            let late = AdmissionMessage.make(
                "A31", "2", at: "20260103100000", patient: "M2", name: "Doe-New^Jane")
            #expect(await harness.code(late) == "AA")
            #expect(await harness.code(IngestHarness.result(control: "late", patient: "M2", filler: "F9")) == "AA")
            let survivor = try #require(try await live(harness, "M1"))
            #expect(survivor["name"]?.items.first?["family"]?.string == "Doe-New")
            let id = survivor["id"]?.string ?? ""
            #expect(try await harness.search("Observation", [("patient", "Patient/\(id)")]).count == 3)
        }
    }

    @Test("unknown records are made", arguments: [([String](), 2), (["M1"], 2), (["M2"], 2)])
    func unknown(_ known: [String], _ count: Int) async throws {
        try await IngestHarness.with { harness in
            await patients(harness, known)
            #expect(await harness.code(AdmissionMessage.merge("1", survivor: "M1", prior: "M2")) == "AA")
            try await harness.expect(count, "SELECT count(*) FROM patient")
            try await harness.expect(1, "SELECT count(*) FROM record_merge WHERE undone IS NULL")
            let survivor = try #require(try await live(harness, "M2"))
            #expect(survivor["identifier"]?.items.contains { $0["value"]?.string == "M1" } == true)
        }
    }

    @Test func theSameIdentifierTwiceIsNoMerge() async throws {
        try await IngestHarness.with { harness in
            await patients(harness, ["M1"])
            let answer = await harness.send(AdmissionMessage.merge("1", survivor: "M1", prior: "M1"))
            #expect(answer?.contains("MSA|AA|1") == true)
            #expect(answer?.contains("|205^") == true)
            try await harness.expect(0, "SELECT count(*) FROM record_merge")
        }
    }

    @Test func aCircleIsRefused() async throws {
        try await IngestHarness.with { harness in
            await patients(harness, ["M1", "M2"])
            #expect(await harness.code(AdmissionMessage.merge("1", survivor: "M1", prior: "M2")) == "AA")
            let answer = await harness.send(AdmissionMessage.merge("2", survivor: "M2", prior: "M1"))
            #expect(answer?.contains("MSA|AE|2") == true)
            #expect(answer?.contains("|204^") == true)
            let survivor = try await live(harness, "M1")
            #expect(survivor != nil)
        }
    }

    @Test func chainsCollapse() async throws {
        try await IngestHarness.with { harness in
            await patients(harness, ["M1", "M2", "M3"])
            #expect(await harness.code(AdmissionMessage.merge("1", survivor: "M2", prior: "M1")) == "AA")
            #expect(await harness.code(AdmissionMessage.merge("2", survivor: "M3", prior: "M2")) == "AA")
            let survivor = try #require(try await live(harness, "M1"))
            let id = survivor["id"]?.string ?? ""
            #expect(survivor["identifier"]?.items.count == 3)
            let retired = try await harness.search("Patient", [("active", "false")])
            #expect(retired.count == 2)
            for patient in retired {
                let link = patient["link"]?.items.first { $0["type"]?.string == "replaced-by" }
                #expect(link?["other"]?["reference"]?.string == "Patient/\(id)")
            }
            #expect(try await harness.search("Observation", [("patient", "Patient/\(id)")]).count == 3)
        }
    }

    @Test func parallelMergesOfOnePairAreOne() async throws {
        try await IngestHarness.with { harness in
            await patients(harness, ["M1", "M2"])
            let codes = await withTaskGroup(of: String.self) { group in
                for number in 1...10 {
                    group.addTask {
                        await harness.code(AdmissionMessage.merge("p\(number)", survivor: "M1", prior: "M2"))
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes == Array(repeating: "AA", count: 10))
            try await harness.expect(1, "SELECT count(*) FROM record_merge")
            try await harness.expect(2, "SELECT count(*) FROM patient")
        }
    }

    @Test func unlinkingRestoresEverythingAsItWas() async throws {
        try await IngestHarness.with { harness in
            await patients(harness, ["M1", "M2"])
            let tables = ["patient", "observation", "diagnosticreport", "servicerequest", "encounter"]
            func contents() async throws -> [String] {
                var all: [String] = []
                for table in tables {
                    let rows = try await harness.texts("SELECT content::text FROM \(table) ORDER BY id")
                    all += rows
                }
                return all
            }
            let before = try await contents()
            #expect(await harness.code(AdmissionMessage.merge("1", survivor: "M1", prior: "M2")) == "AA")
            #expect(try await contents() != before)
            let unlink = AdmissionMessage.make(
                "A37", "2", patient: "M1", ["PID|2||\(AdmissionMessage.id("M2"))||Doe^Jane"])
            #expect(await harness.code(unlink) == "AA")
            #expect(try await contents() == before)
            try await harness.expect(0, "SELECT count(*) FROM record_merge WHERE undone IS NULL")
            // And it can be merged again.
            #expect(await harness.code(AdmissionMessage.merge("3", survivor: "M1", prior: "M2")) == "AA")
        }
    }

    @Test func whatCameAfterTheMergeStaysWithTheSurvivor() async throws {
        try await IngestHarness.with { harness in
            await patients(harness, ["M1", "M2"])
            #expect(await harness.code(AdmissionMessage.merge("1", survivor: "M1", prior: "M2")) == "AA")
            #expect(await harness.code(IngestHarness.result(control: "x", patient: "M2", filler: "F9")) == "AA")
            let unlink = AdmissionMessage.make(
                "A37", "2", patient: "M1", ["PID|2||\(AdmissionMessage.id("M2"))||Doe^Jane"])
            #expect(await harness.code(unlink) == "AA")
            let one = try #require(try await harness.patient("M1"))["id"]?.string ?? ""
            let two = try #require(try await harness.patient("M2"))["id"]?.string ?? ""
            #expect(one != two)
            #expect(try await harness.search("Observation", [("patient", "Patient/\(one)")]).count == 2)
            #expect(try await harness.search("Observation", [("patient", "Patient/\(two)")]).count == 1)
        }
    }

    @Test func whatIsNamedGoesBackWithThePriorPatient() async throws {
        try await IngestHarness.with { harness in
            await patients(harness, ["M1", "M2"])
            let prior = try #require(try await harness.patient("M2"))["id"]?.string ?? ""
            #expect(await harness.code(AdmissionMessage.merge("1", survivor: "M1", prior: "M2")) == "AA")
            #expect(await harness.code(IngestHarness.result(control: "x", patient: "M2", filler: "F9")) == "AA")
            let later = try await harness.search("DiagnosticReport", [("identifier", "F9")])
            let report = "DiagnosticReport/" + (later.first?["id"]?.string ?? "")
            let parting = try await harness.test.store.transaction { transaction in
                try await PatientMerge(transaction).unmerge(prior: prior, moving: [report, "Observation/none"])
            }
            #expect(parting.restored.contains(report) && !parting.restored.contains("Observation/none"))
            #expect(try await harness.search("DiagnosticReport", [("patient", "Patient/\(prior)")]).count == 2)
            // What was not named stays.
            #expect(try await harness.search("Observation", [("patient", "Patient/\(prior)")]).count == 1)
        }
    }

    @Test func anIdentifierGivesWayToAnother() async throws {
        try await IngestHarness.with { harness in
            await patients(harness, ["M1"])
            #expect(
                await harness.code(AdmissionMessage.merge("1", survivor: "M9", prior: "M1", trigger: "A47")) == "AA")
            try await harness.expect(1, "SELECT count(*) FROM patient")
            let patient = try #require(try await harness.patient("M9"))
            let old = patient["identifier"]?.items.first { $0["value"]?.string == "M1" }
            #expect(old?["use"]?.string == "old")
            let later = AdmissionMessage.make("A31", "2", at: "20260105100000", patient: "M1", name: "Doe-X^Jane")
            #expect(await harness.code(later) == "AA")
            try await harness.expect(1, "SELECT count(*) FROM patient")
        }
    }

    @Test func aVisitMovesToAnotherPatient() async throws {
        try await IngestHarness.with { harness in
            await patients(harness, ["M1", "M2"])
            let move = AdmissionMessage.make(
                "A45", "1", patient: "M1",
                ["MRG|\(AdmissionMessage.id("M2"))||||V-M2^^^V&urn:visits&URI", AdmissionMessage.visit("V-M2")])
            #expect(await harness.code(move) == "AA")
            let id = try #require(try await harness.patient("M1"))["id"]?.string ?? ""
            #expect(try await harness.search("Encounter", [("patient", "Patient/\(id)")]).count == 2)
        }
    }

    @Test func anAccountGoesIntoAnother() async throws {
        try await IngestHarness.with { harness in
            let head = "MSH|^~\\&|REG|NORTH|MARTLET|CLINIC|20260101100000||ADT^A01|1|P|2.5.1\rEVN|A01|20260101100000\r"
            let account = "||||||||||A%^^^B&urn:accounts&URI\r"
            let pid = "PID|1||\(AdmissionMessage.id("M1"))||Doe^Jane||19700101|F" + account
            for number in ["1", "2"] {
                let text =
                    head.replacing("|1|P|", with: "|a\(number)|P|") + pid.replacing("%", with: number)
                    + AdmissionMessage.visit("V\(number)") + "\r"
                #expect(await harness.code(Array(text.utf8)) == "AA")
            }
            let merge =
                head.replacing("A01", with: "A41").replacing("|1|P|", with: "|m|P|")
                + pid.replacing("%", with: "1") + "MRG|\(AdmissionMessage.id("M1"))||A2^^^B&urn:accounts&URI\r"
            #expect(await harness.code(Array(merge.utf8)) == "AA")
            let found = try await harness.search("Account", [("identifier", "urn:accounts|1,urn:accounts|A1")])
            let id = found.first?["id"]?.string ?? ""
            #expect(try await harness.search("Encounter", [("account", "Account/\(id)")]).count == 2)
            #expect(try await harness.search("Account", [("status", "inactive")]).count == 1)
        }
    }
}
