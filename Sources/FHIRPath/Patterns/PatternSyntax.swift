/// A regular expression as written: the common part of the PCRE and JavaScript dialects that can be matched in linear
/// time, which leaves out back references and looking around.
indirect enum PatternSyntax {
    case empty
    case scalars(ScalarSet)
    case sequence([PatternSyntax])
    case choice([PatternSyntax])
    /// From `min` to `max` times, nil for any number; as often as possible, or as rarely if it is lazy.
    case repetition(PatternSyntax, min: Int, max: Int?, isLazy: Bool)
    /// A group with its number, from 1.
    case group(PatternSyntax, Int)
    case start, end
    case wordBoundary(isNegated: Bool)
}

/// A set of characters.
struct ScalarSet: Hashable, Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var categories: [ScalarCategory] = []
    var isNegated = false

    /// Those below 128, as bits: what most characters are looked up in.
    private var ascii: (low: UInt64, high: UInt64) = (0, 0)

    init(ranges: [ClosedRange<UInt32>] = [], categories: [ScalarCategory] = [], isNegated: Bool = false) {
        self.ranges = ranges
        self.categories = categories
        self.isNegated = isNegated
    }

    init(_ scalar: Unicode.Scalar) { ranges = [scalar.value...scalar.value] }

    static let any = ScalarSet(isNegated: true)

    static func == (left: ScalarSet, right: ScalarSet) -> Bool {
        left.ranges == right.ranges && left.categories == right.categories && left.isNegated == right.isNegated
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(ranges)
        hasher.combine(isNegated)
    }

    /// Fills the bits for ASCII.
    mutating func prepare() {
        ascii = (0, 0)
        for value in UInt32(0)..<128 where contains(slowly: value) {
            if value < 64 { ascii.low |= 1 << UInt64(value) } else { ascii.high |= 1 << UInt64(value - 64) }
        }
    }

    /// After `prepare`.
    func contains(_ value: UInt32) -> Bool {
        if value < 64 { return ascii.low >> UInt64(value) & 1 == 1 }
        if value < 128 { return ascii.high >> UInt64(value - 64) & 1 == 1 }
        return contains(slowly: value)
    }

    private func contains(slowly value: UInt32) -> Bool {
        let isInside = ranges.contains { $0.contains(value) } || categories.contains { $0.contains(value) }
        return isInside != isNegated
    }
}

/// The classes behind a backslash.
enum ScalarCategory: Hashable, Sendable {
    case digit(isNegated: Bool)
    case word(isNegated: Bool)
    case space(isNegated: Bool)
    /// `\p{L}` and its kind, by the first letters of Unicode's general category.
    case property(String, isNegated: Bool)

    func contains(_ value: UInt32) -> Bool {
        switch self {
        case .digit(let isNegated): return (0x30...0x39 ~= value) != isNegated
        case .word(let isNegated): return Self.isWord(value) != isNegated
        case .space(let isNegated):
            let isSpace =
                value == 0x20 || 0x09...0x0D ~= value || value == 0xA0 || value == 0xFEFF
                || value == 0x2028 || value == 0x2029
            return isSpace != isNegated
        case .property(let name, let isNegated):
            guard let scalar = Unicode.Scalar(value) else { return isNegated }
            return scalar.properties.generalCategory.letters.hasPrefix(name) != isNegated
        }
    }

    static func isWord(_ value: UInt32) -> Bool {
        0x30...0x39 ~= value || 0x41...0x5A ~= value || 0x61...0x7A ~= value || value == 0x5F
    }
}

extension Unicode.GeneralCategory {
    /// The two letters that Unicode calls it by.
    fileprivate var letters: String {
        switch self {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        case .unassigned: "Cn"
        @unknown default: "Cn"
        }
    }
}
