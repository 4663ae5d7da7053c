/// A regular expression as a program of a machine that tries all ways at once (Thompson's construction), so that no
/// text takes it longer than text length times program length.
final class Pattern: Sendable {
    enum Instruction: Sendable {
        case scalars(ScalarSet)
        /// Goes on in two places, first in the first.
        case split(Int, Int)
        case jump(Int)
        /// Keeps the position under a number: a group begins or ends.
        case save(Int)
        case start, end
        case wordBoundary(isNegated: Bool)
        case match
    }

    let instructions: [Instruction]
    let groupCount: Int
    let groupNames: [String: Int]
    private static let maximumInstructionCount = 10_000

    init(_ text: String) throws(FHIRPathError) {
        guard text.utf8.count <= 10_000 else {
            throw FHIRPathError(.invalidPattern, "a regular expression has at most 10000 bytes")
        }
        var parser = PatternParser(text)
        let syntax = try parser.parse()
        var builder = Builder()
        try builder.add(.group(syntax, 0))
        builder.instructions.append(.match)
        instructions = builder.instructions
        groupCount = parser.groupCount + 1
        groupNames = parser.groupNames
    }

    private struct Builder {
        var instructions: [Instruction] = []

        mutating func add(_ syntax: PatternSyntax) throws(FHIRPathError) {
            guard instructions.count < maximumInstructionCount else {
                throw FHIRPathError(.invalidPattern, "the regular expression is too large")
            }
            switch syntax {
            case .empty: break
            case .scalars(var set):
                set.prepare()
                instructions.append(.scalars(set))
            case .sequence(let parts): for part in parts { try add(part) }
            case .choice(let branches): try addChoice(branches[...])
            case .repetition(let part, let min, let max, let isLazy):
                for _ in 0..<min { try add(part) }
                if let max {
                    try addOptional(part, count: max - min, isLazy)
                } else {
                    try addLoop(part, isLazy)
                }
            case .group(let part, let number):
                instructions.append(.save(number * 2))
                try add(part)
                instructions.append(.save(number * 2 + 1))
            case .start: instructions.append(.start)
            case .end: instructions.append(.end)
            case .wordBoundary(let isNegated): instructions.append(.wordBoundary(isNegated: isNegated))
            }
        }

        private mutating func addChoice(_ branches: ArraySlice<PatternSyntax>) throws(FHIRPathError) {
            var ends: [Int] = []
            for (position, branch) in branches.enumerated() {
                guard position < branches.count - 1 else {
                    try add(branch)
                    break
                }
                let split = instructions.count
                instructions.append(.jump(0))
                try add(branch)
                ends.append(instructions.count)
                instructions.append(.jump(0))
                instructions[split] = .split(split + 1, instructions.count)
            }
            for end in ends { instructions[end] = .jump(instructions.count) }
        }

        private mutating func addLoop(_ part: PatternSyntax, _ isLazy: Bool) throws(FHIRPathError) {
            let split = instructions.count
            instructions.append(.jump(0))
            try add(part)
            instructions.append(.jump(split))
            let exit = instructions.count
            instructions[split] = isLazy ? .split(exit, split + 1) : .split(split + 1, exit)
        }

        private mutating func addOptional(
            _ part: PatternSyntax, count: Int, _ isLazy: Bool
        ) throws(FHIRPathError) {
            var splits: [Int] = []
            for _ in 0..<count {
                splits.append(instructions.count)
                instructions.append(.jump(0))
                try add(part)
            }
            let exit = instructions.count
            for split in splits { instructions[split] = isLazy ? .split(exit, split + 1) : .split(split + 1, exit) }
        }
    }
}
