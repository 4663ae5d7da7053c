package import FHIRDefinitions
package import FHIRPath
import FHIRProfiles
package import FHIRStore
package import FHIRValidation
import JSONTape

/// Checks what R4 says of every resource of a type, and what the profiles say that it names or that its type has here.
package struct ValidationChecking: ResourceChecking {
    package let validator: ResourceValidator
    /// Canonicals of profiles that all resources of a type have to meet.
    package let profiles: [TypeID: [String]]
    private let storage: ValidationOptions
    private let everything: ValidationOptions

    /// - Parameters:
    ///   - softensInvariants: whether broken invariants are warnings, and so let a resource pass.
    ///   - profiles: canonicals of profiles that all resources of a type have to meet, whatever they name.
    package init(
        validator: ResourceValidator, softensInvariants: Bool = false, profiles: [TypeID: [String]] = [:]
    ) {
        self.validator = validator
        self.profiles = profiles
        var storage = ValidationOptions.storage
        var everything = ValidationOptions(namesMustSupport: true)
        if softensInvariants {
            storage.invariantSeverity = .warning
            everything.invariantSeverity = .warning
        }
        self.storage = storage
        self.everything = everything
    }

    package func ownIssues(of resource: ResourceInput) -> [OutcomeIssue] {
        let node = JSONNode(resource.document, resource.index)
        return validator.issues(in: node, type: resource.type, options: storage).map(OutcomeIssue.init)
    }

    package func issues(of resource: ResourceInput, in store: FHIRStore) async throws -> [OutcomeIssue] {
        try await storageIssues(of: resource, in: store).map(OutcomeIssue.init)
    }

    package func report(
        on resource: ResourceInput, profiles: [String], in store: FHIRStore
    ) async throws -> [OutcomeIssue] {
        let node = JSONNode(resource.document, resource.index)
        let own = self.profiles[resource.type] ?? []
        var inquiry = Inquiry(store, ProfileDemand(canonicals: profiles + own.filter { !profiles.contains($0) }))
        try await inquiry.prepare(
            validator.canonicals(neededBy: node, includesExtensions: true)
                + inquiry.demand.canonicals.map { CanonicalURL($0) })
        for profile in profiles where !validator.isKnown(profile: profile, in: inquiry.demand) {
            throw OperationInputError(.invalidParameter, "the profile is not known here", expression: "profile")
        }
        return try await examine(node, resource.type, everything, &inquiry).map(OutcomeIssue.init)
    }

    package func knowing<Result>(
        from store: FHIRStore, _ body: ((any Knowledge)?) throws -> Result
    ) async throws -> Result {
        var inquiry = Inquiry(store, ProfileDemand())
        let result: Swift.Result<Result, any Error> = try await inquiry.settle { demand in
            let (knowledge, questions) = validator.knowledge(demand)
            return (Swift.Result { try body(knowledge) }, questions())
        }
        return try result.get()
    }

    /// The first error that keeps a resource of the server's own making from being stored.
    package var storageCheck: StorageCheck {
        StorageCheck { resource, store in
            let found = try await storageIssues(of: resource, in: store)
            return found.first { $0.severity == .error }.map {
                StorageCheck.Fault(message: $0.message, expression: $0.expression)
            }
        }
    }

    /// Those of ``profiles`` that a store does not have, or that are of other types: while they are missing, no
    /// resource of the type can be stored.
    package func missingProfiles(in store: FHIRStore) async throws -> [String] {
        var missing: [String] = []
        for (type, canonicals) in profiles {
            var inquiry = Inquiry(store, ProfileDemand())
            try await inquiry.prepare(canonicals.map { CanonicalURL($0) })
            for canonical in canonicals where !validator.isKnown(profile: canonical, of: type, in: inquiry.demand) {
                missing.append(canonical)
            }
        }
        return missing.sorted()
    }

    // MARK: - Looking

    private func storageIssues(of resource: ResourceInput, in store: FHIRStore) async throws -> [ValidationIssue] {
        let node = JSONNode(resource.document, resource.index)
        let own = profiles.isEmpty ? [] : profiles[resource.type] ?? []
        var inquiry = Inquiry(store, ProfileDemand(canonicals: own))
        // What nearly no resource needs is found out on the way; what is plain to see saves a round.
        if !own.isEmpty || node["meta"]?["profile"] != nil {
            try await inquiry.prepare(
                validator.canonicals(neededBy: node, includesExtensions: false) + own.map { CanonicalURL($0) })
        }
        return try await examine(node, resource.type, storage, &inquiry)
    }

    private func examine(
        _ node: JSONNode, _ type: TypeID, _ options: ValidationOptions, _ inquiry: inout Inquiry
    ) async throws -> [ValidationIssue] {
        try await inquiry.settle { demand in
            let found = validator.examine(node, type: type, options: options, profiles: demand)
            return (found.issues, found.questions)
        }
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
