import Access
import FHIRFormats
import FHIRStore
import Synchronization

/// A request on its way to the record: what is known of it before anything of it is understood, then who asks, and
/// whether it is on record yet.
package final class RequestRecord: Sendable {
    private struct State {
        var caller = Caller.anonymous
        var isDone = false
    }

    /// Longest text of an address that is kept.
    static let greatestAddress = 4096

    private let address: String?
    private let requestID: String?
    private let line: String
    private let state = Mutex(State())

    /// - Parameters:
    ///   - address: of the peer.
    ///   - line: method and address as sent.
    package init(address: String?, requestID: String?, line: String) {
        self.address = address
        self.requestID = requestID
        self.line = String(line.prefix(Self.greatestAddress))
    }

    var caller: Caller {
        get { state.withLock { $0.caller } }
        set { state.withLock { $0.caller = newValue } }
    }

    /// Whether an interaction of the request has been put on record, as what it was or as refused.
    var isDone: Bool { state.withLock { $0.isDone } }

    func finish() { state.withLock { $0.isDone = true } }

    /// The facts of one interaction of the request.
    ///
    /// - Parameters:
    ///   - entry: method and address of the entry of a bundle that it is; nil for the request itself.
    ///   - body: what was asked in the body in place of the address: a form, a GraphQL query.
    func facts(_ deed: String, entry: String? = nil, body: String? = nil, now: Instant) -> AuditFacts {
        var facts = AuditFacts(deed)
        let caller = caller
        facts.agent = caller.name
        facts.address = address
        facts.requestID = requestID
        facts.request = entry.map { String($0.prefix(Self.greatestAddress)) } ?? line
        if let body, let address = facts.request {
            facts.request = String("\(address)\(address.contains("?") ? "&" : "?")\(body)".prefix(Self.greatestAddress))
        }
        guard let rights = caller.rights else { return facts }
        let principal = rights.principal
        facts.roles = rights.roles.sorted()
        facts.client = principal.client
        if case .client(let id) = principal.subject { facts.client = id }
        facts.purposes = rights.limit?.purposes ?? []
        facts.tenant = principal.organization
        if !principal.openedRecords.isEmpty {
            facts.openedRecords =
                principal.openedRecords.filter { $0.value > now.microsecondsSince1970 }.keys.sorted()
        }
        return facts
    }
}

extension Route {
    /// Whether requests to it go on record: all of clinical content. What anybody may read without signing in, and what
    /// programs ask all the time, would only hide the rest: BALP speaks of what is about patients, and
    /// the capabilities are not. What other systems tell by themselves is.
    var isAudited: Bool { kind.isFHIR && self != .capabilities || kind == .webhook }
}
