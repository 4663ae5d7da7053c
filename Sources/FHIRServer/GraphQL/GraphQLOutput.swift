import JSONTape

/// An answer under construction.
indirect enum GraphQLOutput {
    case null
    /// JSON as it stood in a resource.
    case raw(JSONNode)
    case string(String)
    case integer(Int)
    case object(GraphQLObject)
    case list([GraphQLOutput])

    /// Throws `RequestError` where there is no room: one resource may be asked for under many names.
    func write(to writer: inout JSONWriter, within room: AnswerRoom) throws {
        switch self {
        case .null: writer.null()
        case .raw(let node): writer.copy(node)
        case .string(let text): writer.string(text)
        case .integer(let number): writer.number(number)
        case .object(let object): try object.write(to: &writer, within: room)
        case .list(let items):
            writer.beginArray()
            for item in items { try item.write(to: &writer, within: room) }
            writer.endArray()
        }
    }
}

/// The members of one selection set in the order asked for; fields of the same name are merged (GraphQL §6.3.2).
struct GraphQLObject {
    private var keys: [String] = []
    private var values: [String: GraphQLOutput] = [:]

    /// Adds the values of a field. Lists of one name grow, objects of one name unite.
    mutating func add(_ key: String, _ value: GraphQLOutput) {
        guard let known = values[key] else {
            keys.append(key)
            values[key] = value
            return
        }
        switch (known, value) {
        case (.list(let first), .list(let second)):
            // The same list asked for twice holds the same elements, each with other members.
            values[key] = .list(Self.united(first, second) ?? first + second)
        case (.object(var first), .object(let second)):
            first.unite(second)
            values[key] = .object(first)
        default: break
        }
    }

    /// Appends to a list whether or not the same name is there: what `@flatten` asks for.
    mutating func append(_ key: String, _ items: [GraphQLOutput]) {
        if case .list(let known)? = values[key] {
            values[key] = .list(known + items)
        } else {
            keys.append(key)
            values[key] = .list(items)
        }
    }

    private mutating func unite(_ other: GraphQLObject) {
        for key in other.keys { if let value = other.values[key] { add(key, value) } }
    }

    private static func united(_ first: [GraphQLOutput], _ second: [GraphQLOutput]) -> [GraphQLOutput]? {
        guard first.count == second.count else { return nil }
        return zip(first, second).map { left, right in
            guard case .object(var object) = left, case .object(let more) = right else { return left }
            object.unite(more)
            return .object(object)
        }
    }

    func write(to writer: inout JSONWriter, within room: AnswerRoom) throws {
        writer.beginObject()
        for key in keys {
            writer.key(named: key)
            try values[key]?.write(to: &writer, within: room)
            try room.require(writer.bytes.count)
        }
        writer.endObject()
    }
}
