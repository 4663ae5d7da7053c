/// PID-8 and PID-16. §2.3.
enum AdministrativeSexTable {
    /// `isExact` is false where the original has to be kept beside it.
    static func gender(_ code: String) -> (gender: String, isExact: Bool) {
        switch code.uppercased() {
        case "F": ("female", true)
        case "M": ("male", true)
        case "O": ("other", true)
        case "U": ("unknown", true)
        default: ("other", false)
        }
    }
}

enum MaritalStatusTable {
    /// v2 `A` is separated, v3 `A` is annulled: the letters must not be copied.
    static func concept(_ code: String) -> FHIRValue? {
        let v3: String? =
            switch code.uppercased() {
            case "A", "E": "L"
            case "D", "M", "S", "W", "C", "I": code.uppercased()
            case "G", "P", "R": "T"
            case "N": "A"
            case "B": "U"
            default: nil
            }
        if let v3 { return .concept("http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", v3) }
        let null: String? =
            switch code.uppercased() {
            case "U": "UNK"
            case "O": "OTH"
            case "T": "NAVU"
            default: nil
            }
        return null.map { .concept("http://terminology.hl7.org/CodeSystem/v3-NullFlavor", $0) }
    }
}
