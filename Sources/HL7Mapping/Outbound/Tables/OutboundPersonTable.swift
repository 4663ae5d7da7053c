/// FHIR's codes for people as those of v2: the reverse of `PersonTables` and `NameUseTable`, by which every code comes
/// back as it was.
package enum OutboundPersonTable {
    /// PID-8 (0001).
    package static func sex(_ gender: String) -> String {
        switch gender {
        case "male": "M"
        case "female": "F"
        case "other": "O"
        case "unknown": "U"
        default: ""
        }
    }

    /// PID-16 (0002): the letters of v3 mean other things.
    package static func maritalStatus(system: String, code: String) -> String? {
        if system.hasSuffix("v3-NullFlavor") {
            return switch code {
            case "UNK": "U"
            case "OTH": "O"
            case "NAVU": "T"
            default: nil
            }
        }
        guard system.hasSuffix("v3-MaritalStatus") else { return nil }
        return switch code {
        case "L": "A"
        case "A": "N"
        case "T": "P"
        case "U": "B"
        case "C", "D", "I", "M", "S", "W": code
        default: nil
        }
    }

    /// XPN.7 (0200).
    package static func nameType(_ use: String) -> String {
        switch use {
        case "official": "L"
        case "usual": "D"
        case "maiden": "M"
        case "nickname": "N"
        case "old": "BAD"
        case "anonymous": "S"
        case "temp": "TEMP"
        default: ""
        }
    }

    /// XAD.7 (0190).
    package static func addressType(use: String, type: String) -> String {
        switch use {
        case "home": "H"
        case "work": "B"
        case "temp": "C"
        case "billing": "BI"
        case "old": "BA"
        default: type == "postal" ? "M" : ""
        }
    }

    /// XTN.2 (0201) and XTN.3 (0202).
    package static func telecom(use: String, system: String) -> (use: String, equipment: String) {
        let code =
            switch use {
            case "home": "PRN"
            case "work": "WPN"
            case "mobile": "PRS"
            default: ""
            }
        return switch system {
        case "fax": (code, "FX")
        case "pager": (code, "BP")
        case "email": (code.isEmpty ? "NET" : code, "Internet")
        default: (code, use == "mobile" ? "CP" : "PH")
        }
    }

    /// PV1-2 (0004) of Encounter.class.
    package static func patientClass(_ code: String) -> String {
        switch code {
        case "EMER": "E"
        case "IMP", "ACUTE", "NONAC", "SS": "I"
        case "AMB", "HH", "VR", "FLD", "OBSENC": "O"
        case "PRENC": "P"
        case "R", "B", "C", "N", "U": code
        default: "U"
        }
    }
}
