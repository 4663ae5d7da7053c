import FHIRDefinitions

/// Queries made of the definitions: every search parameter, every modifier, chains, filters, result parameters.
struct QueryMaker {
    private static let modifiers = [
        "missing", "exact", "contains", "text", "not", "above", "below", "in", "not-in", "of-type", "identifier",
        "Patient", "Observation", "iterate", "recurse", "Nothing", "", ":", "%27", "missing:missing",
    ]
    private static let results: [(String, [String])] = [
        (
            "_sort",
            ["_id", "-_lastUpdated", "date,-_id", "name", "-", ",", "nothing", "_score", "subject.name", "-date,date"]
        ),
        ("_count", ["0", "1", "3", "1000", "100000000000000000000", "-1", "a", "1.5"]),
        ("_total", ["none", "estimate", "accurate", "all"]),
        ("_summary", ["true", "false", "text", "data", "count", "x", "true,false"]),
        ("_elements", ["id", "name,subject", "identifier.value", ",", "%27", "resourceType", "Patient.name"]),
        ("_contained", ["true", "false", "both", "x"]), ("_containedType", ["container", "contained", "x"]),
        (
            "_format",
            ["json", "xml", "application/fhir+json", "application/fhir%2Bxml", "ttl", "html", "ndjson", "%00"]
        ),
        ("_pretty", ["true", "false", "x"]), ("_cursor", ["a", "AAAA", "%27", "MTIz"]), ("_page", ["2", "x"]),
        ("_type", ["Patient", "Patient,Observation", "Nothing", ",", "*"]), ("_query", ["a", "current-high-risk"]),
        ("_list", ["f1", "List/f1", "$current-problems", "%27"]),
        ("_text", ["a", "a%20AND%20b", "%22", "%27", "%28a"]),
        ("_content", ["a", "a%20%7C%20b", "a%26%21b", ":*", "%5C"]), ("_id", ["f1", "f1,f2", "%27", "*"]),
        ("_lastUpdated", ["2020", "gt2020-01-01", "x"]), ("_tag", ["a", "a%7Cb", "%7C"]), ("_profile", ["http://a/b"]),
        ("_security", ["a%7Cb"]), ("_source", ["http://a/b"]), ("_since", ["2020", "x", "2020-01-01T00:00:00Z"]),
        ("_at", ["2020", "x"]), ("_score", ["1"]), ("nothing", ["x"]), ("_has", ["x"]), ("near", ["1%7C2%7C3%7Ckm"]),
    ]

    let definitions: FHIRDefinitions
    var values: ValueMaker

    /// A query without its question mark.
    mutating func query(_ type: TypeID) -> String {
        let count = values.random.chance(60) ? 1 : 1 + values.random.below(5)
        return (0..<count).map { _ in pair(type) }.joined(separator: values.random.chance(97) ? "&" : "&&=&")
    }

    private mutating func pair(_ type: TypeID) -> String {
        switch values.random.below(20) {
        case 0..<9: return parameter(type, depth: 0)
        case 9..<11: return chain(type, depth: 0)
        case 11: return has(type)
        case 12: return "_filter=" + filter(type, depth: 0)
        case 13, 14: return include(type)
        case 15: return values.strange() + "=" + values.strange()
        default:
            let (name, candidates) = values.random.pick(Self.results)
            let value = values.random.chance(80) ? values.random.pick(candidates) : values.strange()
            return values.random.chance(90)
                ? "\(name)=\(value)" : "\(name):\(values.random.pick(Self.modifiers))=\(value)"
        }
    }

    mutating func definition(_ type: TypeID) -> SearchParameterDefinition {
        values.random.pick(definitions.searchParameters(of: type))
    }

    private mutating func parameter(_ type: TypeID, depth: Int) -> String {
        let definition = definition(type)
        var name = definition.code
        if values.random.chance(35) { name += ":" + values.random.pick(Self.modifiers) }
        return name + "=" + value(definition)
    }

    private mutating func value(_ definition: SearchParameterDefinition) -> String {
        if values.random.chance(8) { return values.random.pick(["true", "false"]) }
        return values.value(definition.type, parts: definition.components.count)
    }

    private mutating func link(_ type: TypeID) -> (text: String, target: TypeID) {
        let references = definitions.searchParameters(of: type).filter { $0.type == .reference }
        guard !references.isEmpty, values.random.chance(95) else { return (definition(type).code, type) }
        let reference = values.random.pick(references)
        let target = values.random.pick(reference.targets.isEmpty ? definitions.resourceTypes : reference.targets)
        let isNamed = values.random.chance(70)
        return (reference.code + (isNamed ? ":" + definitions.name(of: target) : ""), target)
    }

    private mutating func chain(_ type: TypeID, depth: Int) -> String {
        let (text, target) = link(type)
        if depth < values.random.below(8) { return text + "." + chain(target, depth: depth + 1) }
        if values.random.chance(10) { return text + "." + has(target) }
        return text + "." + parameter(target, depth: depth)
    }

    private mutating func has(_ type: TypeID) -> String {
        var text = ""
        for _ in 0...values.random.below(3) {
            let source = values.random.pick(definitions.resourceTypes)
            text += "_has:\(definitions.name(of: source)):\(link(source).text):"
        }
        if values.random.chance(60) {
            let source = values.random.pick(["Observation", "Encounter", "Provenance", "Condition"])
            text = "_has:\(source):\(values.random.pick(["patient", "subject", "target", "encounter"])):"
        }
        return text + parameter(type, depth: 0)
    }

    private mutating func include(_ type: TypeID) -> String {
        let name = values.random.pick([
            "_include", "_revinclude", "_include:iterate", "_revinclude:iterate", "_include:x",
        ])
        let source = name.hasPrefix("_rev") ? values.random.pick(definitions.resourceTypes) : type
        let sourceName = definitions.name(of: source)
        switch values.random.below(6) {
        case 0: return "\(name)=*"
        case 1: return "\(name)=\(sourceName):*"
        case 2: return "\(name)=\(values.strange())"
        case 3: return "\(name)=\(sourceName):\(definition(source).code):Patient"
        default: return "\(name)=\(sourceName):\(link(source).text)"
        }
    }

    /// R4 search_filter.html, with blanks encoded; every so often cut short.
    private mutating func filter(_ type: TypeID, depth: Int) -> String {
        let text: String
        switch values.random.below(depth > 5 ? 3 : 8) {
        case 0: text = values.strange()
        case 1, 2, 3:
            let definition = definition(type)
            let operation = values.random.pick([
                "eq", "ne", "co", "sw", "ew", "gt", "lt", "ge", "le", "ap", "sa", "eb", "pr", "po", "ss", "sb", "in",
                "re", "xx",
            ])
            let raw = values.value(definition.type, parts: definition.components.count)
            text = "\(definition.code)%20\(operation)%20" + (values.random.chance(40) ? "%22\(raw)%22" : raw)
        case 4: text = "(" + filter(type, depth: depth + 1) + ")"
        case 5: text = "not%20(" + filter(type, depth: depth + 1) + ")"
        default:
            let word = values.random.pick(["and", "or", "xor"])
            text = filter(type, depth: depth + 1) + "%20\(word)%20" + filter(type, depth: depth + 1)
        }
        return values.random.chance(95) ? text : String(text.prefix(values.random.below(text.count + 1)))
    }
}
