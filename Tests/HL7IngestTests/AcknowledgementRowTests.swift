import Foundation
import FHIRStoreTesting
import FHIRStore
import HL7Ingest
import HL7Syntax
import Testing

/// One test for each situation in which a message may be answered: code and ERR in original mode, commit and
/// application level in enhanced mode, and what the log says then.
@Suite struct AcknowledgementRowTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var settings = "{}"
        /// Messages that came before, all of them accepted.
        var before: [Message] = []
        var message = Message()
        /// MSA-1 in original mode.
        var original: String
        /// MSA-1 of each frame in enhanced mode.
        var enhanced: [String]
        /// `204^` and the severity, `204^E`; nil for no ERR. In original mode.
        var error: String?
        /// Of the message in the log.
        var state: String

        var testDescription: String { name }
    }

    struct Message: Sendable {
        var control = "C1"
        var patient = "M1"
        var family = "Doe^Jane"
        var born = "19700101"
        var type = "ORU^R01^ORU_R01"
        var receiver = "MARTLET|CLINIC"
        var processing = "P"
        var version = "2.5.1"
        var value = "5.0"
        var hasPatient = true
        var hasOrder = true

        func bytes(isEnhanced: Bool = false) -> [UInt8] {
            let modes = isEnhanced ? "|||AL|AL" : ""
            var segments = [
                "MSH|^~\\&|LAB|NL|\(receiver)|20260101120000||\(type)|\(control)|\(processing)|\(version)\(modes)"
            ]
            if hasPatient { segments.append("PID|1||\(patient)||\(family)||\(born)|F") }
            if hasOrder {
                segments.append(
                    "OBR|1|P-\(control)|F-\(control)|24323-8^Panel^LN|||20260101090000|||||||||||||||20260101100000|||F"
                )
                segments.append("OBX|1|NM|2345-7^Glucose^LN||\(value)|mmol/L^^UCUM|||||F")
            }
            return Array((segments.joined(separator: "\r") + "\r").utf8)
        }
    }

    static func id(_ value: String) -> String { "\(value)^^^MARTLET&urn:martlet:mrn&URI^MR" }

    static let rows: [Row] = [
        Row(name: "stored and applied", original: "AA", enhanced: ["CA", "AA"], state: "applied"),
        Row(
            name: "control id used again", before: [Message(value: "4.0")], original: "AA", enhanced: ["CA", "AA"],
            error: "205^W", state: "applied"),
        Row(
            name: "control id used again, strict", settings: #"{"strictControlIds":true}"#,
            before: [Message(value: "4.0")], original: "AR", enhanced: ["CR"], error: "205^E", state: "rejected"),
        Row(
            name: "warnings only", message: Message(value: "see comment"), original: "AA", enhanced: ["CA", "AA"],
            error: "102^W", state: "applied"),
        Row(
            name: "no control id", message: Message(control: ""), original: "AR", enhanced: ["CR"], error: "101^E",
            state: "rejected"),
        Row(
            name: "another application", settings: #"{"receivingApplications":["MARTLET"]}"#,
            message: Message(receiver: "OTHER|CLINIC"), original: "AR", enhanced: ["CR"], error: "103^E",
            state: "rejected"),
        Row(
            name: "another facility", settings: #"{"receivingFacilities":"CLINIC"}"#,
            message: Message(receiver: "MARTLET|ELSEWHERE"), original: "AR", enhanced: ["CR"], error: "103^E",
            state: "rejected"),
        Row(
            name: "test data at a live port", settings: #"{"processingIds":["P"]}"#,
            message: Message(processing: "T"), original: "AR", enhanced: ["CR"], error: "202^E", state: "rejected"),
        Row(
            name: "test data held", settings: #"{"processingIds":["P"],"unexpectedProcessing":"hold"}"#,
            message: Message(processing: "T"), original: "AA", enhanced: ["CA", "AE"], error: "202^W",
            state: "quarantined"),
        Row(
            name: "version not readable, strict", settings: #"{"strictVersion":true}"#,
            message: Message(version: "new"), original: "AR", enhanced: ["CR"], error: "203^E", state: "rejected"),
        Row(
            name: "type not supported", message: Message(type: "XYZ^Z01"), original: "AR", enhanced: ["CR"],
            error: "200^E", state: "rejected"),
        Row(
            name: "trigger not supported", message: Message(type: "ORU^R99"), original: "AR", enhanced: ["CR"],
            error: "201^E", state: "rejected"),
        Row(
            name: "no PID", message: Message(hasPatient: false), original: "AE", enhanced: ["CA", "AE"],
            error: "100^E", state: "quarantined"),
        Row(
            name: "no OBR", message: Message(hasOrder: false), original: "AE", enhanced: ["CA", "AE"],
            error: "100^E", state: "quarantined"),
        Row(
            name: "no patient identifier", message: Message(patient: ""), original: "AE", enhanced: ["CA", "AE"],
            error: "101^E", state: "quarantined"),
        Row(
            name: "bad identifier, strict", settings: #"{"holdPolicy":"strict"}"#,
            message: Message(patient: "UNKNOWN"), original: "AE", enhanced: ["CA", "AE"], error: "102^E",
            state: "quarantined"),
        Row(
            name: "bad identifier, held", message: Message(patient: "UNKNOWN"), original: "AA",
            enhanced: ["CA", "AE"], error: "102^W", state: "quarantined"),
        Row(
            name: "patient unknown, must exist", settings: #"{"unknownPatient":"mustExist"}"#, original: "AE",
            enhanced: ["CA", "AE"], error: "204^E", state: "quarantined"),
        Row(
            name: "patient unknown, held", settings: #"{"unknownPatient":"quarantine"}"#, original: "AA",
            enhanced: ["CA", "AE"], error: "204^W", state: "quarantined"),
        Row(
            name: "ambiguous patient, held",
            before: [Message(control: "B1"), Message(control: "B2", patient: id("M2"))],
            message: Message(patient: "\(id("M1"))~\(id("M2"))"), original: "AA", enhanced: ["CA", "AE"],
            error: "204^W", state: "quarantined"),
        Row(
            name: "ambiguous patient, strict", settings: #"{"holdPolicy":"strict"}"#,
            before: [Message(control: "B1"), Message(control: "B2", patient: id("M2"))],
            message: Message(patient: "\(id("M1"))~\(id("M2"))"), original: "AE", enhanced: ["CA", "AE"],
            error: "204^E", state: "quarantined"),
        Row(
            name: "another person under a known identifier, strict", settings: #"{"holdPolicy":"strict"}"#,
            before: [Message(control: "B1")], message: Message(family: "Roe^Max", born: "19991231"), original: "AE",
            enhanced: ["CA", "AE"], error: "204^E", state: "quarantined"),
    ]

    @Test(arguments: rows)
    func `the answer is as agreed`(row: Row) async throws {
        for isEnhanced in [false, true] {
            try await IngestHarness.with { harness in
                try await harness.set("lab", row.settings)
                for message in row.before {
                    #expect(await harness.code(message.with(row).bytes()) == "AA", "\(row.name): \(message.control)")
                }
                let answers = await harness.answers(row.message.with(row).bytes(isEnhanced: isEnhanced))
                let codes = answers.map { IngestHarness.code($0) }
                #expect(codes == (isEnhanced ? row.enhanced : [row.original]), "\(row.name): \(answers)")
                let state = try await harness.text("SELECT state FROM hl7_message ORDER BY id DESC LIMIT 1")
                #expect(state == row.state, "\(row.name)")
                if isEnhanced, row.state == "quarantined" {
                    #expect(answers.last?.contains("|E|") == true, "\(answers)")
                }
                guard !isEnhanced, let error = row.error else {
                    if !isEnhanced { #expect(answers.first?.contains("\rERR|") == false, "\(answers)") }
                    return
                }
                let parts = error.split(separator: "^")
                let segments = answers.first?.split(separator: "\r").filter { $0.hasPrefix("ERR|") } ?? []
                #expect(
                    segments.contains { ($0 + "|").contains("|\(parts[0])^") && ($0 + "|").contains("|\(parts[1])|") },
                    "\(row.name): \(answers)")
            }
        }
    }

    @Test(arguments: [("accept-and-hold", "AA", "applied"), ("strict", "AE", "quarantined")])
    func `results of a merged patient go to the survivor unless the source is strict`(
        policy: String, code: String, state: String
    ) async throws {
        try await IngestHarness.with { harness in
            try await harness.set("lab", #"{"holdPolicy":"\#(policy)"}"#)
            for json in [
                """
                {"resourceType":"Patient","id":"new","active":true,"identifier":[{"system":"urn:martlet:mrn",
                 "value":"M2"}]}
                """,
                """
                {"resourceType":"Patient","id":"old","active":false,"identifier":[{"system":"urn:martlet:mrn",
                 "value":"M1"}],"link":[{"other":{"reference":"Patient/new"},"type":"replaced-by"}]}
                """,
            ] {
                let input = try harness.test.input(json)
                let id = json.contains(#""id":"new""#) ? "new" : "old"
                _ = try await harness.test.store.update(input, id: id)
            }
            let answer = await harness.send(IngestHarness.result(control: "C1"))
            #expect(IngestHarness.code(answer) == code)
            #expect(answer?.contains("|204^") == true)
            let found = try await harness.search("Observation", [("patient", "new")])
            #expect(found.count == (code == "AA" ? 1 : 0))
            try await harness.expect(state, "SELECT state FROM hl7_message")
        }
    }

    @Test func `a message without readable MSH gets no answer and is kept`() async throws {
        try await IngestHarness.with { harness in
            let reply = await harness.ingest.receive(Array("not a message".utf8), source: "lab")
            #expect(reply == .unreadable)
            try await harness.expect("quarantined", "SELECT state FROM hl7_message")
        }
    }

    @Test func `at most 20 ERR segments are sent`() async throws {
        try await IngestHarness.with { harness in
            let results = (1...30).map { "OBX|\($0)|NM|T\($0)^Test^99X||word \($0)||||||F" }.joined(separator: "\r")
            let head = String(decoding: IngestHarness.result(control: "C1"), as: UTF8.self)
            let answer = await harness.send(Array((head + results + "\r").utf8))
            #expect(answer?.components(separatedBy: "\rERR|").count == 21)
        }
    }

    @Test func `a message too big is kept as rejected with its head`() async throws {
        try await IngestHarness.with { harness in
            let head = Array(IngestHarness.result(control: "C1").prefix(100))
            await harness.ingest.keep(head, source: "lab", reason: "104 too large", state: .rejected)
            try await harness.expect("rejected", "SELECT state FROM hl7_message")
            try await harness.expect("C1", "SELECT control_id FROM hl7_message")
        }
    }
}

extension AcknowledgementRowTests.Message {
    /// Bare patient numbers with their assigner.
    fileprivate func with(_ row: AcknowledgementRowTests.Row) -> AcknowledgementRowTests.Message {
        var message = self
        if !patient.isEmpty, !patient.contains("^"), patient != "UNKNOWN" {
            message.patient = AcknowledgementRowTests.id(patient)
        }
        return message
    }
}
