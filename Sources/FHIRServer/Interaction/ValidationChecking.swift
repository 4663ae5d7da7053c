import FHIRDefinitions
package import FHIRStore
package import FHIRValidation
import JSONTape

/// Checks what R4 says of every resource of a type.
package struct ValidationChecking: ResourceChecking {
    package let validator: ResourceValidator
    private let storage: ValidationOptions
    private let everything: ValidationOptions

    /// - Parameter softensInvariants: whether broken invariants are warnings, and so let a resource pass.
    package init(validator: ResourceValidator, softensInvariants: Bool = false) {
        self.validator = validator
        var storage = ValidationOptions.storage
        var everything = ValidationOptions()
        if softensInvariants {
            storage.invariantSeverity = .warning
            everything.invariantSeverity = .warning
        }
        self.storage = storage
        self.everything = everything
    }

    package func ownIssues(of resource: ResourceInput) -> [OutcomeIssue] { found(resource, storage) }

    package func issues(of resource: ResourceInput) async throws -> [OutcomeIssue] { found(resource, storage) }

    package func report(on resource: ResourceInput, profiles: [String]) async throws -> [OutcomeIssue] {
        for profile in profiles {
            let base = "http://hl7.org/fhir/StructureDefinition/"
            let name = validator.definitions.name(of: resource.type)
            guard profile.prefix(while: { $0 != "|" }) == base + name else {
                throw OperationInputError(.invalidParameter, "the profile is not known here", expression: "profile")
            }
        }
        return found(resource, everything)
    }

    /// The first error that keeps a resource of the server's own making from being stored.
    package var storageCheck: StorageCheck {
        let (validator, options) = (validator, storage)
        return StorageCheck { resource in
            let found = validator.issues(
                in: JSONNode(resource.document, resource.index), type: resource.type, options: options)
            return found.first { $0.severity == .error }.map {
                StorageCheck.Fault(message: $0.message, expression: $0.expression)
            }
        }
    }

    private func found(_ resource: ResourceInput, _ options: ValidationOptions) -> [OutcomeIssue] {
        validator.issues(
            in: JSONNode(resource.document, resource.index), type: resource.type, options: options
        ).map(OutcomeIssue.init)
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
        location = "Line[\(issue.line)] Col[\(issue.column)]"
    }
}
