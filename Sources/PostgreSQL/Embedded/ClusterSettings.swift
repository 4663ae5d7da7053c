import Glibc

/// PostgreSQL's settings for a server on the same machine, written to `martlet.conf` at each start.
/// `postgresql.conf` includes that file, and
/// what an operator writes below the include wins.
struct ClusterSettings: Sendable {
    /// Bytes of memory that the machine, or the container, has.
    let memory: Int
    /// Added last.
    let overrides: [String: String]

    var text: String {
        let megabyte = 1 << 20
        let sharedBuffers = max(32, min(2048, memory / 4 / megabyte))
        let cache = max(64, memory * 6 / 10 / megabyte)
        let maintenance = max(16, min(512, memory / 32 / megabyte))
        return """
            # Written by martlet at every start. Change postgresql.conf instead, below the line that includes this file.
            shared_buffers = \(sharedBuffers)MB
            effective_cache_size = \(cache)MB
            work_mem = 16MB
            maintenance_work_mem = \(maintenance)MB
            max_connections = 200
            synchronous_commit = on
            fsync = on
            max_wal_size = 4GB
            min_wal_size = 512MB
            checkpoint_timeout = 15min
            random_page_cost = 1.1
            jit = off
            deadlock_timeout = 100ms
            autovacuum_vacuum_insert_scale_factor = 0.05
            timezone = 'UTC'
            log_timezone = 'UTC'
            # The log tells what went wrong where, but no statement's values: they are patients' data.
            logging_collector = on
            log_directory = 'log'
            log_filename = 'postgresql-%a.log'
            log_truncate_on_rotation = on
            log_rotation_age = 1d
            log_rotation_size = 0
            log_error_verbosity = terse
            log_min_error_statement = panic
            log_parameter_max_length = 0
            log_parameter_max_length_on_error = 0

            """ + overrides.sorted { $0.key < $1.key }.map { "\($0.key) = \(Self.quoted($0.value))\n" }.joined()
    }

    /// Bytes of memory: the machine's, or the control group's where that is less.
    static func availableMemory() -> Int {
        let machine = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].compactMap { path in
            FileAccess.read(path).flatMap { Int($0.split(whereSeparator: \.isWhitespace).first ?? "") }
        }
        return limits.reduce(machine) { min($0, $1) }
    }

    private static func quoted(_ value: String) -> String {
        "'" + value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
}
