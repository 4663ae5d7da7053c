/// What of an expression can be told from which elements an object has, without looking at what they hold.
///
/// Most invariants of R4 ask for elements that go together: `dataAbsentReason.empty() or value.empty()`. Whoever walks
/// an object anyhow knows which elements it has, one bit each; from those bits a test says whether the expression
/// holds, or that it has to be evaluated. It runs on a stack of two bits per entry within one word.
package struct PresenceTest: Sendable {
    package enum Verdict: UInt8, Sendable {
        case violated = 0
        case holds = 1
        /// The result is empty.
        case empty = 2
        /// The elements that are there have to be looked into.
        case open = 3
    }

    /// One step: pushes what a mask of elements says, or combines what is on top of the stack.
    package struct Instruction: Sendable, Hashable {
        package enum Kind: UInt8, Sendable {
            /// Pushes `ifAbsent` where none of the mask's elements is there, else `ifPresent`.
            case push
            case not
            /// Combines the two topmost values by `table`: two bits for each pair of them.
            case combine
        }

        package var kind: Kind
        package var ifAbsent: UInt8 = 0
        package var ifPresent: UInt8 = 0
        package var table: UInt32 = 0
        package var mask: UInt64 = 0

        /// Says nothing, whatever is there.
        package static var open: Instruction { Instruction(kind: .push, ifAbsent: 3, ifPresent: 3) }
    }

    package let instructions: [Instruction]

    init(instructions: [Instruction]) { self.instructions = instructions }

    /// What the instructions say for an object with these elements: a bit for each, by `ElementDefinition.order`.
    @inlinable
    package static func verdict(
        _ instructions: UnsafeBufferPointer<Instruction>, elements: UInt64
    ) -> Verdict {
        var stack: UInt64 = 0
        for instruction in instructions {
            switch instruction.kind {
            case .push:
                let value = elements & instruction.mask == 0 ? instruction.ifAbsent : instruction.ifPresent
                stack = stack << 2 | UInt64(value)
            case .not:
                // The two bits of false and true differ in the lower one; empty and open stay what they are.
                if stack & 0b10 == 0 { stack ^= 1 }
            case .combine:
                let pair = stack & 0b1111
                stack = (stack >> 4) << 2 | UInt64(instruction.table >> UInt32(pair &* 2) & 0b11)
            }
        }
        // Two bits are always a verdict.
        return Verdict(rawValue: UInt8(truncatingIfNeeded: stack & 0b11)).unsafelyUnwrapped
    }

    /// The same for tests that are not laid out for speed.
    package func verdict(elements: UInt64) -> Verdict {
        instructions.withUnsafeBufferPointer { Self.verdict($0, elements: elements) }
    }
}

/// The logic of verdicts: FHIRPath's three values (FHIRPath 2.0 §6.5), and one that stands for any of them.
enum PresenceLogic {
    typealias Verdict = PresenceTest.Verdict

    /// A table of what two verdicts make, two bits each, by `left * 4 + right`.
    static func table(_ rule: (Verdict, Verdict) -> Verdict) -> UInt32 {
        let all: [Verdict] = [.violated, .holds, .empty, .open]
        var table: UInt32 = 0
        for left in all {
            for right in all {
                table |=
                    UInt32(rule(left, right).rawValue) << ((UInt32(left.rawValue) * 4 + UInt32(right.rawValue)) * 2)
            }
        }
        return table
    }

    static let and = table { left, right in
        if left == .violated || right == .violated { return .violated }
        if left == .open || right == .open { return .open }
        return left == .empty || right == .empty ? .empty : .holds
    }

    static let or = table { left, right in
        if left == .holds || right == .holds { return .holds }
        if left == .open || right == .open { return .open }
        return left == .empty || right == .empty ? .empty : .violated
    }

    static let xor = table { left, right in
        if left == .empty || right == .empty { return .empty }
        if left == .open || right == .open { return .open }
        return left == right ? .violated : .holds
    }

    static let implies = table { left, right in
        if left == .violated || right == .holds { return .holds }
        if left == .open || right == .open { return .open }
        if left == .empty || right == .empty { return .empty }
        return .violated
    }

    /// `=` of two Booleans.
    static let equal = table { left, right in
        if left == .empty || right == .empty { return .empty }
        if left == .open || right == .open { return .open }
        return left == right ? .holds : .violated
    }

    /// An operator that is empty if either side is: nothing else is known of it.
    static let emptyIfEither = table { left, right in left == .empty || right == .empty ? .empty : .open }
    /// One that is empty if its left side is.
    static let emptyIfLeft = table { left, _ in left == .empty ? .empty : .open }
}
