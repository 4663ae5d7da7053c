package import Access
import FHIRStore

/// Who asks, as far as access control found out.
package struct Caller: Sendable, Hashable {
    /// Name of the token or user; nil where nobody had to sign in.
    package var name: String?
    /// What the caller may do; nil for everything.
    package var rights: AccessRights?

    package init(name: String?, rights: AccessRights? = nil) {
        self.name = name
        self.rights = rights
    }

    package static func == (left: Caller, right: Caller) -> Bool {
        left.name == right.name && left.rights?.principal == right.rights?.principal
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(rights?.principal)
    }

    package static let anonymous = Caller(name: nil)
}

/// What access control is asked: all that is known before the body is read.
package struct AccessRequest: Sendable {
    package var method: RequestMethod
    package var route: Route
    /// `Authorization` as sent.
    package var authorization: String?
    /// `X-Martlet-Actor` as sent: `Practitioner/1`. Believed only where nobody has to sign in.
    package var actor: String?
}

/// What access control says.
package enum AccessDecision: Sendable {
    case allow(Caller)
    /// Refused: the client sees this error; the record sees whom it was, as far as that is known.
    case deny(RequestError, Caller = .anonymous)
}

/// The place where access control sits: every request to the FHIR API passes it once, before anything is read.
package protocol AccessControl: Sendable {
    /// Whether callers have to show a bearer token.
    var demandsToken: Bool { get }

    func decide(_ request: AccessRequest) async throws -> AccessDecision
}

/// Lets everybody do everything; only for servers that listen on loopback addresses. Callers may say who they are.
package struct OpenAccess: AccessControl {
    package let demandsToken = false

    package init() {}

    package func decide(_ request: AccessRequest) async throws -> AccessDecision {
        guard let actor = request.actor else { return .allow(.anonymous) }
        let parts = actor.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.allSatisfy({ (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }),
            !parts[0].isEmpty, ResourceID.isValid(String(parts[1]))
        else { return .deny(RequestError(.malformed, "X-Martlet-Actor is a reference: Practitioner/ID")) }
        return .allow(Caller(name: actor))
    }
}

/// Demands a bearer token (RFC 6750) of which the database holds the hash.
package struct BearerAccess: AccessControl {
    package let demandsToken = true
    private let tokens: AccessTokens

    package init(tokens: AccessTokens) {
        self.tokens = tokens
    }

    package func decide(_ request: AccessRequest) async throws -> AccessDecision {
        // R4 http.html#capabilities and SMART: clients read the capabilities before they can sign in.
        if request.route == .capabilities { return .allow(.anonymous) }
        guard let authorization = request.authorization else {
            return .deny(RequestError(.unauthorized, "an access token is required"))
        }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            return .deny(RequestError(.unauthorized, "Authorization must be of the form: Bearer TOKEN"))
        }
        guard let caller = try await tokens.caller(of: String(parts[1])) else {
            return .deny(RequestError(.unauthorized, "the access token is not valid"))
        }
        return .allow(caller)
    }
}
