import FoundationEssentials
import Glibc

/// How far the reading of files has come, on stderr where that is a terminal: `[#####-----] 50 %`.
final class ProgressBar {
    private let byteCount: Int
    private let isShown: Bool
    private var done = 0
    private var shown = -1

    init(files: [String]) {
        byteCount = files.reduce(0) { sum, path in
            let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            return sum + (size ?? 0)
        }
        isShown = isatty(STDERR_FILENO) == 1
    }

    /// So many bytes more were read.
    func advance(_ count: Int) {
        done += count
        let percent = min(100, done * 100 / max(byteCount, 1))
        guard isShown, percent != shown else { return }
        shown = percent
        let bar = String(repeating: "#", count: percent / 4) + String(repeating: "-", count: 25 - percent / 4)
        Console.show("\r[\(bar)] \(percent) %")
    }

    /// Ends the line, and says what comes next.
    func end(_ next: String?) {
        if isShown, shown >= 0 { Console.show("\n") }
        shown = -1
        if let next { Console.say(next) }
    }
}
