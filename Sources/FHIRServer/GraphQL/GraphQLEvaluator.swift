import FHIRDefinitions
import FHIRSearch
import GraphQLSyntax
import JSONTape

/// Evaluates selections over what was read (R4 graphql.html); notes what would have to be read besides.
struct GraphQLEvaluator {
    let definitions: FHIRDefinitions
    let indexer: SearchIndexer
    let fragments: [String: GraphQLFragment]
    let variables: GraphQLVariables
    var source: GraphQLSource
    /// Fragments being spread, so that one that spreads itself is found.
    private var openFragments: [String] = []
    private var fieldCount = 0
    /// Fields that one answer may have.
    private static let fieldLimit = 500_000

    init(
        definitions: FHIRDefinitions, indexer: SearchIndexer, fragments: [String: GraphQLFragment],
        variables: GraphQLVariables, source: GraphQLSource
    ) {
        self.definitions = definitions
        self.indexer = indexer
        self.fragments = fragments
        self.variables = variables
        self.source = source
    }

    /// - Parameter flattens: fields become lists of their own in `object`, which is the parent of a `@flatten`.
    mutating func evaluate(
        _ selections: [GraphQLSelection], _ focus: GraphQLFocus, flattens: Bool = false,
        into object: inout GraphQLObject
    ) throws(GraphQLFailure) {
        for selection in selections {
            switch selection {
            case .field(let field):
                fieldCount += 1
                guard fieldCount <= Self.fieldLimit else {
                    throw GraphQLFailure(.tooCostly, "the answer has more than \(Self.fieldLimit) fields")
                }
                guard try isIncluded(field.directives) else { continue }
                try evaluate(field, focus, flattens: flattens, into: &object)
            case .spread(let name, let directives, let location):
                guard try isIncluded(directives) else { continue }
                guard let fragment = fragments[name] else {
                    throw GraphQLFailure(.invalid, "there is no fragment \(name)", at: location)
                }
                guard !openFragments.contains(name) else {
                    throw GraphQLFailure(.invalid, "the fragment \(name) holds itself", at: location)
                }
                guard applies(fragment.type, to: focus) else { continue }
                openFragments.append(name)
                try evaluate(fragment.selections, focus, flattens: flattens, into: &object)
                openFragments.removeLast()
            case .inline(let type, let directives, let selections):
                guard try isIncluded(directives), type.map({ applies($0, to: focus) }) ?? true else { continue }
                try evaluate(selections, focus, flattens: flattens, into: &object)
            }
        }
    }

    /// `@skip(if:)` and `@include(if:)` (GraphQL §3.13).
    private func isIncluded(_ directives: [GraphQLDirective]) throws(GraphQLFailure) -> Bool {
        for directive in directives where directive.name == "skip" || directive.name == "include" {
            guard let condition = directive.argument("if") else {
                throw GraphQLFailure(.invalid, "@\(directive.name) needs the argument if", at: directive.location)
            }
            let holds = try variables.bool(condition, at: directive.location)
            if holds == (directive.name == "skip") { return false }
        }
        return true
    }

    /// Whether a fragment's type condition holds.
    private func applies(_ name: String, to focus: GraphQLFocus) -> Bool {
        switch focus {
        case .system: return name == "Query"
        case .element(let element):
            guard let type = definitions.type(named: name) else { return false }
            return definitions.isKind(element.type, of: type)
        case .connection(_, let type): return name == definitions.name(of: type) + "Connection"
        case .edge(let element): return name == definitions.name(of: element.type) + "Edge"
        }
    }

    // MARK: - Fields

    private mutating func evaluate(
        _ field: GraphQLField, _ focus: GraphQLFocus, flattens: Bool, into object: inout GraphQLObject
    ) throws(GraphQLFailure) {
        switch focus {
        case .system:
            if field.name == "__typename" { return object.add(field.key, .string("Query")) }
            try searchOrRead(field, around: nil, into: &object)
        case .element(let element): try evaluate(field, of: element, flattens: flattens, into: &object)
        case .connection(let page, let type): try evaluate(field, of: page, type, into: &object)
        case .edge(let element):
            switch field.name {
            case "__typename":
                object.add(field.key, .string(definitions.name(of: element.type) + "Edge"))
            case "mode": object.add(field.key, .string("match"))
            case "score": object.add(field.key, .null)
            case "resource": try addObject(field, .element(element), into: &object)
            default: throw unknown(field, in: definitions.name(of: element.type) + "Edge")
            }
        }
    }

    private mutating func evaluate(
        _ field: GraphQLField, of element: GraphQLElement, flattens: Bool, into object: inout GraphQLObject
    ) throws(GraphQLFailure) {
        let typeName = definitions.name(of: element.type)
        let isResource = definitions.resourceType(named: typeName) != nil
        switch field.name {
        case "__typename": return object.add(field.key, .string(typeName))
        case "resourceType" where isResource: return object.add(field.key, .string(typeName))
        case "resource" where typeName == "Reference" || typeName == "canonical":
            return try follow(field, element, into: &object)
        default: break
        }
        guard let property = definitions.property(named: field.name, of: element.type) else {
            if isResource, try isSearch(field) {
                return try searchOrRead(field, around: element, into: &object)
            }
            throw unknown(field, in: typeName)
        }
        let definition = definitions.elements[Int(property.element.rawValue)]
        guard let value = element.node[named: field.name] else { return }
        let type = property.isCompanion ? definitions.type(named: "Element") ?? property.type : property.type
        var items = value.items.map { node in
            GraphQLElement(
                node: node, type: resourceType(of: node) ?? type, resource: element.resource,
                resourceType: element.resourceType)
        }
        // A contained resource is the ground for its own references, except for those to its siblings.
        items = try filtered(items, by: field)
        try add(items, of: field, isList: definition.isRepeating, flattens: flattens, into: &object)
    }

    /// The type that a resource inside a resource names itself.
    private func resourceType(of node: JSONNode) -> TypeID? {
        node.isObject ? node["resourceType"]?.string.flatMap { definitions.resourceType(named: $0) } : nil
    }

    private func unknown(_ field: GraphQLField, in type: String) -> GraphQLFailure {
        GraphQLFailure(.invalid, "\(type) has no field \(field.name)", at: field.location)
    }

    // MARK: - Values

    private mutating func add(
        _ items: [GraphQLElement], of field: GraphQLField, isList: Bool, flattens: Bool,
        into object: inout GraphQLObject
    ) throws(GraphQLFailure) {
        var items = items
        let shape = try GraphQLListShape(field.directives, variables)
        if shape.takesFirst { items = Array(items.prefix(1)) }
        if shape.flattens {
            for item in items { try evaluate(field.selections, .element(item), flattens: true, into: &object) }
            return
        }
        if let path = shape.slicePath {
            for (position, item) in items.enumerated() {
                let suffix = path == "$index" ? String(position) : item.node[named: path]?.string
                let output = try output(item, field)
                object.add(suffix.map { "\(field.key).\($0)" } ?? field.key, output)
            }
            return
        }
        var outputs: [GraphQLOutput] = []
        for item in items { outputs.append(try output(item, field)) }
        if shape.isSingleton {
            guard outputs.count <= 1 else {
                throw GraphQLFailure(
                    .invalid, "\(field.key) is no singleton: it has several values", at: field.location)
            }
            if let only = outputs.first { object.add(field.key, only) }
        } else if flattens {
            object.append(field.key, outputs)
        } else if isList {
            object.add(field.key, .list(outputs))
        } else if let only = outputs.first {
            object.add(field.key, only)
        }
    }

    private mutating func output(_ item: GraphQLElement, _ field: GraphQLField) throws(GraphQLFailure) -> GraphQLOutput
    {
        guard item.node.isObject else {
            guard field.selections.isEmpty else {
                throw GraphQLFailure(.invalid, "\(field.name) is primitive and has no fields", at: field.location)
            }
            return .raw(item.node)
        }
        guard !field.selections.isEmpty else {
            throw GraphQLFailure(.invalid, "\(field.name) needs a selection of its fields", at: field.location)
        }
        var object = GraphQLObject()
        try evaluate(field.selections, .element(item), into: &object)
        return .object(object)
    }

    mutating func addObject(
        _ field: GraphQLField, _ focus: GraphQLFocus, into object: inout GraphQLObject
    ) throws(GraphQLFailure) {
        guard !field.selections.isEmpty else {
            throw GraphQLFailure(.invalid, "\(field.name) needs a selection of its fields", at: field.location)
        }
        var inner = GraphQLObject()
        try evaluate(field.selections, focus, into: &inner)
        object.add(field.key, .object(inner))
    }

    /// Arguments of an element: only those count whose member has the value; `_offset` and `_count` cut the list.
    private func filtered(_ items: [GraphQLElement], by field: GraphQLField) throws(GraphQLFailure) -> [GraphQLElement]
    {
        var items = items
        var offset = 0
        var count = Int.max
        for argument in field.arguments {
            let texts = try variables.texts(argument.value, at: field.location)
            switch argument.name {
            case "_offset", "_count":
                guard let number = texts.first.flatMap({ Int($0) }), number >= 0 else {
                    throw GraphQLFailure(.invalid, "\(argument.name) is a number", at: field.location)
                }
                if argument.name == "_offset" { offset = number } else { count = number }
            case "fhirpath":
                throw GraphQLFailure(.notSupported, "the argument fhirpath is not supported yet", at: field.location)
            default:
                guard let type = items.first?.type else { continue }
                guard definitions.property(named: argument.name, of: type) != nil else {
                    throw GraphQLFailure(
                        .invalid, "\(definitions.name(of: type)) has no field \(argument.name)", at: field.location)
                }
                items = items.filter { item in
                    item.node[named: argument.name].map { value in
                        value.items.contains { texts.contains($0.string ?? String(decoding: $0.source, as: UTF8.self)) }
                    } ?? false
                }
            }
        }
        return Array(items.dropFirst(offset).prefix(count))
    }
}

/// The directives of R4 graphql.html that change the shape of a list.
struct GraphQLListShape {
    var takesFirst = false
    var isSingleton = false
    var flattens = false
    var slicePath: String?

    init(_ directives: [GraphQLDirective], _ variables: GraphQLVariables) throws(GraphQLFailure) {
        for directive in directives {
            switch directive.name {
            case "first": takesFirst = true
            case "singleton": isSingleton = true
            case "flatten": flattens = true
            case "slice":
                guard let path = directive.argument("path"),
                    let text = try variables.texts(path, at: directive.location).first
                else { throw GraphQLFailure(.invalid, "@slice needs the argument path", at: directive.location) }
                // More than a member's name would need FHIRPath.
                guard text == "$index" || text.utf8.allSatisfy({ ($0 | 0x20) &- UInt8(ascii: "a") < 26 }) else {
                    throw GraphQLFailure(
                        .notSupported, "@slice takes the name of a member or $index", at: directive.location)
                }
                slicePath = text
            case "skip", "include": continue
            default:
                throw GraphQLFailure(.invalid, "there is no directive @\(directive.name)", at: directive.location)
            }
        }
    }
}
