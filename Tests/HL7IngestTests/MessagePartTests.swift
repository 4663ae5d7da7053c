import FHIRStoreTesting
import HL7Ingest
import JSONTape
import PostgreSQL
import Testing

/// Messages that come in several parts: MSH-14, DSC and ADD. HL7 v2.5.1 §2.10.2.
@Suite struct MessagePartTests {
    /// A result in three parts: the code's display and the second result go on in the next one.
    private static func parts(_ name: String = "A", sender: String = "LAB") -> [[UInt8]] {
        func header(_ number: Int, _ previous: String) -> String {
            "MSH|^~\\&|\(sender)|NL|MARTLET|CLINIC|20260101120000||ORU^R01|\(name)\(number)|P|2.5.1||\(previous)"
        }
        return [
            [
                header(1, ""), "PID|1||\(name)^^^MARTLET&urn:martlet:mrn&URI^MR||Doe^Jane||19700101|F",
                "OBR|1|P-\(name)|F-\(name)|24323-8^Panel^LN|||20260101090000|||||||||||||||20260101100000|||F",
                "OBX|1|NM|2345-7^Glu", "ADD|", "DSC|p1|F",
            ],
            [
                header(2, "p1"), "ADD|cose^LN||5.0|mmol/L^^UCUM|||||F", "OBX|2|ST|11^Note^L||half of ", "ADD|",
                "DSC|p2|F",
            ],
            [header(3, "p2"), "ADD|a sentence||||||F"],
        ].map { Array(($0.joined(separator: "\r") + "\r").utf8) }
    }

    private static func expectWhole(_ harness: IngestHarness) async throws {
        let found = try await harness.search("Observation", [])
        #expect(found.compactMap { $0["valueQuantity"]?["value"]?.numberText } == ["5.0"])
        #expect(found.compactMap { $0["valueString"]?.string } == ["half of a sentence"])
        #expect(found.contains { $0["code"]?["coding"]?.items.first?["display"]?.string == "Glucose" })
        try await harness.expect(1, "SELECT count(*) FROM hl7_message WHERE state = 'applied'")
        try await harness.expect(2, "SELECT count(*) FROM hl7_message WHERE state = 'part' AND due IS NULL")
        try await harness.expect(0, "SELECT count(*) FROM observation_history")
    }

    @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]])
    func `parts are one message once all are here, in whatever order`(order: [Int]) async throws {
        try await IngestHarness.with { harness in
            let parts = Self.parts()
            for (count, index) in order.enumerated() {
                try await harness.expect(0, "SELECT count(*) FROM observation")
                #expect(await harness.code(parts[index]) == "AA")
                guard count < 2 else { continue }
                try await harness.expect(count + 1, "SELECT count(*) FROM hl7_message WHERE state = 'part'")
            }
            try await Self.expectWhole(harness)
        }
    }

    @Test func `parts that come again change nothing`() async throws {
        try await IngestHarness.with { harness in
            for part in Self.parts() {
                let first = await harness.send(part)
                #expect(await harness.send(part) == first)
            }
            for part in Self.parts() { #expect(await harness.code(part) == "AA") }
            try await Self.expectWhole(harness)
            try await harness.expect(3, "SELECT count(*) FROM hl7_message")
        }
    }

    @Test func `parts at the same time are one message, once`() async throws {
        try await IngestHarness.with { harness in
            let codes = await withTaskGroup(of: String.self) { group in
                for part in Self.parts() + Self.parts() { group.addTask { await harness.code(part) } }
                return await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(codes == Array(repeating: "AA", count: 6))
            // Where two were too fast for each other, the rest is done in the background.
            try await harness.test.database.script("UPDATE hl7_message SET due = received WHERE state = 'received'")
            try await MessageUpkeep(harness.ingest).applyDue()
            try await Self.expectWhole(harness)
        }
    }

    @Test func `a sender may use its pointers again, and others the same ones`() async throws {
        try await IngestHarness.with { harness in
            for part in Self.parts("A") + Self.parts("B") { #expect(await harness.code(part) == "AA") }
            for (one, other) in zip(Self.parts("C", sender: "X"), Self.parts("D", sender: "Y")) {
                #expect(await harness.code(one) == "AA")
                #expect(await harness.code(other) == "AA")
            }
            try await harness.expect(4, "SELECT count(*) FROM patient")
            try await harness.expect(8, "SELECT count(*) FROM observation")
        }
    }

    @Test func `parts whose rest does not come wait for a person, and are whole all the same when it comes`()
        async throws
    {
        try await IngestHarness.with { harness in
            let parts = Self.parts()
            for part in parts.dropLast() { #expect(await harness.code(part) == "AA") }
            let upkeep = MessageUpkeep(harness.ingest)
            try await upkeep.applyDue()
            try await harness.expect(2, "SELECT count(*) FROM hl7_message WHERE state = 'part'")
            try await harness.test.database.script(
                "UPDATE hl7_message SET received = received - interval '2 hours', due = due - interval '2 hours'")
            try await upkeep.applyDue()
            try await harness.expect(2, "SELECT count(*) FROM hl7_message WHERE state = 'quarantined'")
            try await harness.expect(0, "SELECT count(*) FROM observation")
            #expect(await harness.code(parts[2]) == "AA")
            try await Self.expectWhole(harness)
        }
    }

    @Test func `what is wrong with the whole is answered to the part that completes it`() async throws {
        try await IngestHarness.with { harness in
            let parts = Self.parts().map {
                Array(String(decoding: $0, as: UTF8.self).replacing("PID|", with: "ZZZ|").utf8)
            }
            #expect(await harness.code(parts[0]) == "AA")
            #expect(await harness.code(parts[1]) == "AA")
            let answer = await harness.send(parts[2])
            #expect(answer?.contains("MSA|AE|A3") == true)
            try await harness.expect("quarantined", "SELECT state FROM hl7_message WHERE control_id = 'A3'")
            let number = try #require(
                try await harness.ingest.messages.list(.init(), limit: 3).first { $0.controlID == "A3" }?.id)
            let trial = try await harness.ingest.replay(number, dryRun: true)
            #expect(trial.state == .quarantined)
            #expect(try await harness.ingest.replay(number).state == .quarantined)
        }
    }

    @Test func `a whole message of parts can be replayed, its parts cannot`() async throws {
        try await IngestHarness.with { harness in
            for part in Self.parts() { _ = await harness.code(part) }
            for message in try await harness.ingest.messages.list(.init(), limit: 3) {
                let expected: MessageState = message.controlID == "A3" ? .applied : .part
                #expect(try await harness.ingest.replay(message.id, dryRun: true).state == expected)
                #expect(try await harness.ingest.replay(message.id).state == expected)
            }
            try await Self.expectWhole(harness)
        }
    }

    @Test func `registrations come in parts too, and to sources that are answered at once`() async throws {
        try await IngestHarness.with { harness in
            try await harness.set("lab", #"{"acknowledge":"stored"}"#)
            let text = String(decoding: AdmissionMessage.make("A01", "1", [AdmissionMessage.visit()]), as: UTF8.self)
            let visit = try #require(text.firstRange(of: "PV1|"))
            let first = text[..<visit.lowerBound] + "DSC|77|F\r"
            let second =
                text.prefix(while: { $0 != "\r" }).replacing("|1|P|2.5.1", with: "|2|P|2.5.1||77") + "\r"
                + text[visit.lowerBound...]
            #expect(await harness.code(Array(first.utf8)) == "AA")
            #expect(await harness.code(Array(second.utf8)) == "AA")
            try await harness.expect(0, "SELECT count(*) FROM encounter")
            try await MessageUpkeep(harness.ingest).applyDue()
            try await harness.expect(1, "SELECT count(*) FROM encounter")
            try await harness.expect(1, "SELECT count(*) FROM hl7_message WHERE state = 'applied'")
        }
    }

    @Test func `a part that a person gave up is missing`() async throws {
        try await IngestHarness.with { harness in
            let parts = Self.parts()
            #expect(await harness.code(parts[0]) == "AA")
            let number = try #require(try await harness.ingest.messages.list(.init(), limit: 1).first?.id)
            #expect(try await harness.ingest.discard(number, reason: "nonsense").state == .discarded)
            for part in parts.dropFirst() { #expect(await harness.code(part) == "AA") }
            try await harness.expect(0, "SELECT count(*) FROM observation")
            try await harness.expect(2, "SELECT count(*) FROM hl7_message WHERE state = 'part'")
        }
    }
}
