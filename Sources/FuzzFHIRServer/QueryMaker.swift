import FHIRDefinitions

/// Queries made of the definitions: every search parameter with its modifiers, chains, `_has`, includes, filters,
/// result parameters.
struct QueryMaker {
    private static let modifiers: [SearchParameterDefinition.Kind: [String]] = [
        .string: ["missing", "exact", "contains", "text"],
        .token: ["missing", "not", "text", "in", "not-in", "above", "below", "of-type"],
        .reference: ["missing", "identifier", "text", "above", "below", ""], .uri: ["missing", "above", "below"],
    ]
    private static let strangeModifiers = [
        "exact", "contains", "text", "above", "in", "of-type", "identifier", "Patient", "Nothing", "iterate", "", ":",
        "%27", "missing:missing", "not", "near",
    ]
    private static let results: [(String, [String])] = [
        ("_sort", ["_id", "-_id", "_lastUpdated", "-_lastUpdated,_id", "-_score"]),
        ("_count", ["0", "1", "2", "3", "1000"]),
        ("_total", ["none", "estimate", "accurate"]), ("_summary", ["true", "false", "text", "data", "count"]),
        ("_elements", ["id", "identifier,text", "status", "meta", "-text,-identifier"]),
        ("_contained", ["false", "true", "both"]),
        ("_containedType", ["container", "contained"]), ("_format", ["json", "xml", "application/fhir%2Bxml"]),
        ("_pretty", ["true", "false"]), ("_list", ["f1", "List/f1", "f0"]),
        ("_text", ["a", "a%20AND%20b", "%22x%20y%22", "a%20OR%20NOT%20b"]),
        ("_content", ["a", "smith", "(a%20b)", "a%20%7C%20b", "-a%20long"]), ("_id", ["f1", "f1,f2"]),
        ("_lastUpdated", ["gt2020-01-01", "lt2100", "ne2020"]), ("_tag", ["a", "a%7Cb"]),
        ("_profile", ["http://a/b", "http://example.org/a"]), ("_security", ["a%7Cb"]),
        ("_source", ["http://example.org/a"]),
    ]
    private static let strangeResults: [(String, [String])] = [
        ("_sort", ["date,-_id", "-", ",", "nothing", "_score", "subject.name", "-date,date", "%27"]),
        ("_count", ["100000000000000000000", "-1", "a", "1.5"]), ("_total", ["all"]),
        ("_summary", ["x", "true,false"]),
        ("_elements", ["identifier.value", ",", "%27", "resourceType", "Patient.name"]), ("_contained", ["x"]),
        ("_containedType", ["x"]), ("_format", ["ttl", "html", "ndjson", "%00"]), ("_pretty", ["x"]),
        ("_cursor", ["a", "AAAA", "%27", "MTIz"]), ("_page", ["2", "x"]),
        ("_type", ["Patient", "Patient,Observation", "Nothing", ",", "*"]), ("_query", ["a", "current-high-risk"]),
        ("_list", ["$current-problems", "%27"]), ("_text", ["%22", "%27", "%28a"]), ("_id", ["%27", "*"]),
        ("_content", ["a%26%21b", ":*", "%5C"]), ("_lastUpdated", ["x"]), ("_tag", ["%7C"]), ("_since", ["2020", "x"]),
        ("_at", ["2020", "x"]), ("_score", ["1"]), ("nothing", ["x"]), ("_has", ["x"]), ("near", ["1%7C2%7C3%7Ckm"]),
        ("_include", ["*:*", "x", "Patient"]),
    ]

    let definitions: FHIRDefinitions
    var values: ValueMaker

    /// A query without its question mark.
    mutating func query(_ type: TypeID) -> String {
        let count = values.random.chance(50) ? 1 : 1 + values.random.below(5)
        return (0..<count).map { _ in pair(type) }.joined(separator: values.random.chance(97) ? "&" : "&&=&")
    }

    /// Criteria alone, as conditional interactions take them.
    mutating func criteria(_ type: TypeID) -> String {
        switch values.random.below(10) {
        case 0..<4: "identifier=a%7C\(values.random.below(4))"
        case 4, 5: "_id=\(values.id())"
        case 6: has(type)
        case 7: chain(type, depth: 0)
        default: (0..<1 + values.random.below(2)).map { _ in parameter(type) }.joined(separator: "&")
        }
    }

    private mutating func pair(_ type: TypeID) -> String {
        switch values.random.below(20) {
        case 0..<8: return parameter(type)
        case 8, 9: return chain(type, depth: 0)
        case 10: return has(type)
        case 11, 12:
            var maker = FilterMaker(definitions: definitions, values: values)
            defer { values = maker.values }
            return "_filter=" + maker.filter(type)
        case 13, 14: return include(type)
        case 15: return sort(type)
        case 16 where values.isStrange(): return values.strange() + "=" + values.strange()
        default:
            let (name, candidates) = values.random.pick(values.isStrange() ? Self.strangeResults : Self.results)
            let value = values.isStrange() ? values.strange() : values.random.pick(candidates)
            return values.isStrange()
                ? "\(name):\(values.random.pick(Self.strangeModifiers))=\(value)" : "\(name)=\(value)"
        }
    }

    private mutating func definition(_ type: TypeID) -> SearchParameterDefinition {
        values.random.pick(definitions.searchParameters(of: type))
    }

    private mutating func parameter(_ type: TypeID) -> String {
        let definition = definition(type)
        guard values.random.chance(45) else { return "\(definition.code)=\(values.value(definition))" }
        var modifier = values.random.pick(Self.modifiers[definition.type] ?? ["missing"])
        if modifier.isEmpty, let target = definition.targets.randomElement(using: &values.random) {
            modifier = definitions.name(of: target)
        }
        if values.isStrange() { modifier = values.random.pick(Self.strangeModifiers) }
        return "\(definition.code):\(modifier)=\(values.value(definition, modifier: modifier))"
    }

    private mutating func sort(_ type: TypeID) -> String {
        let keys = (0..<1 + values.random.below(3)).map { _ in
            (values.random.chance(50) ? "-" : "") + definition(type).code
        }
        return "_sort=" + keys.joined(separator: ",")
    }

    // MARK: - Links

    /// A reference parameter of a type, and where it leads.
    private mutating func link(_ type: TypeID) -> (code: String, target: TypeID, isAmbiguous: Bool) {
        let references = definitions.searchParameters(of: type).filter { $0.type == .reference }
        guard let reference = references.randomElement(using: &values.random), !values.isStrange() else {
            return (definition(type).code, type, false)
        }
        let target = values.random.pick(reference.targets.isEmpty ? definitions.resourceTypes : reference.targets)
        return (reference.code, target, reference.targets.count != 1)
    }

    private mutating func chain(_ type: TypeID, depth: Int) -> String {
        let (code, target, isAmbiguous) = link(type)
        let isNamed = isAmbiguous ? values.random.chance(90) : values.random.chance(40)
        let text = code + (isNamed ? ":" + definitions.name(of: target) : "")
        if values.random.chance(depth < 3 ? 30 : values.strangeness / 2) {
            return text + "." + chain(target, depth: depth + 1)
        }
        if values.random.chance(10) { return text + "." + has(target) }
        return text + "." + parameter(target)
    }

    /// `_has:Source:reference:` once or more often, then a criterion about the last source.
    private mutating func has(_ type: TypeID) -> String {
        var text = ""
        var type = type
        repeat {
            let (source, code) = referrer(to: type)
            text += "_has:\(definitions.name(of: source)):\(code):"
            type = source
        } while values.random.chance(25)
        return text + (values.random.chance(10) ? chain(type, depth: 2) : parameter(type))
    }

    private mutating func referrer(to type: TypeID) -> (source: TypeID, code: String) {
        for _ in 0..<30 {
            let source = values.random.pick(definitions.resourceTypes)
            let parameter = definitions.searchParameters(of: source).first {
                $0.type == .reference && ($0.targets.isEmpty || $0.targets.contains(type))
            }
            if let parameter { return (source, parameter.code) }
        }
        return (type, "subject")
    }

    private mutating func include(_ type: TypeID) -> String {
        let name = values.random.pick(["_include", "_revinclude", "_include:iterate", "_revinclude:iterate"])
        if values.isStrange() { return "\(name)=\(values.strange())" }
        if values.random.chance(10) { return "\(name)=*" }
        guard name.hasPrefix("_rev") else {
            let (code, target, _) = link(type)
            let rest = values.random.pick([code, code, code + ":" + definitions.name(of: target), "*"])
            return "\(name)=\(definitions.name(of: type)):\(rest)"
        }
        let (source, code) = referrer(to: type)
        return "\(name)=\(definitions.name(of: source)):\(code)"
    }
}
