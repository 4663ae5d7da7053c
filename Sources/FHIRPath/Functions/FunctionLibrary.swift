/// A function whose arguments are evaluated before it: what it gives for an input.
struct FunctionDefinition: Sendable {
    let argumentCounts: ClosedRange<Int>
    let body: @Sendable (Call) throws(FHIRPathError) -> Items

    init(_ argumentCounts: ClosedRange<Int>, _ body: @escaping @Sendable (Call) throws(FHIRPathError) -> Items) {
        self.argumentCounts = argumentCounts
        self.body = body
    }
}

/// One call of a function.
struct Call {
    let evaluation: Evaluation
    let input: Items
    let arguments: [Items]

    /// The input's only item; nil if it is empty, an error if there are several.
    func single() throws(FHIRPathError) -> Item? { try Self.single(input) }

    /// An argument's only item; nil if it is missing or empty.
    func argument(_ position: Int) throws(FHIRPathError) -> Item? {
        position < arguments.count ? try Self.single(arguments[position]) : nil
    }

    private static func single(_ items: Items) throws(FHIRPathError) -> Item? {
        guard items.count <= 1 else { throw FHIRPathError(.notSingle, "several items where one is expected") }
        return items.first
    }

    /// The input as a string; nil if it is empty, an error if it is something else.
    func string() throws(FHIRPathError) -> String? { try string(single()) }

    func stringArgument(_ position: Int) throws(FHIRPathError) -> String? { try string(argument(position)) }

    private func string(_ item: Item?) throws(FHIRPathError) -> String? {
        guard let item else { return nil }
        if let text = evaluation.string(item) {
            try evaluation.step(through: text)
            return text
        }
        if case .node(let node) = item, node.value == nil { return nil }
        // Dates and numbers are no strings, though their text is easily had.
        throw FHIRPathError(.wrongType, "\(evaluation.typeName(item).name) where a string is expected")
    }

    func integerArgument(_ position: Int) throws(FHIRPathError) -> Int? {
        guard let item = try argument(position) else { return nil }
        guard case .integer(let value) = evaluation.value(item) else {
            throw FHIRPathError(.wrongType, "\(evaluation.typeName(item).name) where an Integer is expected")
        }
        return value
    }
}

final class FunctionOperation: Operation {
    private let source: any Operation
    private let arguments: [any Operation]
    private let definition: FunctionDefinition
    private let offset: Int

    init(_ source: any Operation, _ definition: FunctionDefinition, _ arguments: [any Operation], at offset: Int) {
        self.source = source
        self.definition = definition
        self.arguments = arguments
        self.offset = offset
    }

    func values(_ scope: Scope) throws(FHIRPathError) -> Items {
        let input = try source.values(scope)
        var values: [Items] = []
        if !arguments.isEmpty {
            values.reserveCapacity(arguments.count)
            for argument in arguments { values.append(try argument.values(scope)) }
        }
        do {
            try scope.evaluation.step(input.count + 1)
            let result = try definition.body(Call(evaluation: scope.evaluation, input: input, arguments: values))
            try scope.evaluation.check(result)
            if case .one(.string(let text)) = result { try scope.evaluation.count(madeByteCount: text.utf8.count) }
            return result
        } catch {
            throw error.located(at: offset)
        }
    }
}

/// The functions that need nothing but their input and arguments, by name.
enum FunctionLibrary {
    static let all: [String: FunctionDefinition] = {
        var all: [String: FunctionDefinition] = [:]
        for group in [
            existence, subsetting, combining, conversion, texts, encodings, patterns, math, boundaries, tree, utility,
            fhir,
        ] {
            all.merge(group) { first, _ in first }
        }
        return all
    }()
}
