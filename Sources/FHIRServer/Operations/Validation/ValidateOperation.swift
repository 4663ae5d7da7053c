import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `$validate`: what would be wrong with a resource, without storing anything (R4 resource-operation-validate.html).
///
/// On a type the resource comes with the call; on an instance it may, else the stored one is looked at. The answer is
/// 200 whether or not the resource is valid; other statuses say that it could not be looked at.
struct ValidateOperation: ResourceOperation {
    let declaration = OperationDeclaration(
        "validate", levels: [.type, .instance], types: [], affectsState: false,
        definition: "http://hl7.org/fhir/OperationDefinition/Resource-validate",
        documentation: "Says what is wrong with a resource, or with what is to be done with it.",
        parameters: [
            .init(.input, "resource", 0, 1, "Resource", "What is validated; on an instance the stored one by default."),
            .init(.input, "mode", 0, 1, "code", "create, update, delete or profile."),
            .init(.input, "profile", 0, 1, "uri", "A profile that the resource has to meet."),
            .init(.output, "return", 1, 1, "OperationOutcome", "What was found."),
        ])

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        let request = try ValidateRequest(call)
        var issues: [OutcomeIssue] = []
        switch request.mode {
        case .delete: issues = try await obstaclesToDeletion(call)
        case nil, .profile, .create, .update:
            let resource = try await resource(request, call)
            issues = try await call.checker.report(on: resource, profiles: request.profiles, in: call.store)
            if request.mode == .create || request.mode == .update {
                issues += SearchParameterCheck(indexer: call.search.indexer).issues(of: resource)
                issues += SubsettedTag.issues(of: resource, call.definitions)
            }
            if request.mode == .update { issues += try await obstaclesToUpdate(resource, call) }
        }
        if !issues.contains(where: { $0.severity == .error || $0.severity == .fatal }) {
            issues.append(
                OutcomeIssue(.information, code: "informational", details: "valid", diagnostics: request.allWell))
        }
        return OperationAnswer(resource: OperationOutcome.json(issues))
    }

    /// The resource that came with the call, else the stored one.
    private func resource(_ request: ValidateRequest, _ call: OperationCall) async throws -> ResourceInput {
        if let node = request.resource {
            guard let type = call.target.type else { throw StoreError(.notFound, "there is no such type") }
            return ResourceInput(type: type, document: node.document, index: node.index)
        }
        guard case .instance(let type, let id) = call.target, request.mode == nil || request.mode == .profile else {
            throw OperationInputError(.invalidParameter, "the parameter resource is missing")
        }
        let stored = try await current(type, id, call)
        let shown = (stored.content ?? []).withUnsafeBufferPointer {
            call.store.renderer.render(content: $0, stamp: stored.stamp)
        }
        return ResourceInput(type: type, document: try Document.parse(shown))
    }

    private func current(_ type: TypeID, _ id: String, _ call: OperationCall) async throws -> StoredVersion {
        guard ResourceID.isValid(id) else { throw StoreError(.notFound, "there is no such id") }
        return try await call.store.read(type, id: id)
    }

    // MARK: - What else is in the way

    private func obstaclesToUpdate(_ resource: ResourceInput, _ call: OperationCall) async throws -> [OutcomeIssue] {
        guard case .instance(let type, let id) = call.target else { return [] }
        var issues: [OutcomeIssue] = []
        let name = call.definitions.name(of: type)
        if JSONNode(resource.document, resource.index)["id"]?.string != id {
            issues.append(
                OutcomeIssue(
                    code: "invalid", details: "wrong-resource",
                    diagnostics: "the resource's id is not the one in the address", expression: "\(name).id"))
        }
        let precondition = try WritePrecondition(
            ifMatch: call.conditions.ifMatch, ifNoneMatch: call.conditions.ifNoneMatch)
        guard ResourceID.isValid(id), let versions = precondition.versions else { return issues }
        let version = try? await call.store.read(type, id: id)
        if !versions.contains(version?.stamp.version ?? 0) {
            issues.append(
                OutcomeIssue(
                    code: "conflict", details: "version-conflict",
                    diagnostics: "If-Match names another version than the current one"))
        }
        return issues
    }

    /// Only resources that are there can be deleted; with referential integrity only those that nothing refers to.
    private func obstaclesToDeletion(_ call: OperationCall) async throws -> [OutcomeIssue] {
        guard case .instance(let type, let id) = call.target else { return [] }
        _ = try await current(type, id, call)
        guard call.store.integrity == .delete, let referrer = try await call.store.referrer(of: type, id: id) else {
            return []
        }
        return [
            OutcomeIssue(
                code: "conflict", details: "still-referenced",
                diagnostics: "\(referrer) refers to \(call.definitions.name(of: type))/\(id)")
        ]
    }
}

extension OperationCall.Target {
    /// The type it is called on.
    fileprivate var type: TypeID? {
        switch self {
        case .system: nil
        case .type(let type), .instance(let type, _), .version(let type, _, _): type
        }
    }
}
