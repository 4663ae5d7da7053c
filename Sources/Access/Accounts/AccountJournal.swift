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
    }

    package var kind: Kind
    /// Id of the Person whom it is about; nil where that is not known.
    package var person: String?
    /// Who did it, where it is somebody else.
    package var actor: String?
    /// Address of the peer; nil where it is not known.
    package var address: String?

    package init(_ kind: Kind, person: String? = nil, actor: String? = nil, address: String? = nil) {
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
