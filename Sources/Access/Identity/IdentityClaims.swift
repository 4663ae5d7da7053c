package import JSONTape

/// What id_token and userinfo tell of a person, as far as scopes allow (OIDC Core §5.4; SMART App Launch 2.2, "Scopes
/// for requesting identity data").
package struct IdentityClaims: Sendable, Hashable {
    private let person: String
    private let fhirUser: String?
    private let profile: PersonProfile?
    private let tellsName: Bool
    private let tellsEmail: Bool

    package init(
        _ principal: Principal, person: String, profile: PersonProfile?, scope: [String],
        _ addresses: TokenIssuer.Addresses
    ) {
        self.person = person
        fhirUser = scope.contains("fhirUser") ? "\(addresses.fhir)/\(principal.resource ?? "Person/\(person)")" : nil
        self.profile = profile
        tellsName = scope.contains("profile")
        tellsEmail = scope.contains("email")
    }

    /// Writes the claims as members of an object.
    package func write(to writer: inout JSONWriter) {
        writer.member("sub", person)
        if let fhirUser { writer.member("fhirUser", fhirUser) }
        if tellsName {
            if let fhirUser { writer.member("profile", fhirUser) }
            if let name = profile?.name { writer.member("name", name) }
            if let given = profile?.given { writer.member("given_name", given) }
            if let family = profile?.family { writer.member("family_name", family) }
        }
        // An account is in force only once its address was verified.
        if tellsEmail, let email = profile?.email {
            writer.member("email", email)
            writer.key("email_verified")
            writer.bool(true)
        }
    }
}

extension Principal {
    /// The resource that this person is: `Practitioner/ID`, `Patient/ID`; nil where it is only an account.
    package var resource: String? {
        if let practitioner { return "Practitioner/\(practitioner)" }
        if roles.contains("patient"), patients.count == 1, let own = patients.first { return "Patient/\(own)" }
        return nil
    }
}
