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

    /// How well a row has the words that are asked for, from 0 to 1; the mean where they are asked for in several ways.
    /// It depends on the row and the search alone, so pages may begin behind a score.
    mutating func score(_ predicate: SearchPredicate, _ alias: String) -> String {
        let ranks = words(in: predicate).map { expression, isNarrativeOnly in
            let words = "coalesce(\(alias).words, '')"
            let vector = Self.vector(isNarrativeOnly ? "split_part(\(words), E'\\n', 2)" : words)
            // 32: rank / (rank + 1)
            return "ts_rank(\(vector), to_tsquery('simple', \(bind(text: expression))), 32)"
        }
        return ranks.isEmpty ? "0::float4" : "((\(ranks.joined(separator: " + "))) / \(ranks.count))::float4"
    }

    private func words(in predicate: SearchPredicate) -> [(expression: String, isNarrativeOnly: Bool)] {
        switch predicate {
        case .fullText(let query, let isNarrativeOnly): [(query.expression, isNarrativeOnly)]
        case .text(_, let query): [(query.expression, false)]
        case .all(let parts), .any(let parts): parts.flatMap { words(in: $0) }
        default: []
        }
    }

    /// As in the index's definition.
    private static func vector(_ words: String) -> String { "to_tsvector('simple', \(words))" }
}
