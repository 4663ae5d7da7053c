package import FHIRFormats

/// What a write did.
package struct WriteResult: Hashable, Sendable {
    package enum Effect: Sendable {
        case created, updated, deleted
        /// The content was the stored one: no new version (R4 http#update allows it).
        case unchanged
        /// There was nothing to delete.
        case absent
    }

    package var effect: Effect
    /// The version that is current now; for a deletion the version that records it.
    package var stamp: VersionStamp

    package init(effect: Effect, stamp: VersionStamp) {
        self.effect = effect
        self.stamp = stamp
    }
}

/// What must hold for a write to happen (R4 http#concurrency).
package struct WritePrecondition: Hashable, Sendable {
    /// `If-Match`: versions of which one must be current; nil for any.
    package var versions: [Int]?
    /// `If-None-Match: *`: the resource must not exist.
    package var mustBeNew: Bool
    /// Whether a missing resource is created (R4 http#upsert).
    package var mayCreate: Bool

    package init(versions: [Int]? = nil, mustBeNew: Bool = false, mayCreate: Bool = true) {
        self.versions = versions
        self.mustBeNew = mustBeNew
        self.mayCreate = mayCreate && versions == nil
    }

    package static let none = WritePrecondition()
}
