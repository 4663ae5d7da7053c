import FHIRTerminology
import JSONTape

/// Whether coded values are in a value set: by the standard's own codes, else by the answers that a demand brings.
struct ValueSetQuestion {
    /// What a coded value is, as far as it matters for where its codes are.
    enum Kind { case concept, coding, other }

    let url: String
    /// The value set, where the standard has it.
    let standard: StandardCodes.ValueSet?
    let answers: [CodeQuestion: CodeAnswer]

    /// - Parameter questions: takes what the answers do not tell.
    func membership(
        of value: JSONNode, _ kind: Kind, isRequired: Bool, asking questions: inout Set<OutsideQuestion>
    ) -> StandardCodes.Membership {
        if let code = value.string { return membership(code, system: nil, asking: &questions) }
        switch kind {
        case .concept:
            let codings = value["coding"]?.items ?? []
            // A text alone can be what an extensible binding has no code for.
            if codings.isEmpty { return isRequired ? .absent : .member }
            var isOpen = false
            for coding in codings {
                switch membership(ofCoding: coding, asking: &questions) {
                case .member: return .member
                case .unknown: isOpen = true
                case .absent: break
                }
            }
            return isOpen ? .unknown : .absent
        case .coding: return membership(ofCoding: value, asking: &questions)
        case .other: return value["code"] == nil ? .member : membership(ofCoding: value, asking: &questions)
        }
    }

    /// The same of a code without a system.
    func membership(of code: String, asking questions: inout Set<OutsideQuestion>) -> StandardCodes.Membership {
        membership(code, system: nil, asking: &questions)
    }

    private func membership(
        ofCoding coding: JSONNode, asking questions: inout Set<OutsideQuestion>
    ) -> StandardCodes.Membership {
        guard let code = coding["code"]?.string, let system = coding["system"]?.string else { return .absent }
        return membership(code, system: system, asking: &questions)
    }

    private func membership(
        _ code: String, system: String?, asking questions: inout Set<OutsideQuestion>
    ) -> StandardCodes.Membership {
        if let standard {
            let answer = StandardCodes.r4.membership(code, system: system, in: standard)
            if answer != .unknown { return answer }
        }
        let question = CodeQuestion.membership(valueSet: url, system: system, code: code)
        switch answers[question] {
        case .yes: return .member
        case .no: return .absent
        case .otherText, .unknown: return .unknown
        case nil:
            questions.ask(.code(question))
            return .unknown
        }
    }
}
