import Clinic
import FHIRFormats
import FHIRSearch
import FHIRStore
import JSONTape
import PostgreSQL

/// Finds the patients that a description may be of.
///
/// Candidates come from the indexes: those who share an identifier, a phone or mail, a birth date or one that is easily
/// mistaken for it, or begin with the same letters in both names. Only these are compared.
struct PatientMatcher: Sendable {
    private let work: ClinicWork

    init(_ work: ClinicWork) { self.work = work }

    /// Candidates that are at least possible, the likeliest first.
    func matches(_ features: PatientFeatures, excluding excluded: Set<String> = []) async throws -> [PatientCandidate] {
        var found: [String: PatientCandidate] = [:]
        func take(_ reference: LocalReference, _ node: JSONNode, _ stamp: VersionStamp) {
            guard found[reference.id] == nil, !excluded.contains(reference.id) else { return }
            let theirs = PatientFeatures(node)
            guard !theirs.isReplaced else { return }
            let score = MatchScore(features, theirs)
            guard score.grade != .certainlyNot else { return }
            found[reference.id] = PatientCandidate(reference: reference, node: node, stamp: stamp, score: score)
        }
        let searches = searches(features).map { (typeName: "Patient", pairs: $0) }
        for stored in try await work.search(all: searches, limit: Self.limit).joined() {
            take(stored.reference, stored.node, stored.stamp)
        }
        for (reference, node, stamp) in try await sameOrMistakenBirthDay(features) { take(reference, node, stamp) }
        return found.values.sorted { left, right in
            (-left.score.weight, left.reference.id) < (-right.score.weight, right.reference.id)
        }
    }

    /// How many candidates one way of looking may bring.
    private static let limit = 200

    private func searches(_ features: PatientFeatures) -> [[(String, String)]] {
        var searches: [[(String, String)]] = []
        let identifiers = features.identifiers.sorted { $0.lexicographicallyPrecedes($1) }.prefix(20)
            .map { pair in
                pair[0].isEmpty ? Self.escaped(pair[1]) : Self.escaped(pair[0]) + "|" + Self.escaped(pair[1])
            }
        if !identifiers.isEmpty { searches.append([("identifier", identifiers.joined(separator: ","))]) }
        let telecoms = features.telecomTexts.prefix(20).map(Self.escaped)
        if !telecoms.isEmpty { searches.append([("telecom", telecoms.joined(separator: ","))]) }
        if let family = features.familyStart, let given = features.givenStart {
            searches.append([("family", Self.escaped(family)), ("given", Self.escaped(given))])
            searches.append([("family", Self.escaped(given)), ("given", Self.escaped(family))])
        }
        return searches
    }

    /// R4 search.html#escaping.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            if "\\,|$".contains(character) { result.append("\\") }
            result.append(character)
        }
        return result
    }

    private func sameOrMistakenBirthDay(
        _ features: PatientFeatures
    ) async throws -> [(LocalReference, JSONNode, VersionStamp)] {
        guard let day = features.birthDay else { return [] }
        let exact = Self.moment(day)
        let slips = day.slips.map(Self.moment)
        guard let exact else { return [] }
        var parameters = SQLParameters()
        parameters.append(timestamp: exact)
        parameters.append(timestampArray: slips)
        // Of the many with another birth date only those whose names begin alike can come out as a match.
        let initials = Set(
            (features.families + features.givens).compactMap { $0.first.map { String(UnicodeScalar($0)) } })
        parameters.append(textArray: initials.sorted())
        let rows = try await work.transaction.session.query(
            try work.store.statement(Self.byBirthDay), parameters)
        return try (0..<rows.rowCount).compactMap { row in
            guard let id = rows.string(row, 0), let content = rows.bytes(row, 3) else { return nil }
            let stamp = VersionStamp(
                id: id, version: Int(rows.int64(row, 1) ?? 0),
                updated: Instant(microsecondsSince1970: rows.int64(row, 2) ?? 0))
            return (LocalReference("Patient", id), JSONNode(try Document.parse(content, limits: .fhir)), stamp)
        }
    }

    private static func moment(_ day: BirthDay) -> Int64? { DateRange(day.text).map(\.low) }

    /// `rid > 0` is what lets the index on the main date be used.
    private static let byBirthDay = """
        (SELECT id, version::bigint, (extract(epoch FROM updated) * 1000000)::bigint, coalesce(exact, content::text)
         FROM @[Patient] p WHERE rid > 0 AND date_lo = $1::timestamptz LIMIT 500)
        UNION ALL
        (SELECT id, version::bigint, (extract(epoch FROM updated) * 1000000)::bigint, coalesce(exact, content::text)
         FROM @[Patient] p WHERE rid > 0 AND date_lo = ANY($2::timestamptz[])
           AND (lower(left(content #>> '{name,0,family}', 1)) = ANY($3::text[])
             OR lower(left(content #>> '{name,0,given,0}', 1)) = ANY($3::text[])
             OR content #> '{name,0}' IS NULL)
         LIMIT 500)
        """
}
