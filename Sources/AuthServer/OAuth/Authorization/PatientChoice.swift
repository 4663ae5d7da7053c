import Access
import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import JSONTape

/// The patients among whom a person may choose one for an app (SMART App Launch 2.2, `launch/patient`).
struct PatientChoice: Sendable {
    struct Entry: Sendable, Hashable {
        var id: String
        var name: String
        var birthDate: String?
    }

    enum Beginning: Sendable, Hashable {
        case none
        /// Patients and proxies with one record have no choice.
        case only(String)
        case several([Entry])
        /// Staff look for whom they need.
        case search
    }

    private static let greatestCount = 20

    /// As the person may reach it.
    let store: FHIRStore
    let search: SearchService
    let principal: Principal

    /// - Parameters:
    ///   - store: without limits.
    ///   - rights: what the person may reach of it.
    init(store: FHIRStore, search: SearchService, rights: AccessRights) {
        principal = rights.principal
        self.store = rights.limit.map(store.limited) ?? store
        self.search = rights.limit == nil ? search : SearchService(search, in: self.store)
    }

    private var isStaff: Bool { !principal.roles.subtracting(["patient", "proxy"]).isEmpty }

    func begin() async throws -> Beginning {
        if isStaff { return .search }
        let entries = try await own()
        switch entries.count {
        case 0: return .none
        case 1: return .only(entries[0].id)
        default: return .several(entries)
        }
    }

    /// The records that are the person's own, or of those the person stands for.
    func own() async throws -> [Entry] { try await read(Array(principal.patients.sorted().prefix(100))) }

    /// Patients by name, for staff.
    func find(name: String) async throws -> [Entry] {
        let words = name.split(separator: " ").prefix(8)
        guard isStaff, !words.isEmpty, let type = store.definitions.resourceType(named: "Patient") else { return [] }
        var pairs = words.map { ("name", Self.escaped($0)) }
        pairs += [("_count", String(Self.greatestCount)), ("_total", "none"), ("_sort", "family,given")]
        let now = Instant.now.microsecondsSince1970
        let request = try SearchRequest.parse(type: type, pairs: pairs, handling: .strict, indexer: search.indexer)
        return try await search.search(request, now: now).matches.compactMap(Self.entry)
    }

    /// Whether the person may open a record: that it is there, and for patients that it is theirs.
    func isAllowed(_ id: String) async throws -> Bool {
        guard ResourceID.isValid(id), isStaff || principal.patients.contains(id) else { return false }
        return try await !read([id]).isEmpty
    }

    /// What to call a patient in front of the person who chose.
    func name(of id: String) async throws -> String? { try await read([id]).first?.name }

    private func read(_ ids: [String]) async throws -> [Entry] {
        guard let type = store.definitions.resourceType(named: "Patient") else { return [] }
        var entries: [Entry] = []
        for id in ids {
            do {
                if let entry = Self.entry(try await store.read(type, id: id)) { entries.append(entry) }
            } catch let error as StoreError where error.code == .notFound || error.code == .gone {
                continue
            }
        }
        return entries
    }

    private static func entry(_ stored: StoredVersion) -> Entry? {
        guard let content = stored.content, let document = try? Document.parse(content) else { return nil }
        let node = JSONNode(document)
        let names = node["name"]?.items ?? []
        let name = names.first { $0["use"]?.string == "official" } ?? names.first
        let parts = (name?["given"]?.items.compactMap(\.string) ?? []) + [name?["family"]?.string].compactMap { $0 }
        let text = name?["text"]?.string ?? parts.joined(separator: " ")
        return Entry(
            id: stored.stamp.id, name: text.isEmpty ? "(no name)" : text, birthDate: node["birthDate"]?.string)
    }

    /// R4 search.html#escaping.
    private static func escaped(_ text: Substring) -> String {
        var escaped = ""
        for character in text {
            if "\\,$|".contains(character) { escaped.append("\\") }
            escaped.append(character)
        }
        return escaped
    }
}
