import FHIRStore
import JSONTape
import Testing

/// Identifiers, accounts and visits that change or move: A42, A43, A44, A46, A48. HL7 v2.5.1 §3.3.42 to §3.3.48.
@Suite struct RecordMoveTests {
    /// - Parameter person: PID-2 and PID-4.
    private func message(
        _ trigger: String, _ control: String, at hour: String = "10", patient: String = "M1",
        person: (String, String) = ("", ""), account: String = "", _ segments: [String]
    ) -> [UInt8] {
        let time = "20260101\(hour)0000"
        let head = [
            "MSH|^~\\&|REG|NORTH|MARTLET|CLINIC|\(time)||ADT^\(trigger)|\(control)|P|2.5.1", "EVN|\(trigger)|\(time)",
            "PID|1|\(person.0)|\(AdmissionMessage.id(patient))|\(person.1)|Doe^Jane||19700101|F||||||||||\(account)",
        ]
        return Array(((head + segments).joined(separator: "\r") + "\r").utf8)
    }

    private func account(_ number: String) -> String { "\(number)^^^B&urn:accounts&URI" }
    private func visit(_ number: String) -> String { "\(number)^^^V&urn:visits&URI" }
    private func own(_ number: String) -> String { "\(number)^^^P&urn:people&URI" }

    private func admit(_ harness: IngestHarness, _ patient: String, _ visit: String, account: String) async {
        let message = message(
            "A01", "in-\(visit)", patient: patient, account: self.account(account),
            [AdmissionMessage.visit(visit), "OBX|1|NM|8302-2^Height^LN||170|cm^^UCUM|||||F"])
        #expect(await harness.code(message) == "AA")
    }

    private func id(_ harness: IngestHarness, _ type: String, _ identifier: String) async throws -> String {
        let found = try await harness.search(type, [("identifier", identifier)])
        return "\(type)/\(found.first?["id"]?.string ?? "none")"
    }

    @Test func `a visit goes into another with all that belongs to it`() async throws {
        try await IngestHarness.with { harness in
            await admit(harness, "M1", "V1", account: "A1")
            await admit(harness, "M1", "V2", account: "A1")
            let merge = message(
                "A42", "1", at: "11",
                ["MRG|\(AdmissionMessage.id("M1"))||||\(visit("V2"))", AdmissionMessage.visit("V1")])
            for _ in 0..<2 {
                #expect(await harness.code(merge) == "AA")
                let kept = try await id(harness, "Encounter", "urn:visits|V1")
                #expect(try await harness.search("Observation", [("encounter", kept)]).count == 2)
                let gone = try await harness.search("Encounter", [("identifier", "urn:visits|V2")]).first
                #expect(gone?["status"]?.string == "entered-in-error")
            }
            let unknown = message(
                "A42", "2", at: "12",
                ["MRG|\(AdmissionMessage.id("M1"))||||\(visit("V9"))", AdmissionMessage.visit("V1")])
            let answer = await harness.send(unknown)
            #expect(answer?.contains("MSA|AE|2") == true && answer?.contains("|204^") == true)
        }
    }

    @Test func `an account moves with its visits and what belongs to them`() async throws {
        try await IngestHarness.with { harness in
            await admit(harness, "M1", "V1", account: "A1")
            await admit(harness, "M2", "V2", account: "A2")
            await admit(harness, "M2", "V3", account: "A3")
            let move = message(
                "A44", "1", at: "11", account: account("A2"), ["MRG|\(AdmissionMessage.id("M2"))||\(account("A2"))"])
            #expect(await harness.code(move) == "AA")
            let owner = try await id(harness, "Patient", "urn:martlet:mrn|M1")
            for (type, count) in [("Encounter", 2), ("Observation", 2), ("Account", 2)] {
                #expect(try await harness.search(type, [("patient", owner)]).count == count, "\(type)")
            }
            let versions = try await harness.count("SELECT sum(version) FROM encounter")
            #expect(await harness.code(move.replacingControl("1", "2")) == "AA")
            try await harness.expect(versions, "SELECT sum(version) FROM encounter")
        }
    }

    /// Error first: what the message has to say, and what is not known.
    @Test(arguments: [
        ("MRG|M2", "", "101"), ("MRG|M2||A9", "A9", "204"), ("MRG|M9||A1", "A1", "204"),
    ])
    func `a move of nothing is refused`(merge: String, account: String, code: String) async throws {
        try await IngestHarness.with { harness in
            await admit(harness, "M1", "V1", account: "A1")
            await admit(harness, "M2", "V2", account: "A2")
            var text = merge
            for number in ["M2", "M9"] { text = text.replacing("|\(number)", with: "|\(AdmissionMessage.id(number))") }
            for number in ["A1", "A9"] { text = text.replacing("|\(number)", with: "|\(self.account(number))") }
            let move = message("A44", "1", at: "11", account: account.isEmpty ? "" : self.account(account), [text])
            let answer = await harness.send(move)
            #expect(answer?.contains("MSA|AE|1") == true && answer?.contains("|\(code)^") == true, "\(answer ?? "")")
            try await harness.expect(0, "SELECT count(*) FROM encounter_history")
        }
    }

    @Test func `the account of a third patient stays`() async throws {
        try await IngestHarness.with { harness in
            for (patient, number) in [("M1", "1"), ("M2", "2"), ("M3", "3")] {
                await admit(harness, patient, "V\(number)", account: "A\(number)")
            }
            let move = message(
                "A44", "1", at: "11", account: account("A3"), ["MRG|\(AdmissionMessage.id("M2"))||\(account("A3"))"])
            #expect(await harness.code(move) == "AA")
            try await harness.expect("quarantined", "SELECT state FROM hl7_message WHERE control_id = '1'")
            try await harness.expect(0, "SELECT count(*) FROM encounter_history")
        }
    }

    /// The trigger, and the segment that names the number before.
    private static let changes = [("A43", "MRG|%|||#"), ("A46", "MRG|%|||#"), ("A48", "MRG|%|#")]

    private func change(
        _ trigger: String, _ merge: String, _ control: String, from old: String, to new: String
    )
        -> [UInt8]
    {
        message(
            trigger, control, at: "11", person: trigger == "A48" ? ("", own(new)) : (own(new), ""),
            [merge.replacing("%", with: AdmissionMessage.id("M1")).replacing("#", with: own(old))])
    }

    @Test(arguments: changes)
    func `a number beside PID-3 gives way to another`(trigger: String, merge: String) async throws {
        try await IngestHarness.with { harness in
            let numbers = trigger == "A48" ? ("", own("E1")) : (own("E1"), "")
            #expect(await harness.code(message("A28", "0", person: numbers, [])) == "AA")
            for control in ["1", "2"] {
                #expect(await harness.code(change(trigger, merge, control, from: "E1", to: "E2")) == "AA")
                try await harness.expect(1, "SELECT count(*) FROM patient")
                let patient = try #require(try await harness.patient("M1"))
                let identifiers = (patient["identifier"]?.items ?? []).map {
                    [$0["value"]?.string, $0["use"]?.string].compactMap(\.self).joined(separator: " ")
                }
                #expect(identifiers.sorted() == ["E1 old", "E2", "M1"])
                try await harness.expect(2, "SELECT version FROM patient")
            }
        }
    }

    @Test(arguments: changes)
    func `a number of another patient's waits for a person`(trigger: String, merge: String) async throws {
        try await IngestHarness.with { harness in
            #expect(await harness.code(message("A28", "0", [])) == "AA")
            let other = message("A28", "x", patient: "E2", []).replacingText("urn:martlet:mrn", "urn:people")
            #expect(await harness.code(other) == "AA")
            #expect(await harness.code(change(trigger, merge, "1", from: "E1", to: "E2")) == "AA")
            try await harness.expect("quarantined", "SELECT state FROM hl7_message WHERE control_id = '1'")
            try await harness.expect(2, "SELECT sum(version) FROM patient")
        }
    }
}

extension [UInt8] {
    fileprivate func replacingText(_ old: String, _ new: String) -> [UInt8] {
        Array(String(decoding: self, as: UTF8.self).replacing(old, with: new).utf8)
    }

    fileprivate func replacingControl(_ old: String, _ new: String) -> [UInt8] {
        replacingText("|\(old)|P|", "|\(new)|P|")
    }
}
