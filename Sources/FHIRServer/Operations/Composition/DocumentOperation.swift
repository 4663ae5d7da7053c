import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore
import JSONTape

/// `Composition/[id]/$document`: the document that a composition is the head of
/// (R4 composition-operation-document.html).
struct DocumentOperation: ResourceOperation {
    let declaration = OperationDeclaration(
        "document", levels: [.type, .instance], types: ["Composition"],
        affectsState: false, definition: "http://hl7.org/fhir/OperationDefinition/Composition-document",
        documentation: "The composition and what it refers to as a document; stored as a Bundle if asked for.",
        parameters: [
            .init(.input, "id", 0, 1, "uri", "The composition, where the operation is called on the type."),
            .init(.input, "persist", 0, 1, "boolean", "Whether to store the document; false by default."),
            .init(.input, "graph", 0, 1, "uri", "A GraphDefinition; not supported."),
            .init(.output, "return", 1, 1, "Bundle", "The document."),
        ],
        reading: .declared)

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        if call.input.first("graph") != nil {
            throw StoreError(
                .notSupported, "documents by a GraphDefinition are not supported", expression: "http.graph",
                details: "graph-not-supported")
        }
        let composition = try await composition(call)
        let contents = call.binaryContents
        let resources = try await contents.complete(DocumentContent(call: call).resources(of: composition))
        guard contents.hadRoom else {
            throw StoreError(.tooLarge, "the Binaries that belong to the document have more content than fits in one")
        }
        let id = call.store.makeID()
        let bundle = try bundle(id, composition, resources, call)
        guard call.input.bool("persist") == true else { return OperationAnswer(resource: bundle) }
        return try await persist(bundle, id, call)
    }

    private func composition(_ call: OperationCall) async throws -> StoredVersion {
        switch call.target {
        case .instance(let type, let id):
            if call.input.first("id") != nil {
                throw call.input.error("the parameter id is for calls on the type alone", at: "id")
            }
            guard ResourceID.isValid(id) else { throw StoreError(.notFound, "there is no such id") }
            return try await call.store.read(type, id: id)
        case .type(let type):
            guard let text = call.input.string("id") else {
                throw OperationInputError(.invalidParameter, "the parameter id is missing")
            }
            if ResourceID.isValid(text) { return try await call.store.read(type, id: text) }
            guard let reference = local(text, call), reference.type == type else {
                throw call.input.error("the parameter id names no Composition of this server", at: "id")
            }
            return try await call.store.read(type, id: reference.id)
        default: throw StoreError(.invalidRequest, "$document is called on a composition")
        }
    }

    private func local(_ text: String, _ call: OperationCall) -> SearchIndexer.LocalReference? {
        call.search.indexer.localReference(
            text.hasPrefix(call.base + "/") ? String(text.dropFirst(call.base.count + 1)) : text)
    }

    // MARK: - The Bundle

    /// R4 documents.html#bundle: the Composition comes first; identifier and timestamp are those of the assembly.
    private func bundle(
        _ id: String, _ composition: StoredVersion, _ resources: [StoredVersion], _ call: OperationCall
    ) throws -> [UInt8] {
        var size = 2048
        for version in [composition] + resources { size += (version.content?.count ?? 0) + 320 }
        var writer = JSONWriter(reservingByteCount: size)
        writer.beginObject()
        writer.member("resourceType", "Bundle")
        writer.member("id", id)
        writer.key("identifier")
        writer.beginObject()
        writer.member("system", "urn:ietf:rfc:3986")
        writer.member("value", "urn:uuid:\(id)")
        writer.endObject()
        writer.member("type", "document")
        writer.member("timestamp", call.store.clock().truncatedToMilliseconds.text)
        writer.key("entry")
        writer.beginArray()
        for version in [composition] + resources {
            writer.beginObject()
            let name = call.definitions.name(of: version.type)
            writer.member("fullUrl", "\(call.base)/\(name)/\(version.stamp.id)")
            writer.key("resource")
            version.content?.withUnsafeBufferPointer {
                call.store.renderer.render(content: $0, stamp: version.stamp, to: &writer)
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private func persist(_ bundle: [UInt8], _ id: String, _ call: OperationCall) async throws -> OperationAnswer {
        guard let type = call.definitions.resourceType(named: "Bundle") else {
            throw StoreError(.notSupported, "Bundles cannot be stored")
        }
        // What changes something is a transaction of its own.
        if call.store.isWithinTransaction {
            throw call.input.error("a document cannot be stored from within a transaction", at: "persist")
        }
        let document = try Document.parse(bundle, limits: JSONLimits(maximumByteCount: bundle.count, maximumDepth: 256))
        var job = StoreJob()
        job.commands = [call.store.createCommand(ResourceInput(type: type, document: document), id: id)]
        guard let written = try await call.store.run(job).first ?? nil else {
            throw StoreError(.fault, "a write gave no answer")
        }
        var writer = JSONWriter(reservingByteCount: bundle.count + 128)
        call.store.renderer.render(document, stamp: written.stamp, to: &writer)
        return OperationAnswer(resource: writer.bytes, stamp: written.stamp, created: "Bundle/\(id)")
    }
}
