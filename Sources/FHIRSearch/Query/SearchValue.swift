package import FHIRDefinitions

/// One value of a parameter, read by the parameter's type.
package enum SearchValue: Hashable, Sendable {
    case token(TokenValue)
    case reference(ReferenceValue)
    case uri(String)
    case string(String)
    case number(SearchPrefix, DecimalText)
    case quantity(SearchPrefix, DecimalText, UnitValue)
    case date(SearchPrefix, DateRange)
    case composite([SearchValue])
    case fullText(FullTextQuery)
    case near(NearTest)
    /// `system|code|value` of an identifier by its type: the modifier `:of-type`.
    case typedIdentifier(system: String, code: String, value: String)
    /// Words to be found in the texts of codes and references: the modifier `:text`.
    case text(TextQuery)
    /// Codes that are yet to be looked up, see `ConceptQuery`.
    case concepts(ConceptQuery)
    /// A span that a stored one has to overlap: the operator `po` of `_filter`.
    case overlapping(DateRange)

    /// The prefix of a number, quantity or date; nil for other values.
    var prefix: SearchPrefix? {
        switch self {
        case .number(let prefix, _), .quantity(let prefix, _, _), .date(let prefix, _): prefix
        default: nil
        }
    }

    /// The same number, quantity or date with the prefix `eq`.
    var equal: SearchValue {
        switch self {
        case .number(_, let number): .number(.eq, number)
        case .quantity(_, let number, let unit): .quantity(.eq, number, unit)
        case .date(_, let range): .date(.eq, range)
        default: self
        }
    }

    /// `code`, `system|code`, `|code`, `system|`
    package struct TokenValue: Hashable, Sendable {
        package enum System: Hashable, Sendable {
            case any, absent, named(String)
        }

        package var system: System
        /// Nil for `system|`.
        package var code: String?

        package init(system: System, code: String?) {
            self.system = system
            self.code = code
        }
    }

    package enum ReferenceValue: Hashable, Sendable {
        /// A resource of this server, of any of these types.
        case local([TypeID], id: String)
        /// An absolute URL, URN or canonical.
        case literal(String)
        /// By the reference's own identifier: the modifier `:identifier`.
        case identifier(TokenValue)
    }

    /// What has to be asked of a terminology before a search can be run.
    package enum ConceptQuery: Hashable, Sendable {
        /// The codes of a value set: its url, perhaps with `|version`, or `ValueSet/id`.
        case valueSet(String)
        /// The code and all that it subsumes.
        case below(system: String, code: String)
        /// The code and all that subsume it.
        case above(system: String, code: String)
    }

    package enum UnitValue: Hashable, Sendable {
        case any
        /// The code or the unit's text.
        case codeOrUnit(String)
        case coded(system: String, code: String)
    }
}

/// Reads the text of values (R4 search.html#ptypes).
struct SearchValueReader {
    let indexer: SearchIndexer

    func value(_ text: Substring, kind: SearchKind, targets: [TypeID]) throws(SearchError) -> SearchValue {
        switch kind {
        case .token: return .token(try token(text))
        case .reference: return .reference(try reference(text, targets: targets))
        case .uri: return .uri(SearchValueSyntax.unescaped(text))
        case .string: return .string(SearchValueSyntax.unescaped(text))
        case .number: return try number(text)
        case .quantity: return try quantity(text)
        case .date: return try date(text)
        case .content, .narrative: return .fullText(try FullTextQuery(SearchValueSyntax.unescaped(text)))
        case .position: return .near(try NearTest(text, units: indexer.units))
        case .composite, .special: throw SearchError(.invalidValue, "The value has too many parts.")
        }
    }

    func token(_ text: Substring) throws(SearchError) -> SearchValue.TokenValue {
        let parts = SearchValueSyntax.split(text, at: UInt8(ascii: "|"))
        switch parts.count {
        case 1:
            return SearchValue.TokenValue(system: .any, code: SearchValueSyntax.unescaped(parts[0]))
        case 2:
            let code = SearchValueSyntax.unescaped(parts[1])
            if parts[0].isEmpty {
                guard !code.isEmpty else { throw SearchError(.invalidValue, "A token needs a system or a code.") }
                return SearchValue.TokenValue(system: .absent, code: code)
            }
            return SearchValue.TokenValue(
                system: .named(SearchValueSyntax.unescaped(parts[0])), code: code.isEmpty ? nil : code)
        default:
            throw SearchError(.invalidValue, "A token is code, system|code, |code or system|.")
        }
    }

    func reference(_ text: Substring, targets: [TypeID]) throws(SearchError) -> SearchValue.ReferenceValue {
        var value = SearchValueSyntax.unescaped(text)
        let local: (type: TypeID, id: String)? = value.withUTF8 { bytes in
            guard case .local(let type, let text) = indexer.context.target(bytes) else { return nil }
            let name = String(decoding: text, as: UTF8.self)
            return (type, String(name[name.index(after: name.firstIndex(of: "/") ?? name.startIndex)...]))
        }
        if let local {
            let isAllowed = targets.isEmpty || targets.contains(local.type)
            return .local(isAllowed ? [local.type] : [], id: local.id)
        }
        if value.contains(":") {
            let literal: String? = value.withUTF8 { bytes in
                guard case .literal(let text) = indexer.context.target(bytes) else { return nil }
                return String(decoding: text, as: UTF8.self)
            }
            return .literal(literal ?? value)
        }
        guard !value.contains("/"), !value.contains("#") else {
            throw SearchError(.invalidValue, "A reference is an id, Type/id or an absolute URL.")
        }
        return .local(targets.isEmpty ? indexer.definitions.resourceTypes : targets, id: value)
    }

    private func number(_ text: Substring) throws(SearchError) -> SearchValue {
        var rest = text
        let prefix = SearchPrefix.take(from: &rest)
        guard let number = DecimalText(rest) else {
            throw SearchError(.invalidValue, "A number with an optional prefix is expected.")
        }
        return .number(prefix, number)
    }

    private func quantity(_ text: Substring) throws(SearchError) -> SearchValue {
        let parts = SearchValueSyntax.split(text, at: UInt8(ascii: "|"))
        var rest = parts[0]
        let prefix = SearchPrefix.take(from: &rest)
        guard let number = DecimalText(rest) else {
            throw SearchError(.invalidValue, "A quantity is number, number|system|code or number||code.")
        }
        switch parts.count {
        case 1: return .quantity(prefix, number, .any)
        case 3:
            let code = SearchValueSyntax.unescaped(parts[2])
            let system = SearchValueSyntax.unescaped(parts[1])
            if code.isEmpty, system.isEmpty { return .quantity(prefix, number, .any) }
            guard !code.isEmpty else {
                throw SearchError(.invalidValue, "A quantity with a system needs a code too.")
            }
            let unit: SearchValue.UnitValue =
                system.isEmpty ? .codeOrUnit(code) : .coded(system: system, code: code)
            return .quantity(prefix, number, unit)
        default:
            throw SearchError(.invalidValue, "A quantity is number, number|system|code or number||code.")
        }
    }

    private func date(_ text: Substring) throws(SearchError) -> SearchValue {
        var rest = text
        let prefix = SearchPrefix.take(from: &rest)
        guard let range = DateRange(String(rest), zone: indexer.zone) else {
            throw SearchError(.invalidValue, "A date, dateTime or instant with an optional prefix is expected.")
        }
        return .date(prefix, range)
    }
}
