package import Access
import FHIRServer
import FHIRStore
import HTTPTypes
import JSONTape
package import Logging
import PostgreSQL

/// The addresses of accounts: registering, signing in and out, passwords, second factor, sessions. Each takes JSON
/// and forms and answers JSON; browsers get pages.
package struct AccountDoor: Sendable {
    let accounts: Accounts
    let sessions: Sessions
    let bearer: (any PrincipalVerifying)?
    /// What people have allowed apps; nil where no tokens are issued.
    let grants: Grants?
    private let limiter: AddressLimiter
    private let journal: (any AccountJournal)?
    private let logger: Logger

    /// - Parameters:
    ///   - bearer: reads bearer tokens; nil where only sessions count.
    ///   - grants: what people have allowed apps; nil where no tokens are issued.
    ///   - journal: keeps the record; nil for nobody.
    package init(
        accounts: Accounts, sessions: Sessions, bearer: (any PrincipalVerifying)?, grants: Grants? = nil,
        limiter: AddressLimiter = AddressLimiter(),
        journal: (any AccountJournal)? = nil, logger: Logger
    ) {
        self.accounts = accounts
        self.sessions = sessions
        self.bearer = bearer
        self.grants = grants
        self.limiter = limiter
        self.journal = journal
        self.logger = logger
    }

    package var routes: [AuthRoute] {
        let actions =
            signInActions + signUpActions + passwordActions + invitationActions + secondFactorActions + sessionActions
            + appActions
        return actions.flatMap { routes(of: $0) } + sessionRoutes + appRoutes + [Stylesheet.route]
    }

    func record(
        _ kind: AccountEvent.Kind, person: String? = nil, actor: String? = nil, client: String? = nil, _ visit: Visit,
        reason: String? = nil
    ) async {
        await journal?.record(
            AccountEvent(
                kind, person: person, actor: actor, address: visit.request.remoteAddress, client: client,
                reason: reason))
    }

    // MARK: - Who asks

    /// Who sent a request: by bearer token, or by the session of a browser.
    func caller(_ request: PageRequest) async throws -> (account: Account, session: SignedInAccount?) {
        if let token = request.bearer {
            guard case .account(let person) = try await bearer?.principal(token: token)?.subject,
                let account = try await accounts.account(person: person)
            else { throw SignInNeeded() }
            return (account, nil)
        }
        guard let cookie = request.sessionCookie, let session = try await sessions.account(cookie: cookie),
            let account = try await accounts.account(person: session.person)
        else { throw SignInNeeded() }
        return (account, session)
    }

    /// Nobody has signed in who may do this.
    struct SignInNeeded: Error {}

    // MARK: - Pages and actions

    private func routes(of action: AccountAction) -> [AuthRoute] {
        [
            AuthRoute(.get, action.path) { request in try await show(action, Visit(request)) },
            AuthRoute(.post, action.path) { request in try await act(action, request) },
        ]
    }

    private func show(_ action: AccountAction, _ visit: Visit) async throws -> PageAnswer {
        do {
            return withFormCookie(
                try await action.page(visit).answer(
                    visit.failure?.status ?? 200, allowsForwarding: action.allowsForwarding), visit)
        } catch is SignInNeeded {
            return Self.signInNeeded(visit)
        }
    }

    private func act(_ action: AccountAction, _ request: PageRequest) async throws -> PageAnswer {
        let input = try AccountInput(request)
        var visit = Visit(request, input)
        do {
            try request.requireOwnOrigin()
            try requireOwnForm(visit)
            if action.isPublic {
                let seconds = limiter.take(visit.address)
                guard seconds == 0 else {
                    throw AuthError(
                        429, "too_many_requests", "too many requests from this address", retryAfter: seconds)
                }
            }
            return answer(try await action.act(visit), action, visit)
        } catch is SignInNeeded {
            return Self.signInNeeded(visit)
        } catch {
            guard let failure = failure(of: error) else { throw error }
            await note(failure, visit)
            guard visit.wantsPage else { throw failure }
            visit.failure = failure
            var answer = try await show(action, visit)
            if let seconds = failure.retryAfter { answer.fields[.retryAfter] = String(seconds) }
            return answer
        }
    }

    private func answer(_ result: ActionResult, _ action: AccountAction, _ visit: Visit) -> PageAnswer {
        var answer: PageAnswer
        if visit.wantsPage {
            switch result.place {
            case .page(let page):
                answer = withFormCookie(page.answer(allowsForwarding: action.allowsForwarding), visit)
            case .redirect(let address):
                answer = PageAnswer(303)
                answer.fields[.location] = address
                Page.secure(&answer.fields, allowsForwarding: action.allowsForwarding)
            }
        } else {
            answer = Self.json(result.status) { writer in
                for (name, value) in result.members {
                    writer.key(named: name)
                    switch value {
                    case .text(let text): writer.string(text)
                    case .texts(let texts):
                        writer.beginArray()
                        for text in texts { writer.string(text) }
                        writer.endArray()
                    }
                }
            }
        }
        for cookie in result.cookies { answer.fields.append(HTTPField(name: .setCookie, value: cookie)) }
        return answer
    }

    /// An object as JSON, which nobody keeps.
    static func json(_ status: Int = 200, _ members: (inout JSONWriter) -> Void) -> PageAnswer {
        var writer = JSONWriter()
        writer.beginObject()
        members(&writer)
        writer.endObject()
        var answer = PageAnswer(status, body: writer.bytes)
        answer.fields[.contentType] = "application/json"
        answer.fields[.cacheControl] = "no-store"
        return answer
    }

    static func signInNeeded(_ visit: Visit) -> PageAnswer {
        guard visit.request.wantsPage else {
            var answer = AuthError(401, "invalid_token", "sign in, or send a bearer token").answer
            answer.fields[.wwwAuthenticate] = "Bearer realm=\"martlet\""
            return answer
        }
        var answer = PageAnswer(303)
        answer.fields[.location] = "/auth/sign-in?next=\(visit.request.path.queryEncoded)"
        answer.fields[.cacheControl] = "no-store"
        return answer
    }

    // MARK: - Forms

    /// What proves that a form was made for this browser; nobody else can make it.
    func formToken(_ visit: Visit) -> String { accounts.secrets.code(of: visit.formSecret, for: "form") }

    /// Forms that come with cookies, or from browsers, need the token; programs that bring neither cannot be misused.
    private func requireOwnForm(_ visit: Visit) throws {
        guard let input = visit.input, input.isForm,
            visit.request.wantsPage || visit.request.sessionCookie != nil
                || visit.request.cookie(Visit.formCookie) != nil
        else { return }
        let token = Array((input["csrf"] ?? "").utf8)
        guard RandomToken.areEqual(token, Array(formToken(visit).utf8)) else {
            throw AuthError(403, "invalid_form", "this form has expired; please try again")
        }
    }

    private func withFormCookie(_ answer: PageAnswer, _ visit: Visit) -> PageAnswer {
        var answer = answer
        if visit.request.cookie(Visit.formCookie) != visit.formSecret {
            let cookie = visit.request.setCookie(Visit.formCookie, visit.formSecret)
            answer.fields.append(HTTPField(name: .setCookie, value: cookie))
        }
        return answer
    }

    // MARK: - Failures

    private func failure(of error: any Error) -> AuthError? {
        switch error {
        case let error as AuthError: error
        case let error as AccountError:
            AuthError(error.status, error.code.rawValue, error.message, retryAfter: error.retryAfterSeconds)
        case let error as StoreError where error.code == .invalidContent || error.code == .businessRule:
            AuthError(422, "invalid_request", error.message)
        case let error as StoreError where error.code == .conflict || error.code == .stale:
            AuthError(409, "conflict", error.message)
        case let error as StoreError where error.code == .overloaded || error.code == .unavailable:
            AuthError(503, "unavailable", error.message, retryAfter: 5)
        case let error as PostgreSQLError: failure(of: StoreError(error))
        default: nil
        }
    }

    private func note(_ failure: AuthError, _ visit: Visit) async {
        switch failure.code {
        case AccountError.Code.invalidCredentials.rawValue, AccountError.Code.invalidCode.rawValue,
            AccountError.Code.deactivated.rawValue, AccountError.Code.unverified.rawValue:
            await record(.signInRefused, visit, reason: failure.code)
        case AccountError.Code.blocked.rawValue: await record(.lockedOut, visit)
        default: break
        }
    }
}

/// A page with a form, and what the form does.
struct AccountAction: Sendable {
    var path: String
    /// Whether it is open to those who have not signed in, and so limited per network address.
    var isPublic = true
    /// Whether the way may lead on to other sites.
    var allowsForwarding = false
    /// The page with the form; where something was refused, with what.
    var page: @Sendable (Visit) async throws -> Page
    var act: @Sendable (Visit) async throws -> ActionResult
}

extension AccountError {
    /// HTTP status.
    var status: Int {
        switch code {
        case .invalidCredentials, .codeRequired, .enrolmentRequired, .invalidCode: 401
        case .blocked: 429
        case .weakPassword: 422
        case .invalid: 400
        case .unverified, .deactivated, .forbidden: 403
        case .gone: 410
        case .duplicate, .conflict: 409
        case .notFound: 404
        case .overloaded: 503
        }
    }
}
