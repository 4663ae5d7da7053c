package import FHIRDefinitions
package import JSONTape
import Synchronization

/// The indexes of the standard's parameters, each compiled at its first use.
final class StandardIndexes: Sendable {
    private let definitions: FHIRDefinitions
    private let compiled: Mutex<[TypeIndex?]>

    init(definitions: FHIRDefinitions) {
        self.definitions = definitions
        compiled = Mutex(Array(repeating: nil, count: definitions.types.count))
    }

    func index(of type: TypeID) -> TypeIndex {
        let position = Int(type.rawValue)
        if let known = compiled.withLock({ $0[position] }) { return known }
        let fresh = TypeIndexCompiler(definitions: definitions, type: type).compile()
        return compiled.withLock { table in
            if let known = table[position] { return known }
            table[position] = fresh
            return fresh
        }
    }
}

/// The custom parameters in force and the indexes that they make with the standard's.
///
/// Swapped as a whole: who asks for an index gets that of one set, with the generation of the same set.
final class CustomParameterState: Sendable {
    private struct State {
        var set = CustomParameterSet()
        /// Every parameter ever seen, which keep their order; see `CustomParameterCompiler`.
        var known: [CustomParameterCompiler.Known] = []
        var indexes: [TypeIndex?]
        var progress: [TypeID: Int] = [:]
    }

    private let definitions: FHIRDefinitions
    private let state: Mutex<State>

    init(definitions: FHIRDefinitions) {
        self.definitions = definitions
        state = Mutex(State(indexes: Array(repeating: nil, count: definitions.types.count)))
    }

    var set: CustomParameterSet { state.withLock { $0.set } }
    var revision: Int64 { state.withLock { $0.set.revision } }
    var generation: Int64 { state.withLock { $0.set.generation } }

    func index(of type: TypeID, standard: StandardIndexes) -> (index: TypeIndex, generation: Int64) {
        let position = Int(type.rawValue)
        while true {
            let (found, generation, revision, known) = state.withLock { state in
                let found = state.indexes[position]
                return (
                    found, state.set.generation, state.set.revision,
                    found == nil ? state.known.filter { $0.parameter.base == type } : []
                )
            }
            if let found { return (found, generation) }
            let plain = standard.index(of: type)
            let fresh =
                known.isEmpty
                ? plain : CustomParameterCompiler(definitions: definitions, type: type).extend(plain, with: known)
            // A set that was adopted in the meantime has indexes of its own.
            let isCurrent = state.withLock { state in
                guard state.set.revision == revision else { return false }
                if state.indexes[position] == nil { state.indexes[position] = fresh }
                return true
            }
            if isCurrent { return (fresh, generation) }
        }
    }

    /// Puts a set into force, unless a later one is; true if something changed.
    func adopt(_ set: CustomParameterSet) -> Bool {
        state.withLock { state in
            guard set.revision > state.set.revision else { return false }
            state.set = set
            for index in state.known.indices { state.known[index].isActive = nil }
            for member in set.members {
                let same = state.known.firstIndex {
                    $0.generation == member.generation && $0.parameter == member.parameter
                }
                if let same {
                    state.known[same].isActive = member.isActive
                } else {
                    state.known.append(
                        .init(
                            parameter: member.parameter, generation: member.generation, isActive: member.isActive))
                }
            }
            for type in Set(state.known.map(\.parameter.base)) { state.indexes[Int(type.rawValue)] = nil }
            return true
        }
    }

    func note(_ percent: Int?, of type: TypeID) { state.withLock { $0.progress[type] = percent } }
    func percent(of type: TypeID) -> Int? { state.withLock { $0.progress[type] } }
}

extension SearchIndexer {
    /// The custom parameters in force.
    package var customParameters: CustomParameterSet { custom.set }
    /// `CustomParameterSet.revision` of those in force.
    package var customRevision: Int64 { custom.revision }
    /// `CustomParameterSet.generation` of those in force.
    package var customGeneration: Int64 { custom.generation }

    /// Puts a set of custom parameters into force, unless a later revision already is; true if it changed something.
    @discardableResult
    package func adopt(_ set: CustomParameterSet) -> Bool { custom.adopt(set) }

    /// Notes how much of a type is indexed, for those who ask for a parameter before its time; nil for finished.
    package func noteProgress(_ percent: Int?, of type: TypeID) { custom.note(percent, of: type) }

    /// What a search by a parameter gets whose entries are not all there.
    func indexing(_ code: Substring, on index: TypeIndex) -> SearchError {
        let percent = custom.percent(of: index.type) ?? 0
        return SearchError(
            .indexing,
            "\(index.name).\(code) is still being indexed (\(percent) % done); it can be searched when all is.")
    }

    /// Whether the custom parameters in force leave any entry for the resource at `node` or those within it.
    package func hasCustomEntries(_ node: JSONNode, type: TypeID, id: String, among entries: IndexEntries) -> Bool {
        var plain = collect(node, standardIndex(of: type), id: id, isStandard: true)
        plain.generation = entries.generation
        return plain != entries
    }
}

/// Whether a custom parameter was looked up while a request was read; stays within one parse.
final class CustomParameterUse {
    private(set) var isUsed = false

    func note(_ parameter: ParameterIndex) {
        if parameter.definition.isCustom { isUsed = true }
    }
}
