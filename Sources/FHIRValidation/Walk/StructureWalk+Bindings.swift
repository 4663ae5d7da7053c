import FHIRDefinitions
import JSONTape

/// Codes against the value sets that the standard binds them to (R4 terminologies.html#strength).
extension StructureWalk {
    mutating func checkBinding(_ binding: BindingRule, ofPrimitive value: Document.Index) {
        let isMember = document.withString(value) { text in
            switch binding.codes {
            case .valueSet(let valueSet): definitions.contains(text, in: valueSet)
            case .mimeType: CodeForm.isMIMEType(text)
            case .language: CodeForm.isLanguage(text)
            case .currency: CodeForm.isCurrency(text)
            }
        }
        if !isMember { reportOutside(binding, at: value) }
    }

    mutating func checkBinding(_ binding: BindingRule, of value: Document.Index, _ type: TypeID) {
        guard case .valueSet(let valueSet) = binding.codes else { return }
        if type == rules.known.codeableConcept {
            checkConcept(value, valueSet, binding)
        } else if type == rules.known.coding {
            if isMember(value, of: valueSet) { return }
            if binding.isRequired || document.member("code", of: value) != nil { reportOutside(binding, at: value) }
        } else if definitions.isKind(type, of: rules.known.quantity), document.member("code", of: value) != nil {
            if !isMember(value, of: valueSet) { reportOutside(binding, at: value) }
        }
    }

    /// One of the codings has to be in the value set; a concept without any is a text, which only a required binding
    /// forbids.
    private mutating func checkConcept(_ concept: Document.Index, _ valueSet: ValueSetID, _ binding: BindingRule) {
        guard let codings = document.member("coding", of: concept), document.kind(codings) == .array else {
            if binding.isRequired, document.member("text", of: concept) != nil { reportOutside(binding, at: concept) }
            return
        }
        let end = document.next(codings)
        var coding = document.firstChild(codings)
        while coding < end {
            if isMember(coding, of: valueSet) { return }
            coding = document.next(coding)
        }
        reportOutside(binding, at: concept)
    }

    /// Whether the `system` and `code` of a Coding or Quantity are in the value set.
    private func isMember(_ object: Document.Index, of valueSet: ValueSetID) -> Bool {
        guard document.kind(object) == .object, let code = text("code", of: object),
            let system = text("system", of: object)
        else { return false }
        return document.withString(code) { code in
            document.withString(system) { definitions.contains(code, system: $0, in: valueSet) }
        }
    }

    /// A string member.
    private func text(_ name: StaticString, of object: Document.Index) -> Document.Index? {
        guard let member = document.member(name, of: object), document.isText(member) else { return nil }
        return member
    }

    private mutating func reportOutside(_ binding: BindingRule, at value: Document.Index) {
        let severity: ValidationIssue.Severity = binding.isRequired ? .error : .warning
        switch binding.codes {
        case .valueSet(let valueSet):
            let url = definitions.url(of: valueSet)
            report.add(
                severity, .codeInvalid, at: value,
                binding.isRequired
                    ? "the code has to be one of the value set \(url)"
                    : "the code should be one of the value set \(url), unless that has none for it")
        case .mimeType: report.add(severity, .codeInvalid, at: value, "the code has to be a MIME type")
        case .language: report.add(severity, .codeInvalid, at: value, "the code has to be a language tag of BCP 47")
        case .currency: report.add(severity, .codeInvalid, at: value, "the code has to be a currency of ISO 4217")
        }
    }
}
