/// Why a question about codes has no answer.
package struct TerminologyError: Error, Hashable, Sendable {
    package enum Code: String, Hashable, Sendable {
        /// The code system that was asked about is not known.
        case unknownCodeSystem
        /// The value set that was asked about is not known.
        case unknownValueSet
        /// The concept map that was asked about is not known.
        case unknownConceptMap
        /// The code system does not have the code.
        case unknownCode
        /// A definition depends on a code system or value set that is not known, or not known in full.
        case unresolved
        /// A definition breaks the rules, or uses what is not supported.
        case invalidDefinition
        /// A limit on codes, steps or depth is exceeded.
        case tooCostly
        /// The question itself is wrong.
        case invalidRequest
    }

    package var code: Code
    /// For people: names canonical URLs and codes of terminologies, nothing of patients.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    static func unresolved(system: String) -> TerminologyError {
        TerminologyError(.unresolved, "The codes of the system \(system) are not known to this server.")
    }
}
