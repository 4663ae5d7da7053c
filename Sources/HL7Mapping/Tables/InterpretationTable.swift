/// OBX-8 (table 0078) to v3-ObservationInterpretation. §2.3, fault F-20.
enum InterpretationTable {
    private static let shared: Set<String> = [
        "L", "LL", "LU", "H", "HH", "HU", "N", "A", "AA", "<", ">", "S", "R", "I", "SDD", "NS", "POS", "NEG", "IND",
        "DET", "ND", "E", "RR", "NR", "WR", "U", "D", "B", "W", "CAR", "EX", "EXP", "UNE", "IE", "NCL", "SYN-R",
        "SYN-S",
        "MS", "VS",
    ]
    /// Codes of v2 only; MS and VS are no longer active in v3 and get both.
    private static let old: Set<String> = ["AC", "HM", "OBX", "QCF", "TOX", "MS", "VS"]

    /// The concept; `isKnown` is false where only the text is kept.
    static func concept(_ code: String) -> (concept: FHIRValue, isKnown: Bool) {
        let upper = code.uppercased()
        var concept = FHIRObject()
        if shared.contains(upper) {
            concept.append(
                "coding", .coding("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", upper))
        }
        if old.contains(upper) {
            concept.append("coding", .coding("http://terminology.hl7.org/CodeSystem/v2-0078", upper))
        }
        let isKnown = !concept.isEmpty
        concept.set("text", isKnown && code == upper ? nil : .text(code))
        return (.object(concept), isKnown)
    }
}
