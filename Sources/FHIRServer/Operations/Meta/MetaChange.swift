import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// The way that `$meta-add` and `$meta-delete` go: one transaction around the locked current version.
///
/// A change makes a new version. R4 allows both: Meta's labels "can be updated without changing the stated version",
/// and the sentence of STU3 that these operations make none is gone. With a new version, old ones stay as they were
/// signed and cached, `ETag` and `_lastUpdated` tell of the change, and `If-Match` guards it. Where the sets do not
/// change, neither does the version.
struct MetaChange {
    let call: OperationCall

    /// Whether the resource has to meet the profiles that it names from now on.
    var checksProfiles = false

    func run(_ change: (inout MetaSets, MetaSets) -> Void) async throws -> OperationAnswer {
        guard case .instance(let type, let id) = call.target, let given = call.input.first("meta") else {
            throw StoreError(.invalidRequest, "the operation is called on a resource")
        }
        guard ResourceID.isValid(id) else { throw StoreError(.notFound, "there is no such id") }
        let wanted = MetaSets(given)
        let precondition = try WritePrecondition(ifMatch: call.conditions.ifMatch, ifNoneMatch: nil)
        let result = try await call.store.transaction { transaction -> (WriteResult, [UInt8])? in
            guard let stored = try await transaction.lock(type, id: id), let content = stored.content else {
                return nil
            }
            let resource = JSONNode(try Document.parse(content))
            var sets = MetaSets(resource["meta"])
            change(&sets, wanted)
            let document = try Document.parse(sets.applied(to: resource))
            let input = ResourceInput(type: type, document: document)
            if checksProfiles, !wanted.isEmpty("profile") { try await check(input) }
            let written = try await transaction.update(input, id: id, precondition)
            return (written, Array(document.text))
        }
        guard let (written, content) = result else {
            // Says whether the resource is gone or was never there.
            _ = try await call.store.read(type, id: id)
            throw StoreError(.conflict, "the resource changed in the meantime")
        }
        return answer(written.stamp, content)
    }

    /// Throws `InvalidResource` if an error keeps the resource from being stored.
    private func check(_ resource: ResourceInput) async throws {
        let issues = try await call.checker.issues(of: resource, in: call.store)
        if issues.contains(where: { $0.severity == .error || $0.severity == .fatal }) {
            throw InvalidResource(issues: issues)
        }
    }

    private func answer(_ stamp: VersionStamp, _ content: [UInt8]) -> OperationAnswer {
        let rendered = content.withUnsafeBufferPointer { call.store.renderer.render(content: $0, stamp: stamp) }
        let meta = (try? Document.parse(rendered)).flatMap { JSONNode($0)["meta"] }
        return OperationAnswer(resource: MetaAnswer.json(meta), stamp: stamp)
    }
}
