import Access
import FHIRModel
import JSONTape

/// `/auth/signup`, `/auth/verify-email`, `/auth/resend-verification`.
extension AccountDoor {
    var signUpActions: [AccountAction] {
        [
            AccountAction(path: "/auth/signup", page: signUpPage, act: signUp),
            AccountAction(path: "/auth/verify-email", page: verifyPage, act: verify),
            AccountAction(path: "/auth/resend-verification", page: resendPage, act: resend),
        ]
    }

    /// An e-mail that mail can be sent to; throws `AuthError` (422).
    static func email(_ visit: Visit) throws -> EmailAddress {
        guard let email = EmailAddress(try visit.required("email")) else {
            throw AuthError(422, "invalid_email", "this is no e-mail address that mail can be sent to")
        }
        return email
    }

    // MARK: - Registering

    @Sendable private func signUpPage(_ visit: Visit) -> Page {
        var page = Page("Register as a patient")
        if let failure = visit.failure { page.error(failure.description, field: failure.field) }
        var form = PageForm(action: "/auth/signup", button: "Register", token: formToken(visit))
        form.input("given", "Given names", completion: "given-name", value: visit.input?["given"])
        form.input("family", "Family name", completion: "family-name", value: visit.input?["family"])
        form.input("birthDate", "Birth date", type: "date", completion: "bday", value: visit.input?["birthDate"])
        form.input("email", "E-mail", type: "email", completion: "email", value: visit.input?["email"])
        form.input(
            "phone", "Telephone (optional)", type: "tel", completion: "tel", value: visit.input?["phone"],
            isRequired: false)
        form.newPassword("password", "Password")
        page.form(form)
        page.link("I have an account already", to: "/auth/sign-in")
        return page
    }

    @Sendable private func signUp(_ visit: Visit) async throws -> ActionResult {
        let signUp = SignUp(
            email: try Self.email(visit), password: try visit.required("password"), name: try Self.name(visit),
            birthDate: try visit.required("birthDate"), phone: visit.input?["phone"],
            language: visit.input?["language"], consent: visit.input?.object("consent"))
        let person = try await accounts.signUp(signUp)
        await record(.registered, visit)
        var page = Page("Look into your mail")
        page.paragraph("We have sent you a mail. Open the link in it within 24 hours to confirm your address.")
        page.link("No mail came", to: "/auth/resend-verification")
        return ActionResult(
            [("status", .text("pending-verification")), ("person", .text("Person/" + person))], .page(page))
    }

    /// A HumanName, a text, or given and family names.
    static func name(_ visit: Visit) throws -> HumanName {
        if let node = visit.input?.object("name") {
            let item = node.isArray ? node.items.first ?? node : node
            guard let name = try? HumanName(from: item), !name.spoken.isEmpty else {
                throw AuthError(400, "invalid_request", "name is a HumanName")
            }
            return name
        }
        if let text = visit.input?["name"] { return HumanName(words: text) }
        var name = HumanName()
        name.given = (visit.input?["given"] ?? "").split(separator: " ").map(String.init)
        name.family = visit.input?["family"]
        guard !name.spoken.isEmpty else { throw AuthError(400, "invalid_request", "name is missing") }
        return name
    }

    // MARK: - Verifying

    /// A button and no more: programs that look into mail follow links, and must not use them up.
    @Sendable private func verifyPage(_ visit: Visit) -> Page {
        var page = Page("Confirm your e-mail address")
        if let failure = visit.failure {
            page.error(failure.description)
            page.link("Send me another mail", to: "/auth/resend-verification")
            return page
        }
        var form = PageForm(action: "/auth/verify-email", button: "Confirm", token: formToken(visit))
        form.hide("token", visit.value("token"))
        page.form(form)
        return page
    }

    @Sendable private func verify(_ visit: Visit) async throws -> ActionResult {
        let person = try await accounts.verifyEmail(token: try visit.required("token"))
        await record(.verified, person: person, visit)
        var page = Page("Your address is confirmed")
        page.link("Sign in", to: "/auth/sign-in")
        return ActionResult([("status", .text("active")), ("person", .text("Person/" + person))], .page(page))
    }

    // MARK: - Another mail

    @Sendable private func resendPage(_ visit: Visit) -> Page {
        var page = Page("Send the mail again")
        if let failure = visit.failure { page.error(failure.description, field: "email") }
        var form = PageForm(action: "/auth/resend-verification", button: "Send", token: formToken(visit))
        form.input("email", "E-mail", type: "email", completion: "email", value: visit.input?["email"])
        page.form(form)
        return page
    }

    @Sendable private func resend(_ visit: Visit) async throws -> ActionResult {
        try await accounts.ask(.verification, try Self.email(visit))
        var page = Page("Look into your mail")
        page.paragraph("If there is an account with this address that was not confirmed yet, a mail is on its way.")
        return ActionResult([("status", .text("sent"))], .page(page))
    }
}

extension AuthError {
    /// The field of a form that the error is about.
    var field: String? {
        switch code {
        case AccountError.Code.weakPassword.rawValue: "password"
        case "invalid_email", AccountError.Code.duplicate.rawValue: "email"
        case AccountError.Code.invalidCode.rawValue: "code"
        default: description.hasPrefix("birthDate") ? "birthDate" : nil
        }
    }
}
