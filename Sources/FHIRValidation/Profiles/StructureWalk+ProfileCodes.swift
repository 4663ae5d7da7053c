import FHIRDefinitions
import FHIRPath
import FHIRTerminology
import JSONTape

/// Codes against the value sets of profiles.
extension StructureWalk {
    mutating func checkBinding(_ binding: ProfileBinding, _ node: Node, _ table: ProfileTable) {
        guard node.value != nil else { return }
        switch membership(of: node, in: binding) {
        case .member: break
        case .absent:
            report.add(
                binding.isRequired ? .error : .warning, .codeInvalid, at: place(of: node),
                "the profile \(table.url) asks for a code of the value set \(binding.url)")
        case .unknown:
            report.add(
                .information, .notSupported, at: place(of: node),
                "whether the code is in the value set \(binding.url) is not known here")
        }
    }

    /// Whether an element's code, or one of them, is in the value set.
    mutating func membership(of node: Node, in binding: ProfileBinding) -> StandardCodes.Membership {
        guard let value = node.value.map({ JSONNode(document, $0) }) else { return .unknown }
        let question = ValueSetQuestion(url: binding.url, standard: binding.codes, answers: demand.codes)
        return question.membership(
            of: value, rules.known.codedKind(of: node.type), isRequired: binding.isRequired,
            asking: &progress.questions)
    }

    /// The text beside a code is to be one that the code's system has for it (R4 datatypes.html#Coding).
    mutating func checkDisplay(ofCoding object: Document.Index) {
        guard let member = document.member("display", of: object), document.isText(member),
            let code = document.member("code", of: object), document.isText(code),
            let system = document.member("system", of: object), document.isText(system)
        else { return }
        switch document.withString(
            code,
            { code in
                document.withString(system) { StandardCodes.r4.find(code, system: $0) }
            })
        {
        case .known(let known):
            if !document.withString(member, { StandardCodes.r4.isText($0, of: known) }) {
                warnOfDisplay(at: member, StandardCodes.r4.display(of: known))
            }
        case .noSuchCode: break
        case .unknownSystem:
            let question = CodeQuestion.display(
                system: document.string(system), code: document.string(code), text: document.string(member))
            switch demand.codes[question] {
            case .yes, .unknown: break
            case .no: warn(.codeInvalid, at: code, "the code system has no such code")
            case .otherText(let text): warnOfDisplay(at: member, text)
            case nil: progress.questions.ask(.code(question))
            }
        }
    }

    private mutating func warnOfDisplay(at index: Document.Index, _ text: String?) {
        let hint = text.map { ", '\($0)' would be" } ?? ""
        warn(.value, at: index, "the display is not one that the code system has for the code\(hint)")
    }
}

extension Document {
    /// Whether the value is a string, whether or not it is written with escapes: some senders write `\/`.
    func isText(_ index: Document.Index) -> Bool {
        kind(index) == .string || kind(index) == .escapedString
    }
}
