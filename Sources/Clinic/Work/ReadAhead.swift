import Synchronization

/// What an operation read in one round trip before it asked for each.
final class ReadAhead: Sendable {
    private let found = Mutex<[LocalReference: StoredResource]>([:])

    func note(_ stored: StoredResource) { found.withLock { $0[stored.reference] = stored } }

    subscript(reference: LocalReference) -> StoredResource? { found.withLock { $0[reference] } }
}
