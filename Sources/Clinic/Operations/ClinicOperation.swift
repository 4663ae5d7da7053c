package import FHIRDefinitions
package import FHIRFormats
package import FHIRStore
package import JSONTape

/// A workflow's operation: declared by a value, run inside one database transaction.
package protocol ClinicOperation: Sendable {
    var declaration: ClinicOperationDeclaration { get }

    /// Does the work. May run more than once, so it must have no effect but through the transaction.
    ///
    /// Throws `StoreError`; `ClinicOperationRunner` adds alternatives to what collides.
    func run(_ call: ClinicCall, in transaction: StoreTransaction) async throws -> ClinicAnswer

    /// What could be done instead, after a conflict; asked outside of the failed transaction.
    func alternatives(_ call: ClinicCall, in store: FHIRStore) async throws -> [ClinicError.Alternative]
}

extension ClinicOperation {
    package func alternatives(_ call: ClinicCall, in store: FHIRStore) async throws -> [ClinicError.Alternative] { [] }
}

/// What an operation is and takes: routing, CapabilityStatement and OperationDefinition are made from it.
/// https://hl7.org/fhir/R4/operationdefinition.html
package struct ClinicOperationDeclaration: Sendable {
    package enum Level: Sendable, Hashable {
        case type, instance
    }

    package typealias Parameter = OperationParameterDeclaration

    /// Without the dollar sign: `book`.
    package var name: String
    package var typeName: String
    package var level: Level
    /// Whether it changes something; if not, GET may call it.
    package var affectsState: Bool
    package var documentation: String
    package var parameters: [Parameter]
}

/// One call of an operation.
package struct ClinicCall: Sendable {
    /// Id of the resource, for operations on an instance.
    package var id: String?
    /// The body: a Parameters resource, or the one resource that the operation takes.
    package var parameters: JSONNode
    /// Who calls, for what is remembered per caller.
    package var caller: String
    /// Header `Idempotency-Key`.
    package var idempotencyKey: String?
    /// Header `If-Match`, on instances.
    package var ifMatch: String?
    /// Absolute address of the FHIR API, without a slash at the end.
    package var base: String

    package init(
        id: String? = nil, parameters: JSONNode, caller: String, idempotencyKey: String? = nil, ifMatch: String? = nil,
        base: String
    ) {
        self.id = id
        self.parameters = parameters
        self.caller = caller
        self.idempotencyKey = idempotencyKey
        self.ifMatch = ifMatch
        self.base = base
    }
}

/// What an operation answers.
package struct ClinicAnswer: Sendable {
    /// HTTP status.
    package var status: Int
    /// A resource as compact JSON.
    package var resource: [UInt8]
    /// Version of the resource, for `ETag` and `Last-Modified`, where one resource alone is answered.
    package var stamp: VersionStamp?

    package init(_ status: Int = 200, resource: [UInt8], stamp: VersionStamp? = nil) {
        self.status = status
        self.resource = resource
        self.stamp = stamp
    }
}
