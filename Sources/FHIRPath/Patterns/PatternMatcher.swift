/// Runs a pattern over a text.
struct PatternMatcher {
    private let pattern: Pattern
    private let scalars: [UInt32]
    private let evaluation: Evaluation
    /// Where each instruction was last put on the list of those to run: none is put on twice at one position.
    private var marks: [Int]

    init(_ pattern: Pattern, _ text: String, _ evaluation: Evaluation) {
        self.pattern = pattern
        self.evaluation = evaluation
        scalars = text.unicodeScalars.map(\.value)
        marks = [Int](repeating: -1, count: pattern.instructions.count)
    }

    private struct Thread {
        var instruction: Int
        /// Begin and end of each group, -1 where it has not taken part.
        var places: [Int]
    }

    /// Whether the pattern matches anywhere, or as a whole.
    mutating func matches(whole: Bool) throws(FHIRPathError) -> Bool {
        try firstMatch(from: 0, keepsPlaces: false, whole: whole) != nil
    }

    /// Places of the groups of the first match at or behind a position, the whole match first.
    mutating func firstMatch(
        from start: Int, keepsPlaces: Bool, whole: Bool = false
    ) throws(FHIRPathError) -> [Int]? {
        var current: [Thread] = []
        var next: [Thread] = []
        var found: [Int]?
        let places = keepsPlaces ? [Int](repeating: -1, count: pattern.groupCount * 2) : []
        marks.withUnsafeMutableBufferPointer { $0.update(repeating: -1) }
        var position = start
        while true {
            if found == nil, !whole || position == 0 { add(0, places, position, to: &current) }
            if current.isEmpty, found != nil || whole { break }
            try evaluation.step(current.count / 4 + 1)
            threads: for thread in current {
                switch pattern.instructions[thread.instruction] {
                case .scalars(let set):
                    if position < scalars.count, set.contains(scalars[position]) {
                        add(thread.instruction + 1, thread.places, position + 1, to: &next)
                    }
                case .match:
                    if whole, position < scalars.count { continue }
                    found = thread.places
                    // Threads behind it are less wanted.
                    break threads
                default: break
                }
            }
            if found != nil, !keepsPlaces { return found }
            swap(&current, &next)
            next.removeAll(keepingCapacity: true)
            position += 1
            if position > scalars.count { break }
        }
        return found
    }

    /// Follows an instruction to those that read a character or match.
    private mutating func add(_ first: Int, _ places: [Int], _ position: Int, to threads: inout [Thread]) {
        var stack = [Thread(instruction: first, places: places)]
        while var thread = stack.popLast() {
            guard marks[thread.instruction] != position else { continue }
            marks[thread.instruction] = position
            switch pattern.instructions[thread.instruction] {
            case .jump(let target):
                thread.instruction = target
                stack.append(thread)
            case .split(let preferred, let other):
                stack.append(Thread(instruction: other, places: thread.places))
                thread.instruction = preferred
                stack.append(thread)
            case .save(let number):
                if !thread.places.isEmpty { thread.places[number] = position }
                thread.instruction += 1
                stack.append(thread)
            case .start where position == 0, .end where position == scalars.count:
                thread.instruction += 1
                stack.append(thread)
            case .wordBoundary(let isNegated) where isBoundary(position) != isNegated:
                thread.instruction += 1
                stack.append(thread)
            case .scalars, .match: threads.append(thread)
            default: break
            }
        }
    }

    private func isBoundary(_ position: Int) -> Bool {
        let isBefore = position > 0 && ScalarCategory.isWord(scalars[position - 1])
        let isBehind = position < scalars.count && ScalarCategory.isWord(scalars[position])
        return isBefore != isBehind
    }

    // MARK: - Replacing

    /// The text with every match replaced; `$1`, `${1}` and `${name}` stand for groups, `$$` and `\$` for a dollar.
    mutating func replaced(by substitution: String) throws(FHIRPathError) -> String {
        var result = String.UnicodeScalarView()
        var position = 0
        let template = Array(substitution.unicodeScalars)
        while position <= scalars.count, let places = try firstMatch(from: position, keepsPlaces: true) {
            append(position..<places[0], to: &result)
            expand(template, places, to: &result)
            try evaluation.step(template.count + 1)
            try evaluation.check(byteCount: result.count)
            position = places[1]
            if places[0] == places[1] {
                append(position..<min(position + 1, scalars.count), to: &result)
                position += 1
            }
        }
        append(min(position, scalars.count)..<scalars.count, to: &result)
        return String(result)
    }

    private func append(_ range: Range<Int>, to result: inout String.UnicodeScalarView) {
        // They came from a text, so each is a scalar.
        for index in range { if let scalar = Unicode.Scalar(scalars[index]) { result.append(scalar) } }
    }

    private func expand(_ template: [Unicode.Scalar], _ places: [Int], to result: inout String.UnicodeScalarView) {
        var index = 0
        while index < template.count {
            let scalar = template[index]
            index += 1
            guard scalar == "$" || scalar == "\\", index < template.count else {
                result.append(scalar)
                continue
            }
            if scalar == "\\" || template[index] == "$" {
                result.append(template[index])
                index += 1
                continue
            }
            guard let (group, end) = reference(template, index) else {
                result.append(scalar)
                continue
            }
            index = end
            if group < pattern.groupCount, places[group * 2] >= 0, places[group * 2 + 1] >= 0 {
                append(places[group * 2]..<places[group * 2 + 1], to: &result)
            }
        }
    }

    /// The group that is named behind a dollar, and where its name ends.
    private func reference(_ template: [Unicode.Scalar], _ start: Int) -> (group: Int, end: Int)? {
        if template[start] == "{" {
            guard let end = template[start...].firstIndex(of: "}") else { return nil }
            let name = String(String.UnicodeScalarView(template[(start + 1)..<end]))
            guard let group = pattern.groupNames[name] ?? Int(name), group >= 0 else { return nil }
            return (group, end + 1)
        }
        var end = start
        while end < template.count, end < start + 2, "0"..."9" ~= template[end] { end += 1 }
        return Int(String(String.UnicodeScalarView(template[start..<end]))).map { ($0, end) }
    }
}
