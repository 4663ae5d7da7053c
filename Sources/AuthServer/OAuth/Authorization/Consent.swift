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
                return try await next(ticket, client, principal, request)
            }
            let isSearch = try await choice.begin() == .search
            let name = form.first("name") ?? ""
            let found = isSearch ? try await choice.find(name: name) : try await choice.own()
            return PatientPage(client: client, patients: found, isSearch: isSearch, name: name)
                .page(ticket: try await ticket.sealed(by: store.links)).answer(allowsForwarding: true)
        }
    }

    /// `POST /auth/authorize/encounter`: goes on with the visit chosen, or without one.
    @Sendable func chooseEncounter(_ request: PageRequest) async throws -> PageAnswer {
        try await answering(request) {
            let form = try Self.form(request)
            var (ticket, client, principal) = try await resume(request, form)
            guard ticket.needsEncounter, let patient = ticket.patient else {
                throw AuthError(400, "invalid_request", "This page is out of date.")
            }
            if let encounter = form.first("encounter"), !encounter.isEmpty {
                let visits = EncounterChoice(try await choice(for: principal))
                guard try await visits.isAllowed(encounter, of: patient) else {
                    throw AuthError(403, "access_denied", "You may not open this visit.")
                }
                ticket.encounter = encounter
            } else {
                ticket.declineEncounter()
            }
            return try await next(ticket, client, principal, request)
        }
    }

    /// `POST /auth/authorize/consent`: the person has decided.
    @Sendable func consent(_ request: PageRequest) async throws -> PageAnswer {
        try await answering(request) {
            let form = try Self.form(request)
            let (ticket, client, principal) = try await resume(request, form)
            let denied = ticket.refusal("access_denied", "the person has refused")
            guard form.first("decision") == "allow", !ticket.needsPatient, !ticket.needsEncounter else {
                try await grants.forgetConsent(of: ticket.person, to: client.id, at: ticket.binding.redirect)
                throw denied
            }
            if let patient = ticket.patient, ticket.launch == nil {
                let choice = try await choice(for: principal)
                guard try await choice.isAllowed(patient) else { throw denied }
                if let encounter = ticket.encounter {
                    guard try await EncounterChoice(choice).isAllowed(encounter, of: patient) else { throw denied }
                }
            }
            let chosen = Set(form.all("scope"))
            let scope = ticket.scope.filter { chosen.contains($0) || ConsentPage.isImplied($0) }
            guard scope.contains(where: { !ConsentPage.isImplied($0) }) else { throw denied }
            if let launch = ticket.launch {
                guard try await launches.use(launch) else { throw denied }
            }
            try await remember(ticket, client, scope)
            await journal?.record(
                AccountEvent(
                    .consentGiven, person: ticket.person, address: request.remoteAddress, client: client.id))
            let code = try await grants.begin(Self.grant(ticket, client, scope), ticket.binding)
            return Self.back(ticket, with: code, request)
        }
    }

    /// What a person has let an app do.
    static func grant(_ ticket: AuthorizationTicket, _ client: OAuthClient, _ scope: [String]) -> Grant {
        let isOffline = scope.contains("offline_access")
        let lifetime = isOffline ? Grants.offlineLifetime : Grants.onlineLifetime
        // An app that was not opened from an EHR stands alone, so nobody else shows whose record it is.
        let needsBanner = ticket.needsBanner ?? ticket.patient.map { _ in true }
        return Grant(
            id: RandomToken.uuid(), client: client.id, person: ticket.person,
            session: isOffline ? nil : ticket.session, scope: scope, patient: ticket.patient,
            encounter: ticket.encounter, needsBanner: needsBanner, fhirContext: ticket.fhirContext,
            intent: ticket.intent, signedIn: ticket.signedIn,
            expires: SystemClock.microseconds + Int64(lifetime) * 1_000_000)
    }

    /// Back to the app with a code.
    static func back(_ ticket: AuthorizationTicket, with code: String, _ request: PageRequest) -> PageAnswer {
        redirect(to: ticket.binding.redirect, [("code", code)], state: ticket.state, request)
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
