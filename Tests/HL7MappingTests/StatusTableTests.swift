import HL7Syntax
import JSONTape
import Testing

@testable import HL7Mapping

/// The code tables of orders and results, row by row.
@Suite struct StatusTableTests {
    static let results: [(String, String, String?)] = [
        ("F", "final", nil), ("P", "preliminary", nil), ("C", "corrected", nil), ("A", "amended", nil),
        ("X", "cancelled", "unknown"), ("D", "entered-in-error", nil), ("W", "entered-in-error", nil),
        ("R", "preliminary", nil), ("S", "preliminary", nil), ("I", "registered", "temp-unknown"),
        ("O", "registered", "unknown"), ("N", "final", "not-asked"), ("U", "final", nil), ("V", "final", nil),
        ("B", "amended", nil), ("?", "unknown", nil),
    ]

    @Test("OBX-11", arguments: results)
    func resultStatus(code: String, status: String, reason: String?) {
        let entry = ObservationStatusTable.entry(code, reportStatus: "F")
        #expect(entry.status == status && entry.dataAbsentReason == reason)
    }

    @Test(
        "OBX-11 is empty",
        arguments: [
            ("F", "final"), ("P", "preliminary"), ("C", "corrected"), ("X", "cancelled"), ("A", "unknown"),
            ("", "unknown"),
        ])
    func emptyResultStatus(report: String, status: String) {
        #expect(ObservationStatusTable.entry("", reportStatus: report).status == status)
    }

    static let reports: [(String, String?)] = [
        ("O", "registered"), ("I", "registered"), ("S", "registered"), ("A", "partial"), ("P", "preliminary"),
        ("R", "partial"), ("F", "final"), ("C", "corrected"), ("M", "preliminary"), ("N", "registered"),
        ("X", "cancelled"), ("W", "entered-in-error"), ("D", "entered-in-error"), ("Y", nil), ("Z", nil), ("", nil),
    ]

    @Test("OBR-25", arguments: reports)
    func reportStatus(code: String, status: String?) { #expect(ReportStatusTable.entry(code)?.status == status) }

    static let orders: [(String, String?)] = [
        ("CA", "revoked"), ("CM", "completed"), ("DC", "revoked"), ("ER", "entered-in-error"), ("HD", "on-hold"),
        ("IP", "active"), ("RP", "revoked"), ("SC", "active"), ("A", "active"), ("", nil),
    ]

    @Test("ORC-5", arguments: orders)
    func orderStatus(code: String, status: String?) { #expect(OrderStatusTable.status(code) == status) }

    static let controls: [(String, String?)] = [
        ("NW", "active"), ("OK", "active"), ("RO", "active"), ("RQ", "active"), ("AF", "active"), ("PY", "active"),
        ("XO", "active"), ("XX", "active"), ("CR", "revoked"), ("OC", "revoked"), ("DR", "revoked"), ("OD", "revoked"),
        ("DF", "revoked"), ("HR", "on-hold"), ("OH", "on-hold"), ("FU", "completed"), ("RE", "active"), ("SC", nil),
        ("SN", "active"), ("CH", "active"), ("PA", "active"), ("UA", nil), ("UC", nil), ("DE", nil), ("ER", nil),
    ]

    @Test("ORC-1 of an order that is not known", arguments: controls)
    func control(code: String, status: String?) {
        let decision = OrderDecision(OrderControl(code), orderStatus: "", resultStatus: "", known: nil)
        #expect(decision.status == status)
    }

    /// ORC-1, stored state, whether work has begun; state, kind and status of the task, and the answer.
    static let wishes: [(String, String, Bool, String?, String?, String)] = [
        ("CA", "active", false, "revoked", "abort completed", "CR"),
        ("CA", "active", true, nil, "abort rejected", "UC"),
        ("CA", "completed", false, nil, "abort rejected", "UC"), ("CA", "revoked", false, nil, nil, "CR"),
        ("DC", "active", false, "revoked", "abort completed", "DR"),
        ("DC", "active", true, nil, "abort rejected", "UD"),
        ("HD", "active", false, "on-hold", "suspend completed", "HR"),
        ("HD", "completed", false, nil, "suspend rejected", "UH"),
        ("RL", "on-hold", false, "active", "resume completed", "OR"),
        ("RP", "active", false, "revoked", "replace completed", "RQ"),
        ("RP", "active", true, nil, "replace rejected", "UM"), ("XO", "active", false, nil, nil, "XR"),
        ("XO", "revoked", false, nil, "change rejected", "UX"), ("NW", "revoked", false, nil, nil, "OK"),
        ("UA", "active", false, nil, nil, "OK"), ("UC", "active", false, nil, "abort rejected", "OK"),
        ("CN", "active", false, nil, nil, "OK"), ("FU", "active", false, "completed", nil, "OK"),
        ("SN", "active", false, nil, nil, "NA"),
    ]

    @Test("ORC-1 of a stored order", arguments: wishes)
    func wish(code: String, stored: String, hasBegun: Bool, status: String?, task: String?, answer: String) {
        let known = OrderMapping.Known(
            type: "ServiceRequest", id: "1", status: stored, filler: nil, hasBegun: hasBegun)
        let action = OrderControl(code)
        let decision = OrderDecision(action, orderStatus: "", resultStatus: "", known: known)
        #expect(decision.status == status)
        #expect(decision.task.map { "\($0.kind.rawValue) \($0.status)" } == task)
        #expect((decision.isDone ? action.answers.done : action.answers.refused) == answer)
    }

    @Test(
        "SC: ORC-5, else OBR-25",
        arguments: [
            ("CM", "P", "completed"), ("", "F", "completed"), ("", "X", "revoked"), ("", "P", "active"),
            ("HD", "", "on-hold"),
        ])
    func statusChanged(order: String, result: String, status: String) {
        let decision = OrderDecision(.statusChanged, orderStatus: order, resultStatus: result, known: nil)
        #expect(decision.status == status)
    }

    @Test(
        "OBR-5 and TQ1-9",
        arguments: [
            ("S", "stat"), ("A", "asap"), ("R", "routine"), ("T", "urgent"), ("TS5", "urgent"), ("P", nil), ("C", nil),
            ("PRN", nil), ("", nil),
        ] as [(String, String?)])
    func priority(code: String, priority: String?) { #expect(OrderStatusTable.priority(code) == priority) }

    @Test(
        "OBX-8",
        arguments: [
            "L", "LL", "LU", "H", "HH", "HU", "N", "A", "AA", "<", ">", "S", "R", "I", "SDD", "NS", "POS", "NEG", "IND",
            "DET",
            "ND", "E", "RR", "NR", "WR", "U", "D", "B", "W", "CAR", "EX", "EXP", "UNE", "IE", "NCL", "SYN-R", "SYN-S",
        ])
    func interpretation(code: String) throws {
        let (concept, isKnown) = InterpretationTable.concept(code)
        guard case .object(let object) = concept else { return #expect(Bool(false)) }
        let node = JSONNode(try Document.parse(object.json))
        #expect(isKnown && node.at("coding.0.code") == code)
        #expect(
            node.at("coding.0.system") == "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation")
    }
}
