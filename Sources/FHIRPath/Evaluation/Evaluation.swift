import FHIRDefinitions
package import JSONTape
import UCUM

/// One resource to evaluate expressions on, with what they share: documents, environment, limits, traces.
///
/// Used by one task at a time. Make one per resource and evaluate as many expressions on it as are needed: it counts
/// steps anew for each.
package final class Evaluation {
    let schema: Schema
    let units: UCUM
    let limits: FHIRPathLimits
    private let engine: FHIRPathEngine
    let environment: Environment
    /// The resource's own document.
    let document: Document
    /// Documents of resources that were resolved, after those of the environment; number n is here at n - 1.
    private var otherDocuments: [Document]
    /// `%rootResource`: the outermost resource.
    package let rootResource: Node
    /// `%resource`: the resource that the focus is in; a contained one if it is in that.
    package internal(set) var resource: Node
    /// `%context`: what evaluation began with.
    var context: Items = .none
    /// What `trace` was told, if the environment keeps it.
    package private(set) var traces: [Trace] = []
    var variables: VariableList?
    /// Steps that the last evaluation took.
    package private(set) var stepCount = 0
    private var madeByteCount = 0
    private var resolved: [String: Node?] = [:]

    /// - Parameters:
    ///   - root: where in the document the outermost resource is.
    ///   - limits: those of the engine, unless others are given.
    package init(
        _ document: Document, root: Document.Index = Document.root, engine: FHIRPathEngine,
        environment: Environment = Environment(), limits: FHIRPathLimits? = nil
    ) {
        schema = engine.schema
        units = engine.units
        self.limits = limits ?? engine.limits
        self.engine = engine
        self.environment = environment
        self.document = document
        otherDocuments = environment.documents
        let type = engine.schema.resourceType(of: root, in: document, expected: engine.schema.resource)
        rootResource = Node(type: type, value: root)
        resource = rootResource
    }

    // MARK: - Running

    /// What the expression gives for a focus in the resource; without one for the resource itself.
    ///
    /// - Parameter resource: the resource that the focus is in, where it is not the outermost.
    package func evaluate(
        _ expression: FHIRPathExpression, at focus: Node? = nil, in resource: Node? = nil
    ) throws(FHIRPathError) -> Items {
        try expression.operation.values(begin(focus, resource))
    }

    /// The same with any collection as the focus.
    package func evaluate(_ expression: FHIRPathExpression, on focus: Items) throws(FHIRPathError) -> Items {
        stepCount = 0
        madeByteCount = 0
        variables = nil
        resource = rootResource
        context = focus
        return try expression.operation.values(Scope(self, focus))
    }

    /// Whether the expression is true for a focus: what an invariant asks. An empty result is nil.
    package func holds(
        _ expression: FHIRPathExpression, at focus: Node? = nil, in resource: Node? = nil
    ) throws(FHIRPathError) -> Bool? {
        try expression.operation.truth(begin(focus, resource))
    }

    private func begin(_ focus: Node?, _ resource: Node?) -> Scope {
        stepCount = 0
        madeByteCount = 0
        variables = nil
        self.resource = resource ?? rootResource
        context = .one(.node(focus ?? rootResource))
        return Scope(self, context)
    }

    // MARK: - Limits

    /// Counts work done; throws beyond the limit.
    @inline(__always)
    func step(_ count: Int = 1) throws(FHIRPathError) {
        stepCount &+= count
        if stepCount > limits.maximumStepCount { throw tooLong }
    }

    private var tooLong: FHIRPathError {
        FHIRPathError(.limit, "the evaluation takes more than \(limits.maximumStepCount) steps")
    }

    /// Throws if a collection has too many items.
    @inline(__always)
    func check(_ items: Items) throws(FHIRPathError) {
        if case .many(let many) = items, many.count > limits.maximumItemCount {
            throw FHIRPathError(.limit, "a collection has more than \(limits.maximumItemCount) items")
        }
    }

    /// Throws if a string is too long.
    func check(byteCount: Int) throws(FHIRPathError) {
        if byteCount > limits.maximumStringByteCount {
            throw FHIRPathError(.limit, "a string has more than \(limits.maximumStringByteCount) bytes")
        }
    }

    /// Counts a string that was made; throws if it or all of them are too long.
    func count(madeByteCount byteCount: Int) throws(FHIRPathError) {
        try check(byteCount: byteCount)
        madeByteCount += byteCount
        if madeByteCount > limits.maximumStringByteCount * 8 {
            throw FHIRPathError(
                .limit, "the evaluation makes strings of more than \(limits.maximumStringByteCount * 8) bytes")
        }
    }

    /// Counts the work of going through a string.
    @inline(__always)
    func step(through text: String) throws(FHIRPathError) { try step(text.utf8.count >> 6) }

    func keep(_ trace: Trace) {
        if environment.keepsTraces, traces.count < 1000 { traces.append(trace) }
    }

    func pattern(_ text: String) throws(FHIRPathError) -> Pattern { try engine.pattern(text) }

    // MARK: - Documents

    /// The document that a node is in.
    @inline(__always)
    package func document(of node: Node) -> Document {
        node.document == 0 ? document : otherDocuments[Int(node.document) - 1]
    }

    @inline(__always)
    func walk(_ node: Node) -> ElementWalk { ElementWalk(document: document(of: node), schema: schema) }

    /// The children of an element with their names, in the standard's order.
    package func namedChildren(of node: Node) -> [(name: String, child: Node)] {
        var children: [(name: String, child: Node)] = []
        for element in schema.definitions.elements(of: node.type) {
            guard let name = schema.elementName(element.name) else { continue }
            walk(node).children(of: node, named: name) {
                children.append((element.name, $0))
                return true
            }
        }
        return children
    }

    /// The resource that a reference points at, asked for once.
    func resolve(_ reference: String) -> Node? {
        if let known = resolved[reference] { return known }
        var node = ReferenceSearch(self).find(reference)
        if node == nil, let found = environment.knowledge?.resolve(reference), otherDocuments.count < 60_000 {
            otherDocuments.append(found.document)
            let type = schema.resourceType(of: found.index, in: found.document, expected: schema.resource)
            node = Node(document: UInt16(otherDocuments.count), type: type, value: found.index)
        }
        resolved[reference] = node
        return node
    }
}

/// Variables that `defineVariable` made, newest first.
final class VariableList {
    let name: String
    let value: Items
    let next: VariableList?

    init(_ name: String, _ value: Items, _ next: VariableList?) {
        self.name = name
        self.value = value
        self.next = next
    }

    func value(of name: String) -> Items? {
        var list: VariableList? = self
        while let current = list {
            if current.name == name { return current.value }
            list = current.next
        }
        return nil
    }
}

/// What an operation sees: the evaluation and where in it we are.
struct Scope {
    let evaluation: Evaluation
    /// `$this`
    let this: Items
    /// `$index`
    let index: Int
    /// `$total`
    let total: Items

    @inline(__always)
    init(_ evaluation: Evaluation, _ this: Items, index: Int = 0, total: Items = .none) {
        self.evaluation = evaluation
        self.this = this
        self.index = index
        self.total = total
    }

    @inline(__always)
    func with(_ item: Item, at index: Int) -> Scope { Scope(evaluation, .one(item), index: index, total: total) }
}
