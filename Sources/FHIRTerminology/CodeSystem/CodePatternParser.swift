/// Reads the text of a regular expression.
struct CodePatternParser {
    private let text: [Unicode.Scalar]
    private var index = 0
    private var depth = 0
    private static let greatestDepth = 50
    private static let greatestCount = 1_000

    init(_ text: [Unicode.Scalar]) { self.text = text }

    mutating func parse() throws(TerminologyError) -> CodePatternPart {
        let part = try choice()
        guard index == text.count else { throw Self.error("a bracket that nothing opens") }
        return part
    }

    private static func error(_ what: String) -> TerminologyError {
        TerminologyError(.invalidDefinition, "A regular expression of a value set cannot be read: \(what).")
    }

    private var next: Unicode.Scalar? { index < text.count ? text[index] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        index += 1
        return true
    }

    private mutating func choice() throws(TerminologyError) -> CodePatternPart {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.greatestDepth else { throw Self.error("brackets nest too deep") }
        var parts = [try sequence()]
        while take("|") { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence() throws(TerminologyError) -> CodePatternPart {
        var parts: [CodePatternPart] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            index += 1
            // The whole text has to match anyway.
            if scalar == "^" || scalar == "$" { continue }
            parts.append(try quantified(try atom(scalar)))
        }
        return .sequence(parts)
    }

    private mutating func atom(_ scalar: Unicode.Scalar) throws(TerminologyError) -> CodePatternPart {
        switch scalar {
        case ".": return .set(.any)
        case "[": return .set(try bracket())
        case "\\": return .set(try escape())
        case "(":
            if take("?") {
                guard take(":") else { throw Self.error("a group of a kind that is not supported") }
            }
            let inner = try choice()
            guard take(")") else { throw Self.error("a bracket is not closed") }
            return inner
        case "*", "+", "?": throw Self.error("a repetition of nothing")
        default: return .set(ScalarSet(ranges: [scalar.value...scalar.value]))
        }
    }

    private mutating func quantified(_ part: CodePatternPart) throws(TerminologyError) -> CodePatternPart {
        var part = part
        while let scalar = next {
            switch scalar {
            case "*": part = .repeated(part, least: 0, most: nil)
            case "+": part = .repeated(part, least: 1, most: nil)
            case "?": part = .repeated(part, least: 0, most: 1)
            case "{":
                index += 1
                part = try counted(part)
                continue
            default: return part
            }
            index += 1
            // Lazy and greedy match the same texts.
            _ = take("?")
        }
        return part
    }

    private mutating func counted(_ part: CodePatternPart) throws(TerminologyError) -> CodePatternPart {
        guard let least = number() else { throw Self.error("a repetition without a number") }
        var most: Int? = least
        if take(",") { most = number() }
        guard take("}"), most ?? least >= least, max(least, most ?? 0) <= Self.greatestCount else {
            throw Self.error("a repetition out of bounds")
        }
        return .repeated(part, least: least, most: most)
    }

    private mutating func number() -> Int? {
        var digits = ""
        while let scalar = next, ("0"..."9").contains(scalar), digits.count < 6 {
            digits.unicodeScalars.append(scalar)
            index += 1
        }
        return Int(digits)
    }

    private mutating func escape() throws(TerminologyError) -> ScalarSet {
        guard let scalar = next else { throw Self.error("it ends in a backslash") }
        index += 1
        switch scalar {
        case "d": return .digits
        case "w": return .words
        case "s": return .spaces
        case "D": return ScalarSet(ranges: ScalarSet.digits.ranges, isInverted: true)
        case "W": return ScalarSet(ranges: ScalarSet.words.ranges, isInverted: true)
        case "S": return ScalarSet(ranges: ScalarSet.spaces.ranges, isInverted: true)
        case "n": return ScalarSet(ranges: [0x0A...0x0A])
        case "r": return ScalarSet(ranges: [0x0D...0x0D])
        case "t": return ScalarSet(ranges: [0x09...0x09])
        case let other where other.properties.isAlphabetic || ("0"..."9").contains(other):
            throw Self.error("an escape that is not supported")
        default: return ScalarSet(ranges: [scalar.value...scalar.value])
        }
    }

    private mutating func bracket() throws(TerminologyError) -> ScalarSet {
        var set = ScalarSet()
        set.isInverted = take("^")
        var isFirst = true
        while let scalar = next, scalar != "]" || isFirst {
            index += 1
            isFirst = false
            var low = scalar
            if scalar == "\\" {
                let inner = try escape()
                guard !inner.isInverted else { throw Self.error("an escape that is not supported within brackets") }
                guard inner.ranges.count == 1, let range = inner.ranges.first, range.count == 1,
                    let one = Unicode.Scalar(range.lowerBound)
                else {
                    set.ranges += inner.ranges
                    continue
                }
                low = one
            }
            var high = low
            if next == "-", index + 1 < text.count, text[index + 1] != "]" {
                index += 1
                high = text[index]
                index += 1
                if high == "\\" {
                    guard let one = try escape().ranges.first else { throw Self.error("a range without an end") }
                    high = Unicode.Scalar(one.lowerBound) ?? high
                }
            }
            guard low.value <= high.value else { throw Self.error("a range that runs backwards") }
            set.ranges.append(low.value...high.value)
        }
        guard take("]") else { throw Self.error("a bracket is not closed") }
        return set
    }
}
