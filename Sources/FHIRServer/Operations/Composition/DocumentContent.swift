import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import JSONTape

/// What belongs into a document besides its composition.
///
/// 1. Everything that the Composition refers to (R4 documents.html#content): a document without it would not be one, so
///    what is missing is an error.
/// 2. What those refer to, and so on, as far as it is here and about no other patient: a report's observations, an
///    observation's performer. What is missing stays a reference.
struct DocumentContent {
    let call: OperationCall

    /// Steps away from the composition.
    private static let greatestStepCount = 6
    /// Most resources in a document.
    private static let greatestResourceCount = 5_000

    /// In the order in which they are referred to, level by level: one round trip for each.
    func resources(of composition: StoredVersion) async throws -> [StoredVersion] {
        var seen: Set<SearchIndexer.LocalReference> = [
            SearchIndexer.LocalReference(type: composition.type, id: composition.stamp.id)
        ]
        // Other versions of the document are no part of it.
        let parts = try node(composition).members.filter { $0.key != "relatesTo" }.map(\.value)
        let direct = references(in: parts).filter { seen.insert($0).inserted }
        var level = try await call.store.current(direct)
        try requireAll(direct, level)
        let patients = Set(direct.filter { call.definitions.name(of: $0.type) == "Patient" })
        var resources = level
        for _ in 0..<Self.greatestStepCount where !level.isEmpty {
            let next = try references(in: level.map(node)).filter { reference in
                (call.definitions.name(of: reference.type) != "Patient" || patients.contains(reference))
                    && seen.insert(reference).inserted
            }
            level = try await call.store.current(next).filter { try isAbout(patients, $0) }
            resources += level
            guard resources.count <= Self.greatestResourceCount else {
                throw StoreError(.tooLarge, "the document would hold more than \(Self.greatestResourceCount) resources")
            }
        }
        return resources
    }

    private func node(_ version: StoredVersion) throws -> JSONNode {
        JSONNode(try Document.parse(version.content ?? []))
    }

    private func references(in nodes: [JSONNode]) -> [SearchIndexer.LocalReference] {
        call.store.references(in: nodes, base: call.base)
    }

    private func requireAll(_ wanted: [SearchIndexer.LocalReference], _ found: [StoredVersion]) throws {
        let there = Set(found.map { SearchIndexer.LocalReference(type: $0.type, id: $0.stamp.id) })
        guard let missing = wanted.first(where: { !there.contains($0) }) else { return }
        throw StoreError(
            .businessRule,
            "the composition refers to \(call.definitions.name(of: missing.type))/\(missing.id), which does not exist",
            expression: "Composition", details: "reference-not-found")
    }

    /// Whether a resource is about one of these patients or about nobody.
    private func isAbout(_ patients: Set<SearchIndexer.LocalReference>, _ version: StoredVersion) throws -> Bool {
        let node = try node(version)
        for member in [node["subject"], node["patient"]] {
            guard let text = member?["reference"]?.string, let reference = call.search.indexer.localReference(text),
                call.definitions.name(of: reference.type) == "Patient"
            else { continue }
            return patients.contains(reference)
        }
        return true
    }
}
