import FHIRDefinitions
package import FHIRFormats
package import FHIRStore
package import JSONTape

/// A stored resource as a workflow looks at it.
package struct StoredResource: Sendable {
    package let reference: LocalReference
    /// The resource as it is stored, without `meta.versionId` and `meta.lastUpdated`.
    package let node: JSONNode
    package let stamp: VersionStamp
    /// Whether the transaction holds its row, so that it stays at this version until the transaction writes it.
    let isLocked: Bool

    /// Nil for a version that records a deletion.
    package init?(_ version: StoredVersion, in store: FHIRStore) throws {
        try self.init(version, isLocked: false, in: store)
    }

    init?(_ version: StoredVersion, isLocked: Bool, in store: FHIRStore) throws {
        guard let content = version.content else { return nil }
        self.isLocked = isLocked
        reference = LocalReference(store.definitions.name(of: version.type), version.stamp.id)
        node = JSONNode(try Document.parse(content, limits: .fhir))
        stamp = version.stamp
    }

    /// `status`, empty if there is none.
    package var status: String { node["status"]?.string ?? "" }

    /// The state that the type's state machine is about; empty if there is none.
    package var state: String { StateMachine.of(reference.typeName)?.state(of: node) ?? status }

    /// An edit of what is stored.
    package var edit: ResourceEdit { ResourceEdit(node) }

    /// The resource as it is stored, for answers.
    package func saved(in store: FHIRStore) -> SavedResource {
        SavedResource(reference, stamp, content: node.source, in: store)
    }

    /// A literal reference of one of its elements to a resource of this server.
    package func reference(_ element: StaticString) -> LocalReference? { LocalReference(node[element]) }
}

/// A resource as it was written, for answers.
package struct SavedResource: Sendable {
    package let reference: LocalReference
    package let stamp: VersionStamp
    /// Compact JSON with `meta.versionId` and `meta.lastUpdated`.
    package let json: [UInt8]

    /// - Parameter content: the resource as it is stored.
    package init(_ reference: LocalReference, _ stamp: VersionStamp, content: [UInt8], in store: FHIRStore) {
        self.reference = reference
        self.stamp = stamp
        json = content.withUnsafeBufferPointer { store.renderer.render(content: $0, stamp: stamp) }
    }
}
