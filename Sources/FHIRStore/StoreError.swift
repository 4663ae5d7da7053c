package import FHIRFormats
package import PostgreSQL

/// Why the store refused or failed an interaction. Nothing was changed, unless the code is `.unavailable`: then the
/// connection broke while a commit was under way and the outcome is unknown.
package struct StoreError: Error, Sendable {
    package enum Code: String, Sendable {
        /// No resource has ever had this id, or not this version.
        case notFound
        /// The resource was deleted (R4 http#read: 410).
        case gone
        /// `If-Match` names another version than the current one (R4 http#concurrency: 412).
        case versionConflict
        /// Another precondition does not hold: `If-None-Match: *`, several matches (412).
        case preconditionFailed
        /// The content is well-formed but breaks a rule (422).
        case invalidContent
        /// The request itself is wrong: id, parameter, bundle structure (400).
        case invalidRequest
        /// The write collides with other data, such as a booked time (409).
        case conflict
        /// Somebody else was faster; seen by callers only where they run jobs of their own, to try afresh.
        case stale
        /// A workflow's rule forbids the change (422).
        case businessRule
        /// Not by this person (403).
        case forbidden
        /// The server does not do this (400).
        case notSupported
        /// Content of a kind that is not taken (415).
        case unsupportedMedia
        /// A limit of the server is exceeded (413).
        case tooLarge
        /// The statement took longer than allowed (503).
        case timeout
        /// Too many requests wait for the database (503).
        case overloaded
        /// No connection to the database (503).
        case unavailable
        /// Something is broken on our side (500).
        case fault
    }

    package var code: Code
    /// For the caller: what is wrong. Quotes ids and codes at most, never content.
    package var message: String
    /// FHIRPath of the element concerned, where known.
    package var expression: String?
    /// Stable machine-readable code for `OperationOutcome.issue.details`, under `urn:martlet:error`.
    package var details: String?
    /// With `.gone`: the version that records the deletion.
    package var stamp: VersionStamp?
    /// Which of the commands sent together failed, where the database said so.
    var commandIndex: Int?
    /// The failed statement was that of several commands, of which `commandIndex` is but the first.
    var isOfSeveralCommands = false

    package init(_ code: Code, _ message: String, expression: String? = nil, details: String? = nil) {
        self.code = code
        self.message = message
        self.expression = expression
        self.details = details
    }
}

extension StoreError {
    /// SQLSTATE that our own triggers raise when a rule of a workflow forbids a write.
    package static let businessRuleState = "MT422"
    /// SQLSTATE that our own triggers raise when a write collides with the present state.
    package static let conflictState = "MT409"
    /// SQLSTATE that guards raise when a write is not within what the caller may write.
    package static let forbiddenState = "MT403"
    /// SQLSTATE that guards raise when what is to be written is not there for the caller.
    package static let hiddenState = "MT404"
    /// SQLSTATE that guards raise where a caller who does not choose ids updates what is not there for that caller.
    package static let unassignedState = "MT414"
    /// SQLSTATE that a guarded job raises when what it assumed no longer holds, so that it is tried afresh.
    package static let staleAssumptionState = "MT001"

    /// What a database error means to the caller.
    package init(_ error: PostgreSQLError) {
        switch error.code {
        case .timeout:
            self.init(.timeout, "the database took too long to answer")
        case .overloaded:
            self.init(.overloaded, "too many requests are waiting for the database")
        case .connectionLost, .notConnected, .shutDown:
            self.init(.unavailable, "the database is not reachable")
        case .server:
            self.init(serverError: error)
        case .invalidParameter:
            self.init(.invalidContent, "the content holds a character that cannot be stored")
        default:
            self.init(.fault, "the database failed (\(error.code))")
        }
    }

    private init(serverError error: PostgreSQLError) {
        switch error.sqlState ?? "" {
        case Self.businessRuleState:
            let (details, message) = Self.split(error.message)
            self.init(.businessRule, message, details: details)
        case Self.conflictState:
            let (details, message) = Self.split(error.message)
            self.init(.conflict, message, details: details)
        case Self.searchIndexMovedState:
            self.init(.stale, "the search parameters changed in the meantime", details: Self.searchIndexMoved)
        case Self.forbiddenState:
            self.init(
                .forbidden, "your rights do not reach to this change of this resource", details: "not-allowed")
        case Self.hiddenState:
            self.init(.notFound, "there is no such resource")
        case Self.unassignedState:
            self.init(
                .notFound,
                "there is no such resource, and the ids of new ones are chosen by the server: create it by POST",
                details: "unassigned-id")
        case Self.staleAssumptionState, "23505":
            self.init(.stale, "the data changed in the meantime")
        case "23P01":
            self.init(
                .conflict, "another booking takes this time (\(error.constraint ?? "exclusion constraint"))",
                details: error.constraint.map { $0.replacing("_", with: "-") })
        case "40001", "40P01", "55P03":
            self.init(.conflict, "a concurrent change to the same data; try again", details: "concurrent-change")
        case "57014":
            self.init(.timeout, "the database took too long to answer")
        case "54000", "54001", "53400":
            self.init(.tooLarge, "the content exceeds a limit of the database")
        case "22003", "22P02", "22P05", "22007", "22008", "22021":
            self.init(.invalidContent, "the content holds a value that cannot be stored (\(error.sqlState ?? ""))")
        case let state:
            self.init(.fault, "the database refused a statement (SQLSTATE \(state))")
        }
    }

    /// Splits `code|text`, the form of the messages that our triggers raise.
    private static func split(_ message: String) -> (details: String?, message: String) {
        guard let bar = message.firstIndex(of: "|") else { return (nil, message) }
        return (String(message[..<bar]), String(message[message.index(after: bar)...]))
    }
}
