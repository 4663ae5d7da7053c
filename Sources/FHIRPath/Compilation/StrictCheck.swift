import FHIRDefinitions

/// Refuses paths that cannot lead anywhere: to elements that the type does not have, in spellings that only JSON has
/// (`valueQuantity`), and positions in collections without order (FHIRPath 2.0 §11).
///
/// It follows the types through the expression as far as they are known; where they are not, anything goes.
struct StrictCheck {
    private let schema: Schema
    private let definitions: FHIRDefinitions

    /// What is known of a result.
    private struct Shape {
        /// Types that the items may have; nil if they are not known.
        var types: Set<TypeID>?
        var isOrdered = true

        static let unknown = Shape(types: nil)
    }

    init(_ schema: Schema) {
        self.schema = schema
        definitions = schema.definitions
    }

    func check(_ syntax: Syntax, on type: TypeID) throws(FHIRPathError) {
        _ = try shape(syntax, known(type))
    }

    /// Of an abstract type any that derives from it may be there.
    private func known(_ type: TypeID) -> Shape {
        definitions[type].isAbstract ? .unknown : Shape(types: [type])
    }

    private func shape(_ syntax: Syntax, _ this: Shape) throws(FHIRPathError) -> Shape {
        switch syntax.kind {
        case .this: return this
        case .literal, .empty, .index, .total, .variable: return .unknown
        case .member(let source, let name): return try member(source, name, this, at: syntax.offset)
        case .function(let source, let name, let arguments):
            return try function(source, name, arguments, this, at: syntax.offset)
        case .indexer(let source, let position):
            _ = try shape(position, this)
            let input = try shape(source, this)
            try checkOrder(input, "a position", at: syntax.offset)
            return input
        case .negation(let operand), .plus(let operand):
            _ = try shape(operand, this)
            return .unknown
        case .type(let symbol, let operand, let specifier):
            _ = try shape(operand, this)
            return symbol == .as ? typed(specifier) : .unknown
        case .binary(let symbol, let left, let right):
            let (a, b) = (try shape(left, this), try shape(right, this))
            guard symbol == .union, let first = a.types, let second = b.types else { return .unknown }
            return Shape(types: first.union(second), isOrdered: false)
        }
    }

    private func typed(_ specifier: TypeSpecifier) -> Shape {
        schema.resolve(specifier).fhir.map(known) ?? .unknown
    }

    // MARK: - Paths

    private func member(_ source: Syntax?, _ name: String, _ this: Shape, at offset: Int) throws(FHIRPathError) -> Shape
    {
        if source == nil, name.utf8.first.map({ 0x41...0x5A ~= $0 }) ?? false, let type = definitions.type(named: name)
        {
            guard let types = this.types else { return known(type) }
            guard types.contains(where: { definitions.isKind($0, of: type) }) else {
                throw FHIRPathError(.invalidPath, "the path begins with \(name), but its focus is none", at: offset)
            }
            return this
        }
        let input = try source.map { syntax throws(FHIRPathError) in try shape(syntax, this) } ?? this
        guard let types = input.types else { return .unknown }
        var found: Set<TypeID> = []
        var isFound = false
        for type in types {
            for element in definitions.elements(of: type) where element.name == name {
                isFound = true
                found.formUnion(element.types.map(\.type))
            }
        }
        guard isFound else {
            let names = types.map { definitions.name(of: $0) }.sorted().joined(separator: ", ")
            throw FHIRPathError(.invalidPath, "\(names) has no element \(name)", at: offset)
        }
        // Any resource may be where the definitions say Resource.
        if found.contains(where: { definitions[$0].isAbstract }) { return .unknown }
        return Shape(types: found, isOrdered: input.isOrdered)
    }

    private func function(
        _ source: Syntax?, _ name: String, _ arguments: [Syntax.Argument], _ this: Shape, at offset: Int
    ) throws(FHIRPathError) -> Shape {
        let input = try source.map { syntax throws(FHIRPathError) in try shape(syntax, this) } ?? this
        switch name {
        case "is", "as", "ofType":
            guard name != "is", case .member(let namespace, let type)? = arguments.first?.expression.kind else {
                return .unknown
            }
            if case .member(nil, let space)? = namespace?.kind {
                return typed(TypeSpecifier(namespace: space, name: type))
            }
            return typed(TypeSpecifier(namespace: nil, name: type))
        case "first", "last", "tail", "skip", "take": try checkOrder(input, name, at: offset)
        default: break
        }
        let takesInput = Self.iterating.contains(name)
        var shapes: [Shape] = []
        for argument in arguments { shapes.append(try shape(argument.expression, takesInput ? input : this)) }
        if Self.keeping.contains(name) { return input }
        switch name {
        case "select": return shapes.first ?? .unknown
        case "extension": return Shape(types: [schema.extension])
        case "children", "descendants": return Shape(types: nil, isOrdered: false)
        default: return .unknown
        }
    }

    /// Functions whose arguments see each item of the input.
    private static let iterating: Set<String> = [
        "where", "select", "all", "exists", "repeat", "repeatAll", "aggregate", "iif", "trace", "sort",
    ]

    /// Functions that give items of their input only.
    private static let keeping: Set<String> = [
        "where", "first", "last", "tail", "skip", "take", "single", "distinct", "intersect", "exclude", "trace", "sort",
        "checkModifiers", "defineVariable",
    ]

    private func checkOrder(_ shape: Shape, _ what: String, at offset: Int) throws(FHIRPathError) {
        if !shape.isOrdered {
            throw FHIRPathError(.invalidPath, "\(what) asks for an order that the collection does not have", at: offset)
        }
    }
}
