import HL7Syntax
import Testing

@testable import HL7Mapping

@Suite struct MappingErrorTests {
    private static let header = "MSH|^~\\&|L|N|||20240101||ORU^R01|7|P|2.5.1"
    private static let order = "OBR|1||F1|A^A"

    static let refused: [(String, MessageErrorCode, AcknowledgementCode.Outcome, String)] = [
        ("MSH|^~\\&|L|N|||2024||ORU^R01||P|2.5\rPID|1||5\r\(order)", .requiredFieldMissing, .rejected, "MSH-10"),
        ("MSH|^~\\&|L|N|||2024||ADT^A01|7|P|2.5\rPID|1||5", .unsupportedMessageType, .rejected, "MSH-9.1"),
        ("MSH|^~\\&|L|N|||2024|||7|P|2.5\rPID|1||5", .unsupportedMessageType, .rejected, "MSH-9.1"),
        ("MSH|^~\\&|L|N|||2024||ORU^W01|7|P|2.5\rPID|1||5", .unsupportedEventCode, .rejected, "MSH-9.2"),
        ("\(header)\r\(order)", .segmentSequence, .contentError, "PID"),
        ("\(header)\rPID|1||5", .segmentSequence, .contentError, "OBR"),
        ("\(header)\rPID|1||5\rOBR|1||F1", .requiredFieldMissing, .contentError, "OBR-4"),
        ("\(header)\rPID|1\r\(order)", .requiredFieldMissing, .contentError, "PID-3"),
        ("\(header)\rPID|1||\"\"\r\(order)", .requiredFieldMissing, .contentError, "PID-3"),
        ("\(header)\rPID|1||UNKNOWN~000\r\(order)", .dataType, .contentError, "PID-3"),
    ]

    @Test(arguments: refused)
    func faultNamesItsPlace(
        text: String, code: MessageErrorCode, outcome: AcknowledgementCode.Outcome, place: String
    ) throws {
        let message = try Fixture.message(text: text)
        let error = #expect(throws: MappingError.self) { try ORUMapping.all(message, profile: Fixture.profile) }
        #expect(error?.code == code && error?.outcome == outcome)
        #expect(error?.location?.description == place)
        let answer = Acknowledgement(
            to: MessageHeader(message), outcome, issues: [try #require(error).acknowledgementIssue])
        let read = try RawMessage(parsing: answer.encode(controlID: "1", time: "2024"))
        #expect(read["ERR", field: 3][component: 1].string == "\(code.rawValue)")
    }

    @Test(arguments: [
        "ORU", "ORU^R01", "ORU^R01^ORU_R01", "ORU^R03", "ORU^R30", "ORU^R31", "ORU^R32", "OUL^R22", "OUL^R23",
        "OUL^R24",
    ])
    func theseTypesAreTaken(type: String) throws {
        let text = "MSH|^~\\&|L|N|||20240101||\(type)|7|P|2.5\rPID|1||5\r\(Self.order)"
        _ = try ORUMapping.all(Fixture.message(text: text), profile: Fixture.profile)
    }
}
