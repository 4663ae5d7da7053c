/// A fraction of whole numbers: doses are multiplied, divided and compared exactly.
struct ExactNumber: Sendable, Comparable {
    private let numerator: Int128
    /// Above zero.
    private let denominator: Int128

    init(_ value: Int) { self.init(Int128(value), 1) }

    private init(_ numerator: Int128, _ denominator: Int128) {
        let divisor = max(1, Self.divisor(numerator.magnitude, denominator.magnitude))
        self.numerator = numerator / Int128(divisor)
        self.denominator = denominator / Int128(divisor)
    }

    /// Reads a JSON number without exponent, of up to 9 digits before and 6 behind the point; more no dose has.
    init?(_ text: String) {
        let isNegative = text.hasPrefix("-")
        let parts = text.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first, parts.count <= 2, (1...9).contains(whole.utf8.count) else { return nil }
        var fraction = parts.count == 2 ? parts[1] : ""
        while fraction.last == "0" { fraction.removeLast() }
        guard fraction.utf8.count <= 6, let digits = Int64(String(whole + fraction)) else { return nil }
        let scale = fraction.utf8.reduce(Int128(1)) { scale, _ in scale * 10 }
        self.init(isNegative ? -Int128(digits) : Int128(digits), scale)
    }

    static func + (left: ExactNumber, right: ExactNumber) -> ExactNumber {
        ExactNumber(
            left.numerator &* right.denominator &+ right.numerator &* left.denominator,
            left.denominator &* right.denominator)
    }

    static func * (left: ExactNumber, right: ExactNumber) -> ExactNumber {
        ExactNumber(left.numerator &* right.numerator, left.denominator &* right.denominator)
    }

    /// The divisor is above zero.
    static func / (left: ExactNumber, right: ExactNumber) -> ExactNumber {
        ExactNumber(left.numerator &* right.denominator, left.denominator &* right.numerator)
    }

    /// The whole number below, of what is not below zero; nil where it is too large.
    var floor: Int? { Int(exactly: numerator / denominator) }

    static func < (left: ExactNumber, right: ExactNumber) -> Bool {
        left.numerator &* right.denominator < right.numerator &* left.denominator
    }

    private static func divisor(_ one: UInt128, _ other: UInt128) -> UInt128 {
        var (a, b) = (one, other)
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }
}
