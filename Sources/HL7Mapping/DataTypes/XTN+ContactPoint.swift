internal import HL7Syntax

/// XTN to ContactPoint. XTN[ContactPoint].
struct ContactPointMap {
    /// - Parameter use: what the field itself says (PID-13 home, PID-14 work), for repetitions that say nothing.
    static func map(_ repetition: Repetition, use: String? = nil) -> FHIRValue? {
        let equipment = repetition[component: 3].value?.uppercased() ?? ""
        var system = TelecomTable.system(equipment) ?? "phone"
        let email = repetition[component: 4].value?.cleaned
        let value: String?
        if let email, system == "email" || (repetition[component: 12].value == nil && email.contains("@")) {
            value = email
            system = "email"
        } else {
            value = repetition[component: 12].value ?? repetition[component: 1].value ?? assembled(repetition)
        }
        guard let value = value?.cleaned, !value.isEmpty else { return nil }
        if system == "phone", value.contains("@") { system = "email" }
        let code = repetition[component: 2].value?.uppercased() ?? ""
        let own = equipment == "CP" ? "mobile" : TelecomTable.use(code)
        return .object([
            "system": .string(system), "value": .string(value),
            "use": (own ?? (code.isEmpty ? use : nil)).map { .string($0) },
        ])
    }

    /// Country, area, number, extension.
    private static func assembled(_ repetition: Repetition) -> String? {
        guard let number = repetition[component: 7].value else { return nil }
        var text = repetition[component: 5].value.map { $0.hasPrefix("+") ? $0 + " " : "+" + $0 + " " } ?? ""
        if let area = repetition[component: 6].value { text += area + " " }
        text += number
        if let tail = repetition[component: 8].value { text += " ext. " + tail }
        return text
    }
}
