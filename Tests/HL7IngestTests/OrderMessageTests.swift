import HL7Ingest
import JSONTape
import Testing

/// Orders through the store: ORM and OML with their answers.
@Suite struct OrderMessageTests {
    @Test func `a new order is stored with its task and answered with a number`() async throws {
        try await IngestHarness.with { harness async throws in
            let answer = await harness.send(
                order(
                    "1", "NW",
                    more: [
                        "TQ1|1||BID||||20260102080000|20260105080000|S", "NTE|1||Take care", "DG1|1||E11^Diabetes^I10",
                        "OBX|1|ST|FAST^Fasting^L||yes", "SPM|1|S1^^||BLD^Blood^HL70487",
                    ]))
            #expect(answer?.contains("|ORL^O22^ORL_O22|") == true)
            #expect(answer?.contains("MSA|AA|1") == true)
            let control = try #require(answer?.split(separator: "\r").first { $0.hasPrefix("ORC") })
            let fields = control.split(separator: "|", omittingEmptySubsequences: false)
            #expect(fields[1] == "OK" && fields[2] == "P1" && fields[3].hasSuffix("^MARTLET"))
            let request = try #require(try await harness.search("ServiceRequest", [("identifier", "P1")]).first)
            #expect(request["status"]?.string == "active" && request["priority"]?.string == "stat")
            #expect(request["occurrenceTiming"] != nil && request["note"]?.count == 1)
            #expect(request["specimen"]?.count == 1 && request["supportingInfo"]?.count == 1)
            #expect(request["reasonReference"]?.count == 1 && request["requisition"] != nil)
            let number = try #require(fields[3].split(separator: "^").first.map(String.init))
            #expect(try await harness.search("ServiceRequest", [("identifier", number)]).count == 1)
            let task = try #require(try await harness.search("Task", [("code", "fulfill")]).first)
            #expect(task["status"]?.string == "accepted")
            try await harness.expect(1, "SELECT count(*) FROM patient")
        }
    }

    @Test func `the same order again changes nothing`() async throws {
        try await IngestHarness.with { harness async throws in
            for control in ["1", "2"] { #expect(await harness.code(order(control, "NW")) == "AA") }
            try await harness.expect(1, "SELECT count(*) FROM servicerequest")
            try await harness.expect(0, "SELECT count(*) FROM servicerequest_history")
        }
    }

    @Test func `an order is cancelled until work has begun`() async throws {
        try await IngestHarness.with { harness async throws in
            _ = await harness.send(order("1", "NW"))
            let answer = await harness.send(order("2", "CA", at: "20260101110000"))
            #expect(answer?.contains("ORC|CR|P1|") == true)
            #expect(try await harness.search("ServiceRequest", [("status", "revoked")]).count == 1)
            #expect(try await harness.search("Task", [("code", "abort"), ("status", "completed")]).count == 1)
            #expect(try await harness.search("Task", [("code", "fulfill"), ("status", "cancelled")]).count == 1)

            _ = await harness.send(order("3", "NW", placer: "P2", filler: "F2"))
            _ = await harness.send(IngestHarness.result(control: "4", filler: "F2", code: "24323-8"))
            let late = await harness.send(order("5", "CA", at: "20260101130000", placer: "P2", filler: "F2"))
            #expect(late?.contains("ORC|UC|P2|F2") == true)
            #expect(try await harness.search("Task", [("code", "abort"), ("status", "rejected")]).count == 1)
        }
    }

    @Test func `an unknown order cannot be cancelled`() async throws {
        try await IngestHarness.with { harness async throws in
            let answer = await harness.send(order("1", "CA"))
            #expect(answer?.contains("MSA|AA|1") == true && answer?.contains("ORC|UC|P1|") == true)
            try await harness.expect(0, "SELECT count(*) FROM servicerequest")
        }
    }

    @Test func `hold, release, change and discontinue follow the state`() async throws {
        try await IngestHarness.with { harness async throws in
            _ = await harness.send(order("1", "NW"))
            let steps = [
                ("HD", "HR", "on-hold"), ("RL", "OR", "active"), ("XO", "XR", "active"), ("DC", "DR", "revoked"),
            ]
            for (index, step) in steps.enumerated() {
                let answer = await harness.send(order("s\(index)", step.0, at: "2026010112000\(index)"))
                #expect(answer?.contains("ORC|\(step.1)|P1|") == true, "\(step)")
                let request = try await harness.search("ServiceRequest", [("identifier", "P1")]).first
                #expect(request?["status"]?.string == step.2, "\(step)")
            }
        }
    }

    @Test func `an order takes the place of another`() async throws {
        try await IngestHarness.with { harness async throws in
            _ = await harness.send(order("1", "NW"))
            let replacement = message(
                "2", at: "20260101110000",
                [
                    "ORC|RP|P1", "OBR|1|P1||24323-8^Panel^LN", "ORC|RO|P9", "OBR|2|P9||2345-7^Glucose^LN",
                ])
            #expect(await harness.code(replacement) == "AA")
            let old = try #require(try await harness.search("ServiceRequest", [("identifier", "P1")]).first)
            let new = try #require(try await harness.search("ServiceRequest", [("identifier", "P9")]).first)
            #expect(old["status"]?.string == "revoked")
            #expect(new["replaces"]?.items.first?["reference"]?.string == "ServiceRequest/\(old["id"]?.string ?? "")")
        }
    }

    @Test func `an order number of another patient is held`() async throws {
        try await IngestHarness.with { harness async throws in
            _ = await harness.send(order("1", "NW"))
            let other = order("2", "NW", patient: "M2", name: "Roe^Max")
            #expect(await harness.code(other) == "AA")
            try await harness.expect(1, "SELECT count(*) FROM hl7_message WHERE state = 'quarantined'")
            try await harness.expect(1, "SELECT count(*) FROM servicerequest")
            try await harness.expect(1, "SELECT count(*) FROM patient")
        }
    }

    @Test func `F-38: orders under one number are told apart by their code`() async throws {
        try await IngestHarness.with { harness async throws in
            let both = message("1", ["ORC|NW|P1", "OBR|1|P1||A^A^L", "ORC|NW|P1", "OBR|2|P1||B^B^L"])
            #expect(await harness.code(both) == "AA")
            try await harness.expect(2, "SELECT count(*) FROM servicerequest")
            let one = message("2", at: "20260101110000", ["ORC|CA|P1", "OBR|1|P1||B^B^L"])
            #expect(await harness.code(one) == "AA")
            #expect(try await harness.search("ServiceRequest", [("status", "revoked")]).count == 1)
            let rest = message("3", at: "20260101120000", ["ORC|CA|P1"])
            #expect(await harness.code(rest) == "AA")
            #expect(try await harness.search("ServiceRequest", [("status", "revoked")]).count == 2)
        }
    }

    @Test func `parent and children, specimens first`() async throws {
        try await IngestHarness.with { harness async throws in
            let family = message("1", ["ORC|PA|P1", "OBR|1|P1||A^A^L", "ORC|CH|P2|||||P1", "OBR|2|P2||B^B^L"])
            #expect(await harness.code(family) == "AA")
            #expect(try await harness.search("ServiceRequest", [("based-on:missing", "false")]).count == 1)
            let specimens = message(
                "2", trigger: "O33",
                ["SPM|1|S7^||BLD^Blood^HL70487", "ORC|NW|P7", "OBR|1|P7||A^A^L", "OBR|2|P7||B^B^L"])
            let answer = await harness.send(specimens)
            #expect(answer?.contains("|ORL^O34^ORL_O34|") == true && answer?.contains("\rSPM|1|S7^") == true)
            let found = try await harness.search("ServiceRequest", [("identifier", "P7")])
            #expect(found.count == 2 && found.allSatisfy { $0["specimen"]?.count == 1 })
            try await harness.expect(1, "SELECT count(*) FROM specimen")
        }
    }

    @Test func `a pharmacy order is a MedicationRequest`() async throws {
        try await IngestHarness.with { harness async throws in
            let order = message(
                "1", type: "ORM^O01",
                ["ORC|NW|P1||||||20260101", "RXO|1191^Aspirin^RXNORM|100||mg", "RXR|PO^Oral^HL70162"])
            let answer = await harness.send(order)
            #expect(answer?.contains("|ORR^O02^ORR_O02|") == true && answer?.contains("ORC|OK|P1|") == true)
            let request = try #require(try await harness.search("MedicationRequest", [("identifier", "P1")]).first)
            #expect(request["status"]?.string == "active")
            let stop = message("2", type: "ORM^O01", at: "20260101110000", ["ORC|CA|P1"])
            #expect(await harness.code(stop) == "AA")
            #expect(try await harness.search("MedicationRequest", [("status", "cancelled")]).count == 1)
        }
    }

    @Test func `20 parallel orders of one number make one order`() async throws {
        try await IngestHarness.with { harness async throws in
            let codes = await withTaskGroup(of: String.self) { group in
                for number in 1...20 { group.addTask { await harness.code(self.order("p\(number)", "NW")) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes == Array(repeating: "AA", count: 20))
            try await harness.expect(1, "SELECT count(*) FROM servicerequest")
        }
    }

    private func order(
        _ control: String, _ action: String, at time: String = "20260101100000", placer: String = "P1",
        filler: String = "", patient: String = "M1", name: String = "Doe^Jane", more: [String] = []
    ) -> [UInt8] {
        message(
            control, at: time, patient: patient, name: name,
            [
                "ORC|\(action)|\(placer)|\(filler)|G1|||||\(time)|||77^House^Greg",
                "OBR|1|\(placer)|\(filler)|24323-8^Panel^LN",
            ] + more)
    }

    private func message(
        _ control: String, type: String = "OML^O21^OML_O21", trigger: String? = nil, at time: String = "20260101100000",
        patient: String = "M1", name: String = "Doe^Jane", _ segments: [String]
    ) -> [UInt8] {
        let type = trigger.map { "OML^\($0)^OML_\($0)" } ?? type
        let head = [
            "MSH|^~\\&|EHR|WARD|MARTLET|CLINIC|\(time)||\(type)|\(control)|P|2.5.1",
            "PID|1||\(patient)^^^MARTLET&urn:martlet:mrn&URI^MR||\(name)||19700101|F",
        ]
        return Array(((head + segments).joined(separator: "\r") + "\r").utf8)
    }
}
