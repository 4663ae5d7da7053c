import HL7Ingest
import Testing

/// Senders that have proved who they are (T5).
@Suite struct BoundSourceTests {
    private static func message(_ control: String, application: String, facility: String = "NL") -> [UInt8] {
        let segments = [
            "MSH|^~\\&|\(application)|\(facility)|MARTLET|CLINIC|20260101120000||ORU^R01|\(control)|P|2.5.1",
            "PID|1||M1^^^H&urn:h&URI^MR||Doe^Jane||19700101|F",
            "OBR|1|P-\(control)|F-\(control)|24323-8^Panel^LN|||20260101090000|||||||||||||||20260101100000|||F",
            "OBX|1|NM|GLU^Glucose^L||5.0|mmol/L^^UCUM|||||F",
        ]
        return Array((segments.joined(separator: "\r") + "\r").utf8)
    }

    @Test func `a certificate speaks for one source only`() async throws {
        try await IngestHarness.with { harness in
            try await harness.set("north", #"{"match":{"application":"NORTHLAB","facility":"NL"}}"#)
            try await harness.set("south", #"{"match":{"application":"SOUTHLAB"}}"#)
            func answer(_ bytes: [UInt8]) async -> String {
                guard case .send(let answers) = await harness.ingest.receive(bytes, source: "north", isBound: true)
                else { return "" }
                return answers.map { String(decoding: $0, as: UTF8.self) }.joined()
            }
            #expect(await answer(Self.message("1", application: "NORTHLAB")).contains("MSA|AA|1"))
            let other = await answer(Self.message("2", application: "SOUTHLAB"))
            #expect(other.contains("MSA|AR|2") && other.contains("MSH^1^3") && other.contains("|103^"))
            let place = await answer(Self.message("3", application: "NORTHLAB", facility: "ELSEWHERE"))
            #expect(place.contains("MSA|AR|3") && place.contains("MSH^1^4"))
            try await harness.expect(3, "SELECT count(*) FROM hl7_message WHERE source = 'north'")
        }
    }
}
