package import FHIRDefinitions
package import FHIRFormats
package import FHIRStore
package import JSONTape

/// A FHIR operation that the server offers at `[base]/$name`, `[base]/Type/$name` or `[base]/Type/id/$name`.
///
/// Errors are `StoreError`, `ClinicError`, `SearchError`, `RequestError` or `InvalidResource`; the outcome map knows
/// them.
package protocol ResourceOperation: Sendable {
    var declaration: OperationDeclaration { get }

    func run(_ call: OperationCall) async throws -> OperationAnswer
}

/// One call of an operation.
package struct OperationCall: Sendable {
    package enum Target: Sendable, Hashable {
        case system
        case type(TypeID)
        case instance(TypeID, id: String)
        /// A past or present version; the text between `_history/` and the operation.
        case version(TypeID, id: String, version: String)
    }

    package var target: Target
    /// The parameters as declared: names, types and numbers of values have been checked.
    package var input: OperationInput
    /// The body as sent: a Parameters resource, or a bare resource where a client sends one. For GET and for an empty
    /// body a Parameters resource made of the query.
    package var parameters: JSONNode
    /// A body that is no FHIR, of a media type that the operation declares.
    package var content: RawContent?
    package var store: FHIRStore
    package var search: SearchService
    /// What operations of workflows work with, see `AccessRights.operationLimit`.
    var workflows: (store: FHIRStore, search: SearchService)
    package var limits: ServerLimits
    /// Checks resources that come with the call, or that are to be written.
    package var checker: any ResourceChecking = NoChecking()
    /// Names and values of the address, for operations that read their parameters themselves and take a bare resource.
    package var query = QueryItems()
    /// Absolute address of the FHIR API, without a slash at the end.
    package var base: String
    package var caller: Caller
    /// `If-Match`, `Idempotency-Key` and `Prefer`, for operations that heed them.
    package var conditions: Conditions
    /// What the answer may hold of the contents of Binaries.
    var binaryContents: BinaryContents
    /// How much the answer may hold.
    var room: AnswerRoom

    package init(
        target: Target, input: OperationInput, parameters: JSONNode, store: FHIRStore, search: SearchService,
        limits: ServerLimits = ServerLimits(), base: String, caller: Caller, conditions: Conditions = Conditions()
    ) {
        self.target = target
        self.input = input
        self.parameters = parameters
        self.store = store
        self.search = search
        workflows = (store, search)
        self.limits = limits
        self.base = base
        self.caller = caller
        self.conditions = conditions
        binaryContents = BinaryContents(store: store, byteCount: limits.bundledBinaryByteCount)
        room = AnswerRoom(byteCount: limits.answerByteCount)
    }

    var definitions: FHIRDefinitions { store.definitions }

    /// Address of the call, without parameters: what page links begin with.
    func address(of name: String) -> String {
        switch target {
        case .system: "\(base)/$\(name)"
        case .type(let type): "\(base)/\(definitions.name(of: type))/$\(name)"
        case .instance(let type, let id): "\(base)/\(definitions.name(of: type))/\(id)/$\(name)"
        case .version(let type, let id, let version):
            "\(base)/\(definitions.name(of: type))/\(id)/_history/\(version)/$\(name)"
        }
    }
}

/// What an operation answers.
package struct OperationAnswer: Sendable {
    /// HTTP status.
    package var status: Int
    /// A resource as compact JSON; nil for none.
    package var resource: [UInt8]?
    /// Version of the resource, for `ETag` and `Last-Modified`.
    package var stamp: VersionStamp?
    /// Address relative to the base of what was created, without version.
    package var created: String?
    /// `Content-Type` where the answer is not FHIR.
    package var contentType: String?
    /// `Patient/1` of resources whose content is in an answer that is no FHIR, for the record.
    package var shown: [String] = []
    /// Whether `Accept-Language` could make another answer of it.
    package var hasLanguage = false

    package init(_ status: Int = 200, resource: [UInt8]? = nil, stamp: VersionStamp? = nil, created: String? = nil) {
        self.status = status
        self.resource = resource
        self.stamp = stamp
        self.created = created
    }
}
