import Access
import FHIRDefinitions
import FHIRSearch
import FHIRStore

/// Where rights meet interactions: types are asked about before anything is read, rows are left to the store.
extension Interactions {
    /// The same interactions over what the caller may reach. There is no way back from these to what lies beyond.
    func limited(to rights: AccessRights?) -> Interactions {
        guard let limit = rights?.limit, !store.isLimited else { return self }
        var inner = self
        inner.store = store.limited(to: limit)
        inner.search = SearchService(search, in: inner.store)
        if let operationLimit = rights?.operationLimit {
            let reached = store.limited(to: operationLimit)
            inner.workflows = (reached, SearchService(search, in: reached))
        }
        return inner
    }

    /// Entries of a transaction that write do not come by as interactions of their own.
    func requireRights(_ bundle: RequestBundle, _ request: InteractionRequest) throws {
        guard request.caller.rights?.limit != nil else { return }
        for entry in bundle.entries {
            do {
                try InteractionRequest(entry, of: request, routes: routes).requireRights()
            } catch {
                throw EntryFailure(entry, "request", error)
            }
        }
    }
}

extension InteractionRequest {
    /// Throws `RequestError` (403) where role or scope do not reach to this interaction with this type at all.
    func requireRights() throws {
        try caller.requireRights(method, route)
    }

    /// As `requireRights()`, of operations. Those of workflows look after their roles themselves.
    func requireRights(
        to found: any ResourceOperation, _ target: OperationCall.Target, _ definitions: FHIRDefinitions
    ) throws {
        let operation = found.declaration
        guard let rights = caller.rights, rights.limit != nil else { return }
        let type: TypeID? =
            switch target {
            case .system: nil
            case .type(let type), .instance(let type, _), .version(let type, _, _): type
            }
        let name = type.map(definitions.name)
        let isAllowed =
            operation.affectsState
            ? rights.scopesAllow(.update, name) || rights.scopesAllow(.create, name)
            : rights.scopesAllow(.read, name) || rights.scopesAllow(.search, name)
        guard isAllowed else { throw RequestError.insufficient }
        if found is WorkflowOperation { return }
        // What is not known to ask the store alone is for administrators.
        guard Self.limitedOperations.contains(operation.name) else { throw RequestError.insufficient }
        if let type, Self.aboutResources.contains(operation.name) {
            let action: RowAction = operation.affectsState ? .update : .read
            guard rights.allows(action, type) else { throw RequestError.insufficient }
        }
    }

    /// Operations of the standard that reach data through the store they are given and through nothing else.
    private static let limitedOperations: Set<String> = aboutResources.union([
        // Whose rights reach to it, the operation itself says.
        "break-glass", "access-report",
        "convert", "expand", "fhirpath", "lookup", "snapshot", "subsumes", "translate", "validate", "validate-code",
    ])
    private static let aboutResources: Set<String> = [
        "diff", "document", "everything", "graphql", "lastn", "meta", "meta-add", "meta-delete", "stats",
        "verify-chain",
    ]
}

extension Caller {
    /// Throws `RequestError` (403) where role or scope do not reach to this interaction with this type at all. Which
    /// resources of the type are there for the caller is another question.
    func requireRights(_ method: RequestMethod, _ route: Route) throws {
        guard let rights, rights.limit != nil else { return }
        func require(_ action: RowAction, _ scope: SMARTScope.Permissions, _ type: TypeID, _ name: String?) throws {
            guard rights.allows(action, type), rights.scopesAllow(scope, name) else { throw RequestError.insufficient }
        }
        let isRead = method.isRead
        switch route {
        case .messages: throw RequestError.insufficient
        case .instance(let type, _):
            let name = rights.name(type)
            if isRead {
                try require(.read, .read, type, name)
            } else if method == .put {
                // A PUT may create what is not there.
                guard rights.allows(.update, type) || rights.allows(.create, type), rights.scopesAllow(.update, name)
                else { throw RequestError.insufficient }
            } else if method == .patch {
                try require(.update, .update, type, name)
            } else if method == .delete {
                try require(.delete, .delete, type, name)
            }
        case .version(let type, _, _), .instanceHistory(let type, _):
            try require(.read, .read, type, rights.name(type))
        case .type(let type):
            let name = rights.name(type)
            switch method {
            case .post: try require(.create, .create, type, name)
            case .put, .patch: try require(.update, .update, type, name)
            case .delete: try require(.delete, .delete, type, name)
            default: try require(.read, .search, type, name)
            }
        case .typeSearch(let type), .typeHistory(let type):
            try require(.read, .search, type, rights.name(type))
        case .compartment(_, _, let target), .compartmentSearch(_, _, let target):
            guard let type = rights.type(named: target) else { break }
            try require(.read, .search, type, target)
        default: break
        }
    }
}

extension RequestError {
    /// RFC 6750 §3.1.
    static var insufficient: RequestError {
        RequestError(
            .forbidden, "neither role nor scope allow this", challenge: "insufficient_scope")
    }
}
