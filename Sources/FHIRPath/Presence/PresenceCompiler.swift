package import FHIRDefinitions

/// Compiles an expression on a type to what the presence of the type's elements says of it.
struct PresenceCompiler {
    private typealias Instruction = PresenceTest.Instruction

    private let definitions: FHIRDefinitions
    private let type: TypeID
    private var instructions: [Instruction] = []

    /// A path as far as presence goes.
    private struct Collection {
        /// Elements of the focus that it begins at: without any of them it is empty.
        var mask: UInt64
        /// Whether it has items where one of them is there.
        var isExact: Bool
        /// What the items are, where that is one known type.
        var type: TypeID?
    }

    private init(_ definitions: FHIRDefinitions, _ type: TypeID) {
        self.definitions = definitions
        self.type = type
    }

    static func test(_ syntax: Syntax, on type: TypeID, _ definitions: FHIRDefinitions) -> PresenceTest {
        var compiler = PresenceCompiler(definitions, type)
        // The stack has 32 places; no expression as deep as that comes out of people's hands.
        if syntax.depth <= 30 { compiler.truth(syntax) } else { compiler.push(.open) }
        return PresenceTest(instructions: compiler.instructions)
    }

    // MARK: - Truth

    private mutating func push(_ verdict: PresenceTest.Verdict) {
        push(0, absent: verdict, present: verdict)
    }

    private mutating func push(
        _ mask: UInt64, absent: PresenceTest.Verdict, present: PresenceTest.Verdict
    ) {
        instructions.append(
            Instruction(kind: .push, ifAbsent: absent.rawValue, ifPresent: present.rawValue, mask: mask))
    }

    /// Appends what leaves the expression's truth on the stack.
    private mutating func truth(_ syntax: Syntax) {
        switch syntax.kind {
        case .literal(.boolean(let value)): push(value ? .holds : .violated)
        case .function(let source, let name, let arguments): function(source, name, arguments, syntax)
        case .binary(let symbol, let left, let right): binary(symbol, left, right)
        default: value(syntax)
        }
    }

    /// Empty where the collection is; nothing is known of it else.
    private mutating func value(_ syntax: Syntax) {
        if let collection = collection(syntax) {
            push(collection.mask, absent: .empty, present: .open)
        } else {
            push(.open)
        }
    }

    private mutating func function(
        _ source: Syntax?, _ name: String, _ arguments: [Syntax.Argument], _ syntax: Syntax
    ) {
        if name == "not", let source {
            truth(source)
            instructions.append(Instruction(kind: .not))
            return
        }
        guard let source, let items = collection(source) else {
            push(.open)
            return
        }
        switch name {
        case "exists": push(items.mask, absent: .violated, present: items.isExact && arguments.isEmpty ? .holds : .open)
        case "empty": push(items.mask, absent: .holds, present: items.isExact ? .violated : .open)
        case "hasValue": push(items.mask, absent: .violated, present: .open)
        case "all", "isDistinct", "allTrue", "allFalse": push(items.mask, absent: .holds, present: .open)
        default: value(syntax)
        }
    }

    private mutating func binary(_ symbol: BinaryOperator, _ left: Syntax, _ right: Syntax) {
        let table: UInt32
        switch symbol {
        case .and: table = PresenceLogic.and
        case .or: table = PresenceLogic.or
        case .xor: table = PresenceLogic.xor
        case .implies: table = PresenceLogic.implies
        case .equal, .notEqual:
            if isTruth(left), isTruth(right) {
                table = PresenceLogic.equal
            } else {
                table = PresenceLogic.emptyIfEither
            }
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            if count(left, symbol, right) { return }
            table = PresenceLogic.emptyIfEither
        case .in: table = PresenceLogic.emptyIfLeft
        default:
            push(.open)
            return
        }
        truth(left)
        truth(right)
        instructions.append(Instruction(kind: .combine, table: table))
        if symbol == .notEqual { instructions.append(Instruction(kind: .not)) }
    }

    /// Whether the expression is a Boolean by itself, so that `=` compares verdicts.
    private func isTruth(_ syntax: Syntax) -> Bool {
        switch syntax.kind {
        case .literal(.boolean): true
        case .function(_, "exists", _), .function(_, "empty", _), .function(_, "not", _), .function(_, "hasValue", _):
            true
        case .binary(let symbol, _, _): [.and, .or, .xor, .implies].contains(symbol)
        default: false
        }
    }

    /// `(name.count() + identifier.count()) > 0`: sums of counts against a number.
    private mutating func count(_ left: Syntax, _ symbol: BinaryOperator, _ right: Syntax) -> Bool {
        guard case .literal(.integer(let number)) = right.kind, let sum = sum(left) else { return false }
        let isTrueOfNone =
            switch symbol {
            case .less: 0 < number
            case .lessOrEqual: 0 <= number
            case .greater: 0 > number
            default: 0 >= number
            }
        let isPositive = symbol == .greater && number == 0 || symbol == .greaterOrEqual && number == 1
        push(
            sum.mask, absent: isTrueOfNone ? .holds : .violated,
            present: isPositive && sum.isExact ? .holds : .open)
        return true
    }

    private func sum(_ syntax: Syntax) -> Collection? {
        switch syntax.kind {
        case .function(let source?, "count", let arguments) where arguments.isEmpty: return collection(source)
        case .binary(.plus, let left, let right):
            guard let a = sum(left), let b = sum(right) else { return nil }
            return Collection(mask: a.mask | b.mask, isExact: a.isExact && b.isExact)
        default: return nil
        }
    }

    // MARK: - Paths

    /// What is known of a path; nil where it does not begin at elements of the focus.
    private func collection(_ syntax: Syntax) -> Collection? {
        switch syntax.kind {
        case .member(nil, let name): return isFocus(name) ? nil : member(name)
        case .member(let source?, let name):
            if isFocus(source) { return member(name) }
            guard let parent = collection(source) else { return nil }
            return child(name, of: parent)
        case .function(let source?, let name, _):
            guard let input = collection(source) else { return nil }
            if name == "trace" { return input }
            return Self.emptyForNone.contains(name) ? Collection(mask: input.mask, isExact: false) : nil
        case .indexer(let source, _), .type(.as, let source, _):
            return collection(source).map { Collection(mask: $0.mask, isExact: false) }
        case .binary(.union, let left, let right):
            guard let a = collection(left), let b = collection(right) else { return nil }
            return Collection(mask: a.mask | b.mask, isExact: a.isExact && b.isExact)
        default: return nil
        }
    }

    /// Functions that have no result for nothing.
    private static let emptyForNone: Set<String> = [
        "where", "select", "ofType", "as", "first", "last", "tail", "skip", "take", "single", "resolve", "descendants",
        "children", "extension", "substring", "startsWith", "endsWith", "contains", "matches", "replaceMatches",
        "replace", "toInteger", "upper", "lower", "length", "distinct",
    ]

    /// Whether a path's beginning is the focus itself: `$this`, or its type.
    private func isFocus(_ syntax: Syntax) -> Bool {
        switch syntax.kind {
        case .this: true
        case .member(nil, let name): isFocus(name)
        default: false
        }
    }

    private func isFocus(_ name: String) -> Bool { name == definitions.name(of: type) }

    private func member(_ name: String) -> Collection {
        guard let element = definitions.elements(of: type).first(where: { $0.name == name }) else {
            return Collection(mask: 0, isExact: true)
        }
        return Collection(mask: 1 << UInt64(element.order), isExact: true, type: singleType(element))
    }

    /// Elements that must be there are: one that is missing is a fault of its own.
    private func child(_ name: String, of parent: Collection) -> Collection {
        guard let type = parent.type,
            let element = definitions.elements(of: type).first(where: { $0.name == name })
        else { return Collection(mask: parent.mask, isExact: false) }
        return Collection(
            mask: parent.mask, isExact: parent.isExact && element.min > 0, type: singleType(element))
    }

    private func singleType(_ element: ElementDefinition) -> TypeID? {
        guard element.types.count == 1, let type = element.types.first?.type else { return nil }
        let definition = definitions[type]
        return definition.isAbstract || definition.kind == .primitive ? nil : type
    }
}

extension FHIRPathEngine {
    /// What the presence of a type's elements says of an expression; `open` throughout where that is nothing, or the
    /// text is no expression.
    package func presenceTest(_ text: String, on type: TypeID) -> PresenceTest {
        guard let syntax = try? Parser.parse(text, limits: limits) else {
            return PresenceTest(instructions: [.open])
        }
        return PresenceCompiler.test(syntax, on: type, schema.definitions)
    }

    /// The same for an invariant, known errors of its published text corrected.
    package func presenceTest(of invariant: Invariant, on type: TypeID) -> PresenceTest {
        presenceTest(PublishedErrors.corrected(invariant), on: type)
    }
}
