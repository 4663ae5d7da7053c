import FHIRDefinitions
import FHIRFormats
import JSONTape

/// Consents that say different things of one person after a merge: both stay in force, and a person is asked.
struct ConsentConflicts {
    private let record: RecordMerge

    init(_ record: RecordMerge) { self.record = record }

    struct Conflict: Sendable, Hashable {
        /// `Consent/id` of the prior patient and of the survivor.
        var prior: String
        var survivor: String
    }

    /// Active consents of the same scope with other rules. Empty where there are no consents at all.
    func find(prior: String, survivor: String) async throws -> [Conflict] {
        let mine = try await consents(prior)
        if mine.isEmpty { return [] }
        let theirs = try await consents(survivor)
        return mine.flatMap { left in
            theirs.filter { Self.differ(left.node, $0.node) }
                .map { Conflict(prior: "Consent/\(left.id)", survivor: "Consent/\($0.id)") }
        }
    }

    /// Makes a Task for each, and answers `Task/id`.
    func report(_ conflicts: [Conflict], survivor: String) async throws -> [String] {
        let store = record.store
        guard !conflicts.isEmpty, let type = store.definitions.resourceType(named: "Task"),
            store.tables.contains(type)
        else { return [] }
        var commands: [WriteCommand] = []
        for conflict in conflicts {
            var writer = JSONWriter()
            writer.beginObject()
            writer.member("resourceType", "Task")
            writer.member("status", "requested")
            writer.member("intent", "order")
            writer.key("code")
            writer.beginObject()
            writer.member("text", "Review consents that differ after a merge of patients")
            writer.endObject()
            Self.reference("focus", conflict.prior, &writer)
            Self.reference("for", "Patient/\(survivor)", &writer)
            Self.reference("reasonReference", conflict.survivor, &writer)
            writer.endObject()
            let input = ResourceInput(type: type, document: try Document.parse(writer.bytes, limits: .fhir))
            try await store.check(input)
            commands.append(store.createCommand(input, id: store.makeID()))
        }
        _ = try await record.transaction.apply(commands)
        return commands.map { "Task/\($0.id)" }
    }

    private static func reference(_ name: StaticString, _ target: String, _ writer: inout JSONWriter) {
        writer.key(name)
        writer.beginObject()
        writer.member("reference", target)
        writer.endObject()
    }

    private func consents(_ patient: String) async throws -> [(id: String, node: JSONNode)] {
        var found: [(id: String, node: JSONNode)] = []
        for group in try await record.transaction.referrers(to: record.type, id: patient)
        where record.store.definitions.name(of: group.type) == "Consent" {
            for version in try await record.transaction.lock(group.type, ids: group.ids) {
                guard let content = version.content, let document = try? Document.parse(content, limits: .fhir),
                    JSONNode(document)["status"]?.string == "active",
                    JSONNode(document)["patient"]?["reference"]?.string == "Patient/\(patient)"
                else { continue }
                found.append((version.stamp.id, JSONNode(document)))
            }
        }
        return found
    }

    private static func differ(_ left: JSONNode, _ right: JSONNode) -> Bool {
        let scope = { (node: JSONNode) in node["scope"]?["coding"]?.items.first?["code"]?.string }
        guard scope(left) == scope(right) else { return false }
        return left["provision"]?.source != right["provision"]?.source
            || left["policyRule"]?.source != right["policyRule"]?.source
    }
}
