/// Reads the text of a `_filter` (R4 search_filter.html).
///
///     filter = test | filter ("and" | "or") filter | "not" "(" filter ")" | "(" filter ")"
///     test   = path operator value
///     path   = name ["[" filter "]"] ["." path]
///     value  = JSON string | characters other than white space, ")" and "]"
///
/// `and` and `or` bind alike and are taken from left to right.
struct FilterParser {
    /// Greatest depth of parentheses and brackets.
    static let maximumDepth = 20
    /// Greatest number of tests.
    static let maximumTestCount = 100

    private let text: [Character]
    private var index = 0
    private var testCount = 0

    static func parse(_ text: String) throws(SearchError) -> FilterExpression {
        var parser = FilterParser(text: text)
        let expression = try parser.filter(depth: 0)
        parser.skipBlanks()
        guard parser.index == parser.text.count else { throw parser.failure("\"and\", \"or\" or the end is expected") }
        return expression
    }

    private init(text: String) {
        self.text = Array(text)
    }

    /// An error at a place in the text, counted in characters from 1.
    static func failure(_ message: String, at position: Int) -> SearchError {
        SearchError(.invalidValue, "At character \(position) of the filter: \(message).")
    }

    private func failure(_ message: String) -> SearchError { Self.failure(message, at: index + 1) }

    // MARK: - Grammar

    private mutating func filter(depth: Int) throws(SearchError) -> FilterExpression {
        guard depth <= Self.maximumDepth else {
            throw SearchError(.tooComplex, "A filter nests at most \(Self.maximumDepth) deep.")
        }
        var left = try term(depth: depth)
        while true {
            if accept(word: "and") {
                left = .both(left, try term(depth: depth))
            } else if accept(word: "or") {
                left = .either(left, try term(depth: depth))
            } else {
                return left
            }
        }
    }

    private mutating func term(depth: Int) throws(SearchError) -> FilterExpression {
        if accept("(") { return try closed(by: ")", depth: depth) }
        let start = index
        if accept(word: "not") {
            if accept("(") { return .not(try closed(by: ")", depth: depth)) }
            index = start
        }
        return .test(try test(depth: depth))
    }

    private mutating func closed(by end: Character, depth: Int) throws(SearchError) -> FilterExpression {
        let inner = try filter(depth: depth + 1)
        guard accept(end) else { throw failure("\"\(end)\" is expected") }
        return inner
    }

    private mutating func test(depth: Int) throws(SearchError) -> FilterTest {
        testCount += 1
        guard testCount <= Self.maximumTestCount else {
            throw SearchError(.tooComplex, "A filter has at most \(Self.maximumTestCount) tests.")
        }
        let path = try path(depth: depth)
        skipBlanks()
        let place = index
        let word = take { $0.isLetter }
        guard let comparison = FilterTest.Operator(rawValue: word) else {
            let names = FilterTest.Operator.allCases.map(\.rawValue).joined(separator: ", ")
            throw Self.failure("one of the operators \(names) is expected", at: place + 1)
        }
        guard index < text.count, text[index].isWhitespace else { throw failure("a blank and a value are expected") }
        skipBlanks()
        let valuePlace = index + 1
        let value = try value()
        return FilterTest(path: path, comparison: comparison, value: value, valuePosition: valuePlace)
    }

    private mutating func path(depth: Int) throws(SearchError) -> [FilterTest.Step] {
        var steps: [FilterTest.Step] = []
        skipBlanks()
        while true {
            let position = index + 1
            let name = take { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" || $0 == "-" || $0 == ":" }
            guard !name.isEmpty else { throw failure("the name of a search parameter is expected") }
            var step = FilterTest.Step(name: name, filter: nil, position: position)
            if index < text.count, text[index] == "[" {
                index += 1
                step.filter = try closed(by: "]", depth: depth)
                guard index < text.count, text[index] == "." else {
                    throw failure("\".\" and a further name are expected after the brackets")
                }
            }
            steps.append(step)
            guard index < text.count, text[index] == "." else { return steps }
            index += 1
        }
    }

    private mutating func value() throws(SearchError) -> String {
        guard index < text.count else { throw failure("a value is expected") }
        if text[index] == "\"" { return try string() }
        let value = take { !$0.isWhitespace && $0 != ")" && $0 != "]" }
        guard !value.isEmpty else { throw failure("a value is expected") }
        return value
    }

    /// A JSON string.
    private mutating func string() throws(SearchError) -> String {
        let start = index
        index += 1
        var value = ""
        while index < text.count, text[index] != "\"" {
            var character = text[index]
            index += 1
            if character == "\\" {
                guard index < text.count else { break }
                character = try escaped()
            }
            value.append(character)
        }
        guard index < text.count else { throw Self.failure("the string has no end", at: start + 1) }
        index += 1
        guard !value.isEmpty else { throw Self.failure("a value is expected", at: start + 1) }
        return value
    }

    private mutating func escaped() throws(SearchError) -> Character {
        let character = text[index]
        index += 1
        switch character {
        case "\"", "\\", "/": return character
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u":
            let digits = String(text[index..<min(index + 4, text.count)])
            guard digits.count == 4, let number = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(number) else {
                throw failure("four hexadecimal digits are expected")
            }
            index += 4
            return Character(scalar)
        default: throw Self.failure("the string holds an escape that JSON does not know", at: index)
        }
    }

    // MARK: - Characters

    private mutating func skipBlanks() {
        while index < text.count, text[index].isWhitespace { index += 1 }
    }

    private mutating func take(while isPart: (Character) -> Bool) -> String {
        let start = index
        while index < text.count, isPart(text[index]) { index += 1 }
        return String(text[start..<index])
    }

    private mutating func accept(_ sign: Character) -> Bool {
        skipBlanks()
        guard index < text.count, text[index] == sign else { return false }
        index += 1
        return true
    }

    /// Takes a word that stands alone.
    private mutating func accept(word: String) -> Bool {
        skipBlanks()
        let start = index
        let isFound = take { $0.isLetter } == word
        let isAlone = index == text.count || text[index].isWhitespace || text[index] == "("
        if !(isFound && isAlone) { index = start }
        return isFound && isAlone
    }
}
