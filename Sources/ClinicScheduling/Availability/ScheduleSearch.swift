import Clinic
import FHIRStore
import JSONTape
import PostgreSQL

/// Which schedules fit what a caller of `$find` asks for. Kinds of criteria are all met, of one kind any.
struct ScheduleSearch {
    var practitioners: [LocalReference] = []
    var organizations: [LocalReference] = []
    var locations: [LocalReference] = []
    /// Parts of addresses or names of places.
    var places: [String] = []
    /// Codes as tokens: `system|code` or `code`.
    var specialties: [String] = []
    var visitTypes: [String] = []
    var schedules: [LocalReference] = []

    /// The most schedules that are looked at.
    static let limit = 200

    func find(_ rules: SchedulingRules, in transaction: StoreTransaction) async throws -> [FreeTimes.Planned] {
        var parameters = SQLParameters()
        parameters.append(textArray: practitioners.map(\.text))
        parameters.append(textArray: organizations.map(\.text))
        parameters.append(textArray: locations.map(\.text))
        parameters.append(textArray: places.map { $0.lowercased() })
        parameters.append(textArray: specialties)
        parameters.append(textArray: visitTypes)
        parameters.append(textArray: schedules.map(\.id))
        parameters.append(text: rules.text(SchedulingRules.timeZone))
        parameters.append(int32: Int32(Self.limit))
        let result = try await transaction.session.query(
            try transaction.store.statement(Self.statement), parameters)
        return try (0..<result.rowCount).compactMap { row in
            guard let id = result.string(row, 0), let content = result.bytes(row, 1) else { return nil }
            let node = JSONNode(try Document.parse(content, limits: .fhir))
            return FreeTimes.Planned(
                entry: .init(reference: LocalReference("Schedule", id), node: node),
                zone: result.string(row, 2) ?? "UTC", rank: Int(result.int64(row, 3) ?? 0))
        }
    }

    private static let statement = """
        WITH fitting AS (
          SELECT c.id, coalesce(c.exact, c.content::text) AS json, c.content,
            (SELECT array_agg(e.reference) FROM clinic_expanded(c.content -> 'actor') e) AS actors
          FROM @[Schedule] c
          WHERE coalesce(c.content ->> 'active', 'true') = 'true'
            AND (cardinality($7::text[]) = 0 OR c.id = ANY ($7::text[])))
        SELECT f.id, f.json, clinic_schedule_zone(f.content, $8::text),
          coalesce((SELECT min(p.position) FROM unnest($1::text[]) WITH ORDINALITY p (reference, position)
            WHERE p.reference = ANY (f.actors)), 0)
        FROM fitting f
        WHERE (cardinality($1::text[]) = 0 OR f.actors && $1::text[])
          AND (cardinality($2::text[]) = 0 OR EXISTS (
            SELECT 1 FROM @[PractitionerRole] r WHERE 'PractitionerRole/' || r.id = ANY (f.actors)
              AND r.content -> 'organization' ->> 'reference' = ANY ($2::text[])
            UNION ALL
            SELECT 1 FROM @[PractitionerRole] r WHERE r.content -> 'practitioner' ->> 'reference' = ANY (f.actors)
              AND r.content -> 'organization' ->> 'reference' = ANY ($2::text[])
            UNION ALL
            SELECT 1 FROM @[Location] l WHERE 'Location/' || l.id = ANY (f.actors)
              AND l.content -> 'managingOrganization' ->> 'reference' = ANY ($2::text[])
            UNION ALL
            SELECT 1 FROM jsonb_array_elements(f.content -> 'actor') a JOIN @[HealthcareService] h
              ON 'HealthcareService/' || h.id = a ->> 'reference'
            WHERE h.content -> 'providedBy' ->> 'reference' = ANY ($2::text[])))
          AND (cardinality($3::text[]) = 0 OR f.actors && $3::text[])
          AND (cardinality($4::text[]) = 0 OR EXISTS (
            SELECT FROM @[Location] l, unnest($4::text[]) p WHERE 'Location/' || l.id = ANY (f.actors)
              AND position(p IN lower(concat_ws(' ', l.content ->> 'name', l.content ->> 'address'))) > 0))
          AND (cardinality($5::text[]) = 0 OR clinic_has_code(f.content -> 'specialty', $5::text[]) OR EXISTS (
            SELECT FROM @[PractitionerRole] r
            WHERE ('PractitionerRole/' || r.id = ANY (f.actors)
              OR r.content -> 'practitioner' ->> 'reference' = ANY (f.actors))
              AND clinic_has_code(r.content -> 'specialty', $5::text[])))
          AND (cardinality($6::text[]) = 0 OR clinic_has_code(f.content -> 'serviceType', $6::text[])
            OR clinic_has_code(f.content -> 'serviceCategory', $6::text[]))
        ORDER BY 4, f.id LIMIT $9::int
        """
}
