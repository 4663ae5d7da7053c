import FHIRDefinitions
import FHIRPath
package import FHIRProfiles
package import FHIRTerminology
package import JSONTape
import Synchronization

/// The profiles that resources were checked by, kept ready.
///
/// Those of the standard are kept by their URL, others by the document that they were made of: a definition that was
/// written anew is another document.
final class ProfileTables: Sendable {
    private struct State {
        var standard: [String: Result<ProfileTable, SnapshotError>] = [:]
        var stored: [ObjectIdentifier: Stored] = [:]
    }

    private struct Stored {
        /// Keeps the document, and so its identity.
        var definition: JSONNode
        var table: Result<ProfileTable, SnapshotError>
    }

    private static let capacity = 500

    private let definitions: FHIRDefinitions
    private let engine: FHIRPathEngine
    private let state = Mutex(State())

    init(definitions: FHIRDefinitions, engine: FHIRPathEngine) {
        self.definitions = definitions
        self.engine = engine
    }

    /// The profile that a canonical names; nil where nothing is known by it, and a failure where nothing can be made of
    /// what is.
    func table(
        _ canonical: CanonicalURL, in source: any StructureDefinitionSource
    ) -> Result<ProfileTable, SnapshotError>? {
        if let known = state.withLock({ $0.standard[canonical.description] }) { return known }
        if let definition = StandardStructures.r4.structureDefinition(canonical) {
            let made = make(definition, canonical, StandardStructures.r4)
            state.withLock { $0.standard[canonical.description] = made }
            return made
        }
        guard let definition = source.structureDefinition(canonical) else { return nil }
        let key = ObjectIdentifier(definition.document)
        if let known = state.withLock({ $0.stored[key] }), known.definition.index == definition.index {
            return known.table
        }
        let made = make(definition, canonical, source)
        state.withLock { state in
            if state.stored.count >= Self.capacity, let victim = state.stored.keys.first { state.stored[victim] = nil }
            state.stored[key] = Stored(definition: definition, table: made)
        }
        return made
    }

    private func make(
        _ definition: JSONNode, _ canonical: CanonicalURL, _ source: any StructureDefinitionSource
    ) -> Result<ProfileTable, SnapshotError> {
        do throws(SnapshotError) {
            let tree = try SnapshotTrees(source: source).tree(of: definition, canonical)
            return .success(ProfileTable(definition, tree: tree, definitions: definitions, engine: engine))
        } catch {
            return .failure(error)
        }
    }
}

/// Profiles that a resource is checked by.
package struct ProfileDemand: Sendable {
    /// Canonicals of profiles besides those that the resource itself names.
    package var canonicals: [String]
    /// Definitions besides those of the standard.
    package var source: any StructureDefinitionSource
    /// Questionnaires by their canonical URL, for responses in reports.
    package var questionnaires: [String: JSONNode]
    /// Measures, libraries and search parameters by their canonical URLs, for reports on what refers to them.
    package var artifacts: [String: JSONNode] = [:]
    /// What is known of codes that the standard does not have.
    package var codes: [CodeQuestion: CodeAnswer]

    package init(
        canonicals: [String] = [], source: any StructureDefinitionSource = StandardStructures.r4,
        questionnaires: [String: JSONNode] = [:], codes: [CodeQuestion: CodeAnswer] = [:]
    ) {
        self.canonicals = canonicals
        self.source = source
        self.questionnaires = questionnaires
        self.codes = codes
    }

    /// Whether there are other definitions than those of the standard.
    var hasSource: Bool { !(source is StandardStructures) }
}
