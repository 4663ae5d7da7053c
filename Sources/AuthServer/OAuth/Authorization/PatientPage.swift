import Access

/// Where a person chooses whose record an app is about.
struct PatientPage: Sendable {
    var client: OAuthClient
    var patients: [PatientChoice.Entry]
    /// Whether patients are looked for by name.
    var isSearch: Bool
    /// What was looked for.
    var name: String?

    func page(ticket: String) -> Page {
        let ticketField = "<input type=\"hidden\" name=\"ticket\" value=\"\(Page.escaped(ticket))\">"
        var page = Page("Choose a patient")
        page.append(html: "<p><strong>\(Page.escaped(client.name))</strong> works with the record of one patient.</p>")
        if isSearch {
            page.append(
                html: """
                    <form method="post" action="/auth/authorize/patient">
                    \(ticketField)
                    <label for="name">Name of the patient</label>
                    <input type="search" id="name" name="name" value="\(Page.escaped(name ?? ""))" \
                    autocomplete="off" required>
                    <button type="submit">Search</button>
                    </form>
                    """)
            if name != nil, patients.isEmpty {
                page.append(html: "<p role=\"status\">Nobody of this name was found.</p>")
            }
        }
        if !patients.isEmpty {
            page.append(
                html: """
                    <form method="post" action="/auth/authorize/patient">
                    \(ticketField)
                    <fieldset><legend>Whose record?</legend>
                    \(patients.map(choice).joined(separator: "\n"))
                    </fieldset>
                    <button type="submit">Continue</button>
                    </form>
                    """)
        }
        return page
    }

    private func choice(_ entry: PatientChoice.Entry) -> String {
        let birth = entry.birthDate.map { ", born \(Page.escaped($0))" } ?? ""
        return """
            <label><input type="radio" name="patient" value="\(Page.escaped(entry.id))" required>
            \(Page.escaped(entry.name))\(birth)</label>
            """
    }
}
