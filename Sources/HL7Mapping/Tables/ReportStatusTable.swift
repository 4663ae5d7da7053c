/// OBR-25 (table 0123) to DiagnosticReport.status. §2.3.
enum ReportStatusTable {
    struct Entry: Sendable, Hashable {
        let status: String
        var alternateCode: String?
        /// A code of table 0085 that got here by mistake (F-27), or one in lower case.
        var isMisplaced = false
    }

    /// `nil` for an empty or unknown code: then the results decide. `Y` and `Z` (no order, no patient) make no report.
    static func entry(_ code: String) -> Entry? {
        switch code {
        case "O", "I", "S", "N": Entry(status: "registered")
        case "A", "R": Entry(status: "partial")
        case "P": Entry(status: "preliminary")
        case "F": Entry(status: "final")
        case "C": Entry(status: "corrected")
        case "M": Entry(status: "preliminary", alternateCode: "M")
        case "X": Entry(status: "cancelled")
        case "W", "D": Entry(status: "entered-in-error", isMisplaced: true)
        default: nil
        }
    }

    /// From the OBX-11 of the report's results.
    static func derived(_ codes: [String]) -> String {
        let pending: Set<String> = ["P", "R", "S", "I"]
        let done: Set<String> = ["F", "C", "A", "B", "U", "V", "N", "X", "D", "W"]
        let codes = codes.filter { $0 != "O" }
        if codes.isEmpty { return "registered" }
        if codes.contains(where: pending.contains) {
            return codes.contains(where: { $0 == "F" || $0 == "C" }) ? "partial" : "preliminary"
        }
        if codes.allSatisfy({ $0 == "X" }) { return "cancelled" }
        guard codes.allSatisfy(done.contains) else { return "unknown" }
        return codes.contains("C") ? "corrected" : "final"
    }
}
