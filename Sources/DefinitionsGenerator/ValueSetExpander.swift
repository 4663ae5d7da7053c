import JSONTape

/// Expands value sets as far as the package alone allows (R4 valueset.html#compositions).
struct ValueSetExpander {
    private struct Code: Hashable {
        var system: String
        var code: String
    }

    let package: CorePackage

    /// The row of a value set; its groups are nil where a part of it cannot be enumerated.
    func row(_ url: String) -> ValueSetRow {
        guard let codes = expand(url, visiting: []) else { return ValueSetRow(url: url, groups: nil) }
        var groups: [ValueSetRow.Group] = []
        for code in codes {
            if let index = groups.firstIndex(where: { $0.system == code.system }) {
                groups[index].codes.append(code.code)
            } else {
                groups.append(ValueSetRow.Group(system: code.system, codes: [code.code]))
            }
        }
        return ValueSetRow(url: url, groups: groups)
    }

    private func expand(_ url: String, visiting: Set<String>) -> [Code]? {
        guard !visiting.contains(url), let compose = package.resource("ValueSet", url: url)?["compose"] else {
            return nil
        }
        let visiting = visiting.union([url])
        var result: [Code] = []
        var seen: Set<Code> = []
        for include in compose["include"]?.items ?? [] {
            guard let codes = select(include, visiting: visiting) else { return nil }
            for code in codes where seen.insert(code).inserted { result.append(code) }
        }
        for exclude in compose["exclude"]?.items ?? [] {
            guard let codes = select(exclude, visiting: visiting) else { return nil }
            let excluded = Set(codes)
            result.removeAll { excluded.contains($0) }
        }
        return result
    }

    /// The codes of one include or exclude: those of its system that all its value sets have too.
    private func select(_ include: JSONNode, visiting: Set<String>) -> [Code]? {
        var result: [Code]?
        if let system = include["system"]?.string {
            guard let codes = codes(of: system, include) else { return nil }
            result = codes.map { Code(system: system, code: $0) }
        }
        for url in include.strings("valueSet") {
            guard let codes = expand(url.withoutVersion, visiting: visiting) else { return nil }
            let set = Set(codes)
            result = result.map { $0.filter(set.contains) } ?? codes
        }
        return result
    }

    private func codes(of system: String, _ include: JSONNode) -> [String]? {
        if let concepts = include["concept"] { return concepts.elements.compactMap { $0["code"]?.string } }
        guard let codeSystem = package.resource("CodeSystem", url: system),
            codeSystem["content"]?.string == "complete"
        else { return nil }
        let hierarchy = Hierarchy(codeSystem)
        var codes = hierarchy.codes
        for filter in include["filter"]?.items ?? [] {
            guard filter["property"]?.string == "concept", let value = filter["value"]?.string,
                let descendants = hierarchy.descendants(of: value)
            else { return nil }
            switch filter["op"]?.string {
            case "is-a": codes.removeAll { $0 != value && !descendants.contains($0) }
            case "descendent-of": codes.removeAll { !descendants.contains($0) }
            case "is-not-a": codes.removeAll { $0 == value || descendants.contains($0) }
            default: return nil
            }
        }
        return codes
    }
}

/// A code system's concepts with their children, nested or named by the property `subsumedBy`.
private struct Hierarchy {
    /// In the order defined, parents first.
    private(set) var codes: [String] = []
    private var children: [String: [String]] = [:]

    init(_ codeSystem: JSONNode) { add(codeSystem["concept"], parent: nil) }

    private mutating func add(_ concepts: JSONNode?, parent: String?) {
        for concept in concepts?.items ?? [] {
            guard let code = concept["code"]?.string else { continue }
            codes.append(code)
            if let parent { children[parent, default: []].append(code) }
            for property in concept["property"]?.items ?? [] where property["code"]?.string == "subsumedBy" {
                if let other = property["valueCode"]?.string { children[other, default: []].append(code) }
            }
            add(concept["concept"], parent: code)
        }
    }

    /// All codes below `code`; nil if there is no such code.
    func descendants(of code: String) -> Set<String>? {
        guard codes.contains(code) else { return nil }
        var result: Set<String> = []
        var open = [code]
        while let next = open.popLast() {
            for child in children[next] ?? [] where result.insert(child).inserted { open.append(child) }
        }
        return result
    }
}
