/// The media ranges of an `Accept` header with their weights (RFC 9110 §12.5.1).
struct AcceptHeader: Sendable {
    private struct Range {
        /// In lower case, without parameters.
        var name: String
        /// From 0, which excludes, to 1.
        var weight: Double
    }

    private let ranges: [Range]

    /// Ranges for another version of FHIR than R4 are left out.
    init(_ field: String) {
        ranges = field.split(separator: ",").compactMap { part in
            guard MediaType.isR4(part) else { return nil }
            return Range(name: MediaType.bare(part).lowercased(), weight: Self.weight(part))
        }
    }

    private static func weight(_ part: Substring) -> Double {
        guard let text = MediaType.parameter("q", of: part) else { return 1 }
        guard let weight = Double(text), weight.isFinite else { return 1 }
        return min(max(weight, 0), 1)
    }

    /// The format with the greatest weight; nil if none is wanted. Of equal ones that which is named comes before one
    /// that a wildcard lets in, then the one named first, then `preferred`.
    func format(preferring preferred: ContentFormat) -> ContentFormat? {
        let other: ContentFormat = preferred == .json ? .xml : .json
        return [preferred, other].compactMap { format in match(format).map { (format, $0) } }
            .filter { $0.1.weight > 0 }
            .reduce(nil as (format: ContentFormat, match: Match)?) { best, next in
                guard let best else { return next }
                if next.1.weight != best.match.weight { return next.1.weight > best.match.weight ? next : best }
                return next.1.position < best.match.position ? next : best
            }?.format
    }

    private struct Match {
        var weight: Double
        /// Place in the header; behind all of it where a wildcard matched.
        var position: Int
    }

    /// The most specific range that covers the format decides. The short forms of `_format` count too: older clients
    /// write them here.
    private func match(_ format: ContentFormat) -> Match? {
        let named = ranges.enumerated().filter { MediaType.format(named: $0.element.name) == format }
        if let best = named.max(by: { ($0.element.weight, -$0.offset) < ($1.element.weight, -$1.offset) }) {
            return Match(weight: best.element.weight, position: best.offset)
        }
        for wildcard in ["application/*", "*/*", "text/*"] {
            if let range = ranges.first(where: { $0.name == wildcard }) {
                return Match(weight: range.weight, position: ranges.count)
            }
        }
        return nil
    }

    // MARK: - Binary content

    /// Greatest weight of FHIR's own media types; nil if none is asked for. The general ones of JSON and XML are not
    /// among them (R4 binary.html#rest).
    var explicitWeight: Double? {
        ranges.filter { $0.weight > 0 && $0.name.contains("fhir") && MediaType.format(named: $0.name) != nil }
            .map(\.weight).max()
    }

    /// The weight of a type that is named itself; nil if it is not.
    func weight(naming type: String) -> Double? { ranges.first { $0.name == type }?.weight }

    /// Whether a wildcard lets a type in.
    func hasWildcard(covering type: String) -> Bool {
        let family = type.prefix { $0 != "/" } + "/*"
        return ranges.contains { $0.weight > 0 && ($0.name == "*/*" || $0.name == family) }
    }
}
