import FHIRDefinitions
import FHIRSearch
import FHIRStore
import JSONTape

/// Searches by the id of a patient who was merged into another find the survivor's records.
///
/// Everything that referred to the merged patient refers to the survivor since, so that only a search that found
/// nothing has to be looked at: this costs other searches nothing.
struct MergedPatients {
    private let store: FHIRStore
    private let transaction: StoreTransaction?

    init(_ store: FHIRStore, _ transaction: StoreTransaction?) {
        self.store = store
        self.transaction = transaction
    }

    /// The search with survivors in place of the patients who were merged; nil if it names none.
    func survivors(
        of query: QueryItems, _ compartment: SearchRequest.Compartment?
    ) async throws -> (query: QueryItems, compartment: SearchRequest.Compartment?)? {
        guard let type = store.definitions.resourceType(named: "Patient"), store.tables.contains(type) else {
            return nil
        }
        var survivors: [String: String] = [:]
        var named = Set(query.items.flatMap { Self.patients($0) })
        if let compartment, compartment.focus == type { named.insert(compartment.id) }
        for id in named.sorted().prefix(Self.maximumCount) {
            if let survivor = try await survivor(of: id) { survivors[id] = survivor }
        }
        guard !survivors.isEmpty else { return nil }
        var query = query
        for index in query.items.indices where !Self.patients(query.items[index]).isEmpty {
            let pieces = query.items[index].value.split(separator: ",", omittingEmptySubsequences: false)
            query.items[index].value = pieces.map { piece in
                guard let id = Self.id(piece), let survivor = survivors[id] else { return String(piece) }
                return String(piece.dropLast(id.utf8.count)) + survivor
            }.joined(separator: ",")
        }
        var compartment = compartment
        if let id = compartment?.id, compartment?.focus == type, let survivor = survivors[id] {
            compartment?.id = survivor
        }
        return (query, compartment)
    }

    private static let maximumCount = 20
    /// How many merges in a row are followed; each merge leads to the survivor at once, so that there are few.
    private static let maximumHopCount = 8

    /// Ids of patients that a parameter's values name: `patient=1`, `subject=Patient/1`, `actor=Patient/1`.
    private static func patients(_ item: QueryItems.Item) -> [String] {
        guard !item.name.hasPrefix("_"), !item.name.contains(":identifier") else { return [] }
        let name = item.name.prefix { $0 != ":" }
        let isPatient = name == "patient" || name == "subject" || item.name.hasSuffix(":Patient")
        return item.value.split(separator: ",").compactMap { piece in
            guard let id = id(piece) else { return nil }
            return isPatient || piece.dropLast(id.utf8.count).hasSuffix("Patient/") ? id : nil
        }
    }

    private static func id(_ piece: Substring) -> String? {
        let id = piece.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        return ResourceID.isValid(id) ? id : nil
    }

    /// The patient into whom one was merged, directly or by later merges; nil for one who was not.
    func survivor(of id: String) async throws -> String? {
        var current = id
        var seen: Set<String> = [id]
        while seen.count <= Self.maximumHopCount, let next = try await replacement(of: current),
            seen.insert(next).inserted
        {
            current = next
        }
        return current == id ? nil : current
    }

    private func replacement(of id: String) async throws -> String? {
        guard let type = store.definitions.resourceType(named: "Patient") else { return nil }
        let content: [UInt8]?
        if let transaction {
            content = try await transaction.read(type, id: id)?.content
        } else {
            content = try? await store.read(type, id: id).content
        }
        guard let content, let document = try? Document.parse(content, limits: .fhir) else { return nil }
        let link = (JSONNode(document)["link"]?.items ?? []).first { $0["type"]?.string == "replaced-by" }
        guard let reference = link?["other"]?["reference"]?.string, reference.hasPrefix("Patient/") else { return nil }
        return String(reference.dropFirst(8))
    }
}
