import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import JSONTape
import PostgreSQL

/// For whom somebody may act: by a Consent of the patient that permits it to the RelatedPerson they are, and that is
/// in force today. https://hl7.org/fhir/R4/consent.html
struct ProxyRights {
    private static let system = "urn:martlet:codesystem:consent-category"

    let store: FHIRStore
    let search: SearchService

    /// Ids of the patients whom these RelatedPersons represent.
    func patients(of related: [String]) async throws -> Set<String> {
        var found: Set<String> = []
        for id in related {
            guard let person = try await read("RelatedPerson", id), person["active"]?.bool != false,
                let patient = person["patient"]?["reference"]?.string, patient.hasPrefix("Patient/")
            else { continue }
            if try await isPermitted("RelatedPerson/" + id, patient) { found.insert(String(patient.dropFirst(8))) }
        }
        return found
    }

    private func isPermitted(_ proxy: String, _ patient: String) async throws -> Bool {
        guard let type = store.definitions.resourceType(named: "Consent") else { return false }
        let request = try SearchRequest.parse(
            type: type,
            pairs: [("patient", patient), ("status", "active"), ("_count", "1000"), ("_total", "none")],
            handling: .strict, indexer: search.indexer)
        let now = store.clock()
        let page = try await store.database.withSession {
            try await search.search(request, in: $0, now: now.microsecondsSince1970)
        }
        let today = String(now.text.prefix(10))
        return try page.matches.contains { version in
            guard let content = version.content else { return false }
            return Self.permits(JSONNode(try Document.parse(content, limits: .fhir)), proxy, today)
        }
    }

    private static func permits(_ consent: JSONNode, _ proxy: String, _ today: String) -> Bool {
        let isProxy = (consent["category"]?.items ?? []).contains { category in
            (category["coding"]?.items ?? []).contains { $0["system"]?.string == system }
        }
        guard isProxy, let provision = consent["provision"], provision["type"]?.string == "permit" else { return false }
        if let start = provision["period"]?["start"]?.string, start.prefix(10) > today { return false }
        if let end = provision["period"]?["end"]?.string, end.prefix(10) < today.prefix(end.prefix(10).count) {
            return false
        }
        return (provision["actor"]?.items ?? []).contains { $0["reference"]?["reference"]?.string == proxy }
    }

    private func read(_ typeName: String, _ id: String) async throws -> JSONNode? {
        guard let type = store.definitions.resourceType(named: typeName) else { return nil }
        do {
            let content = try await store.read(type, id: id).content
            return try content.map { JSONNode(try Document.parse($0, limits: .fhir)) }
        } catch let error as StoreError where error.code == .notFound || error.code == .gone {
            return nil
        }
    }
}
