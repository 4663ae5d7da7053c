import Testing

@testable import HL7Syntax

@Suite struct AcknowledgementTests {
    private func header(_ rest: String, version: String = "2.5.1") throws -> MessageHeader {
        let text = "MSH|^~\\&|LAB^1.2^ISO|NORTH|EHR|CLINIC|20240501||ORU^R01^ORU_R01|42|P|\(version)\(rest)"
        return MessageHeader(try RawMessage(parsing: Array((text + "\rPID|1").utf8)))
    }

    @Test func senderAndReceiverChangePlaces() throws {
        let answer = Acknowledgement(to: try header(""), .accepted).encode(controlID: "7", time: "20240502")
        #expect(
            String(decoding: answer, as: UTF8.self)
                == "MSH|^~\\&|EHR|CLINIC|LAB^1.2^ISO|NORTH|20240502||ACK^R01^ACK|7|P|2.5.1\rMSA|AA|42\r")
    }

    @Test func faultsAreNamedInERR() throws {
        let location = HL7Location(segment: "PID", field: 3, component: 4)
        let issue = Acknowledgement.Issue(.requiredFieldMissing, at: location, userMessage: "no | here")
        let newer = Acknowledgement(to: try header(""), .contentError, issues: [issue])
        let answer = try RawMessage(parsing: newer.encode(controlID: "7", time: "20240502"))
        #expect(answer["MSA", field: 1].string == "AE" && answer["MSA", field: 3].string == "no | here")
        #expect(answer["ERR", field: 1].isEmpty)
        #expect(String(decoding: answer["ERR", field: 2].raw, as: UTF8.self) == "PID^1^3^^4")
        #expect(String(decoding: answer["ERR", field: 3].raw, as: UTF8.self) == "101^Required field missing^HL70357")
        #expect(answer["ERR", field: 4].string == "E" && answer["ERR", field: 8].string == "no | here")
        let older = Acknowledgement(to: try header("", version: "2.3"), .contentError, issues: [issue])
        let old = try RawMessage(parsing: older.encode(controlID: "7", time: "20240502"))
        let expected = "PID^1^3^101&Required field missing&HL70357"
        #expect(String(decoding: old["ERR", field: 1].raw, as: UTF8.self) == expected)
    }

    static let modes: [(String, AcknowledgementCode.Outcome, String, Bool)] = [
        ("", .accepted, "AA", true), ("", .contentError, "AE", true), ("", .rejected, "AR", true),
        ("|||AL|NE", .accepted, "CA", true), ("|||AL|NE", .contentError, "CA", true),
        ("|||AL|NE", .rejected, "CR", true), ("|||NE|AL", .accepted, "CA", false), ("||||AL", .accepted, "CA", false),
        ("|||ER|", .accepted, "CA", false), ("|||ER|", .rejected, "CR", true), ("|||SU|", .accepted, "CA", true),
        ("|||SU|", .rejected, "CR", false),
    ]

    @Test(arguments: modes)
    func codeFollowsTheMode(
        rest: String, outcome: AcknowledgementCode.Outcome, code: String, isWanted: Bool
    ) throws {
        let acknowledgement = Acknowledgement(to: try header(rest), outcome)
        #expect(acknowledgement.code.rawValue == code)
        #expect(acknowledgement.isWanted == isWanted)
    }

    @Test func answersKeepSeparatorsAndCharset() throws {
        let text = Array("MSH$%~\\&$L".utf8) + [0xE9] + Array("B$$$$$$ORU$9$P$2.3$$$$$$8859/1\rPID$1".utf8)
        let header = MessageHeader(try RawMessage(parsing: text))
        let answer = Acknowledgement(to: header, .accepted).encode(controlID: "1", time: "2024")
        #expect(answer.contains(0xE9))
        let read = try RawMessage(parsing: answer)
        #expect(read["MSH", field: 5].string == "LéB" && read["MSH", field: 18].string == "8859/1")
        #expect(String(decoding: read["MSH", field: 9].raw, as: UTF8.self) == "ACK%R01%ACK")
    }

    @Test func headOfABrokenMessageIsEnough() {
        #expect(MessageHeader(reading: Array("MSH|^~\\&|A|B|||||ORU^R01|9|P|2.5\rOBX|cut of".utf8))?.controlID == "9")
        #expect(MessageHeader(reading: Array("garbage".utf8)) == nil)
        #expect(MessageHeader(reading: []) == nil)
    }

    @Test func longTextIsCutAndIssuesAreLimited() throws {
        let issue = Acknowledgement.Issue(.dataType, userMessage: String(repeating: "x", count: 400))
        let all = [Acknowledgement.Issue](repeating: issue, count: 50)
        let answer = try RawMessage(
            parsing: Acknowledgement(to: try header(""), .rejected, issues: all).encode(controlID: "1", time: "2024"))
        #expect(answer["MSA", field: 3].string.count == 80)
        #expect(answer.segments(named: "ERR").count == 20)
    }

    @Test(arguments: [
        (0, "19700101000000+0000"), (951_782_400, "20000229000000+0000"), (1_714_566_896, "20240501123456+0000"),
        (-1, "19691231235959+0000"),
    ])
    func timestampsAreUTC(seconds: Int, text: String) {
        #expect(HL7Timestamp.utc(secondsSince1970: seconds) == text)
    }
}
