package import FHIRProfiles
package import JSONTape

/// A StructureDefinition with its snapshot.
package struct Profile: Sendable {
    /// The StructureDefinition; `snapshot.element` is there and not empty.
    package let definition: JSONNode
    /// What is wrong with its differential; empty where it came with a snapshot.
    package let issues: [SnapshotIssue]
    /// Another one for every making of a snapshot in this process, also of the same definition: what is worked out of
    /// a profile may be kept by it.
    package let number: Int

    /// Canonical URL and business version.
    package var canonical: CanonicalURL {
        CanonicalURL(url: definition["url"]?.string ?? "", version: definition["version"]?.string)
    }
}

/// What a canonical was found to mean.
struct ProfileEntry: Sendable {
    /// As it is stored; nil where nothing is known by this name.
    var stored: JSONNode?
    /// Nil where nothing is known.
    var result: Result<Profile, SnapshotError>?
    /// What it builds on, without definitions of the standard.
    var dependencies: [CanonicalURL] = []

    /// Bytes of JSON, roughly.
    var size: Int {
        let made = if case .success(let profile) = result { profile.definition.document.byteCount } else { 0 }
        return 256 + made + (stored.map { $0.document.byteCount } ?? 0)
    }
}

/// Profiles as they were at one time, and all that they build on: to be asked without waiting.
package struct PreparedProfiles: Sendable, StructureDefinitionSource {
    let entries: [CanonicalURL: ProfileEntry]
    let standard: StandardProfiles

    /// The profile that a canonical names, one of those prepared, one that those build on, or one of the standard; nil
    /// where nothing is known by this name, and a failure where it has no snapshot.
    package func profile(_ canonical: CanonicalURL) -> Result<Profile, SnapshotError>? {
        entries[canonical]?.result ?? standard.profile(canonical)
    }

    /// With its snapshot where it has one; those of the standard without.
    package func structureDefinition(_ canonical: CanonicalURL) -> JSONNode? {
        guard let entry = entries[canonical] else { return StandardStructures.r4.structureDefinition(canonical) }
        if case .success(let profile) = entry.result { return profile.definition }
        return entry.stored
    }
}
