/// A word or sign of an expression.
struct Token {
    enum Kind: Equatable {
        /// A word that is none of the reserved ones, or any word between backticks.
        case identifier(String)
        case keyword(Keyword)
        case string(String)
        case number(String)
        case temporal(Temporal)
        case sign(Sign)
        /// `$this`, `$index` or `$total`, without the dollar.
        case special(String)
        case end
    }

    var kind: Kind
    /// First byte in the text.
    var offset: Int
}

/// Words that are no names (FHIRPath 2.0 appendix B).
enum Keyword: String {
    case and, or, xor, implies, div, mod, `in`, contains, `is`, `as`, `true`, `false`

    /// Words that are names where no operator can stand.
    var isName: Bool { self == .in || self == .contains || self == .is || self == .as }
}

enum Sign: String {
    case point = "."
    case comma = ","
    case leftParenthesis = "("
    case rightParenthesis = ")"
    case leftBracket = "["
    case rightBracket = "]"
    case leftBrace = "{"
    case rightBrace = "}"
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divide = "/"
    case concatenate = "&"
    case union = "|"
    case equal = "="
    case notEqual = "!="
    case equivalent = "~"
    case notEquivalent = "!~"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case percent = "%"
}
