/// The server-assigned facts that every answer carries: logical id, version and time of the last change.
///
/// They live in table columns, not in the stored content, so that one statement can assign them
/// (R4 resource.html#Meta).
package struct VersionStamp: Hashable, Sendable {
    /// Logical id (R4 datatypes.html#id).
    package var id: String
    /// `meta.versionId`: 1 for the first version, one more for each change.
    package var version: Int
    /// `meta.lastUpdated`.
    package var updated: Instant

    package init(id: String, version: Int, updated: Instant) {
        self.id = id
        self.version = version
        self.updated = updated
    }
}
