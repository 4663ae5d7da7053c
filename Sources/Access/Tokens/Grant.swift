/// What a person let a client do: the family of the tokens that come of it.
package struct Grant: Sendable, Hashable {
    package var id: String
    package var client: String
    /// Id of the Person.
    package var person: String
    /// Id of the browser's session that the grant ends with; nil for one that outlives it (`offline_access`).
    package var session: String?
    package var scope: [String]
    /// Id of the Patient of the launch.
    package var patient: String?
    /// Id of the Encounter of the launch.
    package var encounter: String?
    /// Whether the app shall show whose record it is; nil where nobody said.
    package var needsBanner: Bool?
    /// `fhirContext` of the launch: a JSON array.
    package var fhirContext: String?
    /// What the EHR opened the app for.
    package var intent: String?
    /// When the person gave the password, in microseconds since 1970.
    package var signedIn: Int64
    /// The end of it all, in microseconds since 1970.
    package var expires: Int64
    /// When it was given, in microseconds since 1970.
    package var created: Int64

    package init(
        id: String, client: String, person: String, session: String?, scope: [String], patient: String? = nil,
        encounter: String? = nil, needsBanner: Bool? = nil, fhirContext: String? = nil, intent: String? = nil,
        signedIn: Int64, expires: Int64, created: Int64 = SystemClock.microseconds
    ) {
        self.fhirContext = fhirContext
        self.intent = intent
        self.id = id
        self.client = client
        self.person = person
        self.session = session
        self.scope = scope
        self.patient = patient
        self.encounter = encounter
        self.needsBanner = needsBanner
        self.signedIn = signedIn
        self.expires = expires
        self.created = created
    }
}

/// What an authorization code is bound to (RFC 6749 §4.1.3, RFC 7636 §4.4).
package struct CodeBinding: Sendable, Hashable {
    package var redirect: String
    /// BASE64URL(SHA256(verifier)).
    package var challenge: String
    package var nonce: String?

    package init(redirect: String, challenge: String, nonce: String?) {
        self.redirect = redirect
        self.challenge = challenge
        self.nonce = nonce
    }
}

/// Why a code or refresh token is worth nothing (RFC 6749 §5.2, `invalid_grant`).
package struct GrantFailure: Error, Sendable, Hashable {
    package var reason: String

    package init(_ reason: String) { self.reason = reason }
}
