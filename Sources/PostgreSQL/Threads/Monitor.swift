import Glibc

/// State shared between blocking threads and tasks: a lock with a condition. `Mutex` has no condition to wait on,
/// and the lanes'
/// threads must sleep while there is nothing to do.
final class Monitor<State>: @unchecked Sendable {
    // Sendable because `state` is touched only while `mutex` is held.
    private var state: State
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    init(_ state: sending State) {
        self.state = state
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // Deadlines must not jump when somebody sets the clock.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` with the state to itself. Keep it short: tasks call this too.
    func withLock<R>(_ body: (inout State) throws -> R) rethrows -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Wakes one waiting thread.
    func signal() { pthread_cond_signal(condition) }

    /// Wakes all waiting threads.
    func broadcast() { pthread_cond_broadcast(condition) }

    /// Blocks this thread until `attempt` gives a value, which it is asked for now and after every wake-up.
    func wait<R>(until attempt: (inout State) -> R?) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let value = attempt(&state) { return value }
            pthread_cond_wait(condition, mutex)
        }
    }

    /// As `wait(until:)`, but gives up with nil at a deadline.
    func wait<R>(deadline: MonotonicInstant, until attempt: (inout State) -> R?) -> R? {
        var time = deadline.timespec
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let value = attempt(&state) { return value }
            if pthread_cond_timedwait(condition, mutex, &time) == ETIMEDOUT { return attempt(&state) }
        }
    }
}

/// A point on CLOCK_MONOTONIC, the clock that conditions wait by.
struct MonotonicInstant: Comparable, Sendable {
    let nanoseconds: Int64

    static var now: Self {
        var time = Glibc.timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Self(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    var timespec: Glibc.timespec {
        Glibc.timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    }

    func advanced(by duration: Duration) -> Self { Self(nanoseconds: nanoseconds + duration.wholeNanoseconds) }

    static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension Duration {
    /// Nanoseconds, cut to what fits into a century, so that sums cannot overflow.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return min(max(seconds, 0), 3_000_000_000) * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    /// Milliseconds, at least 1 for anything above zero, as PostgreSQL's settings want them.
    var wholeMilliseconds: Int64 {
        let nanoseconds = wholeNanoseconds
        return nanoseconds == 0 ? 0 : max(1, nanoseconds / 1_000_000)
    }
}
