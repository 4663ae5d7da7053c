import Glibc
import Synchronization

/// Who stops the server: the process that holds this lock. The kernel releases it when that process ends, however
/// it ends.
final class OwnerLock: Sendable {
    private let path: String
    private let descriptor = Mutex<Int32?>(nil)

    init(path: String) { self.path = path }

    deinit { release() }

    /// True if this process now holds the lock.
    func tryAcquire() throws(PostgreSQLError) -> Bool {
        // Close-on-exec: the server must not inherit the lock, or it would hold it beyond our own death.
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FileAccess.failure("open", path) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            return false
        }
        descriptor.withLock { $0 = file }
        return true
    }

    func release() {
        descriptor.withLock { descriptor in
            if let descriptor { close(descriptor) }
            descriptor = nil
        }
    }
}
