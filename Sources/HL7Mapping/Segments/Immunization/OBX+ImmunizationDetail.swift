internal import HL7Syntax

/// OBX behind RXA to the elements of Immunization that immunisation registries agree on. §2.10.
///
/// One information statement comes as several OBX with one sub-id (OBX-4): its kind, publication and presentation.
struct ImmunizationDetailMap {
    let scope: MessageScope
    private var statements: [(subID: String, content: FHIRObject)] = []
    private var doses: [(subID: String, number: FHIRValue)] = []

    init(scope: MessageScope) { self.scope = scope }

    /// Adds what the OBX says; false for one that is an observation of its own.
    mutating func take(_ segment: Segment, into immunization: inout FHIRObject) -> Bool {
        let code = segment[field: 3][repetition: 1]
        let codes = [1, 4].compactMap { code[component: $0].value?.collapsed }
        guard let loinc = codes.first(where: Self.known.contains) else { return false }
        let subID = segment[field: 4].value?.cleaned ?? ""
        switch loinc {
        case "64994-7":
            immunization.append("programEligibility", scope.concept(segment, 5, table: "0064"))
        case "30963-3":
            immunization.set("fundingSource", scope.concept(segment, 5))
        case "69764-9", "30956-7":
            let document = segment[field: 5][repetition: 1]
            note(subID) { $0.set("documentType", .text(document[component: 2].value ?? document[component: 1].value)) }
        case "29768-9", "29769-7":
            guard let time = scope.context.dateTime(segment[field: 5]) else { return true }
            note(subID) { time.set(loinc == "29768-9" ? "publicationDate" : "presentationDate", in: &$0) }
        case "30973-2":
            guard let number = Int(segment.text(5)), number > 0 else { return false }
            doses.append((subID, .number("\(number)")))
        default:
            return false
        }
        return true
    }

    private mutating func note(_ subID: String, _ change: (inout FHIRObject) -> Void) {
        if let index = statements.firstIndex(where: { $0.subID == subID }) {
            change(&statements[index].content)
        } else {
            var content = FHIRObject()
            change(&content)
            statements.append((subID, content))
        }
    }

    /// Writes what was gathered over several OBX.
    func finish(_ immunization: inout FHIRObject) {
        for statement in statements {
            var content = statement.content
            // R4 imm-1: what it was has to be said, and dates alone are of the statement about the vaccine given.
            if content["documentType"] == nil { content.set("documentType", .string("vaccine information statement")) }
            immunization.append("education", .object(content))
        }
        for dose in doses {
            immunization.append("protocolApplied", .object(["doseNumberPositiveInt": dose.number]))
        }
    }

    /// Adverse reactions (31044-1) are observations, which the Immunization refers to.
    static func isReaction(_ segment: Segment) -> Bool {
        let code = segment[field: 3][repetition: 1]
        return [1, 4].contains { code[component: $0].value?.collapsed == "31044-1" }
    }

    private static let known: Set<String> = [
        "64994-7", "30963-3", "69764-9", "30956-7", "29768-9", "29769-7", "30973-2",
    ]
}
