package import FHIRDefinitions

/// What one entry of a transaction came to.
package enum EntryOutcome<Answer: Sendable>: Sendable {
    /// A write, with the text that was stored (nil for deletions, and where nobody asked for it).
    case written(WriteResult, type: TypeID, content: [UInt8]?)
    /// A conditional create that found its resource, which was left as it is (R4 http.html#ccreate).
    case found(StoredVersion)
    /// What the caller's closure made of a read, search or operation.
    case answered(Answer)
}

extension EntryOutcome {
    /// Whether nothing was written where something was asked to be.
    package var isUnchanged: Bool {
        switch self {
        case .found: true
        case .written(let result, _, _): result.effect == .absent
        case .answered: false
        }
    }
}
