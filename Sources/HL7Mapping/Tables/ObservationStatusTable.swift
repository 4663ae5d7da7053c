/// OBX-11 (table 0085) to Observation.status. §2.3.
enum ObservationStatusTable {
    struct Entry: Sendable, Hashable {
        let status: String
        var dataAbsentReason: String?
        /// Kept as `alternate-codes` beside the status, where FHIR's word says less.
        var keepsCode = false
        /// The value was not sent again.
        var keepsStoredValue = false
        /// Order detail, not a result.
        var isResult = true
        var isKnown = true
    }

    /// - Parameter reportStatus: OBR-25, for an empty OBX-11.
    static func entry(_ code: String, reportStatus: String) -> Entry {
        switch code {
        case "F", "V": Entry(status: "final")
        case "P", "R", "S": Entry(status: "preliminary")
        case "C": Entry(status: "corrected")
        case "A", "B": Entry(status: "amended")
        case "X": Entry(status: "cancelled", dataAbsentReason: "unknown", keepsCode: true)
        case "D", "W": Entry(status: "entered-in-error")
        case "I": Entry(status: "registered", dataAbsentReason: "temp-unknown")
        case "O": Entry(status: "registered", dataAbsentReason: "unknown", isResult: false)
        case "N": Entry(status: "final", dataAbsentReason: "not-asked")
        case "U": Entry(status: "final", keepsStoredValue: true)
        case "":
            ["F", "P", "C", "X"].contains(reportStatus)
                ? entry(reportStatus, reportStatus: "") : Entry(status: "unknown", isKnown: false)
        default: Entry(status: "unknown", isKnown: false)
        }
    }
}
