import FHIRDefinitions
package import FHIRStore
package import FHIRValidation
import JSONTape

/// Checks what R4 says of every resource of a type, whatever its profile.
package struct StructureChecking: ResourceChecking {
    private let validator: StructureValidator

    package init(validator: StructureValidator) {
        self.validator = validator
    }

    package func issues(of resource: ResourceInput) -> [OutcomeIssue] {
        validator.issues(in: JSONNode(resource.document, resource.index), type: resource.type).map(OutcomeIssue.init)
    }
}

extension OutcomeIssue {
    fileprivate init(_ issue: ValidationIssue) {
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
