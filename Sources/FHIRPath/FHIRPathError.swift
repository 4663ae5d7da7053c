/// Why an expression is none, or why it has no result, and where in its text that showed.
///
/// Messages quote the expression at most, never the data it ran on: they may be logged.
package struct FHIRPathError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The text breaks the grammar (FHIRPath 2.0 appendix B).
        case syntax
        case unknownFunction
        /// A function with too many or too few arguments, or arguments of another form than it takes.
        case wrongArguments
        case unknownType
        /// In strict mode: a path to an element that the type does not have, or order asked of what has none.
        case invalidPath
        case unknownVariable
        /// Several items where at most one may be.
        case notSingle
        /// An item of a type that the function or operator does not take.
        case wrongType
        case invalidPattern
        case unknownProfile
        /// Extensions that modify what they stand on, and that the expression does not know.
        case unknownModifier
        /// The expression or its evaluation is larger than the limits allow.
        case limit
    }

    package var code: Code
    package var message: String
    /// Byte of the expression's text at which it went wrong, from 0; nil where no place is to blame.
    package var offset: Int?

    package init(_ code: Code, _ message: String, at offset: Int? = nil) {
        self.code = code
        self.message = message
        self.offset = offset
    }

    /// Two errors are equal when their codes are; the rest is for people.
    package static func == (left: FHIRPathError, right: FHIRPathError) -> Bool { left.code == right.code }

    package var description: String { offset.map { "\(message) (at character \($0 + 1))" } ?? message }

    /// The same error with a place, unless it has one.
    func located(at offset: Int) -> FHIRPathError {
        self.offset == nil ? FHIRPathError(code, message, at: offset) : self
    }
}
