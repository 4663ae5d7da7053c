import FHIRFormats
import PostgreSQL

/// How a person signs in, and where they stand. Their rights are a `Principal`.
package struct Account: Sendable {
    /// SM-USER: invited or self-registered → pending-verification → active; deactivated ⇄ active. Locked is no
    /// state: it passes by itself.
    package enum State: String, Sendable, CaseIterable {
        case invited
        case pendingVerification = "pending-verification"
        case active
        case deactivated
    }

    /// Id of the Person.
    package let person: String
    /// Case-folded.
    package let email: EmailAddress
    package let state: State
    /// Whether the Person is not switched off, whoever did it.
    package let isPersonActive: Bool
    let password: String?
    package let hasSecondFactor: Bool
    package let practitioner: String?
    package let patient: String?
    package let organization: String?

    /// Whether this person may do anything.
    package var isInForce: Bool { state == .active && isPersonActive }
    package var hasPassword: Bool { password != nil }

    static let columns = """
        a.person, a.email, a.state, a.person_active, a.password, a.totp IS NOT NULL, a.practitioner, a.patient,
        a.organization
        """

    /// Reads `columns`, which begin at a column; nil for a row without an account.
    init?(_ result: QueryResult, row: Int, from column: Int = 0) {
        guard let person = result.string(row, column),
            let email = result.string(row, column + 1).flatMap({ EmailAddress($0) }),
            let state = result.string(row, column + 2).flatMap({ State(rawValue: $0) })
        else { return nil }
        self.person = person
        self.email = email
        self.state = state
        isPersonActive = result.bool(row, column + 3) ?? false
        password = result.string(row, column + 4)
        hasSecondFactor = result.bool(row, column + 5) ?? false
        practitioner = result.string(row, column + 6)
        patient = result.string(row, column + 7)
        organization = result.string(row, column + 8)
    }
}

/// A role that was granted.
package struct GrantedRole: Sendable, Hashable {
    package var role: String
    package var organization: String?
    /// Id of the PractitionerRole that shows it.
    package var practitionerRole: String?
}
