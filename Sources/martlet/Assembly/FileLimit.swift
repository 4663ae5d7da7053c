import Glibc

/// Every connection takes a file descriptor, and systems begin with few.
enum FileLimit {
    /// Raises the process's limit as far as the system allows.
    static func raise() {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        // Where it is refused the server works all the same, for fewer senders.
        _ = setrlimit(resource, &limit)
    }
}
