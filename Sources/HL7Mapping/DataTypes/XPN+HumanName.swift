internal import HL7Syntax

/// XPN, and the name in XCN, to HumanName. XPN[HumanName].
struct HumanNameMap {
    let context: MappingContext

    func map(_ repetition: Repetition) -> FHIRValue? {
        var name = parts(repetition, family: 1, given: 2, middle: 3, suffix: 4, prefix: 5, degree: 6)
        guard name["family"] != nil || name["given"] != nil else { return nil }
        let type = repetition[component: 7].value?.uppercased() ?? ""
        name.set("use", NameUseTable.use(type).map { .string($0) })
        name.set(
            "period",
            PeriodMap.map(
                context, start: repetition[component: 12].string, end: repetition[component: 13].string))
        return .object(name)
    }

    /// The name in XCN starts one component later. XCN[Practitioner].
    func mapPerson(_ repetition: Repetition) -> FHIRObject {
        parts(repetition, family: 2, given: 3, middle: 4, suffix: 5, prefix: 6, degree: 7)
    }

    private func parts(
        _ repetition: Repetition, family: Int, given: Int, middle: Int, suffix: Int, prefix: Int, degree: Int
    ) -> FHIRObject {
        var name = FHIRObject()
        name.set("family", .text(repetition[component: family][subcomponent: 1].value))
        // Several given names may share a component, separated by blanks; XPN.3 holds the rest.
        name.append("given", .text(repetition[component: given].value))
        for part in (repetition[component: middle].value ?? "").split(separator: " ") {
            name.append("given", .text(String(part)))
        }
        name.append("prefix", .text(repetition[component: prefix].value))
        name.append("suffix", .text(repetition[component: suffix].value))
        name.append("suffix", .text(repetition[component: degree].value))
        return name
    }

    /// `Given Family`, for displays.
    static func display(_ name: FHIRObject) -> String? {
        var words: [String] = []
        for key in ["prefix", "given"] {
            if case .array(let items)? = name[key] {
                for case .string(let word) in items { words.append(word) }
            }
        }
        if case .string(let family)? = name["family"] { words.append(family) }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }
}
