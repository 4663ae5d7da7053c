import FHIRProfiles

/// Which of several resources of one canonical URL is meant where no version is named: the greatest.
///
/// Active ones come before drafts and retired ones, then the newest business version, then what was written last.
struct DefinitionRank: Comparable {
    let isActive: Bool
    /// Nil, for a resource without version, is older than any.
    let version: BusinessVersion?
    /// Microseconds since 1970.
    let updated: Int64

    init(status: String?, version: String?, updated: Int64) {
        isActive = status == "active"
        self.version = version.map(BusinessVersion.init)
        self.updated = updated
    }

    static func < (left: DefinitionRank, right: DefinitionRank) -> Bool {
        if left.isActive != right.isActive { return right.isActive }
        switch (left.version, right.version) {
        case (let own?, let other?) where own != other: return own < other
        case (nil, .some): return true
        case (.some, nil): return false
        default: return left.updated < right.updated
        }
    }
}
