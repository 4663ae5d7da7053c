/// Why something about an account was refused.
package struct AccountError: Error, Sendable, Hashable {
    package enum Code: String, Sendable {
        /// Unknown e-mail or wrong password; which of them is not told.
        case invalidCredentials = "invalid_credentials"
        /// The password was right, and the code of the second factor is still wanted.
        case codeRequired = "mfa_required"
        /// The password was right, and a second factor has to be set up, which a role demands.
        case enrolmentRequired = "mfa_enrolment_required"
        /// The code of the second factor does not hold, or was used before.
        case invalidCode = "invalid_code"
        /// Too many failures: to be tried again later.
        case blocked = "too_many_attempts"
        case weakPassword = "weak_password"
        /// What came is not of the form that is needed.
        case invalid = "invalid_request"
        /// The password was right, but the e-mail was never verified.
        case unverified = "email_unverified"
        /// The password was right, but the account was switched off.
        case deactivated = "account_deactivated"
        /// A link that was used, has expired or never was.
        case gone = "token_gone"
        /// Another account has the e-mail.
        case duplicate = "email_used"
        case forbidden = "forbidden"
        case notFound = "not_found"
        /// The state of things does not allow it.
        case conflict
        /// More is asked at once than can be worked off.
        case overloaded
    }

    package var code: Code
    /// For the caller. Quotes nothing that was sent.
    package var message: String
    /// What is to be waited for, with `blocked` and `overloaded`.
    package var retryAfterSeconds: Int?

    package init(_ code: Code, _ message: String, retryAfterSeconds: Int? = nil) {
        self.code = code
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
    }

    static let invalidCredentials = AccountError(.invalidCredentials, "the e-mail or the password is wrong")
    static let gone = AccountError(.gone, "this link was used or has expired; ask for a new one")

    static func blocked(_ seconds: Int) -> AccountError {
        AccountError(
            .blocked, "too many failed attempts; try again later", retryAfterSeconds: max(1, seconds))
    }
}
