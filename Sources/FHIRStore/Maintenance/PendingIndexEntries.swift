import FHIRDefinitions
import PostgreSQL
import Synchronization

/// Moves new keys from the pending lists of the GIN indexes to their place, off the request path.
///
/// GIN gathers new entries in a list and sorts them in when it is full; the unlucky writer waits for that, and every
/// search reads the whole list. Emptying the lists of those types that were written to, about once a second, spares
/// both. Any number of servers may do so at once.
package final class PendingIndexEntries: Sendable {
    private let written = Mutex<Set<TypeID>>([])

    package init() {}

    /// Notes that resources of the type were written.
    func note(_ type: TypeID) {
        written.withLock { _ = $0.insert(type) }
    }

    /// Types written to since the last call.
    func take() -> Set<TypeID> {
        written.withLock { types in
            defer { types.removeAll(keepingCapacity: true) }
            return types
        }
    }
}

extension FHIRStore {
    /// Empties the pending lists of all types written to since the last call.
    package func flushPendingIndexEntries() async throws {
        let types = pendingIndexEntries.take()
        guard !types.isEmpty else { return }
        try await translating {
            try await database.withSession { session in
                for type in types {
                    for index in [tables.table(type).keysIndex, tables.table(type).wordsIndex] {
                        var parameters = SQLParameters()
                        parameters.append(text: index)
                        _ = try await session.query(Self.cleanPendingList, parameters)
                    }
                }
            }
        }
    }

    private static let cleanPendingList = SQLStatement("SELECT gin_clean_pending_list($1::text::regclass)")

    /// Calls `flushPendingIndexEntries` every second until the task is cancelled.
    package func keepIndexesFlushed(every interval: Duration = .seconds(1)) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: interval)
            // A failed flush costs speed only; the next one does its work too.
            try? await flushPendingIndexEntries()
        }
    }
}
