/// TXA-17 (table 0271), TXA-18 (table 0272) and TXA-19 (table 0273). §2.3.
enum DocumentStatusTable {
    /// DocumentReference.docStatus; nil for an empty or unknown code.
    static func docStatus(_ completion: String) -> String? {
        switch completion {
        case "DI", "DO", "IP", "IN", "PA": "preliminary"
        case "LA", "AU": "final"
        default: nil
        }
    }

    /// DocumentReference.status; an empty or unknown code leaves the document in use.
    static func status(_ availability: String) -> String {
        switch availability {
        case "OB": "superseded"
        case "CA": "entered-in-error"
        default: "current"
        }
    }

    /// v3-Confidentiality; nil for an empty or unknown code.
    static func confidentiality(_ code: String) -> String? {
        switch code {
        case "V": "V"
        case "R": "R"
        case "U": "N"
        default: nil
        }
    }

    /// MIME type of TXA-3 (table 0191), where it says enough.
    static func contentType(_ presentation: String) -> String? {
        ["TX", "FT", "TEXT"].contains(presentation) ? "text/plain" : nil
    }
}
