import Clinic
import FHIRDefinitions
package import FHIRStore
import HL7Mapping
package import HL7Syntax
import JSONTape
import PostgreSQL
import Synchronization

/// The settings of all sources, the tables of their codes and the clinic's panic values, for whoever must not wait.
///
/// A counter in the database grows with every change of `hl7_source`, of ConceptMap resources and of the clinic's
/// settings. It is read once in
/// `freshness` at most, by whoever asks then, so a message pays for it almost never.
package final class SourceRegistry: Sendable {
    /// What holds for messages that come in now.
    package struct Snapshot: Sendable {
        let sources: [SourceSettings]
        let codes: CodeTable
        let critical: PanicValueTable

        /// The settings that fit a message best; the defaults under the listener's name if none do.
        package func settings(listener: String, _ header: MessageHeader?) -> SourceSettings {
            var best: (rank: Int, settings: SourceSettings)?
            for source in sources {
                guard let rank = source.rank(listener: listener, header), rank > best?.rank ?? 0 else { continue }
                best = (rank, source)
            }
            var settings = best?.settings ?? SourceSettings(name: listener)
            settings.profile.codeMaps = codes
            settings.profile.criticalLimits = critical
            return settings
        }

        /// The settings of a sender that has proved to be this source.
        func settings(bound name: String) -> SourceSettings {
            var settings = sources.first { $0.name == name } ?? SourceSettings(name: name)
            settings.profile.codeMaps = codes
            settings.profile.criticalLimits = critical
            return settings
        }
    }

    /// Codes that nobody has mapped, seen since the last time they were written down.
    package let unmapped = UnmappedNotes()

    private struct State {
        var snapshot: Snapshot?
        var revision: Int64 = -1
        var checked = ContinuousClock.now
    }

    private let store: FHIRStore
    private let freshness: Duration
    private let state = Mutex(State())
    private let conceptMaps: SQLStatement?

    /// - Parameter freshness: for how long a change may go unnoticed.
    package init(store: FHIRStore, freshness: Duration = .seconds(1)) {
        self.store = store
        self.freshness = freshness
        let type = store.definitions.resourceType(named: "ConceptMap")
        conceptMaps = type.flatMap { type in
            store.tables.types.contains(type) ? CodeTable.query(store.tables.table(type).current) : nil
        }
    }

    package func current() async throws -> Snapshot {
        let now = ContinuousClock.now
        let known = state.withLock { state -> Snapshot? in
            guard now - state.checked >= freshness else { return state.snapshot }
            // The others need not look as well.
            state.checked = now
            return nil
        }
        if let known { return known }
        do {
            return try await look(at: now)
        } catch let error as PostgreSQLError {
            throw StoreError(error)
        }
    }

    /// Reads everything again if something has changed.
    private func look(at now: ContinuousClock.Instant) async throws -> Snapshot {
        let rows = try await store.database.read(Self.revision, SQLParameters())
        let revision = rows.rowCount > 0 ? rows.int64(0, 0) ?? 0 : 0
        if let known = state.withLock({ $0.revision == revision ? $0.snapshot : nil }) { return known }
        let snapshot = try await load()
        state.withLock { state in
            // Whoever has read a later state keeps it.
            guard state.revision <= revision else { return }
            state = State(snapshot: snapshot, revision: revision, checked: now)
        }
        return snapshot
    }

    private func load() async throws -> Snapshot {
        var sources: [SourceSettings] = []
        for entry in try await SourceCatalog(store: store).all() {
            // Checked when they were stored; what an older version stored and this one no longer knows is left out.
            guard let settings = entry.node.flatMap({ try? SourceSettings(name: entry.name, json: $0) }) else {
                continue
            }
            sources.append(settings)
        }
        var codes = CodeTable(unmapped: unmapped)
        if let conceptMaps {
            var parameters = SQLParameters()
            parameters.append(textArray: Set(sources.flatMap(\.profile.codeSystems.values)).sorted())
            let rows = try await store.database.query(conceptMaps, parameters)
            for row in 0..<rows.rowCount {
                guard let content = rows.bytes(row, 0), let document = try? Document.parse(content, limits: .fhir)
                else { continue }
                codes.add(JSONNode(document))
            }
        }
        return Snapshot(sources: sources, codes: codes, critical: try await PanicValueTable.current(store))
    }

    private static let revision = SQLStatement("SELECT revision FROM hl7_setting_state")
}
