package import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import JSONTape
import PostgreSQL

/// Moves what refers to one resource to another of its type, and keeps the ledger of it.
package struct RecordMerge: Sendable {
    let transaction: StoreTransaction
    let ledger: MergeLedger
    /// Of both records.
    let type: TypeID

    package init(_ transaction: StoreTransaction, type: TypeID) {
        self.transaction = transaction
        self.type = type
        ledger = MergeLedger(session: transaction.session)
    }

    var store: FHIRStore { transaction.store }
    var typeName: String { store.definitions.name(of: type) }

    /// What tells of the past and stays as it is: who did what to which record.
    private static let records: Set<String> = ["AuditEvent", "Provenance"]

    /// How many resources are read and written in one go.
    private static let chunk = 500

    /// Makes an entry of the ledger.
    package func open(prior: String, survivor: String, cause: String) async throws -> Int64 {
        try await ledger.open(
            type: typeName, survivor: survivor, prior: prior, cause: cause, at: store.now().microsecondsSince1970)
    }

    /// Runs `body` as a merge: guards of what one person may have once do not stop it, because what two records have of
    /// it is for people to sort out afterwards.
    func asMerge<Result>(_ body: () async throws -> Result) async throws -> Result {
        _ = try await transaction.session.query(Self.beginMerging, SQLParameters())
        let result = try await body()
        _ = try await transaction.session.query(Self.endMerging, SQLParameters())
        return result
    }

    private static let beginMerging = SQLStatement("SELECT set_config('martlet.merging', 'on', true)")
    private static let endMerging = SQLStatement("SELECT set_config('martlet.merging', '', true)")

    /// Has all references to `prior` lead to `survivor`, each in a new version.
    /// - Parameters:
    ///   - entry: of the ledger; nil keeps no record of it.
    ///   - excluding: `Type/id` of resources that stay.
    ///   - condition: which of the referrers move; all by default.
    /// - Returns: `Type/id` of what was written.
    @discardableResult
    package func moveReferences(
        from prior: String, to survivor: String, entry: Int64?, excluding: Set<String> = [],
        where condition: (StoredVersion) -> Bool = { _ in true }
    ) async throws -> [String] {
        let rewrite = ReferenceRewrite(
            indexer: store.preparer.indexer, sources: [.init(type: type, id: prior)],
            target: "\(typeName)/\(survivor)")
        var written: [String] = []
        for group in try await transaction.referrers(to: type, id: prior) {
            let name = store.definitions.name(of: group.type)
            guard !Self.records.contains(name) else { continue }
            let ids = group.ids.filter { !excluding.contains("\(name)/\($0)") }
            for start in stride(from: 0, to: ids.count, by: Self.chunk) {
                let part = Array(ids[start..<min(start + Self.chunk, ids.count)])
                let versions = try await transaction.lock(group.type, ids: part).filter(condition)
                written += try await write(versions, rewrite, entry)
            }
        }
        return written
    }

    /// Writes those that the rewriting changes.
    @discardableResult
    func write(_ versions: [StoredVersion], _ rewrite: ReferenceRewrite, _ entry: Int64?) async throws -> [String] {
        var changes: [MergeLedger.Change] = []
        var commands: [WriteCommand] = []
        for version in versions {
            guard let content = version.content, let (new, paths) = rewrite.apply(content) else { continue }
            commands.append(try command(version.type, new, id: version.stamp.id))
            changes.append(
                MergeLedger.Change(
                    type: store.definitions.name(of: version.type), id: version.stamp.id,
                    versionBefore: version.stamp.version, versionAfter: 0, paths: paths))
        }
        let results = try await transaction.apply(commands)
        for (index, result) in results.enumerated() { changes[index].versionAfter = result.stamp.version }
        if let entry { try await ledger.add(changes, to: entry) }
        return changes.map { "\($0.type)/\($0.id)" }
    }

    /// Writes a new version of a record that takes part in the merge itself.
    /// - Parameter paths: the elements that changed.
    package func replace(
        _ version: StoredVersion, with content: [UInt8], paths: [String], entry: Int64?
    ) async throws {
        let result = try await transaction.apply([try command(version.type, content, id: version.stamp.id)])[0]
        guard let entry, result.effect != .unchanged else { return }
        let change = MergeLedger.Change(
            type: store.definitions.name(of: version.type), id: version.stamp.id,
            versionBefore: version.stamp.version, versionAfter: result.stamp.version, paths: paths)
        try await ledger.add([change], to: entry)
    }

    func command(_ type: TypeID, _ content: [UInt8], id: String) throws -> WriteCommand {
        store.updateCommand(ResourceInput(type: type, document: try Document.parse(content, limits: .fhir)), id: id)
    }

    /// A version of a resource, current or past.
    func version(_ type: TypeID, id: String, _ number: Int) async throws -> StoredVersion? {
        var parameters = SQLParameters()
        parameters.append(text: id)
        parameters.append(int32: Int32(number))
        let rows = try await transaction.session.query(store.tables.reads(type).vread, parameters)
        return rows.rowCount > 0 ? StoredVersion(type: type, row: 0, of: rows) : nil
    }
}
