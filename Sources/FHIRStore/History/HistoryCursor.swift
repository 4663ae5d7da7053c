package import FHIRDefinitions
package import FHIRFormats

/// Where a page of a history begins: beside the last version of the page before, or the first of the page after.
///
/// Pages follow (updated, type, id, version). What is written while somebody pages is younger than the bound, so it
/// is on none of the pages; a version that is superseded meanwhile keeps its place. The total is that of the first
/// page, counted at the same moment as it was read. Only a write that was on its way to the database at that moment
/// can have an older time, and then joins a page that is still to come.
package struct HistoryCursor: Hashable, Sendable {
    package var updated: Instant
    package var typeName: String
    package var id: String
    package var version: Int
    /// Whether the page is the one before this place.
    package var isBackward: Bool
    /// Time of the youngest version when the first page was read.
    package var bound: Instant
    package var total: Int?

    package init(
        updated: Instant, typeName: String, id: String, version: Int, isBackward: Bool, bound: Instant, total: Int?
    ) {
        self.updated = updated
        self.typeName = typeName
        self.id = id
        self.version = version
        self.isBackward = isBackward
        self.bound = bound
        self.total = total
    }

    /// The cursor as text without blanks: `time_type_id_version_direction_bound_total`.
    package var text: String {
        """
        \(updated.microsecondsSince1970)_\(typeName)_\(id)_\(version)_\(isBackward ? "b" : "f")_\
        \(bound.microsecondsSince1970)_\(total.map { String($0) } ?? "")
        """
    }

    /// Reads a cursor's text; nil if it is none of ours.
    package init?(text: String, definitions: FHIRDefinitions) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 7, let time = Self.instant(parts[0]), definitions.resourceType(named: parts[1]) != nil,
            ResourceID.isValid(parts[2]), let version = Int32(parts[3]), parts[4] == "b" || parts[4] == "f",
            let bound = Self.instant(parts[5])
        else { return nil }
        let total = Int32(parts[6])
        guard total != nil || parts[6].isEmpty else { return nil }
        self.init(
            updated: time, typeName: parts[1], id: parts[2], version: Int(version), isBackward: parts[4] == "b",
            bound: bound, total: total.map { Int($0) })
    }

    /// Within what a timestamp of the database holds.
    private static func instant(_ text: String) -> Instant? {
        guard let time = Int64(text), 0...253_402_300_800_000_000 ~= time else { return nil }
        return Instant(microsecondsSince1970: time)
    }
}
