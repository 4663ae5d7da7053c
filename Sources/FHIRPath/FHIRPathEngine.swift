package import FHIRDefinitions
import Synchronization
package import UCUM

/// Compiles expressions and remembers them: FHIRPath 2.0 with what R4 adds (https://hl7.org/fhir/R4/fhirpath.html).
///
/// One for the whole process. Compiling costs microseconds, evaluating a simple invariant a tenth of one.
package final class FHIRPathEngine: Sendable {
    let schema: Schema
    let units: UCUM
    package let limits: FHIRPathLimits
    private let known: Mutex<[Key: FHIRPathExpression]> = Mutex([:])
    private let patterns: Mutex<[String: Pattern]> = Mutex([:])
    private let capacity: Int
    private static let patternCapacity = 500

    private struct Key: Hashable {
        var text: String
        var strictType: TypeID?
    }

    /// - Parameter capacity: how many compiled expressions are remembered.
    package init(
        definitions: FHIRDefinitions = .r4, units: UCUM = UCUM(), limits: FHIRPathLimits = FHIRPathLimits(),
        capacity: Int = 4000
    ) {
        schema = Schema(definitions)
        self.units = units
        self.limits = limits
        self.capacity = capacity
    }

    /// The compiled form of `text`; throws where it is no expression.
    ///
    /// - Parameter type: the type that it will begin at, if paths to elements that do not exist are errors; else they
    ///   are empty.
    package func expression(_ text: String, strictlyOn type: TypeID? = nil) throws(FHIRPathError) -> FHIRPathExpression
    {
        let key = Key(text: text, strictType: type)
        if let expression = known.withLock({ $0[key] }) { return expression }
        let syntax = try Parser.parse(text, limits: limits)
        if let type { try StrictCheck(schema).check(syntax, on: type) }
        let operation = try Compiler(schema: schema, limits: limits).compile(syntax)
        let expression = FHIRPathExpression(text: text, operation: operation)
        known.withLock { known in
            // Any one makes room: what is used much comes back at once.
            if known.count >= capacity, let victim = known.keys.first { known[victim] = nil }
            known[key] = expression
        }
        return expression
    }

    package var definitions: FHIRDefinitions { schema.definitions }

    /// A path that ends in a name, as the expression before that name and the name: what leads to a list that may not
    /// be there yet. Nil for every other expression; throws where the text is none.
    package func list(_ text: String) throws(FHIRPathError) -> (owner: FHIRPathExpression, name: String)? {
        let syntax = try Parser.parse(text, limits: limits)
        guard case .member(let source, let name) = syntax.kind else { return nil }
        let compiler = Compiler(schema: schema, limits: limits)
        // The name of a type, at which paths may begin, is no element's.
        if source == nil, try compiler.compile(syntax) is RootTypeOperation { return nil }
        return (FHIRPathExpression(text: text, operation: try compiler.source(source)), name)
    }

    /// The compiled form of a regular expression.
    func pattern(_ text: String) throws(FHIRPathError) -> Pattern {
        if let pattern = patterns.withLock({ $0[text] }) { return pattern }
        let pattern = try Pattern(text)
        patterns.withLock { patterns in
            if patterns.count >= Self.patternCapacity, let victim = patterns.keys.first { patterns[victim] = nil }
            patterns[text] = pattern
        }
        return pattern
    }
}

/// An expression ready to evaluate, on any resource and by any number of tasks at once.
package final class FHIRPathExpression: Sendable {
    package let text: String
    let operation: any Operation

    init(text: String, operation: any Operation) {
        self.text = text
        self.operation = operation
    }
}
