import Testing

@testable import HL7Syntax

@Suite struct StructureTests {
    /// Those that a laboratory and a clinic exchange.
    static let expected = [
        "ACK", "ORU_R01", "ORU_R30", "OUL_R22", "OUL_R23", "OUL_R24", "ORM_O01", "ORR_O02", "OML_O21", "OML_O33",
        "OML_O35", "ORL_O22", "ADT_A01", "ADT_A02", "ADT_A03", "ADT_A05", "ADT_A06", "ADT_A09", "ADT_A17", "ADT_A18",
        "ADT_A21", "ADT_A24", "ADT_A30", "ADT_A37", "ADT_A39", "ADT_A43", "ADT_A45", "ADT_A50", "SIU_S12", "MDM_T01",
        "MDM_T02", "VXU_V04", "DFT_P03", "RDE_O11", "RRE_O12", "RDS_O13", "BAR_P01", "BAR_P02", "BAR_P05", "QBP_Q11",
        "QBP_Q21", "RSP_K21", "RSP_K22", "RSP_K23", "REF_I12", "OMG_O19",
    ]

    @Test func everyStructureIsThere() {
        for name in Self.expected { #expect(HL7Dictionary.structure(name) != nil, "\(name)") }
    }

    @Test func everyRowReadsBack() throws {
        for name in HL7Dictionary.structureNames {
            let structure = try #require(HL7Dictionary.structure(name))
            let row = try #require(StructureTable.rows[name])
            #expect(structure.elements.map(Self.notation).joined(separator: " ") == row.drop { $0 == " " }, "\(name)")
            #expect(structure.elements.first?.accepts("MSH") == true, "\(name)")
            for segment in Self.segments(structure.elements) {
                #expect(HL7Dictionary.segment(segment) != nil, "\(segment) in \(name)")
            }
        }
        print("HL7 structures: \(HL7Dictionary.structureNames.count), segments: \(HL7Dictionary.segmentNames.count)")
    }

    private static func segments(_ elements: [MessageStructure.Element]) -> [String] {
        elements.flatMap { element -> [String] in
            switch element.content {
            case .segment(let name): [name]
            case .choice(let names): names
            case .group(_, let inner): segments(inner)
            }
        }
    }

    private static func notation(_ element: MessageStructure.Element) -> String {
        var text: String
        switch element.content {
        case .segment(let name): text = name
        case .choice(let names): text = "<\(names.joined(separator: "|"))>"
        case .group(let name, let elements):
            text = "\(name): " + elements.map(notation).joined(separator: " ")
            if element.isRequired, !element.isRepeating { text = "(\(text))" }
        }
        if element.isRepeating { text = "{\(text)}" }
        return element.isRequired ? text : "[\(text)]"
    }

    static let events: [(String, String, String?)] = [
        ("ADT", "A04", "ADT_A01"), ("ADT", "A28", "ADT_A05"), ("ADT", "A40", "ADT_A39"), ("ADT", "A11", "ADT_A09"),
        ("ADT", "A47", "ADT_A30"), ("ADT", "A02", "ADT_A02"), ("ORU", "", "ORU_R01"), ("ORU", "R32", "ORU_R30"),
        ("SIU", "S15", "SIU_S12"), ("MDM", "T05", "MDM_T01"), ("MDM", "T08", "MDM_T02"), ("ACK", "R01", "ACK"),
        ("QBP", "Q22", "QBP_Q21"), ("RSP", "K22", "RSP_K22"), ("XXX", "Y01", nil), ("ADT", "", nil),
    ]

    @Test(arguments: events)
    func eventTellsTheStructure(type: String, event: String, structure: String?) {
        #expect(EventTable.structure(type: type, event: event) == structure)
    }

    private func grouped(
        _ type: String, _ names: String
    ) throws -> (root: MessageGroup, issues: [String]) {
        let lines = names.split(separator: " ").map { "\($0)|1" }
        let text = (["MSH|^~\\&|A|B|||2024||\(type)|1|P|2.5.1"] + lines).joined(separator: "\r")
        let message = try RawMessage(parsing: Array(text.utf8))
        let (root, issues) = message.grouped
        #expect(root.allSegments.count == message.segmentCount)
        return (root, issues.map { "\($0.code.rawValue) \($0.location) \($0.group)" })
    }

    private func outline(_ group: MessageGroup) -> String {
        group.children.map { child in
            switch child {
            case .segment(let segment): segment.name
            case .group(let group): "\(group.name)(\(outline(group)))"
            }
        }.joined(separator: " ")
    }

    static let messages: [(type: String, segments: String, outline: String, issues: [String])] = [
        (
            "ORU^R01", "PID NTE PV1 ORC OBR NTE OBX NTE OBX SPM OBR OBX ZZZ OBX",
            """
            MSH PATIENT_RESULT(PATIENT(PID NTE VISIT(PV1)) ORDER_OBSERVATION(ORC OBR NTE OBSERVATION(OBX NTE) \
            OBSERVATION(OBX) SPECIMEN(SPM)) ORDER_OBSERVATION(OBR OBSERVATION(OBX ZZZ) OBSERVATION(OBX)))
            """, []
        ),
        (
            "ORU^R01", "PID OBR OBX PID OBR OBX",
            """
            MSH PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBR OBSERVATION(OBX))) \
            PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBR OBSERVATION(OBX)))
            """, []
        ),
        (
            "OML^O21", "PID ORC OBR OBX SPM ORC OBR PID ORC OBR OBX",
            """
            MSH PATIENT(PID) ORDER(ORC OBSERVATION_REQUEST(OBR OBSERVATION(OBX) SPECIMEN(SPM))) \
            ORDER(ORC OBSERVATION_REQUEST(OBR PRIOR_RESULT(PATIENT_PRIOR(PID) ORDER_PRIOR(ORC OBR \
            OBSERVATION_PRIOR(OBX)))))
            """, []
        ),
        (
            "ADT^A40", "EVN PID MRG PID PD1 MRG PV1", "MSH EVN PATIENT(PID MRG) PATIENT(PID PD1 MRG PV1)", []
        ),
        (
            "ADT^A01", "EVN PID PV1 NK1 IN1 IN2 IN1 ACC IN1",
            "MSH EVN PID PV1 NK1 INSURANCE(IN1 IN2) INSURANCE(IN1) ACC INSURANCE(IN1)",
            ["misplacedSegment NK1 ADT_A01", "misplacedSegment IN1[3] ADT_A01"]
        ),
        (
            "ORM^O01", "PID PV1 ORC RXO ORC OBR DG1 OBX NTE",
            """
            MSH PATIENT(PID PATIENT_VISIT(PV1)) ORDER(ORC ORDER_DETAIL(RXO)) \
            ORDER(ORC ORDER_DETAIL(OBR DG1 OBSERVATION(OBX NTE)))
            """, []
        ),
        (
            "SIU^S12", "SCH PID RGS AIS NTE AIL AIP RGS AIP",
            """
            MSH SCH PATIENT(PID) RESOURCES(RGS SERVICE(AIS NTE) LOCATION_RESOURCE(AIL) PERSONNEL_RESOURCE(AIP)) \
            RESOURCES(RGS PERSONNEL_RESOURCE(AIP))
            """, []
        ),
        ("MDM^T02", "EVN PID PV1 TXA OBX OBX", "MSH EVN PID PV1 TXA OBSERVATION(OBX) OBSERVATION(OBX)", []),
        ("DFT^P03", "EVN PID FT1 FT1 IN1", "MSH EVN PID FINANCIAL(FT1) FINANCIAL(FT1) INSURANCE(IN1)", []),
        ("ACK", "MSA ERR ERR", "MSH MSA ERR ERR", []),
        ("ADT^A08", "EVN PV1", "MSH EVN PV1", ["missing PID ADT_A01"]),
        ("ADT^A08", "EVN PID PV1 RXA", "MSH EVN PID PV1 RXA", ["unexpectedSegment RXA ADT_A01"]),
        (
            "ADT^A08", "EVN PID PID PV1", "MSH EVN PID PID PV1", ["misplacedSegment PID[2] ADT_A01"]
        ),
        ("XXX^Y01", "AAA PID", "MSH AAA PID", ["unknownStructure MSH-9 "]),
    ]

    @Test(arguments: messages.indices)
    func segmentsFindTheirGroups(index: Int) throws {
        let expected = Self.messages[index]
        let (root, issues) = try grouped(expected.type, expected.segments)
        #expect(outline(root) == expected.outline)
        #expect(issues == expected.issues)
    }

    @Test func resultsBeforeTheirOrderAreKept() throws {
        let (_, issues) = try grouped("ORU^R01", "PID OBX OBR OBX")
        #expect(issues.isEmpty)
        let (root, found) = try grouped("ORU^R01", "OBX OBR OBX")
        #expect(root.allSegments.count == 4)
        #expect(found == ["missing PID ORU_R01.PATIENT_RESULT.PATIENT"])
    }

    @Test func anyOrderOfAnySegmentsIsKept() throws {
        var generator = SeededGenerator(seed: 7)
        let names = Array(HL7Dictionary.segmentNames.filter { !["MSH", "BHS", "FHS"].contains($0) }) + ["ZZ1"]
        for name in HL7Dictionary.structureNames {
            for _ in 0..<20 {
                let chosen = (0..<30).map { _ in names.randomElement(using: &generator) ?? "PID" }
                let lines = ["MSH|^~\\&|A||||||\(name)^^\(name)|1|P|2.5"] + chosen.map { "\($0)|1" }
                let message = try RawMessage(parsing: Array(lines.joined(separator: "\r").utf8))
                let kept = message.grouped.root.allSegments.map(\.index)
                #expect(kept.sorted() == Array(0..<message.segmentCount))
            }
        }
    }

    @Test func corpusHasKnownStructures() throws {
        var counts: [String: Int] = [:]
        let messages = Corpus.messages()
        var clean = 0
        for (name, bytes) in messages {
            let message = try RawMessage(parsing: bytes)
            let (root, issues) = message.grouped
            #expect(root.allSegments.count == message.segmentCount, "\(name)")
            if issues.isEmpty { clean += 1 }
            for issue in issues {
                counts["\(issue.code.rawValue) \(issue.location.segment) \(issue.group)", default: 0] += 1
            }
        }
        print(
            messages.isEmpty
                ? "skipped: no data" : "HL7 corpus: \(clean) of \(messages.count) built as their structure says")
        for (issue, count) in counts.sorted(by: { $0.value > $1.value }).prefix(40) { print("  \(count) × \(issue)") }
    }
}
