import FHIRDefinitions
package import FHIRProfiles
import FHIRSearch
package import FHIRTerminology
package import JSONTape
import PostgreSQL

/// What is stored here and says how resources are to be: profiles, codes, questionnaires.
extension FHIRStore {
    /// Profiles and all that they build on, to be asked without waiting. See `ProfileLibrary.prepare`.
    package func preparedProfiles(_ canonicals: [CanonicalURL]) async throws -> PreparedProfiles {
        try await profiles.prepare(canonicals, in: session)
    }

    /// Answers to questions about codes; what is not known is one too.
    package func answers(to questions: some Collection<CodeQuestion>) async throws -> [CodeQuestion: CodeAnswer] {
        try await translating { try await codeAnswers.answers(to: questions, in: session) }
    }

    /// The definitions of a type that canonicals, or references to this server's own, mean, as far as they are stored.
    package func storedDefinitions(
        _ typeName: String, _ canonicals: some Collection<String>
    ) async throws -> [String: JSONNode] {
        guard let type = definitions.resourceType(named: typeName), tables.contains(type), !canonicals.isEmpty
        else { return [:] }
        var found: [String: JSONNode] = [:]
        var byURL: [CanonicalURL: [String]] = [:]
        for canonical in canonicals {
            guard let local = preparer.indexer.localReference(canonical), local.type == type else {
                // A fragment names a part of it (R4 references.html#canonical).
                let whole = String(canonical.prefix { $0 != "#" })
                byURL[CanonicalURL(whole), default: []].append(canonical)
                continue
            }
            if let content = try? await read(type, id: local.id).content {
                found[canonical] = JSONNode(try Document.parse(content))
            }
        }
        guard !byURL.isEmpty else { return found }
        let reader = StoredDefinitions(
            database: database, tables: tables, indexer: preparer.indexer, statements: definitionStatements,
            session: session)
        let stored = try await translating { try await reader.read(Array(byURL.keys), type) }
        for (canonical, node) in stored {
            for name in byURL[canonical] ?? [] { found[name] = node }
        }
        return found
    }

    /// Throws `StoreError` (`.invalidContent`) if something speaks against storing a resource of the server's own
    /// making.
    package func check(_ resource: ResourceInput) async throws { try await storageCheck(resource, in: self) }
}
