import FHIRDefinitions
import JSONTape

final class LiteralOperation: Operation {
    let items: Items

    init(_ items: Items) { self.items = items }

    func values(_ scope: Scope) -> Items { items }
}

/// `$this`, and what a path begins at.
final class ThisOperation: Operation {
    func values(_ scope: Scope) -> Items { scope.this }
}

final class IndexOperation: Operation {
    func values(_ scope: Scope) -> Items { .one(.integer(scope.index)) }
}

final class TotalOperation: Operation {
    func values(_ scope: Scope) -> Items { scope.total }
}

/// `Patient` at the beginning of a path: the focus, if it is of that type (FHIRPath 2.0 §3.1).
final class RootTypeOperation: Operation {
    private let type: TypeID

    init(_ type: TypeID) { self.type = type }

    func values(_ scope: Scope) -> Items {
        let evaluation = scope.evaluation
        if case .one(.node(let node)) = scope.this {
            return evaluation.schema.definitions.isKind(node.type, of: type) ? scope.this : .none
        }
        var result = Items.none
        for item in scope.this where evaluation.item(item, is: TypeMatch(fhir: type, system: nil)) {
            result.append(item)
        }
        return result
    }
}

/// A name in a path: the children so called.
final class MemberOperation: Operation {
    private let source: any Operation
    private let isSourceThis: Bool
    private let name: ElementName

    init(_ source: any Operation, _ name: ElementName) {
        self.source = source
        isSourceThis = source is ThisOperation
        self.name = name
    }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        let parents = isSourceThis ? scope.this : try source.values(scope)
        let evaluation = scope.evaluation
        var result = Items.none
        switch parents {
        case .none: return .none
        case .one(let item): append(item, to: &result, evaluation)
        case .many(let items):
            try evaluation.step(items.count)
            var found: [Item] = []
            for item in items {
                guard case .node(let node) = item else { continue }
                evaluation.walk(node).children(of: node, named: name) {
                    found.append(.node($0))
                    return true
                }
            }
            result = Items(found)
        }
        try evaluation.step()
        try evaluation.check(result)
        return result
    }

    @inline(__always)
    private func append(_ item: Item, to result: inout Items, _ evaluation: Evaluation) {
        guard case .node(let node) = item else { return }
        var items = Items.none
        evaluation.walk(node).children(of: node, named: name) {
            items.append(.node($0))
            return true
        }
        result = items
    }

    func isPresent(_ scope: Scope) throws(FHIRPathError) -> Bool {
        let parents = isSourceThis ? scope.this : try source.values(scope)
        try scope.evaluation.step(parents.count)
        for item in parents {
            guard case .node(let node) = item else { continue }
            var isFound = false
            scope.evaluation.walk(node).children(of: node, named: name) { _ in
                isFound = true
                return false
            }
            if isFound { return true }
        }
        return false
    }
}

/// `value` of a primitive: the system value that it holds.
final class PrimitiveValueOperation: Operation {
    private let source: any Operation
    private let member: MemberOperation?

    init(_ source: any Operation, _ name: ElementName?) {
        self.source = source
        member = name.map { MemberOperation(source, $0) }
    }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        let evaluation = scope.evaluation
        let items = try source.values(scope)
        let hasPrimitives = items.contains {
            guard case .node(let node) = $0 else { return false }
            return evaluation.schema.kind(node.type).isPrimitive
        }
        guard hasPrimitives else { return try member?.values(scope) ?? .none }
        var result = Items.none
        for item in items { if let value = evaluation.value(item) { result.append(value) } }
        return result
    }
}

/// `namespace` and `name` of what `type()` gave, and of all else the element so called.
final class TypeMemberOperation: Operation {
    private let source: any Operation
    private let member: MemberOperation?
    private let isNamespace: Bool

    init(_ source: any Operation, _ name: ElementName?, isNamespace: Bool) {
        self.source = source
        member = name.map { MemberOperation(source, $0) }
        self.isNamespace = isNamespace
    }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        let items = try source.values(scope)
        guard case .one(.type(let type)) = items else { return try member?.values(scope) ?? .none }
        return .one(.string(isNamespace ? type.namespace : type.name))
    }
}

/// `[position]`, from 0.
final class IndexerOperation: Operation {
    private let source: any Operation
    private let position: any Operation
    private let offset: Int

    init(_ source: any Operation, _ position: any Operation, at offset: Int) {
        self.source = source
        self.position = position
        self.offset = offset
    }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        let items = try source.values(scope)
        let argument = try position.values(scope)
        if argument.isEmpty { return .none }
        guard argument.count == 1, case .integer(let index) = scope.evaluation.value(argument[0]) else {
            throw FHIRPathError(.wrongType, "a position is one Integer", at: offset)
        }
        return items.indices.contains(index) ? .one(items[index]) : .none
    }
}

/// `%name`: variables of the caller and of `defineVariable`, else those of the standard.
final class VariableOperation: Operation {
    private let name: String
    private let offset: Int

    init(_ name: String, at offset: Int) {
        self.name = name
        self.offset = offset
    }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        let evaluation = scope.evaluation
        if let value = evaluation.variables?.value(of: name) { return value }
        switch name {
        case "context": return evaluation.context
        case "resource": return .one(.node(evaluation.resource))
        case "rootResource": return .one(.node(evaluation.rootResource))
        default: break
        }
        if let value = evaluation.environment.variables[name] { return value }
        throw FHIRPathError(.unknownVariable, "there is no variable %\(name)", at: offset)
    }

    /// Variables whose values never change (FHIRPath 2.0 §9, R4 fhirpath.html#variables).
    static func constant(_ name: String) -> String? {
        switch name {
        case "ucum": "http://unitsofmeasure.org"
        case "sct": "http://snomed.info/sct"
        case "loinc": "http://loinc.org"
        case _ where name.hasPrefix("vs-"): "http://hl7.org/fhir/ValueSet/" + name.dropFirst(3)
        case _ where name.hasPrefix("ext-"): "http://hl7.org/fhir/StructureDefinition/" + name.dropFirst(4)
        default: nil
        }
    }
}
