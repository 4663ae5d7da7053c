import Access
import FHIRServer

/// What a person has allowed an app is remembered, so that they are asked again only where the app wants more.
///
/// Only of apps of which it is known who they are: those that prove it, and those whose address on the web is
/// registered. Anybody on a device can stand at its own addresses and schemes (RFC 6749 §10.2, RFC 8252 §8.6).
extension OAuthService {
    /// The way back to the app, where the person has allowed before all that it asks for now; nil where they have to be
    /// asked.
    func goOnAsBefore(
        _ ticket: AuthorizationTicket, _ client: OAuthClient, _ request: PageRequest
    ) async throws -> PageAnswer? {
        guard !ticket.demandsConsent, Self.isKnown(client, at: ticket.binding.redirect) else { return nil }
        let grant = Self.grant(ticket, client, ticket.scope)
        guard let code = try await grants.beginAsBefore(grant, ticket.binding, covers: Self.covers) else { return nil }
        if let launch = ticket.launch, try await !launches.use(launch) {
            try await grants.revoke(grant.id, reason: "launch")
            throw ticket.refusal("invalid_request", "the launch was used")
        }
        return Self.back(ticket, with: code, request)
    }

    /// Keeps what the person has decided on the page.
    func remember(_ ticket: AuthorizationTicket, _ client: OAuthClient, _ scope: [String]) async throws {
        guard Self.isKnown(client, at: ticket.binding.redirect) else { return }
        // Who refuses a part has thought anew: what they allowed at other times no longer stands.
        let isWhole = ticket.scope == scope
        try await grants.rememberConsent(
            of: ticket.person, to: client.id, at: ticket.binding.redirect, scope, addingToEarlier: isWhole)
    }

    private static func isKnown(_ client: OAuthClient, at redirect: String) -> Bool {
        !client.isPublic || redirect.lowercased().hasPrefix("https://")
    }

    /// Whether what was allowed has all that is asked for. What only asks for a context gives nothing by itself, and
    /// the person has just chosen that.
    private static let covers: @Sendable ([String], [String]) -> Bool = { allowed, asked in
        let weighty = asked.filter { !ConsentPage.isImplied($0) }
        return !weighty.isEmpty && ScopeNegotiation.intersection(weighty, allowed) == weighty
    }
}
