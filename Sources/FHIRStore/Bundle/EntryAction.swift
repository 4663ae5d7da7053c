import FHIRDefinitions
import FHIRSearch
import JSONTape

/// Which resource an entry means.
enum EntryTarget: Sendable {
    case id(String)
    /// The one that meets the criteria of `request.url` (R4 http.html#cond-update).
    case criteria(ConditionalCriteria)
}

/// What an entry of a transaction asks for, as far as its request tells (R4 bundle.html#Bundle.entry.request).
enum EntryAction: Sendable {
    case create(TypeID, ifNoneExist: ConditionalCriteria?)
    case update(TypeID, EntryTarget, WritePrecondition)
    case patch(TypeID, EntryTarget, WritePrecondition)
    case delete(TypeID, EntryTarget, WritePrecondition)
    /// Reads, searches and operations that change nothing: answered after every write.
    case answer

    /// The type that is written; nil for answers.
    var type: TypeID? {
        switch self {
        case .create(let type, _), .update(let type, _, _), .patch(let type, _, _), .delete(let type, _, _): type
        case .answer: nil
        }
    }

    /// The condition on which it depends, if one.
    var criteria: ConditionalCriteria? {
        switch self {
        case .create(_, let criteria): return criteria
        case .update(_, let target, _), .patch(_, let target, _), .delete(_, let target, _):
            if case .criteria(let criteria) = target { return criteria }
            return nil
        case .answer: return nil
        }
    }

    var isDelete: Bool { if case .delete = self { true } else { false } }

    /// The path of the criteria in the entry.
    var criteriaElement: String { if case .create = self { "request.ifNoneExist" } else { "request.url" } }
}

// MARK: - Reading

extension EntryAction {
    /// Throws `StoreError` that names the entry and element at fault.
    init(_ entry: BundleEntry, indexer: SearchIndexer) throws {
        if entry.method == .get || entry.method == .head || entry.isCall {
            self = .answer
            return
        }
        let path = entry.path
        guard let name = path.first, let type = indexer.definitions.resourceType(named: name) else {
            throw Self.fault(entry, "request.url names no resource type")
        }
        if entry.ifNoneExist != nil, entry.method != .post {
            throw Self.fault(entry, "ifNoneExist belongs to POST", "request.ifNoneExist")
        }
        if entry.method == .post {
            self = try Self.create(type, entry, path, indexer)
            return
        }
        let target = try Self.target(type, entry, path, indexer)
        switch entry.method {
        case .put:
            try Self.checkType(of: entry, is: type)
            if case .id(let id) = target { try Self.checkID(of: entry, is: id) }
            self = .update(type, target, try Self.precondition(entry, ifNoneMatch: entry.ifNoneMatch))
        case .patch:
            self = .patch(type, target, try Self.precondition(entry, ifNoneMatch: nil))
        default:
            self = .delete(type, target, try Self.precondition(entry, ifNoneMatch: nil))
        }
    }

    private static func create(
        _ type: TypeID, _ entry: BundleEntry, _ path: [String], _ indexer: SearchIndexer
    ) throws -> EntryAction {
        guard path.count == 1 else { throw fault(entry, "POST takes a resource type, not an id") }
        try checkType(of: entry, is: type)
        // Some clients send the criteria in the address; both at once could contradict each other.
        if entry.query != nil, entry.ifNoneExist != nil {
            throw fault(entry, "criteria stand either in ifNoneExist or in the url", "request.ifNoneExist")
        }
        guard let query = entry.ifNoneExist ?? entry.query else { return .create(type, ifNoneExist: nil) }
        let element = entry.ifNoneExist == nil ? "request.url" : "request.ifNoneExist"
        return .create(type, ifNoneExist: try criteria(type, query, entry.expression(element), indexer))
    }

    private static func target(
        _ type: TypeID, _ entry: BundleEntry, _ path: [String], _ indexer: SearchIndexer
    ) throws -> EntryTarget {
        if path.count == 1, let query = entry.query {
            return .criteria(try criteria(type, query, entry.expression("request.url"), indexer))
        }
        guard path.count == 2, entry.query == nil, ResourceID.isValid(path[1]) else {
            throw fault(entry, "request.url is neither of the form Type/id nor of the form Type?criteria")
        }
        return .id(path[1])
    }

    /// Criteria, with the place in the bundle where they stand if they are none.
    static func criteria(
        _ type: TypeID, _ query: String, _ expression: String, _ indexer: SearchIndexer
    ) throws -> ConditionalCriteria {
        do {
            return try ConditionalCriteria(type: type, query: query, indexer: indexer)
        } catch let error as SearchError {
            let name = error.parameter.map { "\($0): " } ?? ""
            throw StoreError(
                .invalidRequest, name + error.message, expression: expression,
                details: error.code == .indexing ? "indexing" : "invalid-criteria")
        } catch var error as StoreError {
            error.expression = expression
            throw error
        }
    }

    private static func precondition(_ entry: BundleEntry, ifNoneMatch: String?) throws -> WritePrecondition {
        do {
            return try WritePrecondition(ifMatch: entry.ifMatch, ifNoneMatch: ifNoneMatch)
        } catch var error as StoreError {
            error.expression = entry.expression("request")
            throw error
        }
    }

    private static func checkType(of entry: BundleEntry, is type: TypeID) throws {
        guard entry.resource?.type == type else {
            throw fault(entry, "the resource's type is not the one that request.url names")
        }
    }

    /// R4 http.html#update: the body's id is that of the address.
    private static func checkID(of entry: BundleEntry, is id: String) throws {
        guard entry.resourceID == id else {
            throw fault(entry, "the resource's id is not the one that request.url names", "resource.id")
        }
    }

    private static func fault(_ entry: BundleEntry, _ message: String, _ element: String = "request.url") -> StoreError
    {
        StoreError(.invalidRequest, message, expression: entry.expression(element))
    }
}

extension BundleEntry {
    /// `id` of the resource as sent.
    var resourceID: String? {
        guard let resource else { return nil }
        return resource.document.member("id", of: resource.index).map { resource.document.string($0) }
    }

    /// Whether this is a POST that writes no resource itself: an operation or a search.
    package var isCall: Bool {
        guard method == .post, url.utf8.contains(where: { $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "_") }) else {
            return false
        }
        return path.contains { $0.hasPrefix("$") || $0 == "_search" }
    }
}
