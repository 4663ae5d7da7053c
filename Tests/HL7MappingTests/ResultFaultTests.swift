import HL7Syntax
import JSONTape
import Testing

@testable import HL7Mapping

/// What real feeds get wrong in results, one test for each fault.
@Suite struct ResultFaultTests {
    private static func message(
        _ lines: [String], type: String = "ORU^R01", order: String = "OBR|1||F1|A^A^L|||2024"
    )
        throws -> RawMessage
    {
        let head = ["MSH|^~\\&|L|N|||20240101||\(type)|7|P|2.5.1", "PID|1||5", order]
        return try Fixture.message(text: (head + lines).joined(separator: "\r"))
    }

    private static func mapped(
        _ lines: [String], type: String = "ORU^R01", order: String = "OBR|1||F1|A^A^L|||2024"
    )
        throws -> Mapped
    {
        try Mapped(message(lines, type: type, order: order))
    }

    private static func first(_ line: String) throws -> JSONNode {
        try #require(try mapped([line]).nodes("Observation").first)
    }

    @Test func `F-14: every triplet is kept as it came, wherever the code stands`() throws {
        let both = try Self.first("OBX|1|ST|G1^Glu^L^2345-7^Glucose^LN||x||||||F")
        #expect(both.at("code.coding.0.code") == "G1")
        #expect(both.at("code.coding.1.system") == "http://loinc.org")
        let swapped = try Self.first("OBX|1|ST|^^^2345-7^Glucose^LN||x||||||F")
        #expect(swapped.at("code.coding.0.code") == "2345-7" && swapped.at("code.text") == "Glucose")
        let local = try Self.first("OBX|1|ST|G1^Glu||x||||||F")
        #expect(local.at("code.coding.0.system") == "urn:martlet:source:north:OBX-3")
    }

    @Test func `F-15: equal codes are different results, equal segments are one`() throws {
        let mapped = try Self.mapped([
            "OBX|1|NM|A^A^L||1|mg|||||F", "OBX|2|NM|A^A^L||2|mg|||||F", "OBX|3|NM|A^A^L||2|mg|||||F",
        ])
        #expect(mapped.resources("Observation").count == 2)
        #expect(mapped.warnings("OBX[3]") == [.duplicateKey])
        #expect(mapped.resources("DiagnosticReport").count == 1)
    }

    @Test func `F-16: a specimen serves its order wherever it stands`() throws {
        let lines = [
            ["OBX|1|ST|A^A||x||||||F", "SPM|1|S1^S1||BLD"], ["SPM|1|S1^S1||BLD", "OBX|1|ST|A^A||x||||||F"],
        ]
        for part in lines {
            let mapped = try Self.mapped(part)
            let specimen = try #require(mapped.resources("Specimen").first)
            #expect(try mapped.observation("A").at("specimen.reference") == "Specimen/\(specimen.id)")
        }
        let first = try Mapped(
            Fixture.message(
                text: "MSH|^~\\&|L|N|||2024||ORU^R01|7|P|2.5.1\rPID|1||5\rSPM|1|S1||BLD\rOBR|1||F1|A^A\r"
                    + "OBX|1|ST|A^A||x||||||F\rOBR|2||F2|B^B\rOBX|1|ST|B^B||x||||||F"))
        #expect(first.resources("Specimen").count == 1)
        for report in try first.nodes("DiagnosticReport") { #expect(report["specimen"]?.count == 1) }
    }

    static let inferred: [(String, String)] = [
        ("OBX|1||A^A||7.1|%|5-8||||F", "valueQuantity.value=7.1"), ("OBX|1||A^A||7.1||||||F", "valueString=7.1"),
        ("OBX|1||A^A||X^text^L||||||F", "valueCodeableConcept.coding.0.code=X"),
        ("OBX|1|NM|A^A||see note||||||F", "valueString=see note"), ("OBX|1|ST|A^A||5.4||||||F", "valueString=5.4"),
        ("OBX|1|ZZ|A^A||anything||||||F", "valueString=anything"),
    ]

    @Test("F-17: a missing, wrong or unknown value type loses nothing", arguments: inferred)
    func valueType(line: String, expected: String) throws {
        let parts = expected.split(separator: "=").map(String.init)
        #expect(try Self.first(line).at(parts[0]) == parts[1])
    }

    static let numbers: [(String, String, String?)] = [
        ("<5", "5", "<"), (">1000", "1000", ">"), ("≤0.1", "0.1", "<="), ("1,234.5", "1234.5", nil),
        ("5.40", "5.40", nil),
    ]

    @Test("F-18: numbers with comparators stay numbers", arguments: numbers)
    func comparators(text: String, number: String, comparator: String?) throws {
        let value = try Self.first("OBX|1|NM|A^A||\(text)|mg|||||F")
        #expect(value.at("valueQuantity.value") == number)
        #expect(value.at("valueQuantity.comparator") == comparator)
    }

    @Test("F-18: words and decimal commas in NM are text, never 0", arguments: ["3,5", "+", "TRACE", "SEE NOTE"])
    func words(text: String) throws {
        let value = try Self.first("OBX|1|NM|A^A||\(text)|mg|||||F")
        #expect(value.at("valueString") == text && value["valueQuantity"] == nil)
    }

    @Test func `F-19: a range invents no interpretation`() throws {
        let value = try Self.first("OBX|1|NM|A^A||9|mg|-2-2||||F")
        #expect(value.at("referenceRange.0.low.value") == "-2" && value.at("referenceRange.0.high.value") == "2")
        #expect(value["interpretation"] == nil)
        let reversed = try Self.mapped(["OBX|1|NM|A^A||9|mg|9-3||||F"])
        #expect(try reversed.observation("A")["referenceRange"]?.items.first?["low"] == nil)
        #expect(reversed.warnings("OBX-7") == [.dataType])
    }

    @Test func `F-20: flags in words, lower case, several, and of the old table`() throws {
        let value = try Self.first("OBX|1|NM|A^A||9|mg||h~A~HIGH~TOX|||F")
        #expect(value.at("interpretation.0.coding.0.code") == "H")
        #expect(value.at("interpretation.1.coding.0.code") == "A")
        #expect(value.at("interpretation.2.text") == "HIGH")
        #expect(value.at("interpretation.3.coding.0.system") == "http://terminology.hl7.org/CodeSystem/v2-0078")
    }

    @Test func `F-27: a code of OBX-11 in OBR-25 is read as such`() throws {
        let mapped = try Self.mapped(
            ["OBX|1|NM|A^A||9|mg|||||W"], order: "OBR|1||F1|A^A|||2024||||||||||||||||||W")
        #expect(try mapped.nodes("DiagnosticReport").first?.at("status") == "entered-in-error")
        #expect(mapped.warnings("OBR-25").contains(.tableValueNotFound))
    }

    @Test func `F-30: a message type without trigger is a result, with a warning`() throws {
        let mapped = try Self.mapped(["OBX|1|ST|A^A||x||||||F"], type: "ORU")
        #expect(mapped.resources("Observation").count == 1)
        #expect(mapped.message.warnings.contains { $0.location?.field == 9 })
    }

    @Test func `F-31: documents in slices, in own segments and of a wrong declared type`() throws {
        let mapped = try Self.mapped([
            "OBX|1|ED|PDF^Report^L||LIS^IM^JPEG^Base64^JVBERi0x||||||F",
            "OBX|2|ED|PDF^Report^L||LIS^IM^JPEG^Base64^LjQK||||||F", "ZEF|1|JVBERi0xLjQK",
        ])
        #expect(mapped.resources("Binary").count == 2 && mapped.resources("DocumentReference").count == 2)
        let report = try #require(try mapped.nodes("DiagnosticReport").first)
        for index in 0...1 {
            #expect(report.at("presentedForm.\(index).contentType") == "application/pdf")
            let url = try #require(report.at("presentedForm.\(index).url"))
            #expect(mapped.resources("Binary").contains { "Binary/\($0.id)" == url })
        }
        let broken = try Self.mapped(["OBX|1|ED|PDF^Report^L||LIS^IM^JPEG^Base64^***||||||F"])
        #expect(broken.message.review != nil)
    }

    @Test func `F-32: long lines and hundreds of them are one text`() throws {
        let long = String(repeating: "x", count: 5000)
        #expect(try Self.first("OBX|1|ST|A^A||\(long)||||||F").at("valueString") == long)
        let lines = (1...300).map { "OBX|\($0)|TX|A^A||line \($0)||||||F" }
        let mapped = try Self.mapped(lines)
        #expect(mapped.resources("Observation").count == 1)
        #expect(try mapped.observation("A").at("valueString")?.split(separator: "\n").count == 300)
    }

    @Test func `F-36: without numbers the key is patient, code and time`() throws {
        func report(_ patient: String?, _ order: String) throws -> String? {
            try Mapped(Self.message([], order: order), patientID: patient).resources("DiagnosticReport").first?.id
        }
        let order = "OBR|1|||A^A|||202401010800"
        #expect(try report("a", order) == report("a", order))
        #expect(try report("a", order) != report("b", order))
        #expect(try report("a", order) != report("a", "OBR|1|||A^A|||202401010900"))
        let mapping = try ORUMapping.all(Self.message([], order: "OBR|1|||A^A"), profile: Fixture.profile)
        #expect(mapping.first?.hold != nil)
    }

    @Test func `F-38: panels under one placer number are different orders`() throws {
        let mapped = try Self.mapped(["OBR|2|P1|F1|B^B"], order: "OBR|1|P1|F1|A^A")
        #expect(mapped.resources("ServiceRequest").count == 2 && mapped.resources("DiagnosticReport").count == 2)
    }

    @Test func `F-40: repeated values are components`() throws {
        let value = try Self.first("OBX|1|NM|A^A||1~2~3|mg|||||F")
        #expect(value["component"]?.count == 3 && value.at("component.2.valueQuantity.value") == "3")
    }

    @Test func `a parent result lists its susceptibilities`() throws {
        let mapped = try Fixture.mapped("microbiology.hl7")
        let organism = try mapped.observation("ORG")
        let children = (organism["hasMember"]?.items ?? []).compactMap { $0["reference"]?.string }
        let drug = try mapped.observation("18864-9")
        #expect(children.contains("Observation/\(drug.at("id") ?? "")"))
        #expect(drug.at("derivedFrom.0.reference") == "Observation/\(organism.at("id") ?? "")")
    }

    @Test func `the states of order, report and results have to fit`() throws {
        let fits = try Self.mapped(["OBX|1|ST|A^A||x||||||F"], order: "OBR|1||F1|A^A|||2024||||||||||||||||||F")
        #expect(fits.warnings("OBR-25").isEmpty)
        let open = try Self.mapped(["OBX|1|ST|A^A||x||||||P"], order: "OBR|1||F1|A^A|||2024||||||||||||||||||F")
        #expect(open.warnings("OBR-25") == [.tableValueNotFound])
    }

    @Test(arguments: ["Y", "Z"]) func `no order or no patient is an error of the sender`(status: String) throws {
        let message = try Self.message([], order: "OBR|1||F1|A^A|||2024||||||||||||||||||\(status)")
        let error = #expect(throws: MappingError.self) { try ORUMapping.all(message, profile: Fixture.profile) }
        #expect(error?.code == .unknownKey && error?.outcome == .contentError)
    }
}
