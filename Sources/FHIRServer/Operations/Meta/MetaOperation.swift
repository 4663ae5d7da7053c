import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `$meta`: the profiles, security labels and tags of a resource, a version, a type or the whole system
/// (R4 resource-operation-meta.html).
struct MetaOperation: ResourceOperation {
    let declaration = OperationDeclaration(
        "meta", levels: [.system, .type, .instance, .version], types: [], affectsState: false,
        definition: "http://hl7.org/fhir/OperationDefinition/Resource-meta",
        documentation: "The profiles, security labels and tags of a resource or version, or those in use.",
        parameters: [.init(.output, "return", 1, 1, "Meta", "The meta, or what all metas hold together.")],
        reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        switch call.target {
        case .system: return try await inUse(call.store.tables.types, call)
        case .type(let type): return try await inUse([type], call)
        case .instance(let type, let id):
            guard ResourceID.isValid(id) else { throw StoreError(.notFound, "there is no such id") }
            return answer(try await call.store.read(type, id: id), call)
        case .version(let type, let id, let version):
            guard ResourceID.isValid(id), let number = Int32(version) else {
                throw StoreError(.notFound, "there is no such version")
            }
            return answer(try await call.store.vread(type, id: id, version: Int(number)), call)
        }
    }

    private func answer(_ version: StoredVersion, _ call: OperationCall) -> OperationAnswer {
        let rendered = (version.content ?? []).withUnsafeBufferPointer {
            call.store.renderer.render(content: $0, stamp: version.stamp)
        }
        let meta = (try? Document.parse(rendered)).flatMap { JSONNode($0)["meta"] }
        return OperationAnswer(resource: MetaAnswer.json(meta), stamp: version.stamp)
    }

    private func inUse(_ types: [TypeID], _ call: OperationCall) async throws -> OperationAnswer {
        let meta = try await call.store.metaInUse(types)
        // FHIR knows no empty objects (R4 json.html): where nothing is in use, nothing is returned.
        guard let meta else { return OperationAnswer(resource: MetaAnswer.json(nil)) }
        return OperationAnswer(resource: MetaAnswer.json(JSONNode(try Document.parse(meta))))
    }
}
