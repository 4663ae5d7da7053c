import FHIRTerminology
import Synchronization

/// A terminology resource as it was understood.
enum TerminologyResource: Sendable {
    case codeSystem(ResourceCodeSystem)
    /// From files, in tables of its own.
    case loaded(LoadedCodeSystem)
    /// Without end, told by a grammar.
    case grammar(GrammarCodeSystem)
    /// Or why its definition cannot be understood.
    case valueSet(Result<ValueSetDefinition, TerminologyError>)
    case conceptMap(ConceptMapDefinition)
}

/// One version of a terminology resource: what nothing but its key can change.
struct TerminologyVersion: Sendable {
    var key: TerminologyCache.Key
    /// Business version and status of the resource.
    var version: String?
    var status: String
    var content: TerminologyResource

    /// Its place among resources of the same URL.
    var rank: DefinitionRank { DefinitionRank(status: status, version: version, updated: key.updated) }

    /// Whether it is a code system with concepts in it.
    var hasConcepts: Bool {
        guard case .codeSystem(let system) = content else { return false }
        return !system.isEmpty
    }
}

/// Keeps terminology resources and expansions, by their version: what is kept is never out of date. Least recently used
/// ones go first.
final class TerminologyCache: Sendable {
    /// Names one version of one resource.
    struct Key: Hashable, Sendable {
        var type: String
        /// Logical id, or the URL of a resource of the standard.
        var id: String
        /// 0 for resources of the standard.
        var version = 0
        /// Microseconds since 1970: a version that was undone may come again with other content.
        var updated: Int64 = 0
    }

    /// A whole expansion, and the versions that it was made of.
    struct KeptExpansion: Sendable {
        var whole: WholeExpansion
        /// What was asked for, and what it meant.
        var resolved: [ResolutionLog.Question: Key?]
    }

    /// Bytes of JSON text; in memory it takes about three times that.
    private static let resourceCapacity = 32 << 20
    /// Concepts.
    private static let expansionCapacity = 200_000

    private let resources = Mutex(Shelf<Key, TerminologyVersion>(capacity: resourceCapacity))
    private let expansions = Mutex(Shelf<Key, KeptExpansion>(capacity: expansionCapacity))

    func resource(_ key: Key) -> TerminologyVersion? { resources.withLock { $0.take(key) } }

    func keep(_ resource: TerminologyVersion, byteCount: Int) {
        resources.withLock { $0.put(resource, byteCount, for: resource.key) }
    }

    func expansion(_ key: Key) -> KeptExpansion? { expansions.withLock { $0.take(key) } }

    func keep(_ expansion: KeptExpansion, for key: Key) {
        let size = expansion.whole.entries.count + 16
        expansions.withLock { $0.put(expansion, size, for: key) }
    }
}

/// Writes down which versions canonicals meant while one question was answered.
final class ResolutionLog: Sendable {
    struct Question: Hashable, Sendable {
        var type: String
        var canonical: String
    }

    private let known = Mutex<[Question: TerminologyCache.Key?]>([:])

    var entries: [Question: TerminologyCache.Key?] { known.withLock { $0 } }

    func note(_ question: Question, _ key: TerminologyCache.Key?) { known.withLock { $0[question] = .some(key) } }
}
