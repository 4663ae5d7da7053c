/// What there is to validate: a code in its system, perhaps with the text that goes with it.
package struct CodingQuestion: Sendable {
    package var system: String
    package var version: String?
    package var code: String
    package var display: String?

    package init(system: String, version: String? = nil, code: String, display: String? = nil) {
        self.system = system
        self.version = version
        self.code = code
        self.display = display
    }
}

/// Whether a code is right (R4 valueset-operation-validate-code.html): a wrong code is an answer, not an error.
package struct CodeValidation: Sendable {
    package var isValid: Bool
    package var message: String?
    /// The right text for the code.
    package var display: String?
    package var system: String?
    package var code: String?
    package var version: String?

    package init(
        isValid: Bool, message: String? = nil, display: String? = nil, system: String? = nil, code: String? = nil,
        version: String? = nil
    ) {
        self.isValid = isValid
        self.message = message
        self.display = display
        self.system = system
        self.code = code
        self.version = version
    }
}

/// What a validation demands besides.
package struct ValidationWish: Sendable {
    /// Whether codes that only group others will do.
    package var allowsAbstract = true
    /// Languages for the display, the most wanted first.
    package var languages: [String] = []

    package init() {}
}

/// What a value set itself says of a code.
private struct OwnText {
    var listed: ValueSetDefinition.Listed
    var language: String?
}

extension Terminology {
    /// Whether the system has the code, and the display is one of its texts.
    package func validate(
        _ question: CodingQuestion, in system: any CodeSystem, _ wish: ValidationWish
    ) async throws -> CodeValidation {
        let header = system.header
        if let version = question.version, let own = header.version, version != own {
            return refusal(question, "The version \(version) of the code system is not the one here, \(own).")
        }
        guard let concept = try await system.concept(question.code) else {
            let name = header.url.isEmpty ? "" : " \(header.url)"
            let end = header.isComplete ? "." : ", as far as it is known to this server."
            return refusal(question, "The code '\(question.code)' is not in the code system\(name)\(end)")
        }
        return check(question, concept, header, nil, wish)
    }

    /// Whether the value set holds the code, and the display is one of its texts.
    package func validate(
        _ question: CodingQuestion, in valueSet: ValueSetDefinition, _ wish: ValidationWish
    ) async throws -> CodeValidation {
        let evaluation = evaluation()
        let concept = Concept(system: question.system, code: question.code)
        let name = valueSet.canonical.text.isEmpty ? "given" : valueSet.canonical.text
        let path = [valueSet.canonical.url]
        guard try await evaluation.contains(concept, version: question.version, in: valueSet, path: path) else {
            var text = "The code '\(question.code)' of the system \(question.system) is not in the value set \(name)."
            if let system = try await evaluation.knownSystem(question.system, version: nil), system.header.isComplete,
                try await system.concept(question.code) == nil
            {
                text += " The code system has no such code."
            }
            return refusal(question, text)
        }
        var own: OwnText?
        for part in valueSet.includes where part.system == question.system && own == nil {
            own = part.concepts?.first { $0.code == question.code }.map { OwnText(listed: $0, language: part.language) }
        }
        let version = valueSet.includes.first { $0.system == question.system }?.version ?? question.version
        guard let system = try await evaluation.knownSystem(question.system, version: version),
            let found = try await system.concept(question.code)
        else {
            let known = CodeSystemConcept(code: question.code, display: nil)
            return check(question, known, CodeSystemHeader(url: question.system), own, wish)
        }
        return check(question, found, system.header, own, wish)
    }

    private func refusal(_ question: CodingQuestion, _ message: String) -> CodeValidation {
        CodeValidation(
            isValid: false, message: message, system: question.system, code: question.code, version: question.version)
    }

    private func check(
        _ question: CodingQuestion, _ concept: CodeSystemConcept, _ header: CodeSystemHeader, _ own: OwnText?,
        _ wish: ValidationWish
    ) -> CodeValidation {
        // What the value set says comes first; whoever wants another language may find it in the system.
        var entry = ExpansionEntry(concept, header)
        if let own { entry.show(own.listed, language: own.language) }
        var answer = CodeValidation(
            isValid: true, display: entry.display(in: wish.languages),
            system: question.system, code: concept.code, version: header.version)
        if concept.isAbstract, !wish.allowsAbstract {
            answer.isValid = false
            answer.message = "The code '\(question.code)' only groups others and is not to be used itself."
        }
        guard let display = question.display else { return answer }
        let texts = [concept.display, entry.display].compactMap(\.self) + entry.designations.map(\.value)
        // Where no text is known, none is wrong.
        let folded = DisplayText.folded(display)
        guard !texts.isEmpty, !texts.contains(where: { DisplayText.folded($0) == folded }) else { return answer }
        answer.isValid = false
        answer.message = "The display is not right for the code '\(question.code)'; '\(texts[0])' would be."
        return answer
    }
}
