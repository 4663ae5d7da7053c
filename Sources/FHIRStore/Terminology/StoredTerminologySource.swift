import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRTerminology
import JSONTape
import PostgreSQL

/// The terminologies that are stored here, then those of the standard.
struct StoredTerminologySource: TerminologySource {
    let service: TerminologyService
    let session: Session?
    /// Where to write down what was found.
    var log: ResolutionLog?

    func codeSystem(_ canonical: String) async throws -> (any CodeSystem)? {
        switch try await resolve("CodeSystem", canonical)?.content {
        case .codeSystem(let system): system
        case .loaded(let system): system
        case .grammar(let system): system
        default: nil
        }
    }

    func valueSet(_ canonical: String) async throws -> ValueSetDefinition? {
        if case .valueSet(let definition) = try await resolve("ValueSet", canonical)?.content {
            return try definition.get()
        }
        return ImplicitValueSet.definition(canonical)
    }

    func conceptMap(_ canonical: String) async throws -> ConceptMapDefinition? {
        guard case .conceptMap(let map) = try await resolve("ConceptMap", canonical)?.content else { return nil }
        return map
    }

    func conceptMaps(from system: String, isReverse: Bool) async throws -> [ConceptMapDefinition] {
        var maps: [ConceptMapDefinition] = []
        var known: Set<String> = []
        for version in try await storedMaps(system, isReverse: isReverse) {
            guard case .conceptMap(let map) = version.content else { continue }
            known.insert(map.canonical.url)
            if version.status != "retired" { maps.append(map) }
        }
        for url in StandardTerminology.r4.conceptMaps(from: system, isReverse: isReverse) where !known.contains(url) {
            if case .conceptMap(let map) = standard("ConceptMap", Canonical(url))?.content { maps.append(map) }
        }
        return maps
    }

    /// The version that a canonical, or `Type/id`, means: of several the first by `DefinitionRank`.
    func resolve(_ typeName: String, _ canonical: String) async throws -> TerminologyVersion? {
        var found = try await stored(typeName, canonical)
        // A resource that is there for its name alone leaves the codes to those that were loaded from files.
        if typeName == "CodeSystem", found?.hasConcepts != true {
            found = try await loaded(Canonical(canonical)) ?? outside(Canonical(canonical)) ?? found
        }
        found = found ?? standard(typeName, Canonical(canonical))
        log?.note(.init(type: typeName, canonical: canonical), found?.key)
        return found
    }

    private func stored(_ typeName: String, _ canonical: String) async throws -> TerminologyVersion? {
        guard let type = service.indexer.definitions.resourceType(named: typeName),
            service.tables.types.contains(type)
        else { return nil }
        let reader = service.indexer.canonicalPredicate(canonical, type: type)
        let versions = try await versions(reader.predicate, type, typeName)
        return versions.filter { reader.version == nil || $0.version == reader.version }.max { $0.rank < $1.rank }
    }

    private func loaded(_ canonical: Canonical) async throws -> TerminologyVersion? {
        var parameters = SQLParameters()
        parameters.append(text: canonical.url)
        parameters.append(text: canonical.version)
        let result = try await query(LoadedCodeSystem.find, parameters)
        guard result.rowCount > 0 else { return nil }
        let system = LoadedCodeSystem(0, of: result, database: service.database, session: session)
        return TerminologyVersion(
            key: TerminologyCache.Key(type: "code_system", id: String(system.id)), version: system.header.version,
            status: "active", content: .loaded(system))
    }

    /// Systems that R4 names, and whose codes are told by lists and grammars of others. These are not kept by version.
    private func outside(_ canonical: Canonical) -> TerminologyVersion? {
        let key = TerminologyCache.Key(type: "CodeSystem", id: canonical.url)
        if let system = GrammarCodeSystem(canonical.url) {
            return TerminologyVersion(key: key, status: "active", content: .grammar(system))
        }
        if let known = service.cache.resource(key) { return known }
        guard let node = ListedCodeSystem.resource(canonical.url) else { return nil }
        let version = Self.version(node, key: key, type: "CodeSystem")
        service.cache.keep(version, byteCount: node.document.byteCount)
        return version
    }

    private func storedMaps(_ system: String, isReverse: Bool) async throws -> [TerminologyVersion] {
        guard let type = service.indexer.definitions.resourceType(named: "ConceptMap"),
            service.tables.types.contains(type)
        else { return [] }
        let name = isReverse ? "target-system" : "source-system"
        let predicate = service.indexer.predicate(name, uri: system, type: type)
        return try await versions(predicate, type, "ConceptMap").sorted { $0.key.updated > $1.key.updated }
    }

    /// What a predicate finds. Contents are read only where they are not known yet.
    private func versions(
        _ predicate: SearchPredicate, _ type: TypeID, _ typeName: String
    ) async throws -> [TerminologyVersion] {
        let plan = SearchPlan.matching(
            predicate, type: type, hasContent: false, limit: Self.greatestCount, tables: service.tables)
        let statement =
            plan.isSelective ? service.statements.statement(plan.text) : SQLStatement(plan.text, isPrepared: false)
        let rows = try await query(statement, plan.parameters)
        var found: [TerminologyVersion] = []
        var missing: [String] = []
        for row in 0..<rows.rowCount {
            let stored = StoredVersion(type: type, row: row, of: rows)
            if let known = service.cache.resource(Self.key(stored, typeName)) {
                found.append(known)
            } else {
                missing.append(stored.stamp.id)
            }
        }
        guard !missing.isEmpty else { return found }
        let contents = SearchPlan.rows(.ids(missing), type: type, tables: service.tables)
        let result = try await query(service.statements.statement(contents.text), contents.parameters)
        for row in 0..<result.rowCount {
            let stored = StoredVersion(type: type, row: row, of: result)
            guard let content = stored.content else { continue }
            let version = Self.version(
                JSONNode(try Document.parse(content)), key: Self.key(stored, typeName), type: typeName)
            found.append(version)
            // What a transaction has not committed is nobody else's.
            if session == nil { service.cache.keep(version, byteCount: content.count) }
        }
        return found
    }

    /// Resources of one URL that are looked at, and maps of one system.
    private static let greatestCount = 100

    private func standard(_ typeName: String, _ canonical: Canonical) -> TerminologyVersion? {
        if let version = standard(typeName, url: canonical.url),
            canonical.version == nil || canonical.version == version.version
        {
            return version
        }
        // Some code systems of version 2 tables have a bar in their very URL.
        return canonical.version == nil ? nil : standard(typeName, url: canonical.text)
    }

    private func standard(_ typeName: String, url: String) -> TerminologyVersion? {
        let key = TerminologyCache.Key(type: typeName, id: url)
        if let known = service.cache.resource(key) { return known }
        guard let node = StandardTerminology.r4.resource(typeName, url: url) else { return nil }
        let version = Self.version(node, key: key, type: typeName)
        service.cache.keep(version, byteCount: node.document.byteCount)
        return version
    }

    private static func key(_ stored: StoredVersion, _ typeName: String) -> TerminologyCache.Key {
        TerminologyCache.Key(
            type: typeName, id: stored.stamp.id, version: stored.stamp.version,
            updated: stored.stamp.updated.microsecondsSince1970)
    }

    private static func version(
        _ node: JSONNode, key: TerminologyCache.Key, type: String
    ) -> TerminologyVersion {
        let content: TerminologyResource
        switch type {
        // What the standard itself defines is in English.
        case "CodeSystem": content = .codeSystem(ResourceCodeSystem(node, language: key.version == 0 ? "en" : nil))
        case "ConceptMap": content = .conceptMap(ConceptMapDefinition(node))
        default:
            content = .valueSet(
                Result { () throws(TerminologyError) in
                    var definition = try ValueSetDefinition(node)
                    if key.version == 0 { definition.dropStandardVersions() }
                    return definition
                })
        }
        return TerminologyVersion(
            key: key, version: node["version"]?.string, status: node["status"]?.string ?? "", content: content)
    }

    private func query(_ statement: SQLStatement, _ parameters: SQLParameters) async throws -> QueryResult {
        do {
            return try await service.database.read(statement, parameters, in: session)
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }
}
