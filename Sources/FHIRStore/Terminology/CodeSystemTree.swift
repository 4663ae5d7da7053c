import JSONTape

/// The codes of one CodeSystem and what is a kind of what: by nesting, and by the properties `parent` and `child`
/// (R4 codesystem.html#hierarchy).
struct CodeSystemTree {
    private(set) var codes: Set<String> = []
    /// Whether the resource holds all of the system's codes.
    let isComplete: Bool
    private var parents: [String: Set<String>] = [:]
    private var children: [String: Set<String>] = [:]
    private var properties: [String: [(name: String, value: String)]] = [:]
    /// Codes of the properties that stand for parent and child, besides these names themselves.
    private var parentNames: Set<String> = ["parent", "subsumedBy"]
    private var childNames: Set<String> = ["child"]

    init(_ resource: JSONNode) {
        isComplete = resource["content"]?.string == "complete"
        for property in resource["property"]?.items ?? [] {
            guard let code = property["code"]?.string else { continue }
            switch property["uri"]?.string {
            case "http://hl7.org/fhir/concept-properties#parent": parentNames.insert(code)
            case "http://hl7.org/fhir/concept-properties#child": childNames.insert(code)
            default: break
            }
        }
        // Nesting that groups codes or names parts says nothing of kinds.
        let meaning = resource["hierarchyMeaning"]?.string ?? "is-a"
        for concept in resource["concept"]?.items ?? [] { add(concept, parent: nil, nests: meaning == "is-a") }
    }

    private mutating func add(_ concept: JSONNode, parent: String?, nests: Bool) {
        guard let code = concept["code"]?.string else { return }
        codes.insert(code)
        if nests, let parent { link(code, to: parent) }
        for property in concept["property"]?.items ?? [] {
            guard let name = property["code"]?.string, let value = Self.value(of: property) else { continue }
            properties[code, default: []].append((name, value))
            if parentNames.contains(name) { link(code, to: value) }
            if childNames.contains(name) { link(value, to: code) }
        }
        for inner in concept["concept"]?.items ?? [] { add(inner, parent: code, nests: nests) }
    }

    private mutating func link(_ child: String, to parent: String) {
        parents[child, default: []].insert(parent)
        children[parent, default: []].insert(child)
    }

    private static func value(of property: JSONNode) -> String? {
        for (key, value) in property.members where key.hasPrefix("value") {
            return value["code"]?.string ?? value.string ?? value.numberText ?? value.bool.map { $0 ? "true" : "false" }
        }
        return nil
    }

    /// The code and all that are kinds of it.
    func below(_ code: String) -> Set<String> { closure(of: code, children) }

    /// The code and all that it is a kind of.
    func above(_ code: String) -> Set<String> { closure(of: code, parents) }

    private func closure(of code: String, _ links: [String: Set<String>]) -> Set<String> {
        var found: Set<String> = [code]
        var open = [code]
        while let next = open.popLast() {
            for other in links[next] ?? [] where found.insert(other).inserted { open.append(other) }
        }
        return found
    }

    func values(of name: String, code: String) -> [String] {
        (properties[code] ?? []).filter { $0.name == name }.map(\.value)
    }
}
