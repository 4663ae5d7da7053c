import Glibc

/// CPU seconds used so far, from the kernel's accounting.
struct ProcessTimes {
    var server = 0.0
    var postgres = 0.0
    /// This process.
    var generator = 0.0
    /// All cores, all processes.
    var machine = 0.0
    /// Time that the hypervisor gave to others.
    var steal = 0.0
    var wall = 0.0

    /// - Parameter postmaster: PostgreSQL's first process; those it started are counted with it.
    static func now(server: pid_t, postmaster: pid_t) -> ProcessTimes {
        var times = ProcessTimes()
        times.server = ticks(of: server) / tick
        times.postgres = postgresTicks(postmaster) / tick
        times.generator = ticks(of: getpid()) / tick
        let fields = (TextFile.read("/proc/stat") ?? "").prefix { $0 != "\n" }.split(separator: " ").dropFirst()
            .compactMap { Double($0) }
        if fields.count >= 8 {
            // user nice system idle iowait irq softirq steal
            times.machine = (fields[0] + fields[1] + fields[2] + fields[5] + fields[6]) / tick
            times.steal = fields[7] / tick
        }
        times.wall = Double(MonotonicTime.now) / 1e9
        return times
    }

    static func - (later: ProcessTimes, earlier: ProcessTimes) -> ProcessTimes {
        ProcessTimes(
            server: later.server - earlier.server, postgres: later.postgres - earlier.postgres,
            generator: later.generator - earlier.generator, machine: later.machine - earlier.machine,
            steal: later.steal - earlier.steal, wall: later.wall - earlier.wall)
    }

    static func += (total: inout ProcessTimes, part: ProcessTimes) {
        total.server += part.server
        total.postgres += part.postgres
        total.generator += part.generator
        total.machine += part.machine
        total.steal += part.steal
        total.wall += part.wall
    }

    private static var tick: Double { Double(sysconf(Int32(_SC_CLK_TCK))) }

    /// utime + stime of a process; those of children only where asked.
    private static func ticks(of process: pid_t, withReaped: Bool = false) -> Double {
        guard let fields = stat(of: process), fields.count > 14 else { return 0 }
        let own = (Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)
        return withReaped ? own + (Double(fields[13]) ?? 0) + (Double(fields[14]) ?? 0) : own
    }

    /// The postmaster, its living children, and those that it has buried.
    private static func postgresTicks(_ postmaster: pid_t) -> Double {
        var total = ticks(of: postmaster, withReaped: true)
        for child in children(of: postmaster) { total += ticks(of: child) }
        return total
    }

    /// Living children, by the kernel's list.
    static func children(of process: pid_t) -> [pid_t] {
        (TextFile.read("/proc/\(process)/task/\(process)/children") ?? "").split(separator: " ").compactMap {
            pid_t($0)
        }
    }

    /// The fields of /proc/PID/stat from the third on: the second, a name in parentheses, may hold blanks.
    private static func stat(of process: pid_t) -> [Substring]? {
        guard let text = TextFile.read("/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        return text[text.index(after: end)...].split(separator: " ")
    }
}
