/// Something about an account that has to be on record.
package struct AccountEvent: Sendable, Hashable {
    package enum Kind: String, Sendable {
        case signedIn = "session.started"
        case signInRefused = "session.refused"
        case signedOut = "session.ended"
        case lockedOut = "security.lockout"
        case registered = "account.registered"
        case verified = "account.verified"
        case invitationAccepted = "account.accepted"
        case passwordChanged = "password.changed"
        case secondFactorEnabled = "mfa.enabled"
        case secondFactorDisabled = "mfa.disabled"
        case consentGiven = "consent.given"
        case consentRevoked = "consent.revoked"
        case tokenIssued = "token.issued"
        case tokenRefused = "token.refused"
    }

    package var kind: Kind
    /// Id of the Person whom it is about; nil where that is not known.
    package var person: String?
    /// Who did it, where it is somebody else.
    package var actor: String?
    /// Address of the peer; nil where it is not known.
    package var address: String?
    /// Id of the client (the program); nil where that is not known.
    package var client: String?
    /// Why it was refused: a code, never what was sent.
    package var reason: String?

    package init(
        _ kind: Kind, person: String? = nil, actor: String? = nil, address: String? = nil, client: String? = nil,
        reason: String? = nil
    ) {
        self.client = client
        self.reason = reason
        self.kind = kind
        self.person = person
        self.actor = actor
        self.address = address
    }
}

/// Who keeps the record.
package protocol AccountJournal: Sendable {
    func record(_ event: AccountEvent) async
}
