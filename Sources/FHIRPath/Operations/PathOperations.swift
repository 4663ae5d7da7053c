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
        try values(of: isSourceThis ? scope.this : source.values(scope), scope.evaluation)
    }

    /// The children of elements that are there already.
    func values(of parents: Items, _ evaluation: Evaluation) throws(FHIRPathError) -> Items {
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

    func count(_ scope: Scope) throws(FHIRPathError) -> Int {
        let parents = isSourceThis ? scope.this : try source.values(scope)
        var count = 0
        for item in parents {
            guard case .node(let node) = item else { continue }
            scope.evaluation.walk(node).children(of: node, named: name) { _ in
                count += 1
                return true
            }
        }
        try scope.evaluation.step(parents.count + count)
        return count
    }

    func isPresent(_ scope: Scope) throws(FHIRPathError) -> Bool {
        try isPresent(in: isSourceThis ? scope.this : source.values(scope), scope.evaluation)
    }

    func isPresent(in parents: Items, _ evaluation: Evaluation) throws(FHIRPathError) -> Bool {
        try evaluation.step(parents.count)
        for item in parents {
            guard case .node(let node) = item else { continue }
            var isFound = false
            evaluation.walk(node).children(of: node, named: name) { _ in
                isFound = true
                return false
            }
            if isFound { return true }
        }
        return false
    }
}

/// `value`: of a primitive the system value that it holds, of all else the element so called.
final class ValueMemberOperation: Operation {
    private let source: any Operation
    private let member: MemberOperation

    init(_ source: any Operation, _ name: ElementName) {
        self.source = source
        member = MemberOperation(source, name)
    }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        let evaluation = scope.evaluation
        let items = try source.values(scope)
        guard hasPrimitives(items, evaluation.schema) else { return try member.values(of: items, evaluation) }
        var result = Items.none
        for item in items { if let value = evaluation.value(item) { result.append(value) } }
        return result
    }

    func isPresent(_ scope: Scope) throws(FHIRPathError) -> Bool {
        let items = try source.values(scope)
        guard hasPrimitives(items, scope.evaluation.schema) else {
            return try member.isPresent(in: items, scope.evaluation)
        }
        return items.contains { scope.evaluation.value($0) != nil }
    }

    @inline(__always)
    private func hasPrimitives(_ items: Items, _ schema: Schema) -> Bool {
        guard case .node(let node)? = items.first else { return false }
        return schema.kind(node.type).isPrimitive
    }
}

/// `namespace` and `name` of what `type()` gave.
final class TypeMemberOperation: Operation {
    private let source: any Operation
    private let isNamespace: Bool

    init(_ source: any Operation, isNamespace: Bool) {
        self.source = source
        self.isNamespace = isNamespace
    }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        var names: [Item] = []
        for item in try source.values(scope) {
            guard case .type(let type) = item else { continue }
            names.append(.string(isNamespace ? type.namespace : type.name))
        }
        return Items(names)
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
