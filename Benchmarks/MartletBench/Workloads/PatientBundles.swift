/// Transaction bundles as Synthea writes them: one patient with all that is recorded about it, each resource under a
/// urn:uuid to which the others refer.
struct PatientBundles {
    let postgres: Postgres
    /// Types that need nothing else to be created once more; bookings, for one, would collide.
    private static let types = [
        "Encounter", "Observation", "Condition", "Procedure", "MedicationRequest", "Immunization", "DiagnosticReport",
        "AllergyIntolerance", "ServiceRequest", "CarePlan", "Invoice", "Claim",
    ]

    struct Bundle {
        var text: String
        var resourceCount: Int
    }

    /// Bundles of patients chosen at random.
    func make(_ count: Int) throws -> [Bundle] {
        let patients = try postgres.query(
            "SELECT id, self FROM patient ORDER BY random() LIMIT \(count)")
        return try patients.map { try bundle(id: $0[0], hash: $0[1]) }
    }

    private func bundle(id: String, hash: String) throws -> Bundle {
        var resources = try rows("Patient", "id = '\(id)'")
        for type in Self.types where try hasSubject(type) { resources += try rows(type, "subj = \(hash)") }
        var entries: [String] = []
        var names: [(from: String, to: String)] = []
        for (index, resource) in resources.enumerated() {
            let digits = String(index + 1, radix: 16)
            let urn = "urn:uuid:00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
            names.append(("\"\(resource.type)/\(resource.id)\"", "\"\(urn)\""))
            entries.append(
                """
                {"fullUrl":"\(urn)","resource":\(resource.text),"request":{"method":"POST","url":"\(resource.type)"}}
                """)
        }
        var text = #"{"resourceType":"Bundle","type":"transaction","entry":["# + entries.joined(separator: ",") + "]}"
        for (from, to) in names { text = text.replacing(from, with: to) }
        return Bundle(text: text, resourceCount: resources.count)
    }

    private func hasSubject(_ type: String) throws -> Bool {
        try postgres.value(
            """
            SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass('"\(type.lowercased())"') AND attname = 'subj'
            """) == "1"
    }

    private func rows(_ type: String, _ condition: String) throws -> [(type: String, id: String, text: String)] {
        try postgres.query(
            "SELECT id, (content - 'id' - 'meta')::text FROM \"\(type.lowercased())\" WHERE \(condition)"
        ).map { (type, $0[0], $0[1]) }
    }
}
