import Testing

@testable import HL7Syntax

@Suite struct HL7DictionaryTests {
    static let fields: [(String, Int, HL7Version, String, String?)] = [
        ("PID", 3, HL7Version(2, 5, 1), "Patient Identifier List", "CX"),
        ("PID", 2, HL7Version(2, 3), "Patient ID", "CX"), ("PID", 2, HL7Version(2, 7), "Patient ID", nil),
        ("PID", 13, HL7Version(2, 2), "Phone Number - Home", "TN"),
        ("PID", 13, HL7Version(2, 5), "Phone Number - Home", "XTN"),
        ("PID", 10, HL7Version(2, 1), "Ethnic Group", "ID"), ("PID", 10, HL7Version(2, 5), "Race", "CE"),
        ("OBR", 4, HL7Version(2, 5, 1), "Universal Service Identifier", "CE"),
        ("OBR", 4, HL7Version(2, 6), "Universal Service Identifier", "CWE"),
        ("OBR", 27, HL7Version(2, 5), "Quantity/Timing", "TQ"),
        ("ORC", 4, HL7Version(2, 5), "Placer Group Number", "EI"),
        ("ORC", 4, HL7Version(2, 9), "Placer Group Number", "EIP"),
        ("OBX", 5, HL7Version(2, 1), "Observation Value", "varies"),
        ("OBX", 8, HL7Version(2, 5), "Abnormal Flags", "IS"),
        ("OBX", 8, HL7Version(2, 8), "Interpretation Codes", "CWE"),
        ("MSH", 9, HL7Version(2, 5, 1), "Message Type", "MSG"), ("PV1", 19, HL7Version(2, 5), "Visit Number", "CX"),
        ("SPM", 4, HL7Version(2, 3), "Specimen Type", "CWE"),
    ]

    @Test(arguments: fields.indices)
    func fieldIsThatOfItsVersion(index: Int) {
        let (segment, number, version, name, type) = Self.fields[index]
        let field = HL7Dictionary.field(segment, number, in: version)
        #expect(field?.name == name)
        #expect(field?.dataType == type)
    }

    @Test func shapeAndAbsence() {
        let identifier = HL7Dictionary.field("PID", 3, in: HL7Version(2, 5, 1))
        #expect(identifier?.isRequired == true && identifier?.isRepeating == true)
        #expect(HL7Dictionary.field("PID", 99, in: HL7Version(2, 5)) == nil)
        #expect(HL7Dictionary.segment("ZPI") == nil && HL7Dictionary.segment("pid") == nil)
        #expect(HL7Dictionary.segment("SPM")?.since == HL7Version(2, 5))
        #expect(HL7Dictionary.components(of: "CX").map(\.name).prefix(5).last == "Identifier Type Code")
        #expect(HL7Dictionary.components(of: "CX")[3].dataType == "HD")
        #expect(HL7Dictionary.components(of: "ST").isEmpty)
    }

    /// The tables are text: a slip in a row must not go unseen.
    @Test func everyRowIsComplete() {
        let primitives: Set<String> = [
            "ST", "TX", "FT", "NM", "SI", "IS", "ID", "DT", "TM", "TS", "DTM", "TN", "CM", "varies", "SNM", "GTS",
            "NUL",
        ]
        for name in HL7Dictionary.segmentNames {
            guard let segment = HL7Dictionary.segment(name) else { continue }
            #expect(name.utf8.count == 3 && !segment.title.isEmpty)
            for number in stride(from: 1, through: segment.fieldCount, by: 1) {
                for version in HL7Version.published {
                    guard let field = segment.field(number, in: version) else { continue }
                    #expect(!field.name.isEmpty && field.number == number, "\(name)-\(number)")
                    guard let type = field.dataType else { continue }
                    let isKnown = primitives.contains(type) || !HL7Dictionary.components(of: type).isEmpty
                    #expect(isKnown, "\(name)-\(number): \(type)")
                }
            }
        }
        for (type, components) in DataTypeTable.all {
            for component in components {
                let inner = component.dataType
                let isKnown = primitives.contains(inner) || inner == "-" || DataTypeTable.all[inner] != nil
                #expect(isKnown, "\(type): \(inner)")
                #expect(!component.name.isEmpty, "\(type)")
            }
        }
    }

    static let versions: [(String, String, Bool)] = [
        ("2.5.1", "2.5.1", false), ("2.1", "2.1", false), ("2.9", "2.9", false), ("", "2.3.1", true),
        ("2.5.7", "2.5.1", true), ("3.0", "2.9", true), ("1.0", "2.1", true), ("abc", "2.3.1", true),
        ("v2.4", "2.4", false), ("2", "2.1", true), ("2.8.2", "2.8.2", false), ("2.3.1", "2.3.1", false),
    ]

    @Test(arguments: versions)
    func versionIsTheNearestLowerOne(text: String, version: String, isGuess: Bool) {
        let effective = HL7Version.effective(declared: text)
        #expect(effective.version.description == version)
        #expect(effective.isGuess == isGuess)
    }

    @Test func equalSeparatorsCanStillBeAnswered() throws {
        let text = "MSH|^^\\&|A|B|C|D|2024||ORU_R01|7|P|2.5\rPID|1"
        let header = try #require(MessageHeader(answering: Array(text.utf8)))
        #expect(header.controlID == "7" && header.messageType == "ORU" && header.triggerEvent == "R01")
        let answer = Acknowledgement(to: header, .rejected).encode(controlID: "1", time: "2024")
        #expect(
            String(decoding: answer, as: UTF8.self).hasPrefix("MSH|^~\\&|C|D|A|B|2024||ACK^R01^ACK|1|P|2.5\rMSA|AR|7"))
    }
}
