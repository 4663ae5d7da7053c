/// What tokens have to know of accounts.
package protocol AccountDirectory: Sendable {
    /// What a person may do: roles, patients, practitioner, organization; nil for nobody and for those who may not sign
    /// in any more.
    func principal(person: String) async throws -> Principal?

    /// What OpenID Connect tells of a person; nil for nobody.
    func profile(person: String) async throws -> AccountProfile?

    /// Id of the account that signs in with an address; nil for none.
    func person(email: String) async throws -> String?
}

/// What a person is called.
package struct AccountProfile: Sendable, Hashable {
    package var name: String?
    package var email: String?
    package var isEmailVerified: Bool

    package init(name: String?, email: String?, isEmailVerified: Bool) {
        self.name = name
        self.email = email
        self.isEmailVerified = isEmailVerified
    }
}

/// Who is signed in with a browser.
package struct SignedInAccount: Sendable, Hashable {
    /// Id of the Person.
    package var person: String
    /// Id of the session, which may be told to others; not the cookie.
    package var session: String
    /// When the password was given, in microseconds since 1970.
    package var signedIn: Int64

    package init(person: String, session: String, signedIn: Int64) {
        self.person = person
        self.session = session
        self.signedIn = signedIn
    }
}

/// Finds out who is signed in with a browser.
package protocol SessionDirectory: Sendable {
    /// - Parameter cookie: value of `martlet_session`.
    func account(cookie: String) async throws -> SignedInAccount?
}
