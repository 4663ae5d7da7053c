import Foundation
import Synchronization

/// How much memory a server's process holds.
final class ServerMemory: Sendable {
    /// More than this is a finding: a server that answers small requests has no use for it, even built for debugging.
    private static let greatestMegabytes = 1_500

    private let processID: Int32
    private let start: Int
    private let peak: Mutex<Int>

    init(processID: Int32) {
        self.processID = processID
        start = Self.megabytes(processID)
        peak = Mutex(start)
    }

    func fault() -> String? {
        let now = Self.megabytes(processID)
        peak.withLock { $0 = max($0, now) }
        return now > Self.greatestMegabytes ? "the server holds \(now) MB" : nil
    }

    var summary: String {
        "\(start) MB at the start, \(peak.withLock { $0 }) MB at most, \(Self.megabytes(processID)) MB at the end"
    }

    private static func megabytes(_ processID: Int32) -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(processID)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) / 1024
    }
}
