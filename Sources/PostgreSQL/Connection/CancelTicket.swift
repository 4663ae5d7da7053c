import CLibPQ

/// libpq's handle for asking the server to stop a connection's current statement; the one handle that may cross
/// threads.
final class CancelTicket: @unchecked Sendable {
    // Sendable: PQcancel only reads the handle ("can be safely invoked from a different thread"), and deinit
    // frees it last.
    private let handle: OpaquePointer

    init?(_ connection: OpaquePointer) {
        guard let handle = PQgetCancel(connection) else { return nil }
        self.handle = handle
    }

    deinit { PQfreeCancel(handle) }

    /// Asks the server, over a connection of its own; blocks until the server has taken note.
    func cancel() {
        var message = [CChar](repeating: 0, count: 256)
        _ = PQcancel(handle, &message, Int32(message.count))
    }
}
