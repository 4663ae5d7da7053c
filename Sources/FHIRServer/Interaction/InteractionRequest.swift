import FHIRDefinitions
package import FHIRFormats
package import FHIRPatch
import FHIRStore
package import HTTPTypes
package import JSONTape

/// One interaction, whether it came as an HTTP request or as an entry of a batch.
package struct InteractionRequest: Sendable {
    package enum Body: Sendable {
        case none
        /// A JSON document or a part of one, whose root is an object.
        case json(Document, Document.Index)
        /// The content of a Binary as it is (R4 binary.html#rest).
        case raw(RawContent)
    }

    package var method: RequestMethod
    package var route: Route
    package var query: QueryItems
    package var conditions: Conditions
    package var body: Body
    /// What kind of patch the body is; nil for an entry of a bundle, whose resource tells it.
    package var patchFormat: PatchFormat?
    /// Absolute address of the FHIR API, without a slash at the end.
    package var base: String
    /// Who asks.
    package var caller: Caller
    /// How a Binary may be answered; nil for other resources and in bundles, where the resource itself belongs.
    var binary: BinaryWish?
    /// The request that it is part of, for the record; nil where none is kept.
    package var record: RequestRecord?
    /// The form of a search that came by POST, as sent.
    var form: String?
    /// Method and address of the entry of a bundle that it is; nil outside of bundles.
    var entryLine: String?
    /// What the entries of a bundle may hold of the contents of Binaries together; nil outside of bundles.
    var binaryContents: BinaryContents?
    /// What the entries of a bundle may answer together; nil outside of bundles.
    var room: AnswerRoom?

    package init(
        _ method: RequestMethod, _ route: Route, query: QueryItems = QueryItems(),
        conditions: Conditions = Conditions(),
        body: Body = .none, base: String, caller: Caller
    ) {
        self.method = method
        self.route = route
        self.query = query
        self.conditions = conditions
        self.body = body
        self.base = base
        self.caller = caller
    }

    /// The root of the body; throws `RequestError` if there is none.
    func requireBody() throws -> JSONNode {
        guard case .json(let document, let index) = body else {
            throw RequestError(.malformed, "the request has no body")
        }
        return JSONNode(document, index)
    }
}

/// What an interaction came to: all that an HTTP answer or an entry of a response bundle needs.
package struct InteractionAnswer: Sendable {
    /// HTTP status.
    package var status: Int
    /// A resource, as compact JSON; nil for none.
    package var body: [UInt8]?
    /// Whether the body is an OperationOutcome that tells what the interaction did, instead of a resource that was
    /// asked for: in a bundle the two have different places.
    package var isOutcome = false
    /// Version for `ETag: W/"n"`.
    package var version: Int?
    /// Another entity tag, with its quotes.
    package var etag: String?
    package var lastModified: Instant?
    /// Absolute address of what was created.
    package var location: String?
    /// Absolute address of the version that a write left, where nothing was created (RFC 9110 §8.7).
    package var contentLocation: String?
    /// `Preference-Applied`, which says what of `Prefer` was heeded (RFC 7240 §3).
    package var preferenceApplied: String?
    package var allow: [RequestMethod] = []
    package var retryAfter: Int?
    /// `error` of `WWW-Authenticate` (RFC 6750 §3.1).
    package var challenge: String?
    /// Media types for `Accept-Patch` (RFC 5789 §3.1).
    package var acceptPatch: [String] = []
    /// `Content-Type` where the body is not FHIR.
    package var contentType: String?
    /// Further header fields.
    package var fields: [HTTPField] = []
    /// A body that is written piece by piece, in place of ``body``.
    package var stream: ContentStream?
    /// Whether the statements that did it have put it on record.
    var isOnRecord = false
    /// `Patient/1` of resources that the body shows, for the record.
    var shown: [String] = []
    /// Whether the error came before the body was read to its end, so that the connection cannot be used again.
    package var closesConnection = false

    package init(_ status: Int, body: [UInt8]? = nil, version: Int? = nil, lastModified: Instant? = nil) {
        self.status = status
        self.body = body
        self.version = version
        self.lastModified = lastModified
    }

    /// An answer that tells of a failure.
    package init(_ failure: Failure) {
        self.init(failure.status, body: OperationOutcome.json(failure.issues))
        allow = failure.allow
        retryAfter = failure.retryAfter
        challenge = failure.challenge
        acceptPatch = failure.acceptPatch
        version = failure.stamp?.version
        lastModified = failure.stamp?.updated
    }

    /// The entity tag as it stands in the header.
    package var entityTag: String? { etag ?? version.map { "W/\"\($0)\"" } }
}
