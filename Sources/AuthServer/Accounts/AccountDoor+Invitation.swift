import Access

/// `/auth/invitation`: whoever was invited chooses a password. `/auth/first-administrator`: the first one of all.
extension AccountDoor {
    var invitationActions: [AccountAction] {
        [
            AccountAction(path: "/auth/invitation", page: invitationPage, act: accept),
            AccountAction(path: "/auth/first-administrator", page: firstPage, act: makeFirst),
        ]
    }

    @Sendable private func invitationPage(_ visit: Visit) -> Page {
        var page = Page("Welcome")
        if let failure = visit.failure {
            page.error(failure.description, field: failure.status == 410 ? nil : "password")
            if failure.status == 410 {
                page.paragraph("Ask whoever invited you for another invitation.")
                return page
            }
        }
        page.paragraph("Choose a password for your account.")
        var form = PageForm(action: "/auth/invitation", button: "Begin", token: formToken(visit))
        form.hide("token", visit.value("token"))
        form.newPassword("password", "Password")
        page.form(form)
        return page
    }

    @Sendable private func accept(_ visit: Visit) async throws -> ActionResult {
        let person = try await accounts.acceptInvitation(
            token: try visit.required("token"), password: try Self.newPassword(visit))
        await record(.invitationAccepted, person: person, visit)
        var page = Page("Your account is ready")
        page.link("Sign in", to: "/auth/sign-in")
        return ActionResult([("status", .text("active")), ("person", .text("Person/" + person))], .page(page))
    }

    @Sendable private func firstPage(_ visit: Visit) -> Page {
        var page = Page("The first administrator")
        if let failure = visit.failure {
            page.error(failure.description, field: failure.field)
            if failure.status == 410 {
                page.paragraph("Somebody administers this server already, or the link was shown too long ago.")
                return page
            }
        }
        var form = PageForm(action: "/auth/first-administrator", button: "Begin", token: formToken(visit))
        form.hide("token", visit.value("token"))
        form.input("name", "Your name", completion: "name", value: visit.input?["name"])
        form.input("email", "E-mail", type: "email", completion: "email", value: visit.input?["email"])
        form.newPassword("password", "Password")
        page.form(form)
        return page
    }

    @Sendable private func makeFirst(_ visit: Visit) async throws -> ActionResult {
        let created = try await accounts.makeFirstAdministrator(
            token: try visit.required("token"), email: try Self.email(visit), name: try Self.name(visit),
            password: try Self.newPassword(visit))
        await record(.invitationAccepted, person: created.person, visit)
        var page = Page("Your account is ready")
        page.link("Sign in", to: "/auth/sign-in")
        return ActionResult([("status", .text("active")), ("person", .text("Person/" + created.person))], .page(page))
    }
}
