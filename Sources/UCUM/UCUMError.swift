/// Why a text is no unit of UCUM.
package struct UCUMError: Error, Hashable, Sendable {
    package enum Code: String, Hashable, Sendable {
        /// Nothing where a unit is needed.
        case empty
        /// No unit, with or without a prefix, has this symbol.
        case unknownUnit
        /// A sign that cannot stand here, or a bracket without its fellow.
        case syntax
        /// An annotation with signs other than printable ASCII (UCUM §6).
        case annotation
        /// A special unit multiplied, divided or raised to a power (UCUM §22).
        case specialInTerm
        /// Too long, too deep or too great an exponent.
        case tooComplex
    }

    package var code: Code
    /// Byte of the text at which it went wrong.
    package var offset: Int
}
