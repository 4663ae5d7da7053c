import Glibc

/// What the figures were taken on.
struct MachineFacts {
    let processor: String
    let coreCount: Int
    let memoryMegabytes: Int
    let kernel: String

    static func read() -> MachineFacts {
        let model = (TextFile.read("/proc/cpuinfo") ?? "").split(separator: "\n").first { $0.hasPrefix("model name") }
        let processor = model?.split(separator: ":").last.map { String($0.drop { $0 == " " }) } ?? "unknown"
        let bytes = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        let kernel = (TextFile.read("/proc/sys/kernel/osrelease") ?? "unknown").split(separator: "\n").first ?? ""
        return MachineFacts(
            processor: processor, coreCount: sysconf(Int32(_SC_NPROCESSORS_ONLN)), memoryMegabytes: bytes >> 20,
            kernel: String(kernel))
    }
}
