package import FHIRDefinitions
package import FHIRFormats

/// Which versions a history interaction asks for (R4 http#history).
package struct HistoryRequest: Sendable {
    package enum Scope: Hashable, Sendable {
        case instance(TypeID, id: String)
        case type(TypeID)
        /// All types, or those named.
        case system([TypeID]?)
    }

    package var scope: Scope
    /// Versions made at or after this instant.
    package var since: Instant?
    /// Versions that were current at some moment of this half-open span.
    package var at: Range<Instant>?
    /// Greatest number of versions on the page.
    package var count: Int
    package var cursor: HistoryCursor?

    package init(
        scope: Scope, since: Instant? = nil, at: Range<Instant>? = nil, count: Int = 100, cursor: HistoryCursor? = nil
    ) {
        self.scope = scope
        self.since = since
        self.at = at
        self.count = count
        self.cursor = cursor
    }
}

/// The last version of a page: the next page begins behind it.
///
/// Pages follow (updated, type, id, version) downwards, so versions that are written while somebody pages come
/// before the first page and move nothing.
package struct HistoryCursor: Hashable, Sendable {
    package var updated: Instant
    package var typeName: String
    package var id: String
    package var version: Int

    package init(updated: Instant, typeName: String, id: String, version: Int) {
        self.updated = updated
        self.typeName = typeName
        self.id = id
        self.version = version
    }

    /// The cursor as it stands in a link.
    package var text: String { "\(updated.microsecondsSince1970)_\(typeName)_\(id)_\(version)" }

    /// Reads a link's cursor; nil if it is none of ours.
    package init?(text: String) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 4, let time = Int64(parts[0]), let version = Int(parts[3]),
            ResourceID.isValid(String(parts[2]))
        else { return nil }
        self.init(
            updated: Instant(microsecondsSince1970: time), typeName: String(parts[1]), id: String(parts[2]),
            version: version)
    }
}

/// One page of a history, newest first.
package struct HistoryPage: Sendable {
    package var versions: [StoredVersion]
    /// Number of versions in the whole history; nil where counting would cost more than the page.
    package var total: Int?
    /// Where the next page begins; nil on the last.
    package var next: HistoryCursor?
}
