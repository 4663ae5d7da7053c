/// One thing wrong with a resource. https://hl7.org/fhir/R4/operationoutcome.html
package struct ValidationIssue: Hashable, Sendable {
    /// https://hl7.org/fhir/R4/valueset-issue-severity.html
    package enum Severity: String, Sendable {
        case error, warning, information
    }

    /// https://hl7.org/fhir/R4/valueset-issue-type.html, as far as validation uses it.
    package enum Code: String, Sendable {
        case structure, required, value, invariant, invalid
        case unknownExtension = "extension"
        case codeInvalid = "code-invalid"
        case tooLong = "too-long"
        case notSupported = "not-supported"
        case notFound = "not-found"
        case processing
        case tooCostly = "too-costly"
        case informational
    }

    package var severity: Severity
    package var code: Code
    /// FHIRPath of the element, `Patient.name[0].given[1]`; of a missing one, where it should be.
    package var expression: String
    /// What is wrong, in words that quote no content.
    package var message: String
    /// Key of the invariant that is broken, `obs-6`; nil for other rules.
    package var rule: String?
    /// Offset in bytes, from 0, of the value in the text; of a missing one, of the object that lacks it.
    package var byteOffset: Int
    /// Line of `byteOffset`, from 1.
    package var line: Int
    /// Column of `byteOffset` in bytes, from 1.
    package var column: Int

    package init(
        _ severity: Severity, _ code: Code, at expression: String, _ message: String, rule: String? = nil,
        byteOffset: Int, line: Int, column: Int
    ) {
        self.severity = severity
        self.code = code
        self.expression = expression
        self.message = message
        self.rule = rule
        self.byteOffset = byteOffset
        self.line = line
        self.column = column
    }
}
