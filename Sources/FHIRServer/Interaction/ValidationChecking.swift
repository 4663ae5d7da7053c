import FHIRDefinitions
package import FHIRProfiles
package import FHIRStore
package import FHIRValidation
import JSONTape

/// Checks what R4 says of every resource of a type.
package struct ValidationChecking: ResourceChecking {
    package let validator: ResourceValidator
    private let storage: ValidationOptions
    private let everything: ValidationOptions
    /// Has definitions of profiles ready that the standard does not have.
    private let prepare: (@Sendable ([CanonicalURL]) async throws -> any StructureDefinitionSource)?

    /// - Parameters:
    ///   - softensInvariants: whether broken invariants are warnings, and so let a resource pass.
    ///   - prepare: finds definitions of profiles that the standard does not have; without it those are not known.
    package init(
        validator: ResourceValidator, softensInvariants: Bool = false,
        prepare: (@Sendable ([CanonicalURL]) async throws -> any StructureDefinitionSource)? = nil
    ) {
        self.validator = validator
        self.prepare = prepare
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

    package func issues(of resource: ResourceInput) async throws -> [OutcomeIssue] {
        let node = JSONNode(resource.document, resource.index)
        return found(resource, storage, try await demand(of: node, [], includesExtensions: false))
    }

    package func report(on resource: ResourceInput, profiles: [String]) async throws -> [OutcomeIssue] {
        let node = JSONNode(resource.document, resource.index)
        let demand = try await demand(of: node, profiles, includesExtensions: true)
        for profile in profiles where !validator.isKnown(profile: profile, in: demand) {
            throw OperationInputError(.invalidParameter, "the profile is not known here", expression: "profile")
        }
        return found(resource, everything, demand)
    }

    /// The profiles that a resource is checked by, with their definitions. Costs nothing where all are the standard's.
    private func demand(
        of resource: JSONNode, _ profiles: [String], includesExtensions: Bool
    ) async throws -> ProfileDemand {
        var demand = ProfileDemand(canonicals: profiles)
        guard let prepare else { return demand }
        let needed =
            validator.canonicals(neededBy: resource, includesExtensions: includesExtensions)
            + profiles.map { CanonicalURL($0) }
        if !needed.isEmpty { demand.source = try await prepare(needed) }
        return demand
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

    private func found(
        _ resource: ResourceInput, _ options: ValidationOptions, _ demand: ProfileDemand = ProfileDemand()
    ) -> [OutcomeIssue] {
        validator.issues(
            in: JSONNode(resource.document, resource.index), type: resource.type, options: options, profiles: demand
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
