/// Name types (0200), address types (0190), telecom uses (0201) and equipment (0202). HL7 maps NameType and following.
enum NameUseTable {
    static func use(_ code: String) -> String? {
        switch code {
        case "L", "R", "B", "CURRENT": "official"
        case "D": "usual"
        case "M": "maiden"
        case "N": "nickname"
        case "BAD", "NOUSE": "old"
        case "MSK", "S", "A": "anonymous"
        case "NAV", "TEMP": "temp"
        default: nil
        }
    }
}

enum AddressTypeTable {
    static func use(_ code: String) -> String? {
        switch code {
        case "H", "P", "HOME": "home"
        case "B", "O": "work"
        case "C": "temp"
        case "BI": "billing"
        case "BA": "old"
        default: nil
        }
    }

    static func type(_ code: String) -> String? { code == "M" || code == "SH" ? "postal" : nil }
}

enum TelecomTable {
    static func use(_ code: String) -> String? {
        switch code {
        case "PRN", "ORN", "VHN", "HOME": code == "ORN" ? nil : "home"
        case "WPN", "WORK": "work"
        case "PRS": "mobile"
        default: nil
        }
    }

    static func system(_ equipment: String) -> String? {
        switch equipment {
        case "PH", "CP", "SAT", "MD", "TDD", "TTY": "phone"
        case "FX": "fax"
        case "BP": "pager"
        case "INTERNET", "X.400": "email"
        default: nil
        }
    }
}
