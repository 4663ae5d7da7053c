import FHIRSearch
import JSONTape

/// Works out the codes of value sets from their definitions (R4 valueset.html#expansion), as far as searches need:
/// codes without displays, in no order.
struct ValueSetExpansion {
    /// Greatest depth of imports.
    static let maximumDepth = 10
    /// Greatest number of codes.
    static let maximumCount = 10_000

    /// Where value sets and code systems come from.
    protocol Source {
        /// The ValueSet resource; nil if none is stored.
        func valueSet(_ canonical: String) async throws -> JSONNode?
        /// The codes of a value set that is known without being stored.
        func knownValueSet(_ canonical: String) -> ConceptSet?
        func codeSystem(_ url: String) async throws -> CodeSystemTree?
    }

    let source: any Source

    func concepts(of canonical: String, within parents: [String] = []) async throws -> ConceptSet {
        guard parents.count < Self.maximumDepth, !parents.contains(canonical) else {
            throw SearchError(.tooComplex, "The value set imports itself or nests too deep.")
        }
        let result: ConceptSet
        if let resource = try await source.valueSet(canonical) {
            result = try await concepts(in: resource, within: parents + [canonical])
        } else if let known = source.knownValueSet(canonical) {
            result = known
        } else {
            throw SearchError(
                .invalidValue,
                parents.isEmpty
                    ? "The value set is not known to this server."
                    : "The value set imports one that is not known to this server.")
        }
        try Self.check(result)
        return result
    }

    static func check(_ set: ConceptSet) throws(SearchError) {
        guard set.concepts.count <= maximumCount else {
            throw SearchError(.tooComplex, "More than \(maximumCount) codes are meant; that is too many for a search.")
        }
    }

    private func concepts(in resource: JSONNode, within parents: [String]) async throws -> ConceptSet {
        if let expansion = resource["expansion"], let set = Self.complete(expansion) { return set }
        guard let compose = resource["compose"] else {
            throw SearchError(.invalidValue, "The value set has neither a definition nor a complete expansion.")
        }
        var result = ConceptSet()
        for include in compose["include"]?.items ?? [] {
            result.formUnion(try await part(include, within: parents))
        }
        for exclude in compose["exclude"]?.items ?? [] {
            result = try await subtract(try await part(exclude, within: parents), from: result)
        }
        return result
    }

    /// The codes of a stored expansion; nil if it is a page of one or empty.
    private static func complete(_ expansion: JSONNode) -> ConceptSet? {
        guard let contains = expansion["contains"] else { return nil }
        var set = ConceptSet()
        var count = 0
        var open = contains.items
        while let entry = open.popLast() {
            count += 1
            open += entry["contains"]?.items ?? []
            guard let code = entry["code"]?.string, entry["abstract"]?.bool != true else { continue }
            set.concepts.insert(Concept(system: entry["system"]?.string ?? "", code: code))
        }
        if let total = expansion["total"]?.integer, total > count { return nil }
        return set
    }

    /// One `include` or `exclude`: all that it says has to hold of a code.
    private func part(_ node: JSONNode, within parents: [String]) async throws -> ConceptSet {
        var result: ConceptSet?
        if let system = node["system"]?.string {
            if let concepts = node["concept"] {
                let codes = concepts.items.compactMap { $0["code"]?.string }
                result = ConceptSet(concepts: Set(codes.map { Concept(system: system, code: $0) }))
            } else if let filters = node["filter"] {
                let tree = try await tree(system)
                var codes = tree.codes
                for filter in filters.items { codes.formIntersection(try Self.codes(filter, tree)) }
                result = ConceptSet(concepts: Set(codes.map { Concept(system: system, code: $0) }))
            } else {
                result = ConceptSet(systems: [system])
            }
        }
        for valueSet in node["valueSet"]?.items ?? [] {
            guard let canonical = valueSet.string else { continue }
            let imported = try await concepts(of: canonical, within: parents)
            result = result?.intersection(imported) ?? imported
        }
        return result ?? ConceptSet()
    }

    private func subtract(_ other: ConceptSet, from set: ConceptSet) async throws -> ConceptSet {
        var result = set
        // A system of which only some codes go has to be known code by code.
        let systems = Set(other.concepts.map(\.system)).subtracting(other.systems)
        for system in result.systems.intersection(systems) {
            let tree = try await tree(system)
            guard tree.isComplete else { throw Self.unknown(system) }
            result.systems.remove(system)
            result.concepts.formUnion(tree.codes.map { Concept(system: system, code: $0) })
        }
        result.systems.subtract(other.systems)
        result.concepts = result.concepts.filter { !other.contains($0) }
        return result
    }

    private func tree(_ system: String) async throws -> CodeSystemTree {
        guard let tree = try await source.codeSystem(system) else { throw Self.unknown(system) }
        return tree
    }

    static func unknown(_ system: String) -> SearchError {
        SearchError(.invalidValue, "The codes of the system \(system) are not known to this server.")
    }

    /// R4 valueset-filter-operator.
    private static func codes(_ filter: JSONNode, _ tree: CodeSystemTree) throws(SearchError) -> Set<String> {
        let property = filter["property"]?.string ?? ""
        let value = filter["value"]?.string ?? ""
        let list = Set(value.split(separator: ",").map { $0.drop { $0 == " " } }.map(String.init))
        let namesCodes = property == "concept" || property == "code"
        func values(_ code: String) -> [String] { namesCodes ? [code] : tree.values(of: property, code: code) }
        switch filter["op"]?.string {
        case "is-a": return tree.below(value)
        case "descendent-of": return tree.below(value).subtracting([value])
        case "is-not-a": return tree.codes.subtracting(tree.below(value))
        case "generalizes": return tree.above(value)
        case "in": return tree.codes.filter { !list.isDisjoint(with: values($0)) }
        case "not-in": return tree.codes.filter { list.isDisjoint(with: values($0)) }
        case "=": return tree.codes.filter { values($0).contains(value) }
        case "exists": return tree.codes.filter { values($0).isEmpty == (value == "false") }
        default:
            throw SearchError(.invalidValue, "The value set is defined by a filter that this server does not know.")
        }
    }
}
