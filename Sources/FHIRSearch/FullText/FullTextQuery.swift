/// What `_content` and `_text` look for (R4 search.html#content), understood from anything that people type:
///
///     bone metastases          both words
///     "bone metastases"        the phrase
///     metast*                  words that begin so
///     (bone OR liver) and not -benign
///
/// `AND`, `OR` and `NOT` in any case, `-` and `!` for not, brackets; signs that make no sense are passed over.
package struct FullTextQuery: Hashable, Sendable {
    /// The whole as PostgreSQL's `to_tsquery` reads it: words in single quotes, which hold letters and digits only.
    package let expression: String
    /// What a match has to have in any case, as words and phrases; nil for a query that only excludes.
    package let required: String?

    private static let maximumWordCount = 100
    private static let maximumDepth = 20

    /// Throws if the text has no word, or too many.
    package init(_ text: String) throws(SearchError) {
        var parser = Parser(tokens: Self.tokens(text))
        guard let node = try parser.parse() else {
            throw SearchError(.invalidValue, "At least one word to look for is expected.")
        }
        expression = node.text
        required = node.required?.text
    }

    private indirect enum Node {
        case phrase([ArraySlice<UInt8>], isPrefix: Bool)
        case not(Node)
        case all(Node, Node)
        case any(Node, Node)

        var text: String {
            switch self {
            case .phrase(let words, let isPrefix):
                let texts = words.map { "'" + String(decoding: $0, as: UTF8.self) + "'" }
                let phrase = texts.joined(separator: " <-> ") + (isPrefix ? ":*" : "")
                return texts.count == 1 ? phrase : "(" + phrase + ")"
            case .not(let inner): return "!" + inner.text
            case .all(let left, let right): return "(" + left.text + " & " + right.text + ")"
            case .any(let left, let right): return "(" + left.text + " | " + right.text + ")"
            }
        }

        /// What is left without exclusions; nil if nothing need be there.
        var required: Node? {
            switch self {
            case .phrase: return self
            case .not: return nil
            case .all(let left, let right):
                guard let left = left.required else { return right.required }
                return right.required.map { .all(left, $0) } ?? left
            case .any(let left, let right):
                guard let left = left.required, let right = right.required else { return nil }
                return .any(left, right)
            }
        }
    }

    // MARK: - Tokens

    private enum Token: Equatable {
        case open, close, and, or, not
        case phrase([ArraySlice<UInt8>], isPrefix: Bool)
    }

    private static func tokens(_ text: String) -> [Token] {
        var tokens: [Token] = []
        var rest = text[...]
        while let character = rest.first {
            switch character {
            case "(": tokens.append(.open)
            case ")": tokens.append(.close)
            case "-", "!": tokens.append(.not)
            case "|": tokens.append(.or)
            case "&": tokens.append(.and)
            case "\"":
                let quoted = rest.dropFirst().prefix { $0 != "\"" }
                append(WordText.words(quoted), isPrefix: false, to: &tokens)
                rest = rest[quoted.endIndex...]
            case let character where character.isWhitespace: break
            default:
                let word = rest.prefix { !$0.isWhitespace && !"()\"|&".contains($0) }
                rest = rest[word.endIndex...]
                switch word.lowercased() {
                case "and": tokens.append(.and)
                case "or": tokens.append(.or)
                case "not": tokens.append(.not)
                default: append(WordText.words(word), isPrefix: word.hasSuffix("*"), to: &tokens)
                }
                continue
            }
            rest = rest.dropFirst()
        }
        return tokens
    }

    private static func append(_ words: [ArraySlice<UInt8>], isPrefix: Bool, to tokens: inout [Token]) {
        if !words.isEmpty { tokens.append(.phrase(words, isPrefix: isPrefix)) }
    }

    // MARK: - Structure

    /// Binds as people expect: not, then and (or nothing between words), then or.
    private struct Parser {
        let tokens: [Token]
        var index = 0
        var wordCount = 0

        init(tokens: [Token]) { self.tokens = tokens }

        mutating func parse() throws(SearchError) -> Node? {
            var result: Node?
            while index < tokens.count {
                let part = try any(depth: 0)
                result = result.flatMap { left in part.map { .all(left, $0) } ?? left } ?? part
                // A bracket that nothing opened.
                if index < tokens.count { index += 1 }
            }
            return result
        }

        private mutating func any(depth: Int) throws(SearchError) -> Node? {
            guard depth <= maximumDepth else { throw SearchError(.tooComplex, "Brackets are nested too deeply.") }
            var result = try all(depth: depth)
            while index < tokens.count, tokens[index] == .or {
                index += 1
                let right = try all(depth: depth)
                result = result.flatMap { left in right.map { .any(left, $0) } ?? left } ?? right
            }
            return result
        }

        private mutating func all(depth: Int) throws(SearchError) -> Node? {
            var result: Node?
            while index < tokens.count, tokens[index] != .or, tokens[index] != .close {
                if tokens[index] == .and {
                    index += 1
                    continue
                }
                let right = try one(depth: depth)
                result = result.flatMap { left in right.map { .all(left, $0) } ?? left } ?? right
            }
            return result
        }

        private mutating func one(depth: Int) throws(SearchError) -> Node? {
            var isNegated = false
            while index < tokens.count, tokens[index] == .not {
                isNegated.toggle()
                index += 1
            }
            guard index < tokens.count else { return nil }
            let node: Node?
            switch tokens[index] {
            case .open:
                index += 1
                node = try any(depth: depth + 1)
                if index < tokens.count, tokens[index] == .close { index += 1 }
            case .phrase(let words, let isPrefix):
                index += 1
                wordCount += words.count
                guard wordCount <= maximumWordCount else {
                    throw SearchError(.tooComplex, "At most \(maximumWordCount) words can be looked for.")
                }
                node = .phrase(words, isPrefix: isPrefix)
            default: return nil
            }
            return isNegated ? node.map { .not($0) } : node
        }
    }
}
