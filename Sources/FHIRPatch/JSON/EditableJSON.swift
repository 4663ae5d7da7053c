import JSONTape

/// A JSON value that patches change: what nobody touched stays a place in its text, so that numbers keep their digits
/// and the cost is that of the change.
enum EditableJSON: Sendable {
    /// As it stands in a parsed text.
    case source(Document, Document.Index)
    case object([Member])
    case array([EditableJSON])
    case null

    struct Member: Sendable {
        var name: String
        var value: EditableJSON
    }

    /// One step of the way to a value inside another.
    enum Step: Hashable, Sendable {
        case member(String)
        case index(Int)
    }

    init(_ node: JSONNode) { self = .source(node.document, node.index) }

    // MARK: - Reading

    var isObject: Bool {
        switch self {
        case .object: true
        case .source(let document, let index): document.kind(index) == .object
        default: false
        }
    }

    var isArray: Bool {
        switch self {
        case .array: true
        case .source(let document, let index): document.kind(index) == .array
        default: false
        }
    }

    var isNull: Bool {
        switch self {
        case .null: true
        case .source(let document, let index): document.kind(index) == .null
        default: false
        }
    }

    /// The scalar as it stands in its text; nil for objects and arrays.
    var scalar: JSONNode? {
        guard case .source(let document, let index) = self, !isObject, !isArray else { return nil }
        return JSONNode(document, index)
    }

    /// The string's value; nil for other kinds.
    var string: String? { scalar?.string }

    /// The member of an object; nil if there is none or this is no object.
    func member(_ name: String) -> EditableJSON? {
        switch self {
        case .object(let members): members.first { $0.name == name }?.value
        case .source(let document, let index): document.member(named: name, of: index).map { .source(document, $0) }
        default: nil
        }
    }

    /// The members of an object; none for other kinds.
    var members: [Member] {
        switch self {
        case .object(let members): members
        case .source(let document, let index):
            JSONNode(document, index).members.map { Member(name: $0.key, value: EditableJSON($0.value)) }
        default: []
        }
    }

    /// The elements of an array; none for other kinds.
    var elements: [EditableJSON] {
        switch self {
        case .array(let elements): elements
        case .source(let document, let index): JSONNode(document, index).elements.map(EditableJSON.init)
        default: []
        }
    }

    /// The value behind these steps; nil if there is none.
    func value(at steps: some Sequence<Step>) -> EditableJSON? {
        var value = self
        for step in steps {
            switch step {
            case .member(let name):
                guard let next = value.member(name) else { return nil }
                value = next
            case .index(let index):
                let elements = value.elements
                guard elements.indices.contains(index) else { return nil }
                value = elements[index]
            }
        }
        return value
    }

    // MARK: - Changing

    /// Makes a container's own level changeable.
    mutating func expand() {
        guard case .source = self else { return }
        if isObject { self = .object(members) } else if isArray { self = .array(elements) }
    }

    /// Changes the value behind the steps; throws `.pathNotFound` if there is none.
    mutating func change<Result>(
        at steps: ArraySlice<Step>, _ body: (inout EditableJSON) throws(PatchError) -> Result
    ) throws(PatchError) -> Result {
        guard let step = steps.first else { return try body(&self) }
        expand()
        switch (step, self) {
        case (.member(let name), .object(var members)):
            guard let position = members.firstIndex(where: { $0.name == name }) else { throw Self.notFound }
            // Given up here so that nothing is copied below.
            self = .null
            defer { self = .object(members) }
            return try members[position].value.change(at: steps.dropFirst(), body)
        case (.index(let index), .array(var elements)):
            guard elements.indices.contains(index) else { throw Self.notFound }
            self = .null
            defer { self = .array(elements) }
            return try elements[index].change(at: steps.dropFirst(), body)
        default:
            throw Self.notFound
        }
    }

    /// Puts a member in place of the one with this name, or behind the others.
    mutating func set(_ name: String, _ value: EditableJSON) {
        expand()
        guard case .object(var members) = self else { return }
        self = .null
        if let position = members.firstIndex(where: { $0.name == name }) {
            members[position].value = value
        } else {
            members.append(Member(name: name, value: value))
        }
        self = .object(members)
    }

    /// Removes a member; false if there was none.
    @discardableResult
    mutating func remove(_ name: String) -> Bool {
        expand()
        guard case .object(var members) = self, let position = members.firstIndex(where: { $0.name == name }) else {
            return false
        }
        self = .null
        members.remove(at: position)
        self = .object(members)
        return true
    }

    static var notFound: PatchError { PatchError(.pathNotFound, "nothing is there") }
}
