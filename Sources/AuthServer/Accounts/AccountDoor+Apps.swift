import Access
import FHIRFormats
import FHIRServer
import HTTPTypes
import JSONTape

/// `/auth/consents`: the apps that may act for somebody, and the end of that.
extension AccountDoor {
    /// For browsers, which do not send DELETE from forms.
    var appActions: [AccountAction] {
        guard grants != nil else { return [] }
        return [AccountAction(path: "/auth/consents/end", isPublic: false, page: appsPage, act: endFromAppsPage)]
    }

    var appRoutes: [AuthRoute] {
        guard grants != nil else { return [] }
        return [
            AuthRoute(.get, "/auth/consents") { request in try await listApps(Visit(request)) },
            AuthRoute(.delete, "/auth/consents") { request in
                try await endConsent(Visit(request), client: request.query.first("client"))
            },
            AuthRoute(.delete, "/auth/consents/*") { request in
                let client = request.path.split(separator: "/").last.map(String.init)
                return try await endConsent(Visit(request), client: client)
            },
        ]
    }

    private func listApps(_ visit: Visit) async throws -> PageAnswer {
        do {
            let (account, _) = try await caller(visit.request)
            if visit.request.wantsPage {
                var answer = PageAnswer(303)
                answer.fields[.location] = "/auth/consents/end"
                return answer
            }
            let apps = try await grants?.allowedApps(person: account.person) ?? []
            return Self.json { writer in
                writer.key("consents")
                writer.beginArray()
                for app in apps { Self.write(app, to: &writer) }
                writer.endArray()
            }
        } catch is SignInNeeded {
            return Self.signInNeeded(visit)
        }
    }

    private static func write(_ app: AllowedApp, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("client", app.client)
        writer.member("name", app.name)
        writer.member("scope", app.scope.joined(separator: " "))
        writer.member("given", Instant(microsecondsSince1970: app.given).truncatedToMilliseconds.text)
        writer.member("used", Instant(microsecondsSince1970: app.used).truncatedToMilliseconds.text)
        writer.key("remembered")
        writer.bool(app.isRemembered)
        writer.endObject()
    }

    private func endConsent(_ visit: Visit, client: String?) async throws -> PageAnswer {
        do {
            try visit.request.requireOwnOrigin()
            let (account, _) = try await caller(visit.request)
            guard let client, !client.isEmpty else { throw AuthError(400, "invalid_request", "client is missing") }
            try await end(client, of: account, visit)
            return Self.json { $0.member("status", "ended") }
        } catch is SignInNeeded {
            return Self.signInNeeded(visit)
        }
    }

    private func end(_ client: String, of account: Account, _ visit: Visit) async throws {
        guard !client.utf8.contains(0), try await grants?.endConsent(of: account.person, to: client) == true else {
            throw AuthError(404, "not_found", "nothing is allowed to such an application")
        }
        await record(.consentRevoked, person: account.person, client: client, visit)
    }

    // MARK: - The page

    @Sendable private func appsPage(_ visit: Visit) async throws -> Page {
        let (account, _) = try await caller(visit.request)
        var page = Page("Applications")
        if let failure = visit.failure { page.error(failure.description) }
        let apps = try await grants?.allowedApps(person: account.person) ?? []
        if apps.isEmpty { page.paragraph("You have allowed nothing to any application.") }
        for app in apps {
            page.heading(app.name)
            page.list(app.scope.filter { !ConsentPage.isImplied($0) }.map(ScopeText.text))
            var form = PageForm(
                action: "/auth/consents/end", button: "Take this back from \(app.name)", token: formToken(visit))
            form.hide("client", app.client)
            page.form(form)
        }
        page.link("Back", to: "/auth/account")
        return page
    }

    @Sendable private func endFromAppsPage(_ visit: Visit) async throws -> ActionResult {
        let (account, _) = try await caller(visit.request)
        try await end(try visit.required("client"), of: account, visit)
        return ActionResult([("status", .text("ended"))], .redirect("/auth/consents/end"))
    }
}
