package import JSONTape

/// A CodeSystem resource whose concepts it holds itself (R4 codesystem.html#hierarchy).
///
/// What is a kind of what is known by nesting and by the properties `parent`, `child` and `subsumedBy`. Everything else
/// is read from the tape when it is asked for.
package final class ResourceCodeSystem: CodeSystem {
    package let header: CodeSystemHeader
    let document: Document
    /// Where the concepts begin, in the order of the resource, parents before those nested in them.
    let nodes: [Document.Index]
    let codes: [String]
    let parents: [[Int]]
    let children: [[Int]]
    private let positions: [String: Int]

    /// - Parameter resource: of type CodeSystem; what is not as it should be is passed over.
    package init(_ resource: JSONNode) {
        document = resource.document
        // R4 codesystem-definitions.html#CodeSystem.caseSensitive: nothing said is taken as it is most often meant.
        let isCaseSensitive = resource["caseSensitive"]?.bool ?? true
        header = CodeSystemHeader(
            url: resource["url"]?.string ?? "", version: resource["version"]?.string, name: resource["name"]?.string,
            title: resource["title"]?.string, language: resource["language"]?.string,
            isComplete: resource["content"]?.string == "complete", isCaseSensitive: isCaseSensitive)
        var reader = HierarchyReader(resource, isCaseSensitive: isCaseSensitive)
        reader.link()
        nodes = reader.nodes
        codes = reader.codes
        parents = reader.parents
        children = reader.children
        positions = reader.positions
    }

    /// Whether the resource says what the system is, and not which codes it has.
    package var isEmpty: Bool { codes.isEmpty }

    /// Where a code stands; nil if there is none.
    func position(of code: String) -> Int? { positions[header.isCaseSensitive ? code : code.lowercased()] }

    package func concept(_ code: String) -> CodeSystemConcept? { position(of: code).map(concept) }

    package func isKind(_ descendant: String, of ancestor: String) -> Bool {
        guard let low = position(of: descendant), let high = position(of: ancestor) else { return false }
        return closure(of: high, children).contains(low)
    }

    package func kinds(of code: String, isUpward: Bool, limit: Int) -> [String] {
        guard let position = position(of: code) else { return [code] }
        return closure(of: position, isUpward ? parents : children).sorted().prefix(limit).map { codes[$0] }
    }

    package func contains(_ code: String, filters: [ConceptFilter]) throws -> Bool {
        guard let position = position(of: code) else { return false }
        return try filters.allSatisfy { try matcher($0)(position) }
    }

    package func select(_ selection: ConceptSelection) throws -> SelectedConcepts {
        let matchers = try selection.filters.map(matcher)
        var concepts: [CodeSystemConcept] = []
        var total = 0
        for position in codes.indices {
            guard matchers.allSatisfy({ $0(position) }) else { continue }
            if selection.activeOnly, isInactive(position) { continue }
            if let text = selection.text, !text.matches(code: codes[position], texts(position)) { continue }
            if total >= selection.offset, concepts.count < selection.limit { concepts.append(concept(position)) }
            total += 1
        }
        return SelectedConcepts(concepts: concepts, total: total)
    }

    /// A position and all that links lead to from there.
    func closure(of position: Int, _ links: [[Int]]) -> Set<Int> {
        var found: Set<Int> = [position]
        var open = [position]
        while let next = open.popLast() {
            for other in links[next] where found.insert(other).inserted { open.append(other) }
        }
        return found
    }
}

/// Gathers the concepts of a CodeSystem and their links.
private struct HierarchyReader {
    var nodes: [Document.Index] = []
    var codes: [String] = []
    var positions: [String: Int] = [:]
    var parents: [[Int]] = []
    var children: [[Int]] = []
    private let isCaseSensitive: Bool
    private var parentNames: Set<String> = ["parent", "subsumedBy"]
    private var childNames: Set<String> = ["child"]
    private var links: [(child: String, parent: String)] = []
    /// Nesting that groups codes or names parts says nothing of kinds.
    private let nests: Bool

    init(_ resource: JSONNode, isCaseSensitive: Bool) {
        self.isCaseSensitive = isCaseSensitive
        nests = (resource["hierarchyMeaning"]?.string ?? "is-a") == "is-a"
        for property in resource["property"]?.items ?? [] {
            guard let code = property["code"]?.string else { continue }
            switch property["uri"]?.string {
            case "http://hl7.org/fhir/concept-properties#parent": parentNames.insert(code)
            case "http://hl7.org/fhir/concept-properties#child": childNames.insert(code)
            default: break
            }
        }
        for concept in resource["concept"]?.items ?? [] { add(concept, parent: nil) }
    }

    private func key(_ code: String) -> String { isCaseSensitive ? code : code.lowercased() }

    private mutating func add(_ concept: JSONNode, parent: String?) {
        guard let code = concept["code"]?.string else { return }
        if positions[key(code)] == nil {
            positions[key(code)] = codes.count
            codes.append(code)
            nodes.append(concept.index)
        }
        if nests, let parent { links.append((code, parent)) }
        for property in concept["property"]?.items ?? [] {
            guard let name = property["code"]?.string else { continue }
            let isParent = parentNames.contains(name)
            guard isParent || childNames.contains(name), let value = ConceptReader.property(property)?.text else {
                continue
            }
            links.append(isParent ? (code, value) : (value, code))
        }
        for inner in concept["concept"]?.items ?? [] { add(inner, parent: code) }
    }

    mutating func link() {
        parents = Array(repeating: [], count: codes.count)
        children = parents
        var seen: Set<[Int]> = []
        for (child, parent) in links {
            guard let low = positions[key(child)], let high = positions[key(parent)],
                seen.insert([low, high]).inserted
            else { continue }
            parents[low].append(high)
            children[high].append(low)
        }
    }
}
