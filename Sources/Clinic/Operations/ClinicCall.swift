package import Access
package import JSONTape

/// One call of an operation.
package struct ClinicCall: Sendable {
    /// Id of the resource, for operations on an instance.
    package var id: String?
    /// The body: a Parameters resource, or the one resource that the operation takes.
    package var parameters: JSONNode
    /// Who calls, for what is remembered per caller; empty where nobody had to sign in.
    package var caller: String
    /// Who the caller is; nil where nobody had to sign in.
    package var principal: Principal?
    /// What the caller may do; nil where nobody had to sign in.
    package var rights: AccessRights?
    /// Header `Idempotency-Key`.
    package var idempotencyKey: String?
    /// Header `If-Match`, on instances.
    package var ifMatch: String?
    /// Absolute address of the FHIR API, without a slash at the end.
    package var base: String

    package init(
        id: String? = nil, parameters: JSONNode, caller: String, principal: Principal? = nil,
        rights: AccessRights? = nil, idempotencyKey: String? = nil, ifMatch: String? = nil, base: String
    ) {
        self.id = id
        self.parameters = parameters
        self.caller = caller
        self.principal = principal
        self.rights = rights
        self.idempotencyKey = idempotencyKey
        self.ifMatch = ifMatch
        self.base = base
    }
}
