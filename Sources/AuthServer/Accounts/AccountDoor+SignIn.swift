import Access
import FHIRServer

/// `/auth/sign-in`, its second step, `/auth/sign-out` and the page of those who have signed in.
extension AccountDoor {
    var signInActions: [AccountAction] {
        [
            AccountAction(path: "/auth/sign-in", allowsForwarding: true, page: signInPage, act: signIn),
            AccountAction(path: "/auth/sign-in/code", allowsForwarding: true, page: codePage, act: giveCode),
            AccountAction(path: "/auth/sign-out", isPublic: false, page: signOutPage, act: signOut),
        ]
    }

    // MARK: - The password

    @Sendable private func signInPage(_ visit: Visit) -> Page {
        var page = Page("Sign in")
        if let failure = visit.failure { page.error(failure.description) }
        var form = PageForm(action: "/auth/sign-in", button: "Sign in", token: formToken(visit))
        form.hide("next", visit.value("next"))
        form.input("email", "E-mail", type: "email", completion: "username", value: visit.input?["email"])
        form.input("password", "Password", type: "password", completion: "current-password")
        page.form(form)
        page.link("I forgot my password", to: "/auth/password/forgot")
        page.link("Register as a patient", to: "/auth/signup")
        return page
    }

    @Sendable private func signIn(_ visit: Visit) async throws -> ActionResult {
        let outcome = try await accounts.signIn(
            email: try visit.required("email"), password: try visit.required("password"), code: visit.value("code"))
        switch outcome {
        case .signedIn(let person, let usedSecondFactor):
            return try await signedIn(person, usedSecondFactor: usedSecondFactor, visit)
        case .wantsCode(let person):
            let cookie = try await sessions.start(
                person: person, stage: .password, agent: visit.agent, address: visit.address,
                replacing: visit.request.sessionCookie)
            var result = ActionResult(
                [
                    ("error", .text(AccountError.Code.codeRequired.rawValue)),
                    ("error_description", .text("the code of the second factor is wanted")),
                ], .redirect("/auth/sign-in/code?next=\(visit.next.queryEncoded)"), status: 401)
            result.cookies = [visit.request.setCookie(Sessions.cookie, cookie)]
            return result
        case .wantsEnrolment(let person):
            let cookie = try await sessions.start(
                person: person, stage: .enrolment, agent: visit.agent, address: visit.address,
                replacing: visit.request.sessionCookie)
            var result = ActionResult(
                [
                    ("error", .text(AccountError.Code.enrolmentRequired.rawValue)),
                    ("error_description", .text("set up a second factor at /auth/mfa/enrol, which your role demands")),
                ], .redirect("/auth/mfa/enrol?next=\(visit.next.queryEncoded)"), status: 401)
            result.cookies = [visit.request.setCookie(Sessions.cookie, cookie)]
            return result
        }
    }

    func signedIn(_ person: String, usedSecondFactor: Bool, _ visit: Visit) async throws -> ActionResult {
        let cookie = try await sessions.start(
            person: person, usedSecondFactor: usedSecondFactor, agent: visit.agent, address: visit.address,
            replacing: visit.request.sessionCookie)
        await record(.signedIn, person: person, visit)
        var result = ActionResult(
            [("status", .text("signed-in")), ("person", .text("Person/" + person))], .redirect(visit.next))
        result.cookies = [visit.request.setCookie(Sessions.cookie, cookie)]
        return result
    }

    // MARK: - The second factor

    @Sendable private func codePage(_ visit: Visit) -> Page {
        var page = Page("Enter your code")
        if let failure = visit.failure { page.error(failure.description, field: "code") }
        var form = PageForm(action: "/auth/sign-in/code", button: "Continue", token: formToken(visit))
        form.hide("next", visit.value("next"))
        form.input(
            "code", "Code", completion: "one-time-code",
            hint: "Six digits from your authenticator app, or one of your recovery codes")
        page.form(form)
        page.link("Begin again", to: "/auth/sign-in")
        return page
    }

    @Sendable private func giveCode(_ visit: Visit) async throws -> ActionResult {
        guard let cookie = visit.request.sessionCookie,
            let person = try await sessions.halfSignedIn(cookie: cookie)
        else { throw SignInNeeded() }
        let outcome = try await accounts.signIn(person: person, code: try visit.required("code"))
        guard case .signedIn(let person, let usedSecondFactor) = outcome else { throw SignInNeeded() }
        return try await signedIn(person, usedSecondFactor: usedSecondFactor, visit)
    }

    // MARK: - Signing out

    @Sendable private func signOutPage(_ visit: Visit) -> Page {
        var page = Page("Sign out")
        if let failure = visit.failure { page.error(failure.description) }
        page.form(PageForm(action: "/auth/sign-out", button: "Sign out", token: formToken(visit)))
        return page
    }

    @Sendable private func signOut(_ visit: Visit) async throws -> ActionResult {
        if let cookie = visit.request.sessionCookie {
            let person = try await sessions.account(cookie: cookie)?.person
            try await sessions.end(cookie: cookie)
            if let person { await record(.signedOut, person: person, visit) }
        }
        var page = Page("You have signed out")
        page.link("Sign in again", to: "/auth/sign-in")
        var result = ActionResult([("status", .text("signed-out"))], .page(page))
        result.cookies = [visit.request.setCookie(Sessions.cookie, nil)]
        return result
    }
}
