package import FHIRProfiles
import FHIRSearch
package import JSONTape
package import PostgreSQL
import Synchronization

/// The profiles that are stored here, with snapshots, for whoever has to answer without waiting.
///
/// What was worked out is kept as long as no StructureDefinition is written. This process's own writes are noticed at
/// once; those of others by a counter in the database (`definition_state`), which is read once a second at most, by
/// whoever asks then. So a question costs nothing while all it needs is known, and profiles of the standard, which
/// cannot change, never cost a round trip.
package final class ProfileLibrary: Sendable {
    /// For how long what another process writes may go unnoticed.
    package static let freshness = Duration.seconds(1)

    private struct State {
        var shelf = Shelf<CanonicalURL, ProfileEntry>(capacity: ProfileLibrary.capacity)
        /// Of the definitions that the shelf was made of; nil before the first look.
        var revision: Int64?
        /// Writes of this process that were seen when the revision was read.
        var writes = 0
        var checked = ContinuousClock.now
        /// Who reads what is missing; others wait for that and look again.
        var filling: Task<PreparedProfiles, any Error>?
    }

    /// Bytes of JSON text; in memory it takes about three times that.
    private static let capacity = 32 << 20

    private let database: Database
    private let tables: TableCatalog
    private let indexer: SearchIndexer
    private let writes: DefinitionWrites
    private let freshness: Duration
    private let statements = SearchStatements()
    private let numbers: ProfileNumbers
    private let standard: StandardProfiles
    private let state = Mutex(State())

    /// - Parameter freshness: for how long the counter in the database is taken for unchanged.
    init(
        database: Database, tables: TableCatalog, indexer: SearchIndexer, writes: DefinitionWrites,
        freshness: Duration = ProfileLibrary.freshness
    ) {
        self.database = database
        self.tables = tables
        self.indexer = indexer
        self.writes = writes
        self.freshness = freshness
        numbers = ProfileNumbers()
        standard = StandardProfiles(numbers: numbers)
    }

    /// Finds profiles and all that they build on, and makes the snapshots that are missing.
    ///
    /// What is not known, or has no snapshot, is no error: the answer says so when it is asked for it.
    /// - Parameter session: within a transaction, so that its own writes are seen; nil for the shared lanes.
    package func prepare(
        _ canonicals: [CanonicalURL], in session: Session? = nil
    ) async throws -> PreparedProfiles {
        let canonicals = canonicals.filter { !StandardStructures.r4.contains($0) }
        guard !canonicals.isEmpty else { return PreparedProfiles(entries: [:], standard: standard) }
        do {
            if let session { return try await prepare(canonicals, within: session) }
            try await look()
            // Whoever fills in vain, because the definitions change all the time, reads for itself in the end.
            for _ in 0..<4 {
                if let known = state.withLock({ Self.known(canonicals, in: &$0.shelf) }) {
                    return PreparedProfiles(entries: known, standard: standard)
                }
                let (filling, isOwn) = fill(canonicals)
                if isOwn { return try await filling.value }
                _ = await filling.result
            }
            return try await read(canonicals, session: nil, known: { _ in nil })
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }

    /// The definition with its snapshot made anew from its differential, by what is stored here. One that has a
    /// snapshot alone keeps it.
    package func snapshot(
        of definition: JSONNode, in session: Session? = nil
    ) async throws -> SnapshotGenerator.Result {
        if definition["differential"]?["element"] == nil, definition["snapshot"]?["element"] != nil {
            return SnapshotGenerator.Result(definition: definition, issues: [])
        }
        let source = try await prepare(SnapshotGenerator.dependencies(of: definition), in: session)
        return try SnapshotGenerator(source: source).generate(definition)
    }

    // MARK: - What is known

    /// All entries that the canonicals lead to; nil if one of them is missing.
    private static func known(
        _ canonicals: [CanonicalURL], in shelf: inout Shelf<CanonicalURL, ProfileEntry>
    ) -> [CanonicalURL: ProfileEntry]? {
        var entries: [CanonicalURL: ProfileEntry] = [:]
        var rest = canonicals
        while let canonical = rest.popLast() {
            guard entries[canonical] == nil else { continue }
            guard let entry = shelf.take(canonical) else { return nil }
            entries[canonical] = entry
            rest += entry.dependencies
        }
        return entries
    }

    /// Drops what is known if a definition was written since.
    private func look() async throws {
        let seen = writes.count
        let now = ContinuousClock.now
        let isDue = state.withLock { state in
            if state.revision == nil || state.writes < seen { return true }
            guard now - state.checked >= freshness else { return false }
            // The others need not look as well.
            state.checked = now
            return true
        }
        guard isDue else { return }
        let revision = try await readRevision(in: nil)
        state.withLock { state in
            // Somebody else looked, at more writes.
            guard state.revision == nil || state.writes <= seen else { return }
            if state.revision != revision { state.shelf.removeAll() }
            state.revision = revision
            state.writes = seen
            state.checked = now
        }
    }

    private func readRevision(in session: Session?) async throws -> Int64 {
        let rows = try await database.read(Self.revision, SQLParameters(), in: session)
        return rows.rowCount > 0 ? rows.int64(0, 0) ?? 0 : 0
    }

    private static let revision = SQLStatement("SELECT revision FROM definition_state")

    // MARK: - What is missing

    /// A transaction sees its own writes, which are nobody else's yet: then it reads for itself. The counter tells,
    /// because a transaction that has written a definition holds it until its end.
    private func prepare(_ canonicals: [CanonicalURL], within session: Session) async throws -> PreparedProfiles {
        let revision = try await readRevision(in: session)
        let known = state.withLock { state in
            state.revision == revision ? Self.known(canonicals, in: &state.shelf) : nil
        }
        if let known { return PreparedProfiles(entries: known, standard: standard) }
        return try await read(canonicals, session: session, known: { _ in nil })
    }

    /// Begins to read what is missing, or joins whoever does.
    private func fill(_ canonicals: [CanonicalURL]) -> (Task<PreparedProfiles, any Error>, isOwn: Bool) {
        state.withLock { state in
            if let filling = state.filling { return (filling, false) }
            let revision = state.revision
            // Awaited by everyone who needs a profile meanwhile; one that gives up must not end it for the others.
            let filling = Task {
                defer { self.state.withLock { $0.filling = nil } }
                let read = try await self.read(canonicals, session: nil) { canonical in
                    self.state.withLock { $0.revision == revision ? $0.shelf.take(canonical) : nil }
                }
                self.state.withLock { state in
                    guard state.revision == revision else { return }
                    for (canonical, entry) in read.entries { state.shelf.put(entry, entry.size, for: canonical) }
                }
                return read
            }
            state.filling = filling
            return (filling, true)
        }
    }

    private func read(
        _ canonicals: [CanonicalURL], session: Session?, known: (CanonicalURL) -> ProfileEntry?
    ) async throws -> PreparedProfiles {
        let reader = StoredDefinitions(
            database: database, tables: tables, indexer: indexer, statements: statements, session: session)
        var (found, entries) = try await reader.closure(of: canonicals, known: known)
        for (canonical, definition) in found {
            var entry = ProfileEntry(stored: definition)
            if let definition { entry.dependencies = SnapshotGenerator.dependencies(of: definition) }
            entries[canonical] = entry
        }
        // What others build on was found after them.
        for (canonical, definition) in found.reversed() {
            guard let definition else { continue }
            let source = PreparedProfiles(entries: entries, standard: standard)
            entries[canonical]?.result = made(definition, source)
            // Snapshots take milliseconds.
            await Task.yield()
        }
        return PreparedProfiles(entries: entries, standard: standard)
    }

    private func made(_ definition: JSONNode, _ source: PreparedProfiles) -> Result<Profile, SnapshotError> {
        if definition["snapshot"]?["element"]?.items.isEmpty == false {
            return .success(Profile(definition: definition, issues: [], number: numbers.next()))
        }
        do throws(SnapshotError) {
            let made = try SnapshotGenerator(source: source).generate(definition)
            return .success(Profile(definition: made.definition, issues: made.issues, number: numbers.next()))
        } catch {
            return .failure(error)
        }
    }
}
