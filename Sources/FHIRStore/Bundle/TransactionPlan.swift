import FHIRDefinitions
import JSONTape

/// A transaction made ready before anything is written: targets, ids and links of every entry (R4 http#trules).
struct TransactionPlan {
    /// What an entry does once its target is known.
    enum Action {
        case create(TypeID, id: String)
        case update(TypeID, id: String, WritePrecondition)
        case delete(TypeID, id: String, WritePrecondition)
        /// Reads and searches, which run after every write.
        case read
    }

    struct Step {
        var entry: BundleEntry
        var action: Action
    }

    /// In the order of execution: DELETE, POST, PUT and PATCH, GET and HEAD.
    private(set) var steps: [Step] = []
    private(set) var links: LinkTable

    /// Throws `StoreError` naming the entry that cannot be done.
    init(_ bundle: RequestBundle, definitions: FHIRDefinitions, makeID: () -> String) throws {
        links = LinkTable(definitions: definitions)
        var targets: [String: Int] = [:]
        for entry in bundle.entries {
            let action = try Self.action(for: entry, definitions: definitions, makeID: makeID)
            if let (type, id) = Self.target(of: action) {
                let address = "\(definitions.name(of: type))/\(id)"
                // R4 http#trules: the identities of a transaction must not overlap.
                if let other = targets.updateValue(entry.position, forKey: address) {
                    throw StoreError(
                        .invalidRequest, "entries \(other) and \(entry.position) both write \(address)",
                        expression: entry.expression("request.url"), details: "duplicate-identity")
                }
                if let fullURL = entry.fullURL, entry.resource != nil {
                    if links[fullURL] != nil {
                        throw StoreError(
                            .invalidRequest, "two entries have the same fullUrl",
                            expression: entry.expression("fullUrl"), details: "duplicate-identity")
                    }
                    links[fullURL] = address
                }
            }
            steps.append(Step(entry: entry, action: action))
        }
        steps.sort { left, right in
            let ranks = (Self.rank(left.entry.method), Self.rank(right.entry.method))
            return ranks.0 == ranks.1 ? left.entry.position < right.entry.position : ranks.0 < ranks.1
        }
    }

    private static func rank(_ method: BundleEntry.Method) -> Int {
        switch method {
        case .delete: 0
        case .post: 1
        case .put, .patch: 2
        case .get, .head: 3
        }
    }

    private static func target(of action: Action) -> (TypeID, String)? {
        switch action {
        case .create(let type, let id), .update(let type, let id, _), .delete(let type, let id, _): (type, id)
        case .read: nil
        }
    }

    private static func action(
        for entry: BundleEntry, definitions: FHIRDefinitions, makeID: () -> String
    ) throws -> Action {
        if entry.method == .get || entry.method == .head { return .read }
        func fail(_ message: String, _ code: StoreError.Code = .invalidRequest) -> StoreError {
            StoreError(code, message, expression: entry.expression("request.url"))
        }
        let path = entry.path
        guard let name = path.first, let type = definitions.resourceType(named: name) else {
            throw fail("request.url names no resource type")
        }
        if entry.query != nil || entry.ifNoneExist != nil {
            throw fail("conditional interactions inside bundles are not supported yet", .notSupported)
        }
        if let resource = entry.resource, resource.type != type {
            throw fail("the resource's type is not the one that request.url names")
        }
        switch entry.method {
        case .post:
            guard path.count == 1 else { throw fail("POST takes a resource type; operations are not supported here") }
            return .create(type, id: makeID())
        case .put:
            let id = try instance(path, fail)
            try checkID(of: entry, is: id)
            let precondition = try WritePrecondition(ifMatch: entry.ifMatch, ifNoneMatch: entry.ifNoneMatch)
            return .update(type, id: id, precondition)
        case .delete:
            let id = try instance(path, fail)
            return .delete(type, id: id, try WritePrecondition(ifMatch: entry.ifMatch, ifNoneMatch: nil))
        default:
            throw fail("\(entry.method.rawValue) inside bundles is not supported yet", .notSupported)
        }
    }

    private static func instance(
        _ path: [String], _ fail: (String, StoreError.Code) -> StoreError
    ) throws -> String {
        guard path.count == 2, ResourceID.isValid(path[1]) else {
            throw fail("request.url is not of the form Type/id", .invalidRequest)
        }
        return path[1]
    }

    /// R4 http#update: the body's id is that of the address.
    private static func checkID(of entry: BundleEntry, is id: String) throws {
        guard let resource = entry.resource else { return }
        let bodyID = resource.document.member("id", of: resource.index).map { resource.document.string($0) }
        guard bodyID == id else {
            throw StoreError(
                .invalidRequest, "the resource's id is not the one that request.url names",
                expression: entry.expression("resource.id"))
        }
    }
}
