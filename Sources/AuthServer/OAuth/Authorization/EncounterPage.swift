import Access

/// Where a person chooses which visit of the patient an app is about.
struct EncounterPage: Sendable {
    var client: OAuthClient
    var encounters: [EncounterChoice.Entry]

    func page(ticket: String) -> Page {
        var page = Page("Choose a visit")
        page.append(html: "<p><strong>\(Page.escaped(client.name))</strong> works with one visit of this patient.</p>")
        page.append(
            html: """
                <form method="post" action="/auth/authorize/encounter">
                <input type="hidden" name="ticket" value="\(Page.escaped(ticket))">
                <fieldset><legend>Which visit?</legend>
                \(encounters.map(choice).joined(separator: "\n"))
                <label><input type="radio" name="encounter" value="" required>
                None of these</label>
                </fieldset>
                <button type="submit">Continue</button>
                </form>
                """)
        return page
    }

    private func choice(_ entry: EncounterChoice.Entry) -> String {
        """
        <label><input type="radio" name="encounter" value="\(Page.escaped(entry.id))" required>
        \(Page.escaped(entry.words))</label>
        """
    }
}
