/// An expression as written: the tree of the grammar (FHIRPath 2.0 appendix B).
struct Syntax {
    indirect enum Kind {
        case literal(Item)
        /// `{}`
        case empty
        case this, index, total
        case variable(String)
        /// A name after its source; at the beginning of a path it has none.
        case member(Syntax?, String)
        case function(Syntax?, String, [Argument])
        case indexer(Syntax, Syntax)
        case negation(Syntax)
        case plus(Syntax)
        case binary(BinaryOperator, Syntax, Syntax)
        case type(TypeOperator, Syntax, TypeSpecifier)
    }

    struct Argument {
        var expression: Syntax
        /// Of a key that `sort` takes.
        var isDescending: Bool
    }

    let kind: Kind
    /// Byte of the text that it is about: an operator, or the first of a name.
    let offset: Int
    /// Longest way down the tree from here, at least 1.
    let depth: Int
}

enum BinaryOperator: String {
    case times = "*"
    case divide = "/"
    case div, mod
    case plus = "+"
    case minus = "-"
    case concatenate = "&"
    case union = "|"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case equal = "="
    case notEqual = "!="
    case equivalent = "~"
    case notEquivalent = "!~"
    case `in`, contains
    case and, or, xor, implies
}

enum TypeOperator { case `is`, `as` }

/// `Patient`, `System.String`, `FHIR.Quantity`.
struct TypeSpecifier: Hashable {
    var namespace: String?
    var name: String
}
