import FHIRTerminology
import PostgreSQL

/// Conditions on the concepts of a loaded code system, as SQL over `code_system_concept c`.
struct SelectionSQL {
    private(set) var parameters = SQLParameters()
    /// The place of the system's number.
    let systemPlace = "$1::int"

    init(system: Int64) { parameters.append(int32: Int32(truncatingIfNeeded: system)) }

    mutating func bind(text: String) -> String {
        parameters.append(text: text)
        return "$\(parameters.count)::text"
    }

    mutating func bind(number: Int64) -> String {
        parameters.append(int64: number)
        return "$\(parameters.count)::bigint"
    }

    private mutating func bind(texts: [String]) -> String {
        parameters.append(textArray: texts)
        return "$\(parameters.count)::text[]"
    }

    mutating func condition(_ selection: ConceptSelection) throws(TerminologyError) -> String {
        var parts = ["c.system = \(systemPlace)"]
        for filter in selection.filters { parts.append(try condition(filter)) }
        if let text = selection.text {
            // Words are letters and digits, so nothing in them means anything to a query.
            let query = text.words.map { "'\($0)':*" }.joined(separator: " & ")
            parts.append("c.words @@ \(bind(text: query))::tsquery")
        }
        if selection.activeOnly { parts.append("NOT c.is_inactive") }
        return parts.joined(separator: " AND ")
    }

    /// R4 valueset-filter-operator
    private mutating func condition(_ filter: ConceptFilter) throws(TerminologyError) -> String {
        let name = filter.property
        let isHierarchy = filter.namesCode || ["parent", "child", "ancestor"].contains(name)
        switch filter.op {
        case .isA: return isHierarchy ? kinds(filter.value, hasSelf: true) : try unsupported(filter)
        case .descendentOf: return isHierarchy ? kinds(filter.value, hasSelf: false) : try unsupported(filter)
        case .isNotA: return isHierarchy ? "NOT " + kinds(filter.value, hasSelf: true) : try unsupported(filter)
        case .generalizes: return ancestors(filter.value)
        case .childOf: return kinds(filter.value, hasSelf: false, isDirect: true)
        case .descendentLeaf:
            return kinds(filter.value, hasSelf: false) + " AND NOT EXISTS (SELECT FROM code_system_kind l "
                + "WHERE l.system = c.system AND l.ancestor = c.number)"
        case .equal where name == "parent": return kinds(filter.value, hasSelf: false, isDirect: true)
        case .equal where name == "child": return ancestors(filter.value, isDirect: true)
        case .equal: return equals(name, [filter.value])
        case .in: return equals(name, filter.list)
        case .notIn: return "NOT " + equals(name, filter.list)
        case .exists:
            guard filter.value == "true" || filter.value == "false" else {
                throw TerminologyError(.invalidDefinition, "The value of a filter 'exists' is true or false.")
            }
            let found = filter.namesCode ? "true" : "(c.keys @> \(bind(texts: [name])))"
            return (filter.value == "true" ? "" : "NOT ") + found
        case .regex: return try regex(filter)
        }
    }

    private func unsupported(_ filter: ConceptFilter) throws(TerminologyError) -> String {
        throw TerminologyError(
            .invalidDefinition,
            "A filter '\(filter.op.rawValue)' on \(filter.property) is not supported in this system.")
    }

    private mutating func equals(_ name: String, _ values: [String]) -> String {
        switch name {
        case "concept", "code": "(c.code = ANY(\(bind(texts: values))))"
        case "display": "(coalesce(c.display, '') = ANY(\(bind(texts: values))))"
        default: "(c.keys && \(bind(texts: values.map { "\(name)=\($0)" })))"
        }
    }

    /// The same dialect as elsewhere, so that what is refused there is refused here; PostgreSQL's own machine runs it,
    /// within the time limit of statements.
    private mutating func regex(_ filter: ConceptFilter) throws(TerminologyError) -> String {
        _ = try CodePattern(filter.value)
        let pattern = bind(text: "^(?:\(filter.value))$")
        switch filter.property {
        case "concept", "code": return "(c.code ~ \(pattern))"
        case "display": return "(coalesce(c.display, '') ~ \(pattern))"
        default:
            let prefix = bind(text: filter.property + "=")
            return """
                EXISTS (SELECT FROM unnest(c.keys) k WHERE starts_with(k, \(prefix))
                  AND substr(k, length(\(prefix)) + 1) ~ \(pattern))
                """
        }
    }

    private mutating func number(of code: String) -> String {
        "(SELECT r.number FROM code_system_concept r WHERE r.system = \(systemPlace) AND r.code = \(bind(text: code)))"
    }

    private mutating func kinds(_ code: String, hasSelf: Bool, isDirect: Bool = false) -> String {
        let root = number(of: code)
        let direct = isDirect ? " AND k.is_direct" : ""
        let below = """
            c.number IN (SELECT k.descendant FROM code_system_kind k
              WHERE k.system = \(systemPlace) AND k.ancestor = \(root)\(direct))
            """
        return hasSelf ? "(c.number = \(root) OR \(below))" : "(\(below))"
    }

    private mutating func ancestors(_ code: String, isDirect: Bool = false) -> String {
        let root = number(of: code)
        let direct = isDirect ? " AND k.is_direct" : ""
        let above = """
            c.number IN (SELECT k.ancestor FROM code_system_kind k
              WHERE k.system = \(systemPlace) AND k.descendant = \(root)\(direct))
            """
        return isDirect ? "(\(above))" : "(c.number = \(root) OR \(above))"
    }
}
