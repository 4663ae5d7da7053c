import Synchronization

/// The role under which PostgreSQL answers reads of callers who belong to a tenant. Its policies show the rows of that
/// tenant and of none, whatever the statement says: a second belt behind the conditions that the statement brings.
///
///     set_config('role', …), set_config('martlet.tenant', …)   the read   [set_config('role', 'none')]
///
/// Both settings hold until the transaction ends, and go out in the round trip of the read itself.
package enum TenantRole {
    package static let name = "martlet_tenant"
    /// The setting that holds the tenant.
    package static let setting = "martlet.tenant"

    /// `$1` the tenant. Its own order of evaluation does not matter: anybody may set either.
    static let enter = SQLStatement(
        "SELECT set_config('\(setting)', $1::text, true), set_config('role', '\(name)', true)")
    static let leave = SQLStatement("SELECT set_config('role', 'none', true)")

    static func entering(_ tenant: String) -> PipelineStep {
        var parameters = SQLParameters()
        parameters.append(text: tenant)
        return PipelineStep(statement: enter, parameters: parameters, endsGroup: false)
    }

    static var leaving: PipelineStep {
        PipelineStep(statement: leave, parameters: SQLParameters(), endsGroup: false)
    }

    /// Whether a text only reads. What locks rows, writes or calls guards goes on under the server's own role, which
    /// may do that.
    static func onlyReads(_ text: String) -> Bool {
        var isFirst = true
        for word in text.utf8.split(whereSeparator: { !isLetter($0) }) {
            let isRead = reading.contains { isEqual(word, $0) }
            if isFirst, !isRead { return false }
            isFirst = false
            if !isRead, others.contains(where: { isEqual(word, $0) }) { return false }
        }
        return !isFirst
    }

    private static let reading = ["select", "with", "explain"].map { Array($0.utf8) }
    private static let others = [
        "insert", "update", "delete", "merge", "truncate", "lock", "share", "call", "access_refused",
    ].map { Array($0.utf8) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }

    private static func isEqual(_ word: Substring.UTF8View, _ other: [UInt8]) -> Bool {
        word.count == other.count && zip(word, other).allSatisfy { $0 | 0x20 == $1 || $0 == $1 }
    }
}

/// Whether the role is there to be used; one for all that share the connections.
final class TenantRoleSwitch: Sendable {
    private let state = Atomic(false)

    var isOn: Bool {
        get { state.load(ordering: .relaxed) }
        set { state.store(newValue, ordering: .relaxed) }
    }
}
