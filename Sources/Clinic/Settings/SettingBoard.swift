package import FHIRStore
package import JSONTape
package import PostgreSQL
import Synchronization

/// The settings of a clinic, remembered for a second: most operations look at some, and they hardly ever change.
///
/// A change holds at once on the server that makes it, and within a second on others that share its database.
package final class SettingBoard: Sendable {
    private struct State {
        var values: [String: JSONNode] = [:]
        var validUntil: ContinuousClock.Instant?
        /// Somebody changes a setting and has not committed, as far as is known.
        var changingUntil: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private static let span = Duration.seconds(1)
    /// Longer than it takes from changing a setting to the commit.
    private static let changeSpan = Duration.seconds(5)

    /// The board of a store.
    package static func of(_ store: FHIRStore) -> SettingBoard {
        store.companions.one(SettingBoard.self) { SettingBoard() }
    }

    /// The settings that are set, by name; read by `read` where they are not remembered.
    package func values(read: (SQLStatement) async throws -> QueryResult) async throws -> [String: JSONNode] {
        let now = ContinuousClock.now
        let known = state.withLock { state in
            state.validUntil.flatMap { $0 > now ? state.values : nil }
        }
        if let known { return known }
        let result = try await read(Self.statement)
        var values: [String: JSONNode] = [:]
        for row in 0..<result.rowCount {
            guard let name = result.string(row, 0), let json = result.bytes(row, 1) else { continue }
            values[name] = JSONNode(try Document.parse(json))
        }
        state.withLock { state in
            if let changing = state.changingUntil {
                guard changing < now else { return }
                state.changingUntil = nil
            }
            state.values = values
            state.validUntil = now + Self.span
        }
        return values
    }

    /// Whoever asks from now on reads them anew, until the change is surely committed.
    func noteChange() {
        state.withLock { state in
            state.validUntil = nil
            state.changingUntil = .now + Self.changeSpan
        }
    }

    private static let statement = SQLStatement(
        "SELECT name, value::text FROM clinic_setting", isOfTenants: false)
}
