import Access
import FHIRServer

/// `/auth/mfa/enrol`, `/auth/mfa/verify`, `/auth/mfa/disable`.
extension AccountDoor {
    var secondFactorActions: [AccountAction] {
        [
            AccountAction(path: "/auth/mfa/enrol", isPublic: false, page: enrolPage, act: enrol),
            AccountAction(path: "/auth/mfa/verify", isPublic: false, page: verifyCodePage, act: verifyCode),
            AccountAction(path: "/auth/mfa/disable", isPublic: false, page: disablePage, act: disable),
        ]
    }

    // MARK: - Enrolling

    /// Who sets a second factor up: somebody who has signed in, or who may do nothing else before.
    private func enroller(_ request: PageRequest) async throws -> (account: Account, isHalfway: Bool) {
        if request.bearer == nil, let cookie = request.sessionCookie,
            let person = try await sessions.enrolling(cookie: cookie),
            let account = try await accounts.account(person: person)
        {
            return (account, true)
        }
        return (try await caller(request).account, false)
    }

    @Sendable private func enrolPage(_ visit: Visit) async throws -> Page {
        let (account, isHalfway) = try await enroller(visit.request)
        var page = Page("Second factor")
        if let failure = visit.failure { page.error(failure.description) }
        if account.hasSecondFactor {
            page.paragraph("Your account has a second factor.")
            page.link("Take it away", to: "/auth/mfa/disable")
            return page
        }
        page.paragraph("With a second factor, nobody signs in who only knows your password.")
        if isHalfway { page.paragraph("Your role demands one: set it up to go on.") }
        var form = PageForm(action: "/auth/mfa/enrol", button: "Set up an authenticator app", token: formToken(visit))
        form.hide("kind", "totp")
        form.hide("next", visit.value("next"))
        page.form(form)
        return page
    }

    @Sendable private func enrol(_ visit: Visit) async throws -> ActionResult {
        let (account, _) = try await enroller(visit.request)
        guard (visit.input?["kind"] ?? "totp") == "totp" else {
            throw AuthError(400, "unsupported_kind", "the one kind of second factor is totp")
        }
        let offer = try await accounts.offerSecondFactor(account)
        var page = Page("Set up your app")
        page.code(offer.secret, label: "Type this key into your authenticator app:")
        page.link("Or open it in an app on this device", to: offer.address)
        page.form(codeForm(visit))
        return ActionResult(
            [
                ("status", .text("offered")), ("kind", .text("totp")), ("secret", .text(offer.secret)),
                ("uri", .text(offer.address)),
            ], .page(page))
    }

    private func codeForm(_ visit: Visit) -> PageForm {
        var form = PageForm(action: "/auth/mfa/verify", button: "Confirm", token: formToken(visit))
        form.hide("next", visit.value("next"))
        form.input("code", "Code that the app shows", completion: "one-time-code")
        return form
    }

    @Sendable private func verifyCodePage(_ visit: Visit) async throws -> Page {
        _ = try await enroller(visit.request)
        var page = Page("Set up your app")
        if let failure = visit.failure { page.error(failure.description, field: "code") }
        page.form(codeForm(visit))
        return page
    }

    @Sendable private func verifyCode(_ visit: Visit) async throws -> ActionResult {
        let (account, isHalfway) = try await enroller(visit.request)
        let codes = try await accounts.enableSecondFactor(account, code: try visit.required("code"))
        await record(.secondFactorEnabled, person: account.person, visit)
        var page = Page("Your second factor is set up")
        page.paragraph("Keep these recovery codes where you find them without your device. Each works once.")
        page.list(codes, isCode: true)
        page.link("Continue", to: visit.next)
        var result = ActionResult([("status", .text("enabled")), ("recovery_codes", .texts(codes))], .page(page))
        // Password and code were both right: the sign-in that was held up is complete.
        if isHalfway { result.cookies = try await signedIn(account.person, usedSecondFactor: true, visit).cookies }
        return result
    }

    // MARK: - Disabling

    @Sendable private func disablePage(_ visit: Visit) async throws -> Page {
        _ = try await caller(visit.request)
        var page = Page("Take the second factor away")
        if let failure = visit.failure { page.error(failure.description, field: "code") }
        var form = PageForm(action: "/auth/mfa/disable", button: "Take it away", token: formToken(visit))
        form.input(
            "code", "Code", completion: "one-time-code",
            hint: "Six digits from your authenticator app, or one of your recovery codes")
        page.form(form)
        return page
    }

    /// One's own by a code of it; that of somebody who lost theirs by another person, who administers.
    @Sendable private func disable(_ visit: Visit) async throws -> ActionResult {
        let (account, _) = try await caller(visit.request)
        var page = Page("The second factor was taken away")
        page.link("Continue", to: "/auth/account")
        let result = ActionResult([("status", .text("disabled"))], .page(page))
        guard let other = visit.input?["person"].map({ $0.hasPrefix("Person/") ? String($0.dropFirst(7)) : $0 }),
            other != account.person
        else {
            try await accounts.disableSecondFactor(account, code: try visit.required("code"))
            await record(.secondFactorDisabled, person: account.person, visit)
            return result
        }
        let mine = try await accounts.principal(person: account.person)
        guard mine?.roles.contains("superadmin") == true else {
            throw AccountError(.forbidden, "only an administrator takes the second factor of others away")
        }
        let theirs = try await accounts.account(person: other)
        guard let theirs, mine?.organization == nil || mine?.organization == theirs.organization else {
            throw AccountError(.notFound, "this person has no account")
        }
        try await accounts.dropSecondFactor(person: theirs.person)
        await record(.secondFactorDisabled, person: theirs.person, actor: account.person, visit)
        return result
    }
}
