/// Who asks, and what they may do at most: what a valid access token or a signed-in session says.
package struct Principal: Sendable, Hashable {
    package enum Subject: Sendable, Hashable {
        /// A person who signed in: id of the Person.
        case account(person: String)
        /// A program on its own behalf: its client id.
        case client(String)
    }

    package var subject: Subject
    /// The program through which a person asks; nil for the server's own pages and command line.
    package var client: String?
    /// Codes of `urn:martlet:role`, such as `physician`.
    package var roles: Set<String>
    /// What the token was given; nil where no token narrows what the roles allow.
    package var scopes: [SMARTScope]?
    /// Ids of the Patients in whose compartments this person is as patient or proxy.
    package var patients: Set<String>
    /// Id of the one Patient that the launch chose; what `patient/…` scopes speak of.
    package var launchPatient: String?
    /// Id of the Practitioner that this person is.
    package var practitioner: String?
    /// Id of the Organization (tenant) to which the account or client belongs; nil sees all.
    package var organization: String?
    /// When a break-glass window that is open now ends, in microseconds since 1970, by id of the Patient.
    package var openedRecords: [String: Int64]

    package init(
        _ subject: Subject, client: String? = nil, roles: Set<String> = [], scopes: [SMARTScope]? = nil,
        patients: Set<String> = [], launchPatient: String? = nil, practitioner: String? = nil,
        organization: String? = nil, openedRecords: [String: Int64] = [:]
    ) {
        self.subject = subject
        self.client = client
        self.roles = roles
        self.scopes = scopes
        self.patients = patients
        self.launchPatient = launchPatient
        self.practitioner = practitioner
        self.organization = organization
        self.openedRecords = openedRecords
    }
}
