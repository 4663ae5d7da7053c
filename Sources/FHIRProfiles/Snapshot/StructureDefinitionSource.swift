package import JSONTape

/// Where snapshots find the definitions that they build on.
///
/// Answers at once: whoever reads definitions from a database does so before.
package protocol StructureDefinitionSource: Sendable {
    /// The StructureDefinition that a canonical names; without a version the newest. Nil if none is known.
    func structureDefinition(_ canonical: CanonicalURL) -> JSONNode?
}
