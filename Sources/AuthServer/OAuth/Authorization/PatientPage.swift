import Access

/// Where a person chooses whose record an app is about.
struct PatientPage: Sendable {
    var client: OAuthClient
    var patients: [PatientChoice.Entry]
    /// Whether patients are looked for by name.
    var isSearch: Bool
    /// What was looked for.
    var name: String?

    func page(ticket: String) -> HTMLPage {
        let ticketField = "<input type=\"hidden\" name=\"ticket\" value=\"\(ticket.htmlEscaped)\">"
        var content = "<p><strong>\(client.name.htmlEscaped)</strong> works with the record of one patient.</p>"
        if isSearch {
            content += """
                <form method="post" action="/auth/authorize/patient">
                \(ticketField)
                <label for="name">Name of the patient</label>
                <input type="search" id="name" name="name" value="\((name ?? "").htmlEscaped)" autocomplete="off" required>
                <button type="submit">Search</button>
                </form>
                """
            if name != nil, patients.isEmpty { content += "<p role=\"status\">Nobody of this name was found.</p>" }
        }
        if !patients.isEmpty {
            content += """
                <form method="post" action="/auth/authorize/patient">
                \(ticketField)
                <fieldset><legend>Whose record?</legend>
                \(patients.map(choice).joined(separator: "\n"))
                </fieldset>
                <button type="submit" class="main">Continue</button>
                </form>
                """
        }
        return HTMLPage(title: "Choose a patient", content: content)
    }

    private func choice(_ entry: PatientChoice.Entry) -> String {
        let birth = entry.birthDate.map { ", born \($0.htmlEscaped)" } ?? ""
        return """
            <label><input type="radio" name="patient" value="\(entry.id.htmlEscaped)" required>
            \(entry.name.htmlEscaped)\(birth)</label>
            """
    }
}
