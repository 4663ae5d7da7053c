import Access
import FHIRServer
import FHIRStore

/// What the pages of an authorization send.
extension OAuthService {
    /// `POST /auth/authorize/patient`: looks for patients, or goes on with the one chosen.
    @Sendable func choosePatient(_ request: PageRequest) async throws -> PageAnswer {
        try await answering(request) {
            let form = try Self.form(request)
            var (ticket, client, principal) = try await resume(request, form)
            let choice = try await choice(for: principal)
            if let patient = form.first("patient"), !patient.isEmpty {
                guard try await choice.isAllowed(patient) else {
                    throw AuthError(403, "access_denied", "You may not open this record.")
                }
                ticket.patient = patient
                return try await next(ticket, client, principal)
            }
            let isSearch = try await choice.begin() == .search
            let name = form.first("name") ?? ""
            let found = isSearch ? try await choice.find(name: name) : try await choice.own()
            return PatientPage(client: client, patients: found, isSearch: isSearch, name: name)
                .page(ticket: try await ticket.sealed(by: store.links)).answer(allowsForwarding: true)
        }
    }

    /// `POST /auth/authorize/consent`: the person has decided.
    @Sendable func consent(_ request: PageRequest) async throws -> PageAnswer {
        try await answering(request) {
            let form = try Self.form(request)
            let (ticket, client, principal) = try await resume(request, form)
            let denied = AuthorizationRequest.Refusal(
                "access_denied", "the person has refused", at: ticket.binding.redirect, state: ticket.state)
            guard form.first("decision") == "allow", !ticket.needsPatient else { throw denied }
            if let patient = ticket.patient, ticket.launch == nil {
                let choice = try await choice(for: principal)
                guard try await choice.isAllowed(patient) else { throw denied }
            }
            let chosen = Set(form.all("scope"))
            let scope = ticket.scope.filter { chosen.contains($0) || ConsentPage.isImplied($0) }
            guard scope.contains(where: { !ConsentPage.isImplied($0) }) else { throw denied }
            if let launch = ticket.launch {
                guard try await launches.use(launch) else { throw denied }
            }
            let isOffline = scope.contains("offline_access")
            let lifetime = isOffline ? Grants.offlineLifetime : Grants.onlineLifetime
            let grant = Grant(
                id: RandomToken.uuid(), client: client.id, person: ticket.person,
                session: isOffline ? nil : ticket.session, scope: scope, patient: ticket.patient,
                encounter: ticket.encounter, needsBanner: ticket.needsBanner, signedIn: ticket.signedIn,
                expires: SystemClock.microseconds + Int64(lifetime) * 1_000_000)
            let code = try await grants.begin(grant, ticket.binding)
            return Self.redirect(to: ticket.binding.redirect, [("code", code)], state: ticket.state, request)
        }
    }

    /// The authorization that a form goes on with: its ticket is ours, and the browser still that of the person.
    private func resume(
        _ request: PageRequest, _ form: QueryItems
    ) async throws -> (AuthorizationTicket, OAuthClient, Principal) {
        guard let ticket = try await AuthorizationTicket.open(form.first("ticket") ?? "", by: store.links),
            let account = try await signedIn(request), account.sessionID == ticket.session,
            account.person == ticket.person, let standing = try await accounts.standing(person: ticket.person)
        else {
            throw AuthError(400, "invalid_request", "This page is out of date, or you have signed out since.")
        }
        // The client may have been shut out, or its address withdrawn, meanwhile.
        guard let client = try await clients.find(ticket.client), client.isEnabled,
            client.redirects.contains(ticket.binding.redirect)
        else { throw AuthError(400, "invalid_client", "The application is not registered here.") }
        return (ticket, client, standing.principal)
    }
}
