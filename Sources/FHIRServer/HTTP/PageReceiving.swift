package import HTTPTypes

/// Answers what is no FHIR: signing in, OAuth 2.0, the discovery documents. What it says is not this target's matter.
package protocol PageReceiving: Sendable {
    /// Whether requests to this path are answered here: `/auth/token`, `/fhir/.well-known/smart-configuration`.
    func takes(path: Substring) -> Bool

    func answer(_ request: PageRequest) async -> PageAnswer
}

/// A request with its body, which is small.
package struct PageRequest: Sendable {
    package var method: RequestMethod
    /// Without the query.
    package var path: String
    package var query: QueryItems
    package var fields: HTTPFields
    package var body: [UInt8]
    /// Address of the peer; nil where it is not known.
    package var remoteAddress: String?
    /// Absolute address of the FHIR API, without a slash at the end.
    package var base: String

    package init(
        method: RequestMethod, path: String, query: QueryItems, fields: HTTPFields, body: [UInt8],
        remoteAddress: String?, base: String
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.fields = fields
        self.body = body
        self.remoteAddress = remoteAddress
        self.base = base
    }
}

package struct PageAnswer: Sendable {
    /// HTTP status.
    package var status: Int
    package var fields: HTTPFields
    package var body: [UInt8]

    package init(_ status: Int, fields: HTTPFields = HTTPFields(), body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }
}
