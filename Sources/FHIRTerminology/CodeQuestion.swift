/// A question about one code that comes up where nobody can wait for the answer: in the middle of a validation, or of
/// an expression. Whoever runs those finds the answers and begins anew.
package enum CodeQuestion: Hashable, Sendable {
    /// Whether a value set holds a code; without a system, as a code of any of its systems.
    case membership(valueSet: String, system: String?, code: String)
    /// Whether a text is one that the code's system has for it.
    case display(system: String, code: String, text: String)
}

/// What became of a question.
package enum CodeAnswer: Hashable, Sendable {
    case yes
    case no
    /// The code is in its system, with another text: this one.
    case otherText(String)
    /// What is needed to tell is not known here.
    case unknown
}

extension Terminology {
    /// Answers a question; what the definitions do not tell is an answer as well.
    package func answer(_ question: CodeQuestion) async throws -> CodeAnswer {
        do {
            switch question {
            case .membership(let valueSet, let system, let code):
                return try await isMember(code, system: system, of: valueSet) ? .yes : .no
            case .display(let system, let code, let text):
                return try await check(text, of: code, system: system)
            }
        } catch is TerminologyError {
            return .unknown
        }
    }

    private func isMember(_ code: String, system: String?, of canonical: String) async throws -> Bool {
        let definition = try await valueSet(canonical)
        let path = [definition.canonical.url]
        let evaluation = evaluation()
        if let system {
            return try await evaluation.contains(Concept(system: system, code: code), in: definition, path: path)
        }
        // Which system a code without one is of, the value set has to say (R4 terminologies.html#code).
        let systems = try await evaluation.systems(of: definition, path: path)
        guard !systems.isEmpty else {
            throw TerminologyError(.invalidDefinition, "The value set \(canonical) names no code system.")
        }
        for system in systems {
            let concept = Concept(system: system, code: code)
            if try await evaluation.contains(concept, in: definition, path: path) { return true }
        }
        return false
    }

    private func check(_ text: String, of code: String, system canonical: String) async throws -> CodeAnswer {
        let system = try await codeSystem(canonical)
        guard try await system.concept(code) != nil else { return system.header.isComplete ? .no : .unknown }
        let question = CodingQuestion(system: canonical, code: code, display: text)
        let validation = try await validate(question, in: system, ValidationWish())
        return validation.isValid ? .yes : .otherText(validation.display ?? "")
    }
}

extension ValueSetEvaluation {
    /// The systems whose codes a value set includes, also by way of others.
    func systems(of definition: ValueSetDefinition, path: [String]) async throws -> Set<String> {
        var found = Set((definition.storedExpansion ?? []).map(\.concept.system))
        for part in definition.includes {
            if let system = part.system { found.insert(system) }
            for canonical in part.valueSets where part.system == nil {
                let inner = try enter(canonical, path)
                found.formUnion(try await systems(of: try await imported(canonical), path: inner))
            }
        }
        return found
    }
}
