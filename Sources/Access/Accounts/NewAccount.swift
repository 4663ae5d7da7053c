package import FHIRModel

/// An account to be made, with the resources that go with it.
package struct NewAccount: Sendable {
    /// A role of staff, shown by a PractitionerRole of its own.
    package struct Role: Sendable {
        package var code: String
        package var locations: [String]
        package var period: Period?
        /// Shown by a PractitionerRole that is not active, and not granted.
        package var isProposed: Bool

        package init(_ code: String, locations: [String] = [], period: Period? = nil, isProposed: Bool = false) {
            self.isProposed = isProposed
            self.code = code
            self.locations = locations
            self.period = period
        }
    }

    package var email: EmailAddress
    package var state: Account.State
    package var name: HumanName?
    package var birthDate: String?
    package var phone: String?
    /// BCP 47.
    package var language: String?
    /// Hash of the password; nil where it is chosen later.
    package var password: String?
    /// Id of the Organization; nil for one that belongs to none.
    package var organization: String?
    package var roles: [Role] = []
    /// Ids of resources that exist and that this person is.
    package var practitioner: String?
    package var patient: String?
    package var related: [String] = []
    /// A Patient is made where none was named.
    package var isPatient = false
    /// The Practitioner to be made, as JSON, where none was named; nil for one of name and e-mail.
    package var profile: [UInt8]?
    /// What waits for the e-mail to be verified, as JSON: a Patient is made then, and the `consent` in it.
    var onboarding: [UInt8]?

    package init(_ email: EmailAddress, state: Account.State) {
        self.email = email
        self.state = state
    }
}

/// What was made: ids.
package struct CreatedAccount: Sendable {
    package var person: String
    package var practitioner: String?
    package var patient: String?
    /// In the order of the roles.
    package var practitionerRoles: [String] = []
}

extension HumanName {
    /// `Anna Maria Berg`: the last word is the family name.
    package init(words text: String) {
        self.init()
        let words = text.split(separator: " ").map(String.init)
        if words.count > 1 {
            given = Array(words.dropLast())
            family = words.last
        } else {
            self.text = words.first
        }
    }

    /// As one says it.
    package var spoken: String {
        let words = given + (family.map { [$0] } ?? [])
        return words.isEmpty ? text ?? "" : words.joined(separator: " ")
    }
}
