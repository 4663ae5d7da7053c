package import FHIRDefinitions
package import FHIRSearch
package import JSONTape

/// A resource ready to be written: its stored text and what makes it findable.
package struct PreparedResource: Sendable {
    package let type: TypeID
    package let id: String
    /// Compact JSON with the id, without `meta.versionId` and `meta.lastUpdated`.
    package let content: [UInt8]
    package let needsExactText: Bool
    package let entries: IndexEntries
}

/// A resource as it came in: the parsed document, or the part of it that holds the resource.
package struct ResourceInput: Sendable {
    package let type: TypeID
    package let document: Document
    package let index: Document.Index

    package init(type: TypeID, document: Document, index: Document.Index = Document.root) {
        self.type = type
        self.document = document
        self.index = index
    }
}

/// Encodes and indexes resources before they are written.
struct ResourcePreparer: Sendable {
    let definitions: FHIRDefinitions
    let indexer: SearchIndexer
    /// Tenant that everything written belongs to; nil where content says nothing of tenants.
    let tenant: String?

    func prepare(_ input: ResourceInput, id: String) -> PreparedResource {
        let input = tenant.map { TenantTag.set($0, on: input) } ?? input
        let content = ContentEncoder.encode(
            input.document, input.index, type: input.type, id: id, definitions: definitions)
        let node = JSONNode(input.document, input.index)
        return PreparedResource(
            type: input.type, id: id, content: content.bytes, needsExactText: content.needsExactText,
            entries: indexer.entries(for: node, type: input.type, id: id))
    }

    /// As `prepare(_:id:)`, with the links of a transaction replaced before the resource is indexed.
    func prepare(_ input: ResourceInput, id: String, links: LinkTable) throws -> PreparedResource {
        if links.isEmpty || links.keepsAsSent(input.type) { return prepare(input, id: id) }
        let input = tenant.map { TenantTag.set($0, on: input) } ?? input
        let content = ContentEncoder.encode(
            input.document, input.index, type: input.type, id: id, links: links, definitions: definitions)
        let node =
            content.hasNewLinks
            ? JSONNode(try Document.parse(content.bytes)) : JSONNode(input.document, input.index)
        return PreparedResource(
            type: input.type, id: id, content: content.bytes, needsExactText: content.needsExactText,
            entries: indexer.entries(for: node, type: input.type, id: id))
    }
}
