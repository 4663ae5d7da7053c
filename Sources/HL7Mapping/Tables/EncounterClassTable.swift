/// PV1-2 to Encounter.class. §2.3.
enum EncounterClassTable {
    /// Nil for an empty code.
    static func coding(_ code: String) -> FHIRValue? {
        if code.isEmpty { return nil }
        let known = ["E": "EMER", "I": "IMP", "O": "AMB", "P": "PRENC"]
        if let act = known[code] { return .coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", act) }
        return .coding("http://terminology.hl7.org/CodeSystem/v2-0004", code)
    }

    /// The status of a visit of which nothing else says it.
    static func status(_ code: String) -> String {
        switch code {
        case "P": "planned"
        case "U": "unknown"
        default: "in-progress"
        }
    }
}
