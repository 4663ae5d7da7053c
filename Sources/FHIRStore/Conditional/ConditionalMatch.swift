/// How many resources meet the criteria of a conditional interaction.
package enum ConditionalMatch: Sendable {
    case none
    /// Exactly one: its current version, as the transaction sees it. Others may write it before this transaction
    /// does, so a write names this version as the one it expects (see `WritePrecondition.versions`).
    case one(StoredVersion)
    case several
}
