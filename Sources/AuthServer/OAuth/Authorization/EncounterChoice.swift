import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import JSONTape

/// The visits of a patient among which a person may choose one for an app (SMART App Launch 2.2, `launch/encounter`).
struct EncounterChoice: Sendable {
    struct Entry: Sendable, Hashable {
        var id: String
        /// What to call it: `2026-05-04, ambulatory, finished`.
        var words: String
    }

    private static let greatestCount = 20

    /// As the person may reach it.
    private let store: FHIRStore
    private let search: SearchService

    init(_ choice: PatientChoice) {
        store = choice.store
        search = choice.search
    }

    /// The newest visits of a patient that the person may see.
    func list(of patient: String) async throws -> [Entry] {
        guard let type = store.definitions.resourceType(named: "Encounter") else { return [] }
        let pairs = [
            ("patient", patient), ("_sort", "-date"), ("_count", String(Self.greatestCount)), ("_total", "none"),
        ]
        let request = try SearchRequest.parse(type: type, pairs: pairs, handling: .strict, indexer: search.indexer)
        let page = try await search.search(request, now: Instant.now.microsecondsSince1970)
        return page.matches.compactMap { Self.entry($0)?.entry }
    }

    /// Whether the person may see a visit, and it is one of this patient.
    func isAllowed(_ id: String, of patient: String) async throws -> Bool {
        try await read(id)?.patient == patient
    }

    /// What to call a visit in front of the person who chose it.
    func name(of id: String) async throws -> String? { try await read(id)?.entry.words }

    /// The patient of a visit that the person may see; nil where there is none such.
    func patient(of id: String) async throws -> String? { try await read(id)?.patient }

    private func read(_ id: String) async throws -> (entry: Entry, patient: String?)? {
        guard ResourceID.isValid(id), let type = store.definitions.resourceType(named: "Encounter") else { return nil }
        do {
            return Self.entry(try await store.read(type, id: id))
        } catch let error as StoreError where error.code == .notFound || error.code == .gone {
            return nil
        }
    }

    private static func entry(_ stored: StoredVersion) -> (entry: Entry, patient: String?)? {
        guard let content = stored.content, let document = try? Document.parse(content) else { return nil }
        let node = JSONNode(document)
        let kind = node["type"]?.items.first.flatMap {
            $0["text"]?.string ?? $0["coding"]?.items.first?["display"]?.string
        }
        let place = node["class"]?["display"]?.string ?? node["class"]?["code"]?.string
        let day = node["period"]?["start"]?.string.map { String($0.prefix(10)) }
        let words = [day, kind, place, node["status"]?.string].compactMap { $0 }
        let reference = node["subject"]?["reference"]?.string ?? ""
        let patient = reference.hasPrefix("Patient/") ? String(reference.dropFirst("Patient/".count)) : nil
        return (Entry(id: stored.stamp.id, words: words.joined(separator: ", ")), patient)
    }
}
