/// Why a search was refused.
package struct SearchError: Error, Hashable, Sendable {
    package enum Code: String, Hashable, Sendable {
        /// The type has no such search parameter.
        case unknownParameter
        /// The parameter does not take this modifier, or the server does not support it.
        case unsupportedModifier
        /// The value is not one that the parameter's type allows.
        case invalidValue
        /// A chain or `_has` names a parameter or type that cannot be followed.
        case invalidChain
        /// A page cursor that this server did not make for this search.
        case invalidCursor
        /// More parameters, values or chain steps than the limits allow.
        case tooComplex
        /// The standard has it, this server not.
        case notSupported
        /// An expression of a search parameter lies outside the supported subset of FHIRPath.
        case unsupportedExpression
        /// Not every resource has entries for the parameter yet, so an answer would lack some.
        case indexing
        /// The custom parameters changed while the search ran; a second attempt knows the new ones.
        case parametersChanged
    }

    package var code: Code
    /// For people; names parameters and what was expected, never a value from a resource.
    package var message: String
    /// The parameter as the client wrote it, with its modifier.
    package var parameter: String?

    package init(_ code: Code, _ message: String, parameter: String? = nil) {
        self.code = code
        self.message = message
        self.parameter = parameter
    }

    /// The same error, said of the parameter that the client wrote, unless it names one already.
    package func about(_ parameter: String) -> SearchError {
        var error = self
        error.parameter = self.parameter ?? parameter
        return error
    }
}
