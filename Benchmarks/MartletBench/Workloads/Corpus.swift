/// Ids and values that occur in the loaded data, chosen at random once per run.
struct Corpus {
    private let postgres: Postgres

    init(_ postgres: Postgres) { self.postgres = postgres }

    /// A patient's id with system and code of one of the patient's observations, over and over.
    func patientsWithCodes(_ count: Int) throws -> [(patient: String, code: String)] {
        try postgres.query(
            """
            SELECT content->'subject'->>'reference',
              concat(content->'code'->'coding'->0->>'system', '|', content->'code'->'coding'->0->>'code')
            FROM observation WHERE content->'subject' ? 'reference' AND content->'code'->'coding'->0 ? 'code'
            ORDER BY random() LIMIT \(count)
            """
        ).map { ($0[0], $0[1]) }
    }

    /// Codes of observations with the time of one of them: common codes are chosen more often, as they are asked for.
    func codesWithDates(_ count: Int) throws -> [(code: String, date: String)] {
        try postgres.query(
            """
            SELECT concat(content->'code'->'coding'->0->>'system', '|', content->'code'->'coding'->0->>'code'),
              left(content->>'effectiveDateTime', 10)
            FROM observation WHERE content ? 'effectiveDateTime' AND content->'code'->'coding'->0 ? 'code'
            ORDER BY random() LIMIT \(count)
            """
        ).map { ($0[0], $0[1]) }
    }

    /// The first letters of family names.
    func namePrefixes(_ count: Int, letters: Int) throws -> [String] {
        try postgres.query(
            """
            SELECT left(content->'name'->0->>'family', \(letters)) FROM patient
            WHERE content->'name'->0 ? 'family' ORDER BY random() LIMIT \(count)
            """
        ).map { $0[0] }
    }

    /// System and value of patients' identifiers.
    func identifiers(_ count: Int) throws -> [String] {
        try postgres.query(
            """
            SELECT concat(content->'identifier'->0->>'system', '|', content->'identifier'->0->>'value') FROM patient
            WHERE content->'identifier'->0 ? 'value' ORDER BY random() LIMIT \(count)
            """
        ).map { $0[0] }
    }

    /// Observations as a client would send them to be created: without id and meta.
    func newObservations(_ count: Int) throws -> [String] {
        try postgres.query(
            "SELECT (content - 'id' - 'meta')::text FROM observation ORDER BY random() LIMIT \(count)"
        ).map { $0[0] }
    }
}
