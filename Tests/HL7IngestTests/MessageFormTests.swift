import FHIRStoreTesting
import HL7Ingest
import JSONTape
import Testing

/// What is tolerated about a message's form, and told; what is not, and told as well.
@Suite struct MessageFormTests {
    private static func text(_ control: String = "C1") -> String {
        String(decoding: IngestHarness.result(control: control), as: UTF8.self)
    }

    /// The ERR segments of an answer.
    private static func errors(_ answer: String?) -> [String] {
        answer?.split(separator: "\r").filter { $0.hasPrefix("ERR|") }.map(String.init) ?? []
    }

    @Test(arguments: ["^^\\&", "^~\\~", "a~\\&", "^~\\&#@", ""])
    func `separators that are none are answered AR 102`(separators: String) async throws {
        try await IngestHarness.with { harness in
            let message = Array(Self.text().replacing("^~\\&", with: separators).utf8)
            let answer = await harness.send(message)
            #expect(answer?.contains("\rMSA|AR|C1|") == true, "\(answer ?? "no answer")")
            #expect(Self.errors(answer).first?.hasPrefix("ERR||MSH^1^2|102^") == true)
            #expect(await harness.send(message) == answer)
            try await harness.expect("rejected", "SELECT state FROM hl7_message")
            try await harness.expect(1, "SELECT repeats FROM hl7_message WHERE control_id = 'C1'")
            try await harness.expect(0, "SELECT count(*) FROM patient")
        }
    }

    /// What a sender repeats for ever is not stored for ever.
    @Test(arguments: ["|XYZ^Z01|C1", "|ORU^R99|C1", "|ORU^R01^ORU_R01|"])
    func `a refused message gets the same answer when it comes again`(type: String) async throws {
        try await IngestHarness.with { harness in
            let message = Array(Self.text().replacing("|ORU^R01^ORU_R01|C1", with: type).utf8)
            let first = await harness.send(message)
            #expect(IngestHarness.code(first) == "AR")
            #expect(await harness.send(message) == first)
            try await harness.expect(1, "SELECT count(*) FROM hl7_message WHERE repeats = 1")
        }
    }

    @Test(arguments: [
        ("\n", "102^"), ("\r\n", "102^"), ("\r\r", nil), ("\r", nil),
    ])
    func `line ends other than CR are tolerated and told`(end: String, error: String?) async throws {
        try await IngestHarness.with { harness in
            let answer = await harness.send(Array(Self.text().replacing("\r", with: end).utf8))
            #expect(IngestHarness.code(answer) == "AA")
            #expect(Self.errors(answer).count == (error == nil ? 0 : 1), "\(answer ?? "")")
            if let error { #expect(Self.errors(answer).first?.contains("|\(error)") == true) }
            #expect(Self.errors(answer).allSatisfy { $0.contains("|W|") })
            try await harness.expect("applied", "SELECT state FROM hl7_message")
        }
    }

    @Test func `line breaks in fields, guessed characters and unknown escapes are told`() async throws {
        try await IngestHarness.with { harness in
            let text = Self.text().replacing("Doe^Jane", with: "Doe\n^J\\Q\\ane")
            var bytes = Array(text.utf8)
            let place = try #require(bytes.firstIndex(of: UInt8(ascii: "J")))
            bytes.insert(0xFC, at: place)
            let answer = await harness.send(bytes)
            #expect(IngestHarness.code(answer) == "AA")
            let errors = Self.errors(answer)
            #expect(errors.count == 3 && errors.allSatisfy { $0.contains("|102^") && $0.contains("|W|") }, "\(errors)")
            #expect(
                errors.contains { $0.hasPrefix("ERR||MSH^1^18|") } && errors.contains { $0.hasPrefix("ERR||PID^1^5|") })
            let patients = try await harness.search("Patient", [])
            #expect(patients.first?["name"]?.items.first?["given"]?.items.first?.string == "üJ\\Q\\ane")
        }
    }

    @Test func `known escapes are nothing to tell`() async throws {
        try await IngestHarness.with { harness in
            let answer = await harness.send(Array(Self.text().replacing("Doe^Jane", with: "D\\T\\oe^Jane").utf8))
            #expect(IngestHarness.code(answer) == "AA" && Self.errors(answer).isEmpty, "\(answer ?? "")")
        }
    }

    /// MSH-18 says ISO 8859-1, and the sender writes Cyrillic.
    @Test func `a source's own character set wins over MSH-18`() async throws {
        try await IngestHarness.with { harness in
            try await harness.set("lab", #"{"charset":"8859/5"}"#)
            let text = Self.text().replacing("|P|2.5.1", with: "|P|2.5.1||||||8859/1")
            var bytes = Array(text.utf8)
            let name = try #require(text.firstRange(of: "Doe^Jane")).lowerBound
            // Иван in ISO 8859-5.
            bytes.replaceSubrange(
                text.utf8.distance(from: text.startIndex, to: name)..<text.utf8.distance(
                    from: text.startIndex, to: name) + 3, with: [0xB8, 0xD2, 0xD0, 0xDD])
            let answer = await harness.send(bytes)
            #expect(IngestHarness.code(answer) == "AA" && Self.errors(answer).isEmpty, "\(answer ?? "")")
            let patients = try await harness.search("Patient", [("family", "Иван")])
            #expect(patients.count == 1)
        }
    }

    @Test func `a character set nobody knows is no setting`() async throws {
        try await IngestHarness.with { harness in
            let error = await #expect(throws: SourceSettingsError.self) {
                try await harness.set("lab", #"{"charset":"8859/99"}"#)
            }
            #expect(error?.faults.map(\.path) == ["charset"])
        }
    }

    @Test func `text that goes on in ADD belongs to the segment before`() async throws {
        try await IngestHarness.with { harness in
            let text = Self.text().replacing("Glucose^LN||5.0|", with: "Glu\rADD|cose^LN||5.0|")
            #expect(await harness.code(Array(text.utf8)) == "AA")
            let found = try await harness.search("Observation", [])
            #expect(found.first?["valueQuantity"]?["value"]?.numberText == "5.0")
            #expect(found.first?["code"]?["coding"]?.items.first?["display"]?.string == "Glucose")
        }
    }
}
