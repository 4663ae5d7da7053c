import Access

/// `/auth/password/forgot`, `/auth/password/reset`, `/auth/password/change`.
extension AccountDoor {
    var passwordActions: [AccountAction] {
        [
            AccountAction(path: "/auth/password/forgot", page: forgotPage, act: forgot),
            AccountAction(path: "/auth/password/reset", page: resetPage, act: reset),
            AccountAction(path: "/auth/password/change", isPublic: false, page: changePage, act: change),
        ]
    }

    @Sendable private func forgotPage(_ visit: Visit) -> Page {
        var page = Page("Choose a new password")
        if let failure = visit.failure { page.error(failure.description, field: "email") }
        page.paragraph("Tell us the e-mail address of your account. We will send you a link.")
        var form = PageForm(action: "/auth/password/forgot", button: "Send the link", token: formToken(visit))
        form.input("email", "E-mail", type: "email", completion: "email", value: visit.input?["email"])
        page.form(form)
        return page
    }

    @Sendable private func forgot(_ visit: Visit) async throws -> ActionResult {
        try await accounts.ask(.reset, try Self.email(visit))
        var page = Page("Look into your mail")
        page.paragraph("If there is an account with this address, a mail is on its way. Its link holds for 30 minutes.")
        return ActionResult([("status", .text("sent"))], .page(page))
    }

    @Sendable private func resetPage(_ visit: Visit) -> Page {
        var page = Page("Choose a new password")
        if let failure = visit.failure {
            page.error(failure.description, field: failure.status == 410 ? nil : "password")
            if failure.status == 410 {
                page.link("Send me another mail", to: "/auth/password/forgot")
                return page
            }
        }
        var form = PageForm(action: "/auth/password/reset", button: "Set the password", token: formToken(visit))
        form.hide("token", visit.value("token"))
        form.newPassword("password", "New password")
        page.form(form)
        return page
    }

    @Sendable private func reset(_ visit: Visit) async throws -> ActionResult {
        let person = try await accounts.resetPassword(
            token: try visit.required("token"), to: try Self.newPassword(visit))
        await record(.passwordChanged, person: person, visit)
        var page = Page("Your password was changed")
        page.paragraph("All sessions have ended.")
        page.link("Sign in", to: "/auth/sign-in")
        var result = ActionResult([("status", .text("changed"))], .page(page))
        result.cookies = [visit.request.setCookie(Sessions.cookie, nil)]
        return result
    }

    @Sendable private func changePage(_ visit: Visit) async throws -> Page {
        let (account, _) = try await caller(visit.request)
        var page = Page("Change your password")
        if let failure = visit.failure {
            page.error(failure.description, field: failure.status == 422 ? "new" : "old")
        }
        var form = PageForm(action: "/auth/password/change", button: "Change", token: formToken(visit))
        form.hide("username", account.email.text)
        form.input("old", "Present password", type: "password", completion: "current-password")
        form.newPassword("new", "New password")
        page.form(form)
        return page
    }

    @Sendable private func change(_ visit: Visit) async throws -> ActionResult {
        let (account, session) = try await caller(visit.request)
        guard let old = visit.input?["old"] ?? visit.input?["old_password"] ?? visit.input?["oldPassword"] else {
            throw AuthError(400, "invalid_request", "old is missing")
        }
        try await accounts.changePassword(of: account, from: old, to: try Self.newPassword(visit))
        await record(.passwordChanged, person: account.person, visit)
        var page = Page("Your password was changed")
        page.paragraph("All other sessions have ended.")
        page.link("Continue", to: "/auth/account")
        var result = ActionResult([("status", .text("changed"))], .page(page))
        // Whoever changed it in a browser stays there, in a session of its own.
        if let session {
            let cookie = try await sessions.start(
                person: account.person, usedSecondFactor: session.usedSecondFactor, agent: visit.agent,
                address: visit.address)
            result.cookies = [visit.request.setCookie(Sessions.cookie, cookie)]
        }
        return result
    }

    static func newPassword(_ visit: Visit) throws -> String {
        for name in ["new", "password", "new_password", "newPassword"] {
            if let password = visit.input?[name] { return password }
        }
        throw AuthError(400, "invalid_request", "the new password is missing")
    }
}
