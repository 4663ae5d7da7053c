import Access

/// Where a person decides what an app may do, scope by scope.
struct ConsentPage: Sendable {
    var client: OAuthClient
    var scope: [String]
    /// Name of the patient that the app is about.
    var patient: String?
    var redirect: String

    /// Scopes that give nothing by themselves, and so are no question.
    static func isImplied(_ scope: String) -> Bool {
        ["launch", "launch/patient", "launch/encounter"].contains(scope)
    }

    func page(ticket: String) -> HTMLPage {
        let about = patient.map { "<p>It will work with the record of <strong>\($0.htmlEscaped)</strong>.</p>" } ?? ""
        let choices = scope.filter { !Self.isImplied($0) }.map { scope in
            """
            <label><input type="checkbox" name="scope" value="\(scope.htmlEscaped)" checked>
            \(ScopeText.text(scope).htmlEscaped)</label>
            """
        }
        var page = HTMLPage(
            title: "Allow \(client.name)?",
            content: """
                <p><strong>\(client.name.htmlEscaped)</strong> asks for access.</p>
                \(about)
                <form method="post" action="/auth/authorize/consent">
                <input type="hidden" name="ticket" value="\(ticket.htmlEscaped)">
                <fieldset><legend>What it may do</legend>
                \(choices.joined(separator: "\n"))
                </fieldset>
                <p class="quiet">Take away the ticks of what you do not want to allow. It never gets more than you may do
                yourself.</p>
                <button type="submit" class="main" name="decision" value="allow">Allow</button>
                <button type="submit" name="decision" value="deny">Do not allow</button>
                </form>
                """)
        page.formTargets = Self.target(of: redirect)
        return page
    }

    /// Origin or scheme of an address, as a content security policy names it: browsers hold it against redirects too.
    private static func target(of address: String) -> [String] {
        guard let colon = address.firstIndex(of: ":") else { return [] }
        let scheme = address[..<colon].lowercased()
        guard scheme == "http" || scheme == "https" else { return ["\(scheme):"] }
        let rest = address[colon...].dropFirst(3)
        let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" && $0 != ";" && $0 != "," }
        return ["\(scheme)://\(host)"]
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
