import JSONTape

/// Reads concepts from CodeSystem and ValueSet resources.
enum ConceptReader {
    static func designations(_ concept: JSONNode) -> [Designation] {
        (concept["designation"]?.items ?? []).compactMap { node in
            guard let value = node["value"]?.string else { return nil }
            let use = node["use"].map { use in
                Designation.Use(
                    system: use["system"]?.string, code: use["code"]?.string, display: use["display"]?.string)
            }
            return Designation(language: node["language"]?.string, use: use, value: value)
        }
    }

    static func properties(_ concept: JSONNode) -> [CodeSystemConcept.Property] {
        (concept["property"]?.items ?? []).compactMap(property)
    }

    static func property(_ node: JSONNode) -> CodeSystemConcept.Property? {
        guard let code = node["code"]?.string else { return nil }
        for (key, value) in node.members where key.hasPrefix("value") {
            let flag = value.bool.map { $0 ? "true" : "false" }
            guard let text = value["code"]?.string ?? value.string ?? value.numberText ?? flag else { return nil }
            return CodeSystemConcept.Property(code: code, member: key, json: value.source, text: text)
        }
        return nil
    }

    /// Whether the properties say that the concept should no longer be used (R4 codesystem.html#status).
    static func isInactive(_ properties: [CodeSystemConcept.Property]) -> Bool {
        properties.contains { property in
            switch property.code {
            case "inactive": property.text == "true"
            case "status": ["retired", "inactive", "withdrawn"].contains(property.text.lowercased())
            default: false
            }
        }
    }

    /// Whether the properties say that the concept only groups others.
    static func isAbstract(_ properties: [CodeSystemConcept.Property]) -> Bool {
        properties.contains { ["notSelectable", "abstract"].contains($0.code) && $0.text == "true" }
    }
}

extension ResourceCodeSystem {
    func node(_ position: Int) -> JSONNode { JSONNode(document, nodes[position]) }

    func isInactive(_ position: Int) -> Bool { ConceptReader.isInactive(ConceptReader.properties(node(position))) }

    /// All that a person might call the concept.
    func texts(_ position: Int) -> [String] {
        let node = node(position)
        return [node["display"]?.string].compactMap(\.self) + ConceptReader.designations(node).map(\.value)
    }

    func concept(_ position: Int) -> CodeSystemConcept {
        let node = node(position)
        let properties = ConceptReader.properties(node)
        return CodeSystemConcept(
            code: codes[position], display: node["display"]?.string, definition: node["definition"]?.string,
            designations: ConceptReader.designations(node), properties: properties,
            parents: parents[position].map { codes[$0] }, children: children[position].map { codes[$0] },
            isInactive: ConceptReader.isInactive(properties), isAbstract: ConceptReader.isAbstract(properties))
    }

    // MARK: - Filters

    /// What filters see under a property's name.
    private func values(_ name: String, _ position: Int) -> [String] {
        let node = node(position)
        switch name {
        case "concept", "code": return [codes[position]]
        case "display": return node["display"]?.string.map { [$0] } ?? []
        case "definition": return node["definition"]?.string.map { [$0] } ?? []
        case "parent": return parents[position].map { codes[$0] }
        case "child": return children[position].map { codes[$0] }
        default: return ConceptReader.properties(node).filter { $0.code == name }.map(\.text)
        }
    }

    /// A filter as a test of one concept (R4 valueset-filter-operator). For properties other than the code, the
    /// hierarchy is that of the values.
    func matcher(_ filter: ConceptFilter) throws(TerminologyError) -> (Int) -> Bool {
        let name = filter.property
        switch filter.op {
        case .isA, .descendentOf, .isNotA, .generalizes, .childOf, .descendentLeaf:
            let set = related(filter)
            if filter.op == .isNotA { return { self.positions(name, $0).isDisjoint(with: set) } }
            return { !self.positions(name, $0).isDisjoint(with: set) }
        case .equal: return { self.values(name, $0).contains { self.equals($0, filter) } }
        case .in, .notIn:
            let list = Set(filter.list)
            let isIn = filter.op == .in
            return { !list.isDisjoint(with: self.values(name, $0)) == isIn }
        case .exists:
            guard filter.value == "true" || filter.value == "false" else {
                throw TerminologyError(.invalidDefinition, "The value of a filter 'exists' is true or false.")
            }
            return { self.values(name, $0).isEmpty == (filter.value == "false") }
        case .regex:
            let pattern = try CodePattern(filter.value)
            return { self.values(name, $0).contains(where: pattern.matches) }
        }
    }

    private func equals(_ value: String, _ filter: ConceptFilter) -> Bool {
        value == filter.value
            || filter.namesCode && !header.isCaseSensitive && value.lowercased() == filter.value.lowercased()
    }

    private func positions(_ name: String, _ position: Int) -> Set<Int> {
        if name == "concept" || name == "code" { return [position] }
        return Set(values(name, position).compactMap { self.position(of: $0) })
    }

    /// The concepts that a filter of the hierarchy names.
    private func related(_ filter: ConceptFilter) -> Set<Int> {
        guard let root = position(of: filter.value) else { return [] }
        switch filter.op {
        case .generalizes: return closure(of: root, parents)
        case .childOf: return Set(children[root])
        case .descendentOf: return closure(of: root, children).subtracting([root])
        case .descendentLeaf: return closure(of: root, children).filter { $0 != root && children[$0].isEmpty }
        default: return closure(of: root, children)
        }
    }
}
