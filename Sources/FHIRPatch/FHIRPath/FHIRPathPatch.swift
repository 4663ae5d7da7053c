import FHIRDefinitions
import FHIRPath
import JSONTape

/// FHIRPath Patch: operations as a Parameters resource (R4 fhirpatch.html).
struct FHIRPathPatch: Sendable {
    enum Kind: String, Sendable { case add, insert, delete, replace, move }

    struct Operation: Sendable {
        var kind: Kind
        var path: String
        var name: String?
        /// The part that brings the value.
        var value: JSONNode?
        var index: Int?
        var source: Int?
        var destination: Int?
    }

    private let operations: [Operation]
    private let engine: FHIRPathEngine
    private let environment: Environment
    private let limits: PatchLimits

    /// Throws `.malformed` and `.invalidPath` for what is no patch, before anything is applied.
    init(
        _ parameters: JSONNode, limits: PatchLimits, engine: FHIRPathEngine, environment: Environment
    ) throws(PatchError) {
        self.engine = engine
        self.environment = environment
        self.limits = limits
        let list = parameters["parameter"]?.items ?? []
        guard list.count <= limits.pathOperationCount else {
            throw PatchError(.tooCostly, "a patch has at most \(limits.pathOperationCount) operations")
        }
        var operations: [Operation] = []
        for (position, parameter) in list.enumerated() {
            do throws(PatchError) {
                let operation = try Self.operation(parameter, limits)
                do throws(PatchError) {
                    try ElementFinder.check(operation.path, engine)
                } catch {
                    throw error.about("\(operation.kind.rawValue) \(operation.path)")
                }
                operations.append(operation)
            } catch {
                throw error.about("operation \(position)", expression: Self.expression(position))
            }
        }
        self.operations = operations
    }

    private static func expression(_ position: Int) -> String { "Parameters.parameter[\(position)]" }

    private static func operation(_ parameter: JSONNode, _ limits: PatchLimits) throws(PatchError) -> Operation {
        guard parameter["name"]?.string == "operation" else {
            throw PatchError(.malformed, "every parameter of a patch is named operation")
        }
        var parts: [String: JSONNode] = [:]
        for part in parameter["part"]?.items ?? [] {
            guard let name = part["name"]?.string else { throw PatchError(.malformed, "a part has no name") }
            guard Self.partNames.contains(name) else {
                throw PatchError(.malformed, "an operation has no part of this name: \(name)")
            }
            guard parts.updateValue(part, forKey: name) == nil else {
                throw PatchError(.malformed, "the part \(name) is there twice")
            }
        }
        func text(_ name: String) -> String? {
            parts[name]?.members.first { $0.key.hasPrefix("value") }?.value.string
        }
        func integer(_ name: String) throws(PatchError) -> Int? {
            guard let part = parts[name] else { return nil }
            guard let value = part.members.first(where: { $0.key.hasPrefix("value") })?.value.integer, value >= 0 else {
                throw PatchError(.malformed, "\(name) is a whole number that is not negative")
            }
            return value
        }
        guard let kind = text("type").flatMap(Kind.init(rawValue:)) else {
            throw PatchError(.malformed, "type is add, insert, delete, replace or move")
        }
        guard let path = text("path") else { throw PatchError(.malformed, "path is missing") }
        guard path.utf8.count <= limits.pathByteCount else { throw PatchError(.tooCostly, "the path is too long") }
        let operation = Operation(
            kind: kind, path: path, name: text("name"), value: parts["value"], index: try integer("index"),
            source: try integer("source"), destination: try integer("destination"))
        try operation.requireParts()
        return operation
    }

    private static let partNames: Set<String> = ["type", "path", "name", "value", "index", "source", "destination"]

    // MARK: - Applying

    func apply(to root: inout EditableJSON, type: TypeID) throws(PatchError) {
        var editor = ElementEditor(
            definitions: engine.definitions, type: type,
            finder: ElementFinder(engine: engine, environment: environment, limits: limits))
        for (position, operation) in operations.enumerated() {
            do throws(PatchError) {
                try Self.apply(operation, to: &root, &editor)
            } catch {
                throw error.about(
                    "operation \(position) (\(operation.kind.rawValue) \(operation.path))",
                    expression: Self.expression(position))
            }
        }
    }

    private static func apply(
        _ operation: Operation, to root: inout EditableJSON, _ editor: inout ElementEditor
    ) throws(PatchError) {
        switch operation.kind {
        case .add:
            guard let name = operation.name, let value = operation.value else { throw operation.incomplete }
            try editor.add(value, name: name, to: operation.path, in: &root)
        case .insert:
            guard let value = operation.value, let index = operation.index else { throw operation.incomplete }
            try editor.insert(value, at: index, of: operation.path, in: &root)
        case .delete: try editor.delete(operation.path, in: &root)
        case .replace:
            guard let value = operation.value else { throw operation.incomplete }
            try editor.replace(operation.path, with: value, in: &root)
        case .move:
            guard let source = operation.source, let destination = operation.destination else {
                throw operation.incomplete
            }
            try editor.move(operation.path, from: source, to: destination, in: &root)
        }
    }
}

extension FHIRPathPatch.Operation {
    fileprivate var incomplete: PatchError {
        PatchError(.malformed, "\(kind.rawValue) needs \(neededParts.joined(separator: " and "))")
    }

    private var neededParts: [String] {
        switch kind {
        case .add: ["name", "value"]
        case .insert: ["value", "index"]
        case .delete: ["path"]
        case .replace: ["value"]
        case .move: ["source", "destination"]
        }
    }

    fileprivate func requireParts() throws(PatchError) {
        let isComplete =
            switch kind {
            case .add: name != nil && value != nil
            case .insert: value != nil && index != nil
            case .delete: true
            case .replace: value != nil
            case .move: source != nil && destination != nil
            }
        if !isComplete { throw incomplete }
    }
}
