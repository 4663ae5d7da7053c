import Access

/// Where a person decides what an app may do, scope by scope.
struct ConsentPage: Sendable {
    var client: OAuthClient
    var scope: [String]
    /// Name of the patient that the app is about.
    var patient: String?
    /// The visit that the app is about, in words.
    var encounter: String?

    /// Scopes that give nothing by themselves, and so are no question.
    static func isImplied(_ scope: String) -> Bool {
        ["launch", "launch/patient", "launch/encounter"].contains(scope)
    }

    func page(ticket: String) -> Page {
        let name = Page.escaped(client.name)
        let choices = scope.filter { !Self.isImplied($0) }.map { scope in
            """
            <label><input type="checkbox" name="scope" value="\(Page.escaped(scope))" checked>
            \(Page.escaped(ScopeText.text(scope)))</label>
            """
        }
        var page = Page("Allow \(client.name)?")
        page.append(html: "<p><strong>\(name)</strong> asks for access.</p>")
        if let patient {
            page.append(html: "<p>It will work with the record of <strong>\(Page.escaped(patient))</strong>.</p>")
        }
        if let encounter { page.append(html: "<p>It is about the visit of \(Page.escaped(encounter)).</p>") }
        page.append(
            html: """
                <form method="post" action="/auth/authorize/consent">
                <input type="hidden" name="ticket" value="\(Page.escaped(ticket))">
                <fieldset><legend>What it may do</legend>
                \(choices.joined(separator: "\n"))
                </fieldset>
                <p class="hint">Take away the ticks of what you do not want to allow. It never gets more than you may do
                yourself.</p>
                <button type="submit" name="decision" value="allow">Allow</button>
                <button type="submit" name="decision" value="deny" class="other">Do not allow</button>
                </form>
                """)
        return page
    }
}

/// Scopes in plain words.
enum ScopeText {
    static func text(_ scope: String) -> String {
        switch scope {
        case "openid": return "Know that it is you"
        case "fhirUser": return "Know which person in the clinic's records you are"
        case "profile": return "Know your name"
        case "email": return "Know your e-mail address"
        case "offline_access": return "Keep this access when you are not signed in"
        case "online_access": return "Keep this access while you are signed in"
        default: return SMARTScope(scope).map(text) ?? scope
        }
    }

    private static func text(_ scope: SMARTScope) -> String {
        let things = scope.type.map { words($0) } ?? "all kinds of data"
        var verbs: [String] = []
        if scope.permissions.contains(.create) { verbs.append("add") }
        if scope.permissions.contains(.read) || scope.permissions.contains(.search) { verbs.append("see") }
        if scope.permissions.contains(.update) { verbs.append("change") }
        if scope.permissions.contains(.delete) { verbs.append("delete") }
        let whose = scope.context == .patient ? "of this patient" : "that you have access to"
        let what =
            verbs.count > 1 ? verbs.dropLast().joined(separator: ", ") + " and " + verbs[verbs.count - 1] : verbs[0]
        let only = scope.conditions.map {
            "\($0.name) \($0.value.split(separator: "|").last.map(String.init) ?? $0.value)"
        }
        let limit = only.isEmpty ? "" : " (only \(only.joined(separator: ", ")))"
        return "\(what.prefix(1).uppercased())\(what.dropFirst()) \(things) \(whose)\(limit)"
    }

    /// `MedicationRequest` as "medication requests"; what has a name of its own in plain words.
    private static func words(_ type: String) -> String {
        let known = [
            "Patient": "name, address and other details", "Observation": "measurements and results",
            "Condition": "diagnoses and problems", "AllergyIntolerance": "allergies", "Immunization": "vaccinations",
            "MedicationRequest": "prescriptions", "MedicationStatement": "medicines taken",
            "DiagnosticReport": "reports of laboratory and imaging", "DocumentReference": "documents",
            "Encounter": "visits", "Appointment": "appointments", "Procedure": "procedures", "CarePlan": "care plans",
            "Coverage": "insurance", "Invoice": "invoices", "ServiceRequest": "orders and referrals",
        ]
        if let known = known[type] { return known }
        var text = ""
        for character in type {
            if character.isUppercase, !text.isEmpty { text += " " }
            text += character.lowercased()
        }
        return text + " data"
    }
}
