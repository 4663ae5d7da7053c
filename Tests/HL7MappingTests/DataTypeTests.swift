import HL7Syntax
import JSONTape
import Testing

@testable import HL7Mapping

@Suite struct DataTypeTests {
    static let decimals: [(String, String?, String?)] = [
        ("5.40", nil, "5.40"), ("065.88", nil, "65.88"), ("0", nil, "0"), ("000", nil, "0"), ("+3", nil, "3"),
        (".5", nil, "0.5"), ("5.", nil, "5"), ("-0.10", nil, "-0.10"), ("<0.5", "<", "0.5"), ("<= 7", "<=", "7"),
        ("≥10", ">=", "10"), (">1000", ">", "1000"), ("1,234.5", nil, "1234.5"), ("1,234,567", nil, "1234567"),
        ("", nil, nil), ("-", nil, nil), ("<", nil, nil), ("3,5", nil, nil), ("1,23", nil, nil), ("1e5", nil, nil),
        ("TRACE", nil, nil), ("5 mg", nil, nil), ("1.2.3", nil, nil), ("++", nil, nil), (".", nil, nil),
        ("١", nil, nil),
        ("--5", nil, nil), ("NaN", nil, nil), ("0x1F", nil, nil),
        ("12345678901234567890.123456789", nil, "12345678901234567890.123456789"),
    ]

    @Test(arguments: decimals)
    func numbersKeepTheirDigits(text: String, comparator: String?, number: String?) {
        let decimal = DecimalText(text)
        #expect(decimal?.number == number)
        #expect(decimal?.comparator == comparator)
    }

    @Test func aDecimalCommaOnlyWhereTheSourceSaysSo() {
        #expect(DecimalText("3,5", usesDecimalComma: true)?.number == "3.5")
        #expect(DecimalText("1,234,5", usesDecimalComma: true) == nil)
    }

    static let times: [(String, String?, Bool)] = [
        ("2024", "2024", false), ("202405", "2024-05", false), ("20240501", "2024-05-01", false),
        ("2024050112", "2024-05-01T12:00:00+01:00", true), ("202405011230", "2024-05-01T12:30:00+01:00", false),
        ("20240501123015.1234", "2024-05-01T12:30:15.123+01:00", false),
        ("20240501123015-0500", "2024-05-01T12:30:15-05:00", false),
        ("202405011230Z", "2024-05-01T12:30:00+00:00", false),
        ("20240501123015+05", "2024-05-01T12:30:15+05:00", false), ("20240230", "2024-02", true),
        ("20240229", "2024-02-29", false), ("20230229", "2023-02", true), ("20241301", "2024", true),
        ("202405012400", "2024-05-01", true), ("20240501 1230", "2024-05-01T12:30:00+01:00", false),
        ("20240501-0500", "2024-05-01", false), ("00000000", nil, false), ("24", nil, false), ("yesterday", nil, false),
        ("", nil, false), ("20240501123060", "2024-05-01T12:30:59+01:00", false),
    ]

    @Test(arguments: times)
    func timesKeepTheirPrecision(text: String, expected: String?, hasOriginal: Bool) {
        let time = HL7Time(text).map { FHIRDateTime($0, defaultOffset: { 3600 }) }
        #expect(time?.text == expected)
        #expect((time?.original != nil) == hasOriginal)
    }

    @Test func localTimesFollowTheZoneThroughTheYear() throws {
        let vienna = try #require(SourceZone(identifier: "Europe/Vienna"))
        func text(_ time: String) throws -> String {
            let time = try #require(HL7Time(time))
            return FHIRDateTime(time, defaultOffset: { vienna.offset(local: time.localSeconds) }).text
        }
        #expect(try text("20240115120000") == "2024-01-15T12:00:00+01:00")
        #expect(try text("20240715120000") == "2024-07-15T12:00:00+02:00")
        // The hour that does not exist, and the one that comes twice.
        #expect(try text("20240331023000") == "2024-03-31T02:30:00+01:00")
        #expect(try text("20241027023000") == "2024-10-27T02:30:00+02:00")
        #expect(try text("20241027033000") == "2024-10-27T03:30:00+01:00")
        #expect(SourceZone(identifier: "Nowhere/Land") == nil)
    }

    static let ranges: [(String, String?, String?)] = [
        ("0.5-1.2", "0.5", "1.2"), ("0.5 - 1.2", "0.5", "1.2"), ("3 – 5", "3", "5"), ("4.3 to 6.2", "4.3", "6.2"),
        ("(1-2)", "1", "2"), ("[ 9.9 - 10.1 ]", "9.9", "10.1"), ("-2-2", "-2", "2"), ("-5--1", "-5", "-1"),
        ("<5", nil, "5"), ("[ < 5.0]", nil, "5.0"), ("<=5", nil, "5"), ("up to 7", nil, "7"), (">3", "3", nil),
        ("≥3", "3", nil), ("5", nil, nil), ("Neg", nil, nil), ("[ ]", nil, nil), ("-", nil, nil), ("3,5-4,5", nil, nil),
        ("non-reactive", nil, nil), ("9-1", nil, nil), ("", nil, nil), ("None", nil, nil),
    ]

    @Test(arguments: ranges)
    func rangesHaveNumbersOnlyWhereTheGrammarFits(text: String, low: String?, high: String?) throws {
        let raw = try Fixture.message(text: "MSH|^~\\&|")
        let unit = Unit(raw["OBX", field: 6][repetition: 1], SourceProfile(id: "north"))
        let mapped = ReferenceRangeMap(unit: unit, usesDecimalComma: false).map(text)
        guard case .object(let object)? = mapped?.range else { return #expect(text.isEmpty) }
        let node = JSONNode(try Document.parse(object.json))
        #expect(node.at("low.value") == low && node.at("high.value") == high && node.at("text") == text)
        #expect(mapped?.isReversed == (text == "9-1"))
    }

    static let values: [(String, String, String)] = [
        ("SN|A^A||>^90", "valueQuantity.comparator", ">"), ("SN|A^A||=^90", "valueQuantity.value", "90"),
        ("SN|A^A||^1^:^128", "valueRatio.denominator.value", "128"), ("SN|A^A||^3^-^5", "valueRange.high.value", "5"),
        ("SN|A^A||^1^+", "valueString", "1+"), ("SN|A^A||<>^7", "valueString", "<>7"),
        ("SN|A^A||<0.10", "valueQuantity.value", "0.10"), ("NR|A^A||3^", "valueRange.low.value", "3"),
        ("ST|A^A||5.40", "valueString", "5.40"), ("ST|A^A||a \\T\\ b", "valueString", "a & b"),
        ("NM|A^A||TRACE", "valueString", "TRACE"), ("NM|A^A||<0.5|mmol/L", "valueQuantity.comparator", "<"),
        ("TX|A^A||one~two", "valueString", "one\ntwo"), ("FT|A^A||one\\.br\\two", "valueString", "one\ntwo"),
        ("IS|A^A||POS", "valueCodeableConcept.coding.0.code", "POS"),
        ("CE|A^A||1^one^L^2^two^LN", "valueCodeableConcept.coding.1.system", "http://loinc.org"),
        ("CWE|A^A||1^one^HL70078^^^^^^text", "valueCodeableConcept.text", "text"),
        ("DT|A^A||20240501", "valueDateTime", "2024-05-01"), ("TM|A^A||0930+0100", "valueTime", "09:30:00"),
        ("DR|A^A||20240501^20240502", "valuePeriod.end", "2024-05-02"), ("CQ|A^A||5^mL", "valueQuantity.code", "mL"),
        ("NA|A^A||1^2.50^3", "valueSampledData.data", "1 2.50 3"), ("VR|A^A||1-2", "valueString", "1-2"),
        ("XPN|A^A||Doe^Joe", "valueString", "Doe^Joe"), ("NM|A^A||1~2", "component.1.valueQuantity.value", "2"),
        ("|A^A||7|mg|1-9", "valueQuantity.value", "7"), ("|A^A||7", "valueString", "7"),
        ("|A^A||X^text^L", "valueCodeableConcept.coding.0.code", "X"),
        ("ED|A^A||L^TEXT^^A^hello", "extension.0.valueAttachment.contentType", "text/plain"),
        ("ED|A^A||L^APPLICATION^^Hex^25504446", "extension.0.valueAttachment.contentType", "application/pdf"),
        ("NM|A^A||", "dataAbsentReason.coding.0.code", "unknown"),
    ]

    @Test(arguments: values)
    func valueFollowsItsType(fields: String, path: String, expected: String) throws {
        var line = "OBX|1|" + fields
        while line.count(where: { $0 == "|" }) < 11 { line += "|" }
        let text = "MSH|^~\\&|L|N|||20240101||ORU^R01|7|P|2.5.1\rPID|1||5\rOBR|1||F1|A^A\r\(line)F"
        let mapped = try Mapped(Fixture.message(text: text))
        #expect(try mapped.observation("A").at(path) == expected)
    }

    @Test func identitiesAreStableAndDistinct() {
        // RFC 4122 name-based ids: fixed for ever, so written down here.
        let hash: [UInt8] = [
            0xA9, 0x99, 0x3E, 0x36, 0x47, 0x06, 0x81, 0x6A, 0xBA, 0x3E, 0x25, 0x71, 0x78, 0x50, 0xC2, 0x6C, 0x9C, 0xD0,
            0xD8, 0x9D,
        ]
        #expect(SHA1.hash(Array("abc".utf8)) == hash)
        let key = IdentityKey("Patient", ["urn:oid:1.2.3.5", "4711"])
        #expect(key.id == "de607f11-5a38-5a5f-bc7d-701324bfd66e")
        #expect(IdentityKey("A", ["b|c"]) != IdentityKey("A", ["b", "c"]))
        #expect(IdentityKey("A", ["b\\", "c"]).text != IdentityKey("A", ["b", "\\c"]).text)
    }

    @Test func base64IsReadAsSendersWriteIt() {
        #expect(Base64.decode(Array("aGVs\r\nbG8=".utf8)) == Array("hello".utf8))
        #expect(Base64.decode(Array("aGVsbG8".utf8)) == Array("hello".utf8))
        #expect(Base64.decode(Array("a".utf8)) == nil && Base64.decode(Array("a*".utf8)) == nil)
        for length in 0..<10 {
            let data = (0..<length).map { UInt8($0 * 37 & 0xFF) }
            #expect(Base64.decode(Array(Base64.encode(data).utf8)) == data)
        }
    }

    static let statuses: [([String], String)] = [
        ([], "registered"), (["F", "F"], "final"), (["F", "P"], "partial"), (["P", "I"], "preliminary"),
        (["F", "C"], "corrected"), (["X", "X"], "cancelled"), (["X", "F"], "final"), (["O"], "registered"),
        (["F", "?"], "unknown"),
    ]

    @Test(arguments: statuses)
    func reportStatusFollowsItsResults(codes: [String], status: String) {
        #expect(ReportStatusTable.derived(codes) == status)
    }
}
