package import PostgreSQL

/// What an EHR tells an app that it opens: whose record, which visit (SMART App Launch 2.2, "EHR launch").
package struct Launch: Sendable, Hashable {
    package var client: String
    /// Id of the Person who is at work in the EHR; nil where a program opened the app.
    package var person: String?
    package var patient: String?
    package var encounter: String?
    package var needsBanner: Bool?
    /// `fhirContext`: a JSON array.
    package var fhirContext: String?
    /// What the app is opened for.
    package var intent: String?

    package init(
        client: String, person: String?, patient: String?, encounter: String?, needsBanner: Bool?,
        fhirContext: String? = nil, intent: String? = nil
    ) {
        self.fhirContext = fhirContext
        self.intent = intent
        self.client = client
        self.person = person
        self.patient = patient
        self.encounter = encounter
        self.needsBanner = needsBanner
    }
}

/// Handles of launches, each good for one authorization, soon.
package struct Launches: Sendable {
    /// Seconds until a handle has to be used.
    package static let lifetime = 300

    private let database: Database

    package init(database: Database) {
        self.database = database
    }

    /// Keeps a launch and returns its handle.
    package func begin(_ launch: Launch) async throws -> String {
        let handle = RandomToken.make()
        var parameters = SQLParameters()
        parameters.append(bytes: RandomToken.hash(handle))
        parameters.append(text: launch.client)
        parameters.append(text: launch.person)
        parameters.append(text: launch.patient)
        parameters.append(text: launch.encounter)
        if let needsBanner = launch.needsBanner {
            parameters.append(bool: needsBanner)
        } else {
            parameters.appendNull()
        }
        parameters.append(timestamp: SystemClock.microseconds + Int64(Self.lifetime) * 1_000_000)
        parameters.append(text: launch.fhirContext)
        parameters.append(text: launch.intent)
        _ = try await database.write(WriteJob([(Self.insert, parameters)]))
        return handle
    }

    /// The launch of a handle that was not used yet; nil for any other.
    package func find(_ handle: String) async throws -> Launch? {
        let rows = try await database.lookUp(Self.find, Self.hash(handle))
        guard rows.rowCount == 1, let client = rows.string(0, 0) else { return nil }
        return Launch(
            client: client, person: rows.string(0, 1), patient: rows.string(0, 2), encounter: rows.string(0, 3),
            needsBanner: rows.bool(0, 4), fhirContext: rows.string(0, 5), intent: rows.string(0, 6))
    }

    /// Uses a handle up; false if somebody was faster.
    package func use(_ handle: String) async throws -> Bool {
        try await database.write(WriteJob([(Self.use, Self.hash(handle))]))[0].affectedRows == 1
    }

    private static func hash(_ handle: String) -> SQLParameters {
        var parameters = SQLParameters()
        parameters.append(bytes: RandomToken.hash(handle))
        return parameters
    }

    private static let insert = SQLStatement(
        """
        INSERT INTO oauth_launch (hash, client, person, patient, encounter, needs_banner, expires, fhir_context, intent)
        VALUES ($1::bytea, $2::text, $3::text, $4::text, $5::text, $6::boolean, $7::timestamptz, $8::text, $9::text)
        """)
    private static let find = SQLStatement(
        """
        SELECT client, person, patient, encounter, needs_banner, fhir_context, intent FROM oauth_launch
        WHERE hash = $1::bytea AND used IS NULL AND expires > now()
        """)
    private static let use = SQLStatement(
        "UPDATE oauth_launch SET used = now() WHERE hash = $1::bytea AND used IS NULL AND expires > now()")
}
