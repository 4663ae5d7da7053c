import Glibc

/// Numbers for people.
enum NumberText {
    /// With three digits that count at least: `12345`, `123`, `12.3`, `1.23`.
    static func short(_ value: Double) -> String {
        let size = abs(value)
        return fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : 2)
    }

    static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return "–" }
        var factor = 1.0
        for _ in 0..<decimals { factor *= 10 }
        let scaled = Int((abs(value) * factor).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return sign + String(scaled) }
        let digits = String(scaled)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}
