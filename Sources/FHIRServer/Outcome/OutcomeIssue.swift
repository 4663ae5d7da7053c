/// One issue of an OperationOutcome (R4 operationoutcome.html).
package struct OutcomeIssue: Sendable, Hashable {
    package enum Severity: String, Sendable {
        case fatal, error, warning, information
    }

    package var severity: Severity
    /// Code of `http://hl7.org/fhir/issue-type`.
    package var code: String
    /// Stable code for programs, written as `details.coding` under `urn:martlet:error`.
    package var details: String?
    /// For people; holds no content of resources.
    package var diagnostics: String?
    /// Where in the text of the request it is, in words.
    package var location: String?
    /// FHIRPath of the element concerned.
    package var expression: String?

    /// What could be asked for instead, written as the extension `urn:martlet:alternative`.
    package var alternative: Alternative?

    /// A time that is free, and the resource that stands for it; or a resource alone.
    package struct Alternative: Sendable, Hashable {
        package var reference: String
        package var start: String?
        package var end: String?
    }

    package init(
        _ severity: Severity = .error, code: String, details: String? = nil, diagnostics: String? = nil,
        expression: String? = nil
    ) {
        self.severity = severity
        self.code = code
        self.details = details
        self.diagnostics = diagnostics
        self.expression = expression
    }
}
