import FHIRDefinitions
import JSONTape

/// Questions that no index entry answers, asked of the stored content by SQL/JSON paths.
enum ContentPredicate {
    /// Whether a value at one of the paths is `url` or lies below it, by whole segments of the path.
    static func urls(below url: String, _ paths: [BoundPath]) -> SearchPredicate {
        guard !url.utf8.contains(0) else { return .never }
        var end = url[...]
        while end.last == "/" { end = end.dropLast() }
        let whole = literal(String(end))
        let conditions = ["/", "|", "#", "?"].map { "@ starts with \(literal(end + $0))" }
        let filter = " ? (@ == \(whole) || \(conditions.joined(separator: " || ")))"
        return .disjunction(paths.map { .content(path: path($0) + filter) })
    }

    /// Whether a canonical at one of the paths is of this version or of one that refines it: `1.2` and `1.2.1`.
    static func canonicals(_ url: String, belowVersion version: String, _ paths: [BoundPath]) -> SearchPredicate {
        guard !url.utf8.contains(0), !version.utf8.contains(0) else { return .never }
        let whole = literal(url + "|" + version)
        let filter = " ? (@ == \(whole) || @ starts with \(literal(url + "|" + version + ".")))"
        return .disjunction(paths.map { .content(path: path($0) + filter) })
    }

    /// Whether the text beside a code or reference, or the string itself, has the words
    /// (R4 search.html#token, `:text`).
    static func text(_ query: TextQuery, _ paths: [BoundPath]) -> SearchPredicate {
        let texts = paths.flatMap { bound in textMembers(of: bound.leafName).map { path(bound) + $0 } }
        return texts.isEmpty ? .never : .text(paths: texts, query)
    }

    private static func textMembers(of typeName: String) -> [String] {
        switch typeName {
        case "CodeableConcept": [#"."text""#, #"."coding"."display""#]
        case "Coding", "Reference": [#"."display""#]
        case "Identifier": [#"."type"."text""#, #"."type"."coding"."display""#]
        case "ContactPoint": [#"."value""#]
        case "string", "markdown": [""]
        default: []
        }
    }

    /// The path in lax mode, in which arrays are walked without being named.
    static func path(_ path: BoundPath) -> String {
        "$"
            + path.steps.map { step in
                var text = "." + literal(step.property)
                if let position = step.position { text += "[\(position)]" }
                switch step.filter {
                case .memberEquals(let name, let value)?: text += " ? (@.\(literal(name)) == \(literal(value)))"
                case .hasExtension(let url)?:
                    text += #" ? (exists(@."extension" ? (@."url" == "# + literal(url) + ")))"
                case nil: break
                }
                return text
            }.joined()
    }

    /// A string of the path language, which is written as JSON's are.
    private static func literal(_ text: String) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        var text = text
        text.withUTF8 { JSONEscape.append($0, to: &bytes) }
        bytes.append(UInt8(ascii: "\""))
        return String(decoding: bytes, as: UTF8.self)
    }
}
