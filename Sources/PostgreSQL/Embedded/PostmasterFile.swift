import Glibc

/// PostgreSQL's `postmaster.pid`: process id, data directory, start time, port, socket directory, …, one a line.
struct PostmasterFile: Sendable {
    let processID: pid_t

    /// Nil where there is none, or nothing sensible in it.
    init?(_ layout: ClusterLayout) {
        guard let text = FileAccess.read(layout.postmasterFile),
            let line = text.split(whereSeparator: \.isNewline).first,
            let processID = pid_t(line), processID > 1
        else { return nil }
        self.processID = processID
    }

    /// Whether that process is a PostgreSQL server of this cluster. Process ids are used again, in containers soon.
    func isServer(of layout: ClusterLayout) -> Bool {
        guard ProcessState.isAlive(processID) else { return false }
        guard FileAccess.read("/proc/\(processID)/comm")?.hasPrefix("postgres") == true else { return false }
        // The server works in its data directory.
        guard let folder = FileAccess.resolved("/proc/\(processID)/cwd") else { return true }
        return folder == layout.data
    }
}

/// What the kernel says about processes that are not our children.
enum ProcessState {
    /// False for zombies too: they do nothing any more, but keep their id until somebody asks for their status.
    static func isAlive(_ processID: pid_t) -> Bool {
        guard let text = FileAccess.read("/proc/\(processID)/stat"), let end = text.lastIndex(of: ")") else {
            return false
        }
        let state = text[text.index(after: end)...].first { $0 != " " }
        return state != "Z" && state != "X"
    }

    /// Whether any process has `folder` as its working directory, as all of PostgreSQL's have their data directory.
    static func anyWorks(in folder: String) -> Bool {
        FileAccess.names(in: "/proc").contains { name in
            pid_t(name) != nil && FileAccess.resolved("/proc/\(name)/cwd") == folder
        }
    }
}
