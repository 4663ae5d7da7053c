import Access
import FHIRFormats
import FHIRServer
import HTTPTypes
import JSONTape

/// `/auth/account` and `/auth/sessions`: what one's account is doing, and the end of it.
extension AccountDoor {
    /// For browsers, which do not send DELETE from forms.
    var sessionActions: [AccountAction] {
        [
            AccountAction(path: "/auth/sessions/end", isPublic: false, page: sessionsPage, act: endFromPage)
        ]
    }

    var sessionRoutes: [AuthRoute] {
        [
            AuthRoute(.get, "/auth/account") { request in try await accountPage(Visit(request)) },
            AuthRoute(.get, "/auth/sessions") { request in try await listSessions(Visit(request)) },
            AuthRoute(.delete, "/auth/sessions") { request in try await endSessions(Visit(request), id: nil) },
            AuthRoute(.delete, "/auth/sessions/*") { request in
                let id = request.path.split(separator: "/").last.map(String.init)
                return try await endSessions(Visit(request), id: id)
            },
        ]
    }

    private func accountPage(_ visit: Visit) async throws -> PageAnswer {
        do {
            let (account, _) = try await caller(visit.request)
            var page = Page("Your account")
            page.paragraph(account.email.text)
            page.link("Change your password", to: "/auth/password/change")
            page.link("Second factor", to: "/auth/mfa/enrol")
            page.link("Sessions", to: "/auth/sessions/end")
            if grants != nil { page.link("Applications", to: "/auth/consents/end") }
            page.link("Sign out", to: "/auth/sign-out")
            return page.answer()
        } catch is SignInNeeded {
            return Self.signInNeeded(visit)
        }
    }

    private func listSessions(_ visit: Visit) async throws -> PageAnswer {
        do {
            let (account, session) = try await caller(visit.request)
            if visit.request.wantsPage {
                var answer = PageAnswer(303)
                answer.fields[.location] = "/auth/sessions/end"
                return answer
            }
            let list = try await sessions.list(person: account.person)
            return Self.json { writer in
                writer.key("sessions")
                writer.beginArray()
                for item in list { Self.write(item, isCurrent: item.id == session?.sessionID, to: &writer) }
                writer.endArray()
            }
        } catch is SignInNeeded {
            return Self.signInNeeded(visit)
        }
    }

    private static func write(_ session: ListedSession, isCurrent: Bool, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", session.id)
        writer.member("started", Instant(microsecondsSince1970: session.started).truncatedToMilliseconds.text)
        writer.member("seen", Instant(microsecondsSince1970: session.seen).truncatedToMilliseconds.text)
        writer.member("expires", Instant(microsecondsSince1970: session.expires).truncatedToMilliseconds.text)
        writer.member("agent", session.agent)
        writer.member("address", session.address)
        writer.key("second_factor")
        writer.bool(session.usedSecondFactor)
        writer.key("current")
        writer.bool(isCurrent)
        writer.endObject()
    }

    /// One session, by its id in the path or in the query; all others without.
    private func endSessions(_ visit: Visit, id: String?) async throws -> PageAnswer {
        do {
            try visit.request.requireOwnOrigin()
            let (account, session) = try await caller(visit.request)
            if let id = id ?? visit.request.query.first("id") {
                guard try await sessions.end(id: id, person: account.person) else {
                    throw AuthError(404, "not_found", "there is no such session")
                }
                await record(.signedOut, person: account.person, visit)
                return Self.ended(1)
            }
            let keepsOwn = visit.request.query.first("all") != "true"
            let count = try await sessions.endAll(person: account.person, but: keepsOwn ? session?.sessionID : nil)
            await record(.signedOut, person: account.person, visit)
            return Self.ended(count)
        } catch is SignInNeeded {
            return Self.signInNeeded(visit)
        }
    }

    private static func ended(_ count: Int) -> PageAnswer {
        json { writer in
            writer.member("status", "ended")
            writer.key("ended")
            writer.number(count)
        }
    }

    // MARK: - The page

    @Sendable private func sessionsPage(_ visit: Visit) async throws -> Page {
        let (account, session) = try await caller(visit.request)
        var page = Page("Sessions")
        if let failure = visit.failure { page.error(failure.description) }
        for item in try await sessions.list(person: account.person) {
            let started = Instant(microsecondsSince1970: item.started).text.prefix(16).replacing("T", with: " ")
            page.heading(item.id == session?.sessionID ? "This browser" : "Since \(started) UTC")
            page.paragraph([item.agent, item.address].filter { !$0.isEmpty }.joined(separator: ", "))
            guard item.id != session?.sessionID else { continue }
            var form = PageForm(action: "/auth/sessions/end", button: "End this session", token: formToken(visit))
            form.hide("id", item.id)
            page.form(form)
        }
        page.link("Back", to: "/auth/account")
        return page
    }

    @Sendable private func endFromPage(_ visit: Visit) async throws -> ActionResult {
        let (account, _) = try await caller(visit.request)
        guard try await sessions.end(id: try visit.required("id"), person: account.person) else {
            throw AuthError(404, "not_found", "there is no such session")
        }
        await record(.signedOut, person: account.person, visit)
        return ActionResult([("status", .text("ended"))], .redirect("/auth/sessions/end"))
    }
}
