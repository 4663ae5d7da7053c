package import FHIRDefinitions
package import FHIRFormats
package import FHIRStore
package import JSONTape

/// What an operation is, for routing and for the CapabilityStatement (R4 operationdefinition.html).
package struct OperationDeclaration: Sendable {
    /// Where it can be called.
    package enum Level: Sendable, Hashable {
        case system, type, instance
    }

    /// Without the dollar sign: `book`.
    package var name: String
    package var levels: Set<Level>
    /// Resource types it belongs to; empty for all of them, or for system level.
    package var types: Set<String>
    /// Whether it changes something; if not, it may be called with GET (R4 operations.html#executing).
    package var affectsState: Bool
    /// Canonical URL of its OperationDefinition.
    package var definition: String

    package init(_ name: String, levels: Set<Level>, types: Set<String>, affectsState: Bool, definition: String) {
        self.name = name
        self.levels = levels
        self.types = types
        self.affectsState = affectsState
        self.definition = definition
    }
}

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
    }

    package var target: Target
    /// The body: a Parameters resource, or a bare resource where a client sends one. For GET and for an empty body a
    /// Parameters resource made of the query (`valueString` each).
    package var parameters: JSONNode
    package var store: FHIRStore
    /// Absolute address of the FHIR API, without a slash at the end.
    package var base: String
    package var caller: Caller
    /// `If-Match` and `Idempotency-Key`, for operations that heed them.
    package var conditions: Conditions

    package init(
        target: Target, parameters: JSONNode, store: FHIRStore, base: String, caller: Caller,
        conditions: Conditions = Conditions()
    ) {
        self.target = target
        self.parameters = parameters
        self.store = store
        self.base = base
        self.caller = caller
        self.conditions = conditions
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

    package init(_ status: Int = 200, resource: [UInt8]? = nil, stamp: VersionStamp? = nil, created: String? = nil) {
        self.status = status
        self.resource = resource
        self.stamp = stamp
        self.created = created
    }
}
