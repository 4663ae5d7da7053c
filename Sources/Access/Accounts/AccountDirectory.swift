/// Who tells what a person may do.
package protocol AccountDirectory: Sendable {
    /// The rights of a person; nil where there is no account, or one that is not in force.
    func principal(person: String) async throws -> Principal?

    /// As `principal`, with the time before which tokens and sessions no longer hold.
    func standing(person: String) async throws -> AccountStanding?

    /// The verified address with which a person signs in; nil where there is no account.
    func email(person: String) async throws -> String?
}

/// Where an account stands at this moment.
package struct AccountStanding: Sendable, Hashable {
    package var principal: Principal
    /// What was issued before is void: the password was changed then, the account switched off, or a second factor set
    /// up that its roles demand; while that is missing, it lies far in the future. In microseconds since 1970.
    package var tokensFrom: Int64
}
