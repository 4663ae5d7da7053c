/// RXA-20 (table 0322), RXA-21 (table 0206) and RXA-9 (NIP001). §2.3, §2.10.
enum ImmunizationStatusTable {
    /// Immunization.status; nil for a code that the table lacks.
    static func status(completion: String, action: String) -> String? {
        if action == "D" { return "entered-in-error" }
        switch completion {
        case "CP", "PA", "": return "completed"
        case "RE", "NA": return "not-done"
        default: return nil
        }
    }

    /// Where the record comes from: `00` was given by the sender itself.
    static func isPrimarySource(_ code: String) -> Bool { code == "00" }
}
