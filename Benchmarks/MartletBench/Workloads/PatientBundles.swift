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

    private struct Resource {
        var type: String
        var id: String
        /// Without id and meta, which the server gives.
        var text: String
    }

    /// Bundles of patients chosen at random; one query for each type of resource.
    func make(_ count: Int) throws -> [Bundle] {
        // Medical record numbers are unique: a copy of the patient cannot have the same.
        let patients = try postgres.query(
            """
            SELECT self, id, (content - 'id' - 'meta' - 'identifier')::text FROM patient
            ORDER BY random() LIMIT \(count)
            """)
        var records: [String: [Resource]] = [:]
        for row in patients { records[row[0]] = [Resource(type: "Patient", id: row[1], text: row[2])] }
        let hashes = patients.map { $0[0] }.joined(separator: ",")
        for type in try typesWithSubject() {
            let rows = try postgres.query(
                """
                SELECT subj, id, (content - 'id' - 'meta')::text FROM "\(type.lowercased())" WHERE subj IN (\(hashes))
                """)
            for row in rows { records[row[0]]?.append(Resource(type: type, id: row[1], text: row[2])) }
        }
        return records.values.map(Self.bundle)
    }

    private static func bundle(of resources: [Resource]) -> Bundle {
        var urns: [Substring: String] = [:]
        for (index, resource) in resources.enumerated() {
            let digits = String(index + 1, radix: 16)
            let zeros = String(repeating: "0", count: 12 - digits.count)
            urns["\(resource.type)/\(resource.id)"] = "urn:uuid:00000000-0000-4000-8000-\(zeros)\(digits)"
        }
        let entries = resources.map { resource in
            let urn = urns["\(resource.type)/\(resource.id)"] ?? ""
            // A reference to another part of the record becomes its urn.
            let text = resource.text.split(separator: "\"", omittingEmptySubsequences: false)
                .map { urns[$0] ?? String($0) }.joined(separator: "\"")
            return """
                {"fullUrl":"\(urn)","resource":\(text),"request":{"method":"POST","url":"\(resource.type)"}}
                """
        }
        let text = #"{"resourceType":"Bundle","type":"transaction","entry":["# + entries.joined(separator: ",") + "]}"
        return Bundle(text: text, resourceCount: resources.count)
    }

    /// Of the types, those whose table tells the subject.
    private func typesWithSubject() throws -> [String] {
        let tables = try postgres.query(
            """
            SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
            WHERE attname = 'subj' AND relnamespace = current_schema()::regnamespace
            """
        ).map { $0[0] }
        return Self.types.filter { tables.contains($0.lowercased()) }
    }
}
