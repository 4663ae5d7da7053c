/// A regular expression that a whole text has to match, run without going back, so that no pattern takes longer than
/// its states times the text (R4 valueset-filter-operator `regex`).
///
///     letters . [a-z] [^…] \d \w \s (…) (?:…) | * + ? {2} {2,} {2,5}
package struct CodePattern: Sendable {
    enum State: Sendable {
        case set(ScalarSet, next: Int)
        case split(Int, Int)
        case end
    }

    private var states: [State] = [.end]
    private var start = 0
    private var steps = 0
    /// Bounds what counted repetitions may grow to.
    private static let greatestStateCount = 4_000
    private static let greatestStepCount = 20_000
    private static let greatestLength = 1_000

    package init(_ text: String) throws(TerminologyError) {
        let scalars = Array(text.unicodeScalars)
        guard scalars.count <= Self.greatestLength else {
            throw TerminologyError(.tooCostly, "A regular expression of a value set is too long.")
        }
        var parser = CodePatternParser(scalars)
        start = try add(try parser.parse(), next: 0)
    }

    private mutating func append(_ state: State) throws(TerminologyError) -> Int {
        guard states.count < Self.greatestStateCount else {
            throw TerminologyError(.tooCostly, "A regular expression of a value set repeats too much.")
        }
        states.append(state)
        return states.count - 1
    }

    private mutating func add(_ part: CodePatternPart, next: Int) throws(TerminologyError) -> Int {
        // Repetitions of nothing make no states, yet they take time.
        steps += 1
        guard steps <= Self.greatestStepCount else {
            throw TerminologyError(.tooCostly, "A regular expression of a value set repeats too much.")
        }
        switch part {
        case .set(let set): return try append(.set(set, next: next))
        case .sequence(let parts):
            var next = next
            for part in parts.reversed() { next = try add(part, next: next) }
            return next
        case .choice(let parts):
            var first = try add(parts[parts.count - 1], next: next)
            for part in parts.dropLast().reversed() { first = try append(.split(try add(part, next: next), first)) }
            return first
        case .repeated(let part, let least, let most):
            var next = next
            if let most {
                for _ in least..<max(least, most) { next = try append(.split(try add(part, next: next), next)) }
            } else {
                let loop = try append(.split(0, next))
                states[loop] = .split(try add(part, next: loop), next)
                next = loop
            }
            for _ in 0..<least { next = try add(part, next: next) }
            return next
        }
    }

    /// Whether the whole text matches.
    package func matches(_ text: String) -> Bool {
        var current = reach([start])
        for scalar in text.unicodeScalars {
            var following: [Int] = []
            for index in current {
                if case .set(let set, let next) = states[index], set.contains(scalar) { following.append(next) }
            }
            if following.isEmpty { return false }
            current = reach(following)
        }
        return current.contains(0)
    }

    /// The states that these lead to without a character.
    private func reach(_ first: [Int]) -> [Int] {
        var seen = [Bool](repeating: false, count: states.count)
        var result: [Int] = []
        var open = first
        while let index = open.popLast() {
            if seen[index] { continue }
            seen[index] = true
            if case .split(let left, let right) = states[index] {
                open.append(right)
                open.append(left)
            } else {
                result.append(index)
            }
        }
        return result
    }
}

/// Characters that a place in a pattern takes.
struct ScalarSet: Sendable {
    var ranges: [ClosedRange<UInt32>] = []
    var isInverted = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } != isInverted
    }

    static let any = ScalarSet(ranges: [], isInverted: true)
    static let digits = ScalarSet(ranges: [0x30...0x39])
    static let words = ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let spaces = ScalarSet(ranges: [0x09...0x0D, 0x20...0x20])
}

/// A pattern as read.
indirect enum CodePatternPart {
    case set(ScalarSet)
    case sequence([CodePatternPart])
    case choice([CodePatternPart])
    case repeated(CodePatternPart, least: Int, most: Int?)
}
