import FHIRSearch

/// Words (R4 search.html#content).
extension PredicateWriter {
    /// The index holds the words of whole resources. For the narrative it gives those that have the words anywhere,
    /// and the part behind the line feed decides. A query that only excludes has nothing to ask the index for.
    mutating func fullText(_ query: FullTextQuery, isNarrativeOnly: Bool, _ alias: String) -> String {
        let words = "\(alias).words"
        let whole = "to_tsquery('simple', \(bind(text: query.expression)))"
        guard isNarrativeOnly else {
            guard query.required != nil else { return "\(Self.vector("coalesce(\(words), '')")) @@ \(whole)" }
            return "(\(words) IS NOT NULL AND \(Self.vector(words)) @@ \(whole))"
        }
        let narrative = "\(Self.vector("split_part(coalesce(\(words), ''), E'\\n', 2)")) @@ \(whole)"
        guard let required = query.required else { return narrative }
        let driving = "to_tsquery('simple', \(bind(text: required)))"
        return "(\(words) IS NOT NULL AND \(Self.vector(words)) @@ \(driving) AND \(narrative))"
    }

    /// One text at least among those beside codes and references. The index gives the resources that have the words
    /// anywhere; their texts are then folded as it was.
    mutating func text(_ query: TextQuery, _ paths: [String], _ alias: String) -> String {
        let asked = "to_tsquery('simple', \(bind(text: query.expression)))"
        let folded =
            #"replace(regexp_replace(normalize(lower(v #>> '{}'), NFD), '[\u0300-\u036F]', '', 'g'), 'ß', 'ss')"#
        let ways = paths.map { path in
            """
            EXISTS (SELECT FROM jsonb_path_query(\(alias).content, \(bind(text: path))::jsonpath) v
              WHERE \(Self.vector(folded)) @@ \(asked))
            """
        }
        let texts = ways.count == 1 ? ways[0] : "(" + ways.joined(separator: " OR ") + ")"
        return "(\(alias).words IS NOT NULL AND \(Self.vector(alias + ".words")) @@ \(asked) AND \(texts))"
    }

    /// As in the index's definition.
    private static func vector(_ words: String) -> String { "to_tsvector('simple', \(words))" }
}
