import Access
import FHIRServer
import FHIRStore
import HTTPTypes

/// `/auth/authorize`: an app sends a person here, and the person goes back with a code.
extension OAuthService {
    @Sendable func authorize(_ request: PageRequest) async throws -> PageAnswer {
        try await answering(request) {
            let items = request.method == .post ? try Self.form(request) : request.query
            let wish = try await AuthorizationRequest(items, clients: clients)
            let (scope, binding) = try wish.settled(audience: request.base)
            guard let account = try await signedIn(request), Self.isRecent(account, wish) else {
                if wish.prompts.contains("none") { throw wish.refusal("login_required", "nobody is signed in") }
                return Self.toSignIn(items)
            }
            guard let standing = try await accounts.standing(person: account.person) else {
                throw wish.refusal("access_denied", "the account is switched off")
            }
            var ticket = AuthorizationTicket(
                client: wish.client.id, state: wish.state, scope: scope, binding: binding, person: account.person,
                session: account.sessionID, signedIn: account.started)
            ticket.demandsConsent = wish.prompts.contains("consent")
            try await takeLaunch(wish, into: &ticket)
            return try await next(
                ticket, wish.client, standing.principal, request, isSilent: wish.prompts.contains("none"))
        }
    }

    /// What is due: choosing a patient, choosing a visit, consent; or the way back, if all that is settled.
    ///
    /// - Parameter isSilent: whether no page may be shown (OIDC Core §3.1.2.1, `prompt=none`).
    func next(
        _ ticket: AuthorizationTicket, _ client: OAuthClient, _ principal: Principal, _ request: PageRequest,
        isSilent: Bool = false
    ) async throws -> PageAnswer {
        var ticket = ticket
        func show(_ page: (_ ticket: String) -> Page, _ error: String, _ reason: String) async throws -> PageAnswer {
            if isSilent { throw ticket.refusal(error, reason) }
            return page(try await ticket.sealed(by: store.links)).answer(allowsForwarding: true)
        }
        let choice = try await choice(for: principal)
        if ticket.needsPatient {
            var patients: [PatientChoice.Entry]?
            switch try await choice.begin() {
            case .only(let patient): ticket.patient = patient
            case .none: throw ticket.refusal("access_denied", "there is no patient whose record this person may open")
            case .several(let entries): patients = entries
            case .search: patients = []
            }
            if let patients {
                let page = PatientPage(client: client, patients: patients, isSearch: patients.isEmpty)
                return try await show(page.page, "interaction_required", "a patient has to be chosen")
            }
        }
        let visits = EncounterChoice(choice)
        if ticket.needsEncounter, let patient = ticket.patient {
            let entries = try await visits.list(of: patient)
            if !entries.isEmpty {
                let page = EncounterPage(client: client, encounters: entries)
                return try await show(page.page, "interaction_required", "a visit has to be chosen")
            }
            ticket.declineEncounter()
        }
        if let answer = try await goOnAsBefore(ticket, client, request) { return answer }
        var page = ConsentPage(client: client, scope: ticket.scope)
        if let patient = ticket.patient { page.patient = try await choice.name(of: patient) }
        if let encounter = ticket.encounter { page.encounter = try await visits.name(of: encounter) }
        return try await show(page.page, "consent_required", "the person has not allowed this yet")
    }

    /// The patients whom somebody may choose, as far as the rights in force at this moment reach.
    func choice(for principal: Principal) async throws -> PatientChoice {
        PatientChoice(store: store, search: search, rights: try await rights.rights(of: principal))
    }

    // MARK: - Who is there

    /// The signed-in account of the browser.
    func signedIn(_ request: PageRequest) async throws -> SignedInAccount? {
        guard let cookie = request.sessionCookie else { return nil }
        return try await sessions.account(cookie: cookie)
    }

    /// OIDC Core §3.1.2.1: `max_age`, and `prompt=login`, which a sign-in of the last minute satisfies.
    private static func isRecent(_ account: SignedInAccount, _ wish: AuthorizationRequest) -> Bool {
        let age = SystemClock.seconds - Int(account.started / 1_000_000)
        if wish.prompts.contains("login"), age > 60 { return false }
        return wish.maxAge.map { age <= $0 } ?? true
    }

    private static func toSignIn(_ items: QueryItems) -> PageAnswer {
        var answer = PageAnswer(303)
        answer.fields[.location] = "/auth/sign-in?next=" + "/auth/authorize?\(items.text)".formEncoded
        answer.fields[.cacheControl] = "no-store"
        return answer
    }

    // MARK: - Launches

    private func takeLaunch(_ wish: AuthorizationRequest, into ticket: inout AuthorizationTicket) async throws {
        guard let handle = wish.launch else { return }
        guard ticket.scope.contains("launch") else {
            throw wish.refusal("invalid_scope", "a launch needs the scope launch")
        }
        guard let launch = try await launches.find(handle), launch.client == ticket.client,
            launch.person.map({ $0 == ticket.person }) ?? true
        else { throw wish.refusal("invalid_request", "the launch is not known, was used, or is of somebody else") }
        ticket.patient = launch.patient
        ticket.encounter = launch.encounter
        if launch.encounter == nil { ticket.declineEncounter() }
        ticket.needsBanner = launch.needsBanner ?? true
        ticket.fhirContext = launch.fhirContext
        ticket.intent = launch.intent
        ticket.launch = handle
    }

    // MARK: - Answers

    static func form(_ request: PageRequest) throws -> QueryItems {
        let type = request.fields[.contentType].map { $0.prefix { $0 != ";" && $0 != " " }.lowercased() }
        guard type == "application/x-www-form-urlencoded" else {
            throw AuthError(400, "invalid_request", "The form cannot be read.")
        }
        return QueryItems(parsing: String(decoding: request.body, as: UTF8.self))
    }

    /// Shows people what is wrong with an application, and tells applications the rest.
    func answering(_ request: PageRequest, _ body: () async throws -> PageAnswer) async throws -> PageAnswer {
        do {
            return try await body()
        } catch let refusal as AuthorizationRequest.Refusal {
            return Self.redirect(
                to: refusal.redirect, [("error", refusal.code), ("error_description", refusal.description)],
                state: refusal.state, request)
        } catch let error as AuthError {
            var page = Page("This does not work")
            page.error(error.description)
            page.paragraph(
                "Go back to the application and try again. If that does not help, tell those who look after it.")
            page.code(error.code, label: "What went wrong:")
            return page.answer(error.status)
        }
    }

    /// Back to the application (RFC 6749 §4.1.2), with who answers (RFC 9207).
    static func redirect(
        to address: String, _ items: [(String, String)], state: String?, _ request: PageRequest
    ) -> PageAnswer {
        var items = items
        if let state { items.append(("state", state)) }
        items.append(("iss", TokenIssuer.Addresses(base: request.base).issuer))
        let query = items.map { "\($0.0)=\($0.1.formEncoded)" }.joined(separator: "&")
        let separator = !address.contains("?") ? "?" : address.hasSuffix("?") || address.hasSuffix("&") ? "" : "&"
        var answer = PageAnswer(request.method == .post ? 303 : 302)
        answer.fields[.location] = address + separator + query
        answer.fields[.cacheControl] = "no-store"
        answer.fields[.referrerPolicy] = "no-referrer"
        return answer
    }
}

extension String {
    /// As a value of a query, with everything but unreserved characters escaped (RFC 3986 §2.3).
    var formEncoded: String {
        var text = ""
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.append(Character(Unicode.Scalar(byte)))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return text
    }
}
