import JSONTape

/// Reads the snapshots of StructureDefinitions into rows, a type for every backbone element.
struct StructureReader {
    private(set) var types: [TypeRow] = []
    private var invariantTexts: [String: [InvariantRow]] = [:]
    private let resourceNames: Set<String>

    /// The distinct invariants that the types name.
    var invariants: [InvariantRow] {
        invariantTexts.values.joined().sorted { $0.identifier < $1.identifier }
    }

    init(_ package: CorePackage) throws {
        let definitions = package.all("StructureDefinition").filter { definition in
            definition["derivation"]?.string != "constraint" && definition["kind"]?.string != "logical"
        }
        resourceNames = Set(
            definitions.filter { $0["kind"]?.string == "resource" }.compactMap { $0["type"]?.string })
        for definition in Self.inDependencyOrder(definitions) { try read(definition) }
    }

    /// Bases before what derives from them: primitives, data types, resources; by name within each step.
    private static func inDependencyOrder(_ definitions: [JSONNode]) -> [JSONNode] {
        let kinds = ["complex-type": 1, "primitive-type": 2, "resource": 3]
        var bases: [String: String] = [:]
        for definition in definitions {
            bases[definition["type"]?.string ?? ""] = definition["baseDefinition"]?.string?.lastPathComponent
        }
        func rank(_ definition: JSONNode) -> (Int, Int, String) {
            let name = definition["type"]?.string ?? ""
            var depth = 0
            var base = bases[name]
            while let next = base {
                depth += 1
                base = bases[next]
            }
            let kind = name == "Element" ? 0 : kinds[definition["kind"]?.string ?? ""] ?? 4
            return (kind, depth, name)
        }
        return definitions.map { (rank($0), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private mutating func read(_ definition: JSONNode) throws {
        guard let name = definition["type"]?.string, let elements = definition["snapshot"]?["element"] else {
            throw GeneratorError(message: "a StructureDefinition without type or snapshot")
        }
        let paths = elements.elements.compactMap { $0["path"]?.string }
        let parents = Set(paths.compactMap(Self.parent))
        let first = types.count
        var positions: [String: Int] = [:]
        for (path, element) in zip(paths, elements.elements) {
            if let parent = Self.parent(path) {
                guard let position = positions[parent] else {
                    throw GeneratorError(message: "\(path) stands before its parent")
                }
                types[position].elements.append(row(element, path: path, isParent: parents.contains(path)))
            }
            guard path == name || parents.contains(path) else { continue }
            positions[path] = types.count
            types.append(path == name ? root(definition, element) : backbone(element, path: path))
        }
        if types[first].kind == .primitive {
            let value = elements.elements.first { $0["path"]?.string == name + ".value" }
            types[first].pattern = value?["type"]?.items.first?.extensionValue(Self.patternExtension)
        }
    }

    private mutating func root(_ definition: JSONNode, _ element: JSONNode) -> TypeRow {
        let kinds: [String: TypeRow.Kind] = ["primitive-type": .primitive, "resource": .resource]
        return TypeRow(
            name: definition["type"]?.string ?? "", kind: kinds[definition["kind"]?.string ?? ""] ?? .complex,
            base: definition["baseDefinition"]?.string?.lastPathComponent,
            isAbstract: definition["abstract"]?.bool ?? false, invariants: invariants(of: element))
    }

    private func backbone(_ element: JSONNode, path: String) -> TypeRow {
        let base = element["type"]?.elements.first { _ in true }?["code"]?.string
        return TypeRow(name: path, kind: .backbone, base: base ?? "BackboneElement", isAbstract: false)
    }

    private mutating func row(_ element: JSONNode, path: String, isParent: Bool) -> ElementRow {
        let last = String(path.split(separator: ".").last ?? "")
        let isChoice = last.hasSuffix("[x]")
        var types: [TypeUse]
        if isParent {
            types = [TypeUse(name: path)]
        } else if let reference = element["contentReference"]?.string {
            types = [TypeUse(name: String(reference.drop { $0 != "#" }.dropFirst()))]
        } else {
            types = element["type"]?.elements.map { use($0, path: path) } ?? []
        }
        // The package calls the type of a resource's id a string; R4 resource.html defines it as id.
        if last == "id", resourceNames.contains(String(path.dropLast(3))) { types = [TypeUse(name: "id")] }
        return ElementRow(
            name: isChoice ? String(last.dropLast(3)) : last, isChoice: isChoice,
            min: element["min"]?.numberText ?? "0", max: element["max"]?.string ?? "*",
            isSummary: element["isSummary"]?.bool ?? false, isModifier: element["isModifier"]?.bool ?? false,
            isAttribute: element.strings("representation").contains("xmlAttr"),
            types: types, binding: binding(element), invariants: invariants(of: element))
    }

    private func use(_ type: JSONNode, path: String) -> TypeUse {
        var name = type["code"]?.string ?? ""
        if name.hasPrefix(Self.systemPrefix) {
            name = type.extensionValue(Self.fhirTypeExtension) ?? "string"
        }
        var targets = type.strings("targetProfile").map(\.lastPathComponent)
        if targets.contains("Resource") { targets = [] }
        return TypeUse(name: name, targets: targets, profiles: type.strings("profile"))
    }

    private func binding(_ element: JSONNode) -> BindingRow? {
        guard let binding = element["binding"], let valueSet = binding["valueSet"]?.string else { return nil }
        return BindingRow(
            strength: binding["strength"]?.string ?? "", valueSet: valueSet.withoutVersion,
            maximumValueSet: binding.extensionValue(Self.maximumExtension)?.withoutVersion)
    }

    private mutating func invariants(of element: JSONNode) -> [String] {
        guard let constraints = element["constraint"] else { return [] }
        return constraints.elements.map { constraint in
            let key = constraint["key"]?.string ?? ""
            var row = InvariantRow(
                identifier: key, severity: constraint["severity"]?.string ?? "error",
                expression: constraint["expression"]?.string ?? "", human: constraint["human"]?.string ?? "")
            let known = invariantTexts[key] ?? []
            for other in known {
                row.identifier = other.identifier
                if row == other { return row.identifier }
            }
            row.identifier = known.isEmpty ? key : "\(key)#\(known.count + 1)"
            invariantTexts[key, default: []].append(row)
            return row.identifier
        }
    }

    private static func parent(_ path: String) -> String? {
        path.lastIndex(of: ".").map { String(path[..<$0]) }
    }

    private static let systemPrefix = "http://hl7.org/fhirpath/System."
    private static let extensionPrefix = "http://hl7.org/fhir/StructureDefinition/"
    private static let fhirTypeExtension = extensionPrefix + "structuredefinition-fhir-type"
    private static let patternExtension = extensionPrefix + "regex"
    private static let maximumExtension = extensionPrefix + "elementdefinition-maxValueSet"
}
