import Glibc
import PostgreSQL

/// Cleans up behind this process, even when it crashes: a shell that reads from a socket whose other end only we
/// hold open, and so learns of our end.
package enum ProcessGuard {
    private static let script = """
        trap '' INT TERM HUP
        cat > /dev/null
        pid=$(head -n 1 "$2/postgres/postmaster.pid" 2> /dev/null) && kill -QUIT "$pid" 2> /dev/null
        for _ in 1 2 3 4 5 6 7 8 9 10; do rm -rf "$1" 2> /dev/null && break; sleep 0.2; done
        """

    /// Stops the cluster in `data` (default: in `folder`) and deletes `folder` once this process has ended.
    package static func removeAtEnd(_ folder: String, data: String? = nil) throws {
        var ends: [Int32] = [-1, -1]
        // Closed on exec from the start, so that no other child can hold our end open.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw PostgreSQLError(.cluster, "no pair of sockets can be made")
        }
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        InheritedDescriptors.close(&actions)
        // A process group of its own: ^C in a terminal must not end the one who cleans up.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        defer { posix_spawnattr_destroy(&attributes) }
        var arguments: [UnsafeMutablePointer<CChar>?] = []
        for argument in ["sh", "-c", script, "sh", folder, data ?? folder] { arguments.append(strdup(argument)) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        guard posix_spawn(&process, "/bin/sh", &actions, &attributes, arguments, environ) == 0 else {
            throw PostgreSQLError(.cluster, "no shell can be started")
        }
        // Our end stays open until this process ends; that is the point.
    }
}
