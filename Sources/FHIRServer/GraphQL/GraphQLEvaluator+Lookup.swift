import FHIRDefinitions
import FHIRSearch
import GraphQLSyntax
import JSONTape

/// Fields that lead to other resources: `Patient(id:)`, `PatientList`, `PatientConnection`, `resource`.
extension GraphQLEvaluator {
    private enum Lookup {
        case read(TypeID)
        case list(TypeID)
        case connection(TypeID)
    }

    private func lookup(_ name: String) -> Lookup? {
        if let type = definitions.resourceType(named: name) { return .read(type) }
        for (suffix, make) in [("List", Lookup.list), ("Connection", Lookup.connection)]
        where name.hasSuffix(suffix) {
            if let type = definitions.resourceType(named: String(name.dropLast(suffix.count))) { return make(type) }
        }
        return nil
    }

    /// Whether a field of a resource is a search for resources that refer to it.
    func isSearch(_ field: GraphQLField) throws(GraphQLFailure) -> Bool {
        switch lookup(field.name) {
        case .list, .connection: true
        case .read, nil: false
        }
    }

    /// - Parameter element: the resource around, which those searched refer to by `_reference`.
    mutating func searchOrRead(
        _ field: GraphQLField, around element: GraphQLElement?, into object: inout GraphQLObject
    ) throws(GraphQLFailure) {
        switch lookup(field.name) {
        case .read(let type): try read(type, field, into: &object)
        case .list(let type):
            guard let page = try page(type, field, around: element) else { return }
            var outputs: [GraphQLOutput] = []
            for node in page.resources {
                var inner = GraphQLObject()
                try requireSelections(field)
                try evaluate(field.selections, .element(root(node, type)), into: &inner)
                outputs.append(.object(inner))
            }
            object.add(field.key, .list(outputs))
        case .connection(let type):
            guard let page = try page(type, field, around: element) else { return }
            try addObject(field, .connection(page, type), into: &object)
        case nil:
            throw GraphQLFailure(
                .invalid, "\(field.name) is none of Type(id:), TypeList and TypeConnection", at: field.location)
        }
    }

    private func root(_ node: JSONNode, _ type: TypeID) -> GraphQLElement {
        GraphQLElement(node: node, type: type, resource: node, resourceType: type)
    }

    private func requireSelections(_ field: GraphQLField) throws(GraphQLFailure) {
        guard field.selections.isEmpty else { return }
        throw GraphQLFailure(.invalid, "\(field.name) needs a selection of its fields", at: field.location)
    }

    // MARK: - Reads

    private mutating func read(
        _ type: TypeID, _ field: GraphQLField, into object: inout GraphQLObject
    ) throws(GraphQLFailure) {
        guard field.arguments.count == 1, field.arguments[0].name == "id",
            let id = try variables.texts(field.arguments[0].value, at: field.location).first
        else { throw GraphQLFailure(.invalid, "\(field.name) takes the argument id alone", at: field.location) }
        let key = GraphQLSource.ResourceKey(type: type, id: id)
        guard let known = source.resources[key] else {
            source.missingResources.insert(key)
            return
        }
        guard let node = known else {
            throw GraphQLFailure(.notFound, "\(field.name)/\(id) does not exist", at: field.location)
        }
        try addObject(field, .element(root(node, type)), into: &object)
    }

    /// `resource(optional:type:)` of a reference.
    mutating func follow(
        _ field: GraphQLField, _ element: GraphQLElement, into object: inout GraphQLObject
    ) throws(GraphQLFailure) {
        try requireSelections(field)
        var isOptional = false
        var wanted: String?
        for argument in field.arguments {
            switch argument.name {
            case "optional": isOptional = try variables.bool(argument.value, at: field.location)
            case "type": wanted = try variables.texts(argument.value, at: field.location).first
            default: throw GraphQLFailure(.invalid, "resource has no argument \(argument.name)", at: field.location)
            }
        }
        guard let target = try target(of: element, isOptional: isOptional, field) else { return }
        if let wanted, wanted != definitions.name(of: target.type) { return }
        try addObject(field, .element(target), into: &object)
    }

    /// The resource that a reference points at; nil if it is yet to be read, or is not there and may be missing.
    private mutating func target(
        of element: GraphQLElement, isOptional: Bool, _ field: GraphQLField
    ) throws(GraphQLFailure) -> GraphQLElement? {
        let text = element.node.string ?? element.node["reference"]?.string
        if let text, text.hasPrefix("#") {
            let id = text.dropFirst()
            let found = element.resource["contained"]?.items.first { $0["id"]?.string.map { $0 == id } ?? false }
            if let found, let name = found["resourceType"]?.string, let type = definitions.resourceType(named: name) {
                return GraphQLElement(
                    node: found, type: type, resource: element.resource, resourceType: element.resourceType)
            }
        } else if let text, let key = localKey(text) {
            guard let known = source.resources[key] else {
                source.missingResources.insert(key)
                return nil
            }
            if let node = known { return root(node, key.type) }
        }
        if isOptional { return nil }
        throw GraphQLFailure(
            .notFound, "a reference leads to no resource of this server; resource(optional: true) lets it be missing",
            at: field.location)
    }

    private func localKey(_ text: String) -> GraphQLSource.ResourceKey? {
        var text = text
        return text.withUTF8 { bytes in
            guard case .local(let type, let target) = indexer.context.target(bytes),
                let slash = target.firstIndex(of: UInt8(ascii: "/"))
            else { return nil }
            return GraphQLSource.ResourceKey(
                type: type, id: String(decoding: target[(slash + 1)...], as: UTF8.self))
        }
    }

    // MARK: - Searches

    /// The page that a field asks for; nil if it is yet to be read.
    private mutating func page(
        _ type: TypeID, _ field: GraphQLField, around element: GraphQLElement?
    ) throws(GraphQLFailure) -> GraphQLSource.Page? {
        var pairs: [GraphQLSource.SearchKey.Pair] = []
        var hasReference = false
        for argument in field.arguments {
            let texts = try variables.texts(argument.value, at: field.location)
            if texts.isEmpty { continue }
            if argument.name == "_reference" {
                guard let element else {
                    throw GraphQLFailure(.invalid, "_reference needs a resource around it", at: field.location)
                }
                hasReference = true
                let id = element.resource["id"]?.string ?? ""
                let target = "\(definitions.name(of: element.resourceType))/\(id)"
                pairs.append(.init(name: parameterName(texts[0], of: type), value: target))
                continue
            }
            let value = texts.map { texts.count > 1 ? $0.replacing(",", with: "\\,") : $0 }.joined(separator: ",")
            pairs.append(.init(name: parameterName(argument.name, of: type), value: value))
        }
        guard element == nil || hasReference else {
            throw GraphQLFailure(
                .invalid, "a search inside a resource needs the argument _reference", at: field.location)
        }
        let key = GraphQLSource.SearchKey(type: type, pairs: pairs)
        if let page = source.pages[key] { return page }
        source.missingSearches.insert(key)
        return nil
    }

    /// GraphQL names hold no hyphens, so `value_quantity` stands for `value-quantity`.
    private func parameterName(_ name: String, of type: TypeID) -> String {
        let parameters = indexer.index(of: type).parameters
        if parameters[name] != nil { return name }
        let hyphenated = name.first == "_" ? name : name.replacing("_", with: "-")
        return parameters[hyphenated] != nil ? hyphenated : name
    }

    mutating func evaluate(
        _ field: GraphQLField, of page: GraphQLSource.Page, _ type: TypeID, into object: inout GraphQLObject
    ) throws(GraphQLFailure) {
        switch field.name {
        case "__typename": object.add(field.key, .string(definitions.name(of: type) + "Connection"))
        case "count": object.add(field.key, page.total.map { .integer($0) } ?? .null)
        case "pagesize": object.add(field.key, .integer(page.count ?? page.resources.count))
        case "next": object.add(field.key, page.next.map { .string($0) } ?? .null)
        case "offset", "first", "previous", "last": object.add(field.key, .null)
        case "edges":
            try requireSelections(field)
            var outputs: [GraphQLOutput] = []
            for node in page.resources {
                var inner = GraphQLObject()
                try evaluate(field.selections, .edge(root(node, type)), into: &inner)
                outputs.append(.object(inner))
            }
            object.add(field.key, .list(outputs))
        default:
            throw GraphQLFailure(
                .invalid, "\(definitions.name(of: type))Connection has no field \(field.name)", at: field.location)
        }
    }
}
