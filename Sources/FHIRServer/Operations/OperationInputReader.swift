import FHIRDefinitions
import FHIRSearch
import FHIRStore
import JSONTape

/// Reads the parameters of a call by the operation's declaration (R4 operations.html#executing).
///
/// Whatever the way they came (query, Parameters, a bare resource), they are first written as one Parameters resource
/// in which every value has its declared type; that resource is then checked like any other.
struct OperationInputReader {
    let declaration: OperationDeclaration
    let definitions: FHIRDefinitions
    let checker: any ResourceChecking

    /// A parameter on its way to the declared form.
    private struct Draft {
        var name: String
        var origin: String
        /// `valueCode`, or `resource`.
        var member: String
        var json: [UInt8]
    }

    func read(_ query: [QueryItems.Item], _ body: JSONNode?) throws -> OperationInput {
        var drafts: [Draft] = []
        var search: [(name: String, value: String)] = []
        for item in query where !item.value.isEmpty {
            if let parameter = declaration.input(named: item.name) {
                drafts.append(try draft(item, parameter))
            } else if declaration.reading == .declaredAndSearch {
                search.append((item.name, item.value))
            } else {
                throw unknown(item.name, at: "http.\(item.name)")
            }
        }
        if let body { try read(body, into: &drafts, &search) }
        try checkCounts(drafts)
        return OperationInput(items: try items(drafts), search: search)
    }

    private func unknown(_ name: String, at place: String) -> OperationInputError {
        OperationInputError(
            .unknownParameter, "the operation $\(declaration.name) takes no such parameter", expression: place)
    }

    private func invalid(_ message: String, at place: String?) -> OperationInputError {
        OperationInputError(.invalidParameter, message, expression: place)
    }

    // MARK: - Query

    private func draft(_ item: QueryItems.Item, _ parameter: OperationDeclaration.Parameter) throws -> Draft {
        let place = "http.\(item.name)"
        guard let type = parameter.type, let id = definitions.type(named: type), definitions[id].kind == .primitive
        else {
            throw invalid("the parameter \(item.name) can only be sent in a Parameters resource", at: place)
        }
        var writer = JSONWriter()
        switch type {
        case "boolean":
            guard item.value == "true" || item.value == "false" else {
                throw invalid("the parameter \(item.name) is true or false", at: place)
            }
            writer.bool(item.value == "true")
        case "integer", "positiveInt", "unsignedInt":
            guard let number = Int32(item.value) else {
                throw invalid("the parameter \(item.name) is a whole number", at: place)
            }
            writer.number(Int(number))
        case "decimal":
            guard let number = DecimalText(item.value), let document = try? Document.parse(number.text) else {
                throw invalid("the parameter \(item.name) is a number", at: place)
            }
            writer.copy(JSONNode(document))
        case "dateTime", "instant":
            // A plus sign that the client did not encode arrives as a blank.
            writer.string(item.value.replacing(" ", with: "+"))
        default: writer.string(item.value)
        }
        return Draft(name: item.name, origin: place, member: Self.member(type), json: writer.bytes)
    }

    private static func member(_ type: String) -> String { "value" + type.prefix(1).uppercased() + type.dropFirst() }

    // MARK: - Body

    private func read(
        _ body: JSONNode, into drafts: inout [Draft], _ search: inout [(name: String, value: String)]
    ) throws {
        guard let typeName = body["resourceType"]?.string else {
            throw RequestError(.wrongResource, "a Parameters resource is expected", expression: "Resource.resourceType")
        }
        guard typeName == "Parameters", !isInput(parameters: body) else {
            drafts.append(try bare(body, typeName))
            return
        }
        for (position, node) in (body["parameter"]?.items ?? []).enumerated() {
            let place = "Parameters.parameter[\(position)]"
            guard let name = node["name"]?.string else {
                throw invalid("a parameter has no name", at: place + ".name")
            }
            if let parameter = declaration.input(named: name) {
                drafts.append(try draft(node, parameter, place))
            } else if declaration.reading == .declaredAndSearch {
                search.append((name, try searchText(node, name, place)))
            } else {
                throw unknown(name, at: place + ".name")
            }
        }
    }

    /// R4 operations.html#executing: the one resource that an operation takes may be the body itself.
    private func bare(_ body: JSONNode, _ typeName: String) throws -> Draft {
        let resources = declaration.parameters.filter { parameter in
            guard parameter.use == .input, let type = parameter.type else { return false }
            return type == "Resource" || definitions.resourceType(named: type) != nil
        }
        guard resources.count == 1, resources[0].type == "Resource" || resources[0].type == typeName else {
            throw RequestError(
                .wrongResource, "the operation takes a Parameters resource", expression: "Resource.resourceType")
        }
        return Draft(name: resources[0].name, origin: typeName, member: "resource", json: body.source)
    }

    /// Whether Parameters are no call, but the resource of any type that the operation has to be given.
    private func isInput(parameters: JSONNode) -> Bool {
        let takesAny = declaration.parameters.contains { $0.use == .input && $0.min > 0 && $0.type == "Resource" }
        guard takesAny, let items = parameters["parameter"]?.items, !items.isEmpty else { return false }
        return items.allSatisfy { item in item["name"]?.string.map { declaration.input(named: $0) == nil } ?? true }
    }

    private func draft(
        _ node: JSONNode, _ parameter: OperationDeclaration.Parameter, _ place: String
    ) throws -> Draft {
        let type = parameter.type ?? "*"
        let isResource = type == "Resource" || definitions.resourceType(named: type) != nil
        for (key, value) in node.members where key == "resource" || key.hasPrefix("value") {
            let origin = "\(place).\(key == "resource" ? key : "value")"
            guard isResource ? key == "resource" : Self.takes(key, for: type) else {
                throw invalid("the parameter \(parameter.name) is of type \(type)", at: origin)
            }
            return Draft(
                name: parameter.name, origin: origin, member: isResource ? "resource" : Self.member(type),
                json: value.source)
        }
        throw invalid("the parameter \(parameter.name) has no value of type \(type)", at: place)
    }

    /// Types that are written alike may stand for each other; the value is checked as what is declared.
    private static func takes(_ member: String, for type: String) -> Bool {
        if member == Self.member(type) { return true }
        return alike.contains { family in family.contains(type) && family.contains { Self.member($0) == member } }
            || type == "decimal" && ["valueInteger", "valuePositiveInt", "valueUnsignedInt"].contains(member)
    }

    private static let alike: [Set<String>] = [
        ["string", "code", "id", "markdown", "uri", "url", "canonical"],
        ["integer", "positiveInt", "unsignedInt"],
        ["date", "dateTime", "instant"],
    ]

    private func searchText(_ node: JSONNode, _ name: String, _ place: String) throws -> String {
        for (key, value) in node.members where key.hasPrefix("value") {
            if let text = value.string ?? value.numberText ?? value.bool.map({ $0 ? "true" : "false" }) { return text }
        }
        throw invalid("the search parameter \(name) is a string", at: place + ".value")
    }

    // MARK: - Checks

    private func checkCounts(_ drafts: [Draft]) throws {
        for parameter in declaration.parameters where parameter.use == .input {
            let given = drafts.filter { $0.name == parameter.name }
            if given.count < parameter.min {
                throw invalid("the parameter \(parameter.name) is missing", at: nil)
            }
            if let max = parameter.max, given.count > max {
                let times = max == 1 ? "once" : "\(max) times"
                throw invalid("the parameter \(parameter.name) may be given \(times)", at: given[max].origin)
            }
        }
    }

    private func items(_ drafts: [Draft]) throws -> [OperationInput.Item] {
        guard !drafts.isEmpty, let type = definitions.resourceType(named: "Parameters") else { return [] }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("resourceType", "Parameters")
        writer.key("parameter")
        writer.beginArray()
        for draft in drafts {
            writer.beginObject()
            writer.member("name", draft.name)
            writer.key(named: draft.member)
            writer.raw(draft.json)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        // The parts were parsed before with the limits of the request; around a bare resource come three levels more.
        let limits = JSONLimits(maximumByteCount: writer.bytes.count, maximumDepth: 256)
        let document = try Document.parse(writer.bytes, limits: limits)
        try check(ResourceInput(type: type, document: document), drafts)
        let nodes = JSONNode(document)["parameter"]?.items ?? []
        return zip(drafts, nodes).compactMap { draft, node in
            node[named: draft.member].map { OperationInput.Item(name: draft.name, origin: draft.origin, value: $0) }
        }
    }

    private func check(_ input: ResourceInput, _ drafts: [Draft]) throws {
        guard let issue = checker.ownIssues(of: input).first(where: { $0.severity == .error || $0.severity == .fatal })
        else { return }
        // The issue speaks of the resource written here: say where the client wrote it.
        let digits = (issue.expression ?? "").split(separator: "[").dropFirst().first?.prefix { $0.isNumber }
        guard let position = digits.flatMap({ Int($0) }), drafts.indices.contains(position) else {
            throw invalid(issue.diagnostics ?? "the parameters are not valid", at: nil)
        }
        let draft = drafts[position]
        let words = (issue.diagnostics ?? "the value is not valid").split(separator: ", line ")[0]
        let inside = (issue.expression ?? "").split(separator: ".").dropFirst(3).joined(separator: ".")
        throw invalid(
            "the parameter \(draft.name) is not valid: \(words)",
            at: inside.isEmpty || draft.origin.hasPrefix("http.") ? draft.origin : "\(draft.origin).\(inside)")
    }
}
