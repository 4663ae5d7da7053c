import Glibc

/// Memory of processes in megabytes (2^20 bytes).
enum ProcessMemory {
    /// Resident set of one process.
    static func resident(_ process: pid_t) -> Double { field("VmRSS:", of: process) }

    /// Highest resident set of one process so far.
    static func residentPeak(_ process: pid_t) -> Double { field("VmHWM:", of: process) }

    /// Proportional set of a process and its children: shared pages are divided by those that share them.
    static func proportional(withChildren process: pid_t) -> Double {
        ([process] + ProcessTimes.children(of: process)).reduce(0) { total, member in
            total + value("Pss:", in: TextFile.read("/proc/\(member)/smaps_rollup") ?? "")
        }
    }

    private static func field(_ name: String, of process: pid_t) -> Double {
        value(name, in: TextFile.read("/proc/\(process)/status") ?? "")
    }

    /// Such as `VmRSS:     1234 kB`.
    private static func value(_ name: String, in text: String) -> Double {
        for line in text.split(separator: "\n") where line.hasPrefix(name) {
            let parts = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            if parts.count > 1 { return (Double(parts[1]) ?? 0) / 1024 }
        }
        return 0
    }
}
