import FHIRDefinitions
package import FHIRStore
package import FHIRValidation
import JSONTape

/// Checks what R4 says of every resource of a type, whatever its profile.
package struct ValidationChecking: ResourceChecking {
    package let validator: ResourceValidator
    private let options: ValidationOptions

    /// - Parameter softensInvariants: whether broken invariants are warnings, and so let a resource pass.
    package init(validator: ResourceValidator, softensInvariants: Bool = false) {
        self.validator = validator
        var options = ValidationOptions.storage
        if softensInvariants { options.invariantSeverity = .warning }
        self.options = options
    }

    package func issues(of resource: ResourceInput) -> [OutcomeIssue] {
        validator.issues(
            in: JSONNode(resource.document, resource.index), type: resource.type, options: options
        ).map(OutcomeIssue.init)
    }
}

extension OutcomeIssue {
    init(_ issue: ValidationIssue) {
        let severity: Severity =
            switch issue.severity {
            case .error: .error
            case .warning: .warning
            case .information: .information
            }
        self.init(
            severity, code: issue.code.rawValue, details: "invalid-resource",
            diagnostics: "\(issue.message), line \(issue.line), column \(issue.column)", expression: issue.expression)
    }
}
