/// Reads a regular expression.
struct PatternParser {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var depth = 0
    private(set) var groupCount = 0
    private(set) var groupNames: [String: Int] = [:]
    private static let maximumDepth = 100
    private static let maximumCount = 1000

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    mutating func parse() throws(FHIRPathError) -> PatternSyntax {
        let syntax = try choice()
        if index < scalars.count { throw error("a ')' without its '('") }
        return syntax
    }

    private mutating func choice() throws(FHIRPathError) -> PatternSyntax {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.maximumDepth else { throw error("groups nest too deeply") }
        var branches = [try sequence()]
        while accept("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(FHIRPathError) -> PatternSyntax {
        var parts: [PatternSyntax] = []
        while let scalar = current, scalar != "|", scalar != ")" {
            let part = try atom()
            parts.append(try repeated(part))
        }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func repeated(_ part: PatternSyntax) throws(FHIRPathError) -> PatternSyntax {
        var result = part
        while let (min, max) = try counts() {
            let isLazy = accept("?")
            // Possessive counts differ in backtracking only, and there is none here.
            if !isLazy { _ = accept("+") }
            result = .repetition(result, min: min, max: max, isLazy: isLazy)
        }
        return result
    }

    private mutating func counts() throws(FHIRPathError) -> (Int, Int?)? {
        if accept("*") { return (0, nil) }
        if accept("+") { return (1, nil) }
        if accept("?") { return (0, 1) }
        guard current == "{" else { return nil }
        let start = index
        index += 1
        guard let min = number() else {
            index = start
            return nil
        }
        let isRange = accept(",")
        let max = isRange ? number() : min
        guard accept("}") else {
            index = start
            return nil
        }
        guard min <= max ?? min, min <= Self.maximumCount, max ?? 0 <= Self.maximumCount else {
            throw error("a count is at most \(Self.maximumCount), the first not more than the second")
        }
        return (min, max)
    }

    private mutating func number() -> Int? {
        let start = index
        while let scalar = current, "0"..."9" ~= scalar { index += 1 }
        return Int(String(String.UnicodeScalarView(scalars[start..<index])))
    }

    private mutating func atom() throws(FHIRPathError) -> PatternSyntax {
        let scalar = scalars[index]
        index += 1
        switch scalar {
        // In the single-line mode that FHIRPath asks for it matches line ends too.
        case ".": return .scalars(.any)
        case "^": return .start
        case "$": return .end
        case "(": return try group()
        case "[": return .scalars(try set())
        case "\\": return try escape()
        case "*", "+", "?": throw error("a count without anything to count")
        default: return .scalars(ScalarSet(scalar))
        }
    }

    private mutating func group() throws(FHIRPathError) -> PatternSyntax {
        var number: Int?
        if accept("?") {
            if accept(":") {
                number = nil
            } else {
                _ = accept("P")
                guard accept("<"), current != "=", current != "!" else {
                    throw error("looking around and flags within are not supported")
                }
                let start = index
                skip(to: ">")
                groupCount += 1
                number = groupCount
                groupNames[String(String.UnicodeScalarView(scalars[start..<index]))] = groupCount
                guard accept(">") else { throw error("the name of a group ends with '>'") }
            }
        } else {
            groupCount += 1
            number = groupCount
        }
        let inner = try choice()
        guard accept(")") else { throw error("a '(' without its ')'") }
        return number.map { .group(inner, $0) } ?? inner
    }

    private mutating func set() throws(FHIRPathError) -> ScalarSet {
        var set = ScalarSet()
        set.isNegated = accept("^")
        var isFirst = true
        while let scalar = current, scalar != "]" || isFirst {
            isFirst = false
            index += 1
            guard let low = try setMember(scalar, into: &set) else { continue }
            guard current == "-", index + 1 < scalars.count, scalars[index + 1] != "]" else {
                set.ranges.append(low...low)
                continue
            }
            index += 1
            let upper = scalars[index]
            index += 1
            guard let high = try setMember(upper, into: &set), low <= high else {
                throw error("a range that ends before it begins")
            }
            set.ranges.append(low...high)
        }
        guard accept("]") else { throw error("a '[' without its ']'") }
        return set
    }

    /// A character of a set; nil for a class, which is put in.
    private mutating func setMember(
        _ scalar: Unicode.Scalar, into set: inout ScalarSet
    ) throws(FHIRPathError) -> UInt32? {
        guard scalar == "\\" else { return scalar.value }
        if current == "b" {
            index += 1
            return 8
        }
        guard case .scalars(let escaped) = try escape() else { throw error("no character") }
        if let range = escaped.ranges.first { return range.lowerBound }
        set.categories += escaped.categories
        return nil
    }

    private mutating func escape() throws(FHIRPathError) -> PatternSyntax {
        guard let scalar = current else { throw error("a '\\' with nothing behind it") }
        index += 1
        switch scalar {
        case "d", "D": return .scalars(ScalarSet(categories: [.digit(isNegated: scalar == "D")]))
        case "w", "W": return .scalars(ScalarSet(categories: [.word(isNegated: scalar == "W")]))
        case "s", "S": return .scalars(ScalarSet(categories: [.space(isNegated: scalar == "S")]))
        case "p", "P": return .scalars(ScalarSet(categories: [try property(isNegated: scalar == "P")]))
        case "b", "B": return .wordBoundary(isNegated: scalar == "B")
        case "A": return .start
        case "z", "Z": return .end
        case "n": return .scalars(ScalarSet("\n"))
        case "r": return .scalars(ScalarSet("\r"))
        case "t": return .scalars(ScalarSet("\t"))
        case "f": return .scalars(ScalarSet("\u{0C}"))
        case "u": return .scalars(ScalarSet(try hexadecimal(digits: 4)))
        case "x": return .scalars(ScalarSet(try hexadecimal(digits: 2)))
        case "0": return .scalars(ScalarSet("\0"))
        case "1"..."9", "k": throw error("references to groups are not supported")
        default: return .scalars(ScalarSet(scalar))
        }
    }

    private mutating func property(isNegated: Bool) throws(FHIRPathError) -> ScalarCategory {
        guard accept("{") else { throw error("a property stands in braces") }
        let start = index
        skip(to: "}")
        let name = String(String.UnicodeScalarView(scalars[start..<index]))
        guard accept("}"), 1...2 ~= name.utf8.count, "LMNPSZC".contains(name.prefix(1)) else {
            throw error("of the properties the general categories are supported")
        }
        return .property(name, isNegated: isNegated)
    }

    private mutating func hexadecimal(digits: Int) throws(FHIRPathError) -> Unicode.Scalar {
        guard index + digits <= scalars.count,
            let value = UInt32(String(String.UnicodeScalarView(scalars[index..<(index + digits)])), radix: 16),
            let scalar = Unicode.Scalar(value)
        else { throw error("not a character's number") }
        index += digits
        return scalar
    }

    private var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func skip(to end: Unicode.Scalar) {
        while let scalar = current, scalar != end { index += 1 }
    }

    private mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        index += 1
        return true
    }

    private func error(_ message: String) -> FHIRPathError {
        FHIRPathError(.invalidPattern, "not a regular expression: \(message)")
    }
}
