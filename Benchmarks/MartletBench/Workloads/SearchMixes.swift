/// Two published mixes of searches, rebuilt over the loaded data.
///
/// The shapes of HealthSamurai's benchmark (24, one request of each in turn, `_count=20`) and of mock.health's (30, but
/// for `metadata`, which asks nothing of a database). Values are taken from the data; one in eight finds nothing.
struct SearchMixes {
    let values: SampledValues

    private static let variants = 8

    // MARK: - HealthSamurai

    func samurai() throws -> [RequestShape] {
        var shapes: [RequestShape] = []
        func add(_ type: String, _ parameter: String, _ texts: [String], modifiers: [String] = [""]) {
            let names = modifiers.map { parameter + $0 }
            shapes.append(
                shape(
                    "\(type).\(parameter)",
                    texts.enumerated().map { index, text in
                        "\(type)?\(names[index % names.count])=\(HTTPRequest.escape(text))&_count=20"
                    }))
        }
        let text = ["", ":contains"]
        add("Patient", "name", try values.texts("patient", "content->'name'->0->>'family'"), modifiers: text)
        add("Patient", "address", try values.texts("patient", "content->'address'->0->>'city'"), modifiers: text)
        add("Organization", "name", try values.texts("organization", "content->>'name'"), modifiers: text)
        add("Patient", "birthdate", try values.dates("patient", "content->>'birthDate'"))
        add("Observation", "date", try values.dates("observation", "content->>'effectiveDateTime'"))
        add("Encounter", "date", try values.dates("encounter", "content->'period'->>'start'"))
        let category = "content->'category'->0->'coding'->0"
        add("Observation", "category", try values.codes("observation", category))
        add("Observation", "code", try values.codes("observation", "content->'code'->'coding'->0"))
        add("Encounter", "status", try values.texts("encounter", "content->>'status'"))
        add("Encounter", "class", try values.codes("encounter", "content->'class'"))
        for parameter in ["value-quantity", "component-value-quantity", "combo-value-quantity"] {
            add("Observation", parameter, try values.quantities())
        }
        for parameter in ["code-value-quantity", "component-code-value-quantity", "combo-code-value-quantity"] {
            let isComponent = parameter.hasPrefix("component")
            add("Observation", parameter, try values.codesWithQuantities(ofComponents: isComponent))
        }
        for (type, parameter, path) in Self.references {
            add(type, parameter, try values.references(type.lowercased(), path))
        }
        return shapes
    }

    private static let references = [
        ("Observation", "subject", "content->'subject'"), ("Observation", "encounter", "content->'encounter'"),
        ("Observation", "performer", "content->'performer'->0"), ("Encounter", "subject", "content->'subject'"),
        ("Encounter", "participant", "content->'participant'->0->'individual'"),
        ("MedicationRequest", "subject", "content->'subject'"),
        ("MedicationRequest", "encounter", "content->'encounter'"),
        ("MedicationRequest", "requester", "content->'requester'"),
    ]

    // MARK: - mock.health

    func mockHealth() throws -> [RequestShape] {
        let family = try values.texts("patient", "content->'name'->0->>'family'")
        let patients = try values.texts("observation", "content->'subject'->>'reference'")
        let words = try values.words("observation", "content->'code'->'coding'->0->>'display'")
        let loinc = "http://loinc.org|"
        let conditions = try values.codes("condition", "content->'code'->'coding'->0", withSystem: true)
        let procedures = try values.codes("procedure", "content->'code'->'coding'->0", withSystem: true)
        let participants = try values.texts("encounter", "content->'participant'->0->'individual'->>'reference'")
        let locations = try values.texts("encounter", "content->'location'->0->'location'->>'reference'")
        let ids = try values.texts("patient", "id")
        return [
            shape("Observation first page", ["Observation?_count=10"]),
            shape("Observation counted", ["Observation?_total=accurate&_count=1"]),
            shape("blood pressure counted", ["Observation?code=\(loinc)8480-6&_total=accurate&_count=5"]),
            shape("combo-code counted", ["Observation?combo-code=\(loinc)8480-6&_total=accurate&_count=5"]),
            shape("height counted", ["Observation?code=\(loinc)8302-2&_total=accurate&_count=1"]),
            shape("weight counted", ["Observation?code=\(loinc)29463-7&_total=accurate&_count=1"]),
            shape("pain counted", ["Observation?code=\(loinc)72514-3&_total=accurate&_count=1"]),
            shape("Observation since 2020", ["Observation?date=ge2020-01-01&_count=10"]),
            shape("male counted", ["Patient?gender=male&_total=accurate&_count=10"]),
            shape("family=S", ["Patient?family=S&_count=10"]),
            shape("given=A", ["Patient?given=A&_count=10"]),
            shape("gender and family", ["Patient?gender=female&family=B&_count=10"]),
            // A read by an id that is there: all requests of a mix expect the same status.
            shape("read Patient", ids.dropLast().map { "Patient/\($0)" }),
            shape("family exactly", family.map { "Patient?family:exact=\(HTTPRequest.escape($0))" }),
            shape("Observation by patient", patients.map { "Observation?patient=\($0)&_count=20" }),
            shape("Condition by patient", patients.map { "Condition?patient=\($0)&_count=20" }),
            shape("Encounter by patient", patients.map { "Encounter?patient=\($0)&_count=10" }),
            shape("MedicationRequest by patient", patients.map { "MedicationRequest?patient=\($0)&_count=10" }),
            shape("Encounter by participant", participants.map { "Encounter?participant=\($0)&_count=10" }),
            shape("Encounter by location", locations.map { "Encounter?location=\($0)&_count=10" }),
            shape("Condition by code", conditions.map { "Condition?code=\(HTTPRequest.escape($0))&_count=10" }),
            shape("Procedure by code", procedures.map { "Procedure?code=\(HTTPRequest.escape($0))&_count=10" }),
            shape("Patient _content", family.map { "Patient?_content=\(HTTPRequest.escape($0))&_count=10" }),
            shape("Observation _content", words.map { "Observation?_content=\(HTTPRequest.escape($0))&_count=10" }),
            shape("Condition _content", words.map { "Condition?_content=\(HTTPRequest.escape($0))&_count=10" }),
            shape("Patient _text", family.map { "Patient?_text=\(HTTPRequest.escape($0))&_count=10" }),
            shape("name:text", family.map { "Patient?name:text=\(HTTPRequest.escape($0))&_count=10" }),
            shape("address:text", try cities().map { "Patient?address:text=\(HTTPRequest.escape($0))&_count=10" }),
            shape("Condition code:text", words.map { "Condition?code:text=\(HTTPRequest.escape($0))&_count=10" }),
        ]
    }

    private func cities() throws -> [String] { try values.texts("patient", "content->'address'->0->>'city'") }

    private func shape(_ name: String, _ targets: [String]) -> RequestShape {
        RequestShape(name: name, requests: targets.map { HTTPRequest("GET", "/fhir/" + $0) })
    }
}
