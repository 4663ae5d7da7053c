import JSONTape

/// JSON Patch (RFC 6902): operations on the resource as JSON, in order, all or none.
struct JSONPatch: Sendable {
    enum Kind: String, Sendable { case add, remove, replace, move, copy, test }

    struct Operation: Sendable {
        var kind: Kind
        var path: JSONPointer
        var from: JSONPointer?
        var value: EditableJSON?

        fileprivate func source() throws(PatchError) -> JSONPointer {
            guard let from else { throw PatchError(.malformed, "from is missing") }
            return from
        }

        fileprivate func content() throws(PatchError) -> EditableJSON {
            guard let value else { throw PatchError(.malformed, "value is missing") }
            return value
        }
    }

    private let operations: [Operation]
    private let limits: PatchLimits

    /// Throws `.malformed` for what is no patch, before anything is applied.
    init(_ node: JSONNode, limits: PatchLimits) throws(PatchError) {
        guard node.isArray else { throw PatchError(.malformed, "a JSON Patch is an array of operations") }
        guard node.count <= limits.operationCount else {
            throw PatchError(.tooCostly, "a patch has at most \(limits.operationCount) operations")
        }
        var operations: [Operation] = []
        for (position, element) in node.elements.enumerated() {
            do throws(PatchError) {
                operations.append(try Self.operation(element, limits))
            } catch {
                throw error.about("operation \(position)")
            }
        }
        self.operations = operations
        self.limits = limits
    }

    private static func operation(_ node: JSONNode, _ limits: PatchLimits) throws(PatchError) -> Operation {
        guard node.isObject else { throw PatchError(.malformed, "an operation is an object") }
        guard let kind = node["op"]?.string.flatMap(Kind.init(rawValue:)) else {
            throw PatchError(.malformed, "op is add, remove, replace, move, copy or test")
        }
        guard let path = node["path"]?.string else { throw PatchError(.malformed, "path is missing") }
        var operation = Operation(kind: kind, path: try pointer(path, limits))
        switch kind {
        case .move, .copy:
            guard let from = node["from"]?.string else { throw PatchError(.malformed, "from is missing") }
            operation.from = try pointer(from, limits)
        case .add, .replace, .test:
            guard let value = node["value"] else { throw PatchError(.malformed, "value is missing") }
            operation.value = EditableJSON(value)
        case .remove: break
        }
        return operation
    }

    private static func pointer(_ text: String, _ limits: PatchLimits) throws(PatchError) -> JSONPointer {
        guard text.utf8.count <= limits.pathByteCount else { throw PatchError(.tooCostly, "the path is too long") }
        return try JSONPointer(text)
    }

    // MARK: - Applying

    func apply(to root: inout EditableJSON) throws(PatchError) {
        var budget = PatchBudget(limits)
        for (position, operation) in operations.enumerated() {
            do throws(PatchError) {
                try Self.apply(operation, to: &root, &budget)
            } catch {
                throw error.about("operation \(position) (\(operation.kind.rawValue) \(operation.path.text))")
            }
        }
    }

    private static func apply(
        _ operation: Operation, to root: inout EditableJSON, _ budget: inout PatchBudget
    ) throws(PatchError) {
        let path = operation.path
        switch operation.kind {
        case .add: try add(try operation.content(), at: path, to: &root, &budget)
        case .remove: _ = try remove(path, from: &root)
        case .replace:
            let value = try operation.content()
            try budget.spend(on: value, level: path.tokens.count)
            try root.change(at: try path.steps(in: root)[...]) { target throws(PatchError) in target = value }
        case .move:
            let from = try operation.source()
            // RFC 6902 §4.4
            if from.isParent(of: path) { throw PatchError(.malformed, "a value cannot be moved into itself") }
            if from == path {
                _ = try from.steps(in: root)
            } else {
                try add(try remove(from, from: &root), at: path, to: &root, &budget)
            }
        case .copy:
            let from = try operation.source()
            guard let value = root.value(at: try from.steps(in: root)) else { throw EditableJSON.notFound }
            try add(value, at: path, to: &root, &budget)
        case .test:
            guard let value = root.value(at: try path.steps(in: root)) else { throw EditableJSON.notFound }
            guard value.isEqual(to: try operation.content()) else {
                throw PatchError(.testFailed, "the value is another one")
            }
        }
    }

    /// RFC 6902 §4.1
    private static func add(
        _ value: EditableJSON, at path: JSONPointer, to root: inout EditableJSON, _ budget: inout PatchBudget
    ) throws(PatchError) {
        try budget.spend(on: value, level: path.tokens.count)
        guard let last = path.tokens.last else {
            root = value
            return
        }
        let parent = try path.steps(in: root, count: path.tokens.count - 1)
        try root.change(at: parent[...]) { target throws(PatchError) in
            target.expand()
            switch target {
            case .object: target.set(last, value)
            case .array(var elements):
                let index = last == "-" ? elements.count : try JSONPointer.index(last)
                guard index <= elements.count else {
                    throw PatchError(.pathNotFound, "the list has \(elements.count) elements")
                }
                target = .null
                elements.insert(value, at: index)
                target = .array(elements)
            default: throw PatchError(.pathNotFound, "only objects and lists can be added to")
            }
        }
    }

    /// RFC 6902 §4.2
    private static func remove(_ path: JSONPointer, from root: inout EditableJSON) throws(PatchError) -> EditableJSON {
        let steps = try path.steps(in: root)
        guard let last = steps.last else { throw PatchError(.malformed, "the resource itself cannot be taken away") }
        return try root.change(at: steps.dropLast()) { parent throws(PatchError) in
            parent.expand()
            switch (last, parent) {
            case (.member(let name), .object):
                guard let value = parent.member(name) else { throw EditableJSON.notFound }
                parent.remove(name)
                return value
            case (.index(let index), .array(var elements)):
                parent = .null
                let value = elements.remove(at: index)
                parent = .array(elements)
                return value
            default: throw EditableJSON.notFound
            }
        }
    }
}
