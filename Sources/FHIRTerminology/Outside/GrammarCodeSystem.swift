/// A code system without end: it tells whether it has a code, and cannot be listed.
package struct GrammarCodeSystem: CodeSystem {
    package let grammar: CodeGrammar

    /// Nil for a system that no grammar tells.
    package init?(_ url: String) {
        guard let grammar = CodeGrammar(system: url) else { return nil }
        self.grammar = grammar
    }

    package var header: CodeSystemHeader {
        let (name, title) =
            switch grammar {
            case .mediaType: ("BCP13", "Media types of BCP 13")
            case .languageTag: ("BCP47", "Language tags of BCP 47")
            case .unit: ("UCUM", "Unified Code for Units of Measure")
            }
        var header = CodeSystemHeader(
            url: grammar.system, name: name, title: title, isCaseSensitive: grammar == .unit)
        header.takesNamedCodes = true
        return header
    }

    private func has(_ code: String) throws -> Bool {
        guard let answer = grammar.accepts(code) else {
            throw TerminologyError(.tooCostly, "The code is too long to be understood.")
        }
        return answer
    }

    package func concept(_ code: String) throws -> CodeSystemConcept? {
        try has(code) ? CodeSystemConcept(code: code, display: nil) : nil
    }

    package func select(_ selection: ConceptSelection) throws -> SelectedConcepts {
        throw TerminologyError(.tooCostly, "The codes of the system \(grammar.system) have no end; name some of them.")
    }

    package func contains(_ code: String, filters: [ConceptFilter]) throws -> Bool {
        guard try has(code) else { return false }
        return try filters.allSatisfy { try meets(code, $0) }
    }

    private func meets(_ code: String, _ filter: ConceptFilter) throws(TerminologyError) -> Bool {
        // R4 ucum.html: the units that compare with this one.
        if grammar == .unit, filter.property == "canonical", filter.op == .equal {
            return grammar.isComparable(code, with: filter.value)
        }
        if filter.namesCode {
            switch filter.op {
            case .equal, .isA, .generalizes: return isSame(code, filter.value)
            case .isNotA: return !isSame(code, filter.value)
            case .in: return filter.list.contains { isSame(code, $0) }
            case .notIn: return !filter.list.contains { isSame(code, $0) }
            case .regex: return try CodePattern(filter.value).matches(code)
            case .descendentOf, .childOf, .descendentLeaf: return false
            case .exists: break
            }
        }
        throw TerminologyError(
            .invalidDefinition,
            "A filter '\(filter.op.rawValue)' on \(filter.property) is not supported in \(grammar.system).")
    }

    private func isSame(_ left: String, _ right: String) -> Bool {
        left == right || grammar != .unit && left.lowercased() == right.lowercased()
    }

    package func isKind(_ descendant: String, of ancestor: String) throws -> Bool {
        try has(descendant) && isSame(descendant, ancestor)
    }

    package func kinds(of code: String, isUpward: Bool, limit: Int) -> [String] { [code] }

    package func kinship(of codes: [String], among known: [String]) throws -> Kinship {
        var names: [String: String?] = [:]
        for code in codes { names[code] = .some(try has(code) ? code : nil) }
        return Kinship(codes: names, pairs: [])
    }
}
