import FHIRDefinitions
import FHIRPath
import JSONTape

/// Finds what the paths of a patch lead to, by FHIRPath, in a resource that changes between them.
///
/// Expressions run on a tape, so the resource is written and parsed anew after each change. All of a patch shares what
/// its limits allow.
struct ElementFinder {
    private let engine: FHIRPathEngine
    private let environment: Environment
    private let definitions: FHIRDefinitions
    private let limits: PatchLimits
    /// References that lead out of the resource.
    private let outside = OutsideReferences()
    private var remainingStepCount: Int
    private var remainingByteCount: Int

    init(engine: FHIRPathEngine, environment: Environment, limits: PatchLimits) {
        self.engine = engine
        definitions = engine.definitions
        var environment = environment
        environment.knowledge = outside
        self.environment = environment
        self.limits = limits
        remainingStepCount = limits.pathStepCount
        remainingByteCount = limits.rewrittenByteCount
    }

    /// The elements that the path leads to, each once, in the order of the result.
    ///
    /// - Throws: `.pathNotFound` where there are none because the type has no such element, `.pathFailed` for
    ///   expressions without a result and for results that are no elements of this resource.
    mutating func targets(_ path: String, in resource: EditableJSON) throws(PatchError) -> [PathTarget] {
        let expression = try Self.throwing { () throws(FHIRPathError) in try engine.expression(path) }
        let (places, items) = try evaluate(expression, on: resource)
        if items.isEmpty { try explainNothing(path, on: places.rootType) }
        return try targets(items, places)
    }

    /// The list that the path names, or of which it selects elements.
    ///
    /// A path that ends in a name may lead to a list that is not there yet; of any other the elements tell the list.
    mutating func list(_ path: String, in resource: EditableJSON) throws(PatchError) -> ListTarget {
        let parts = try Self.throwing { () throws(FHIRPathError) in try engine.list(path) }
        guard let parts else {
            var selected: [ElementPlace] = []
            for case .element(let place) in try targets(path, in: resource) { selected.append(place) }
            guard let first = selected.first else { throw EditableJSON.notFound }
            guard selected.allSatisfy({ $0.list == first.list }) else {
                throw PatchError(.pathAmbiguous, "the path leads to elements of several lists")
            }
            return .selected(selected.sorted { $0.position < $1.position })
        }
        let (places, items) = try evaluate(parts.owner, on: resource)
        if items.isEmpty { try explainNothing(path, on: places.rootType) }
        let owners = try targets(items, places)
        guard let owner = owners.first else { throw EditableJSON.notFound }
        guard owners.count == 1 else {
            throw PatchError(.pathAmbiguous, "the path leads to lists of \(owners.count) elements, where one is meant")
        }
        return .named(owner: owner, name: parts.name)
    }

    // MARK: - Evaluation

    private mutating func evaluate(
        _ expression: FHIRPathExpression, on resource: EditableJSON
    ) throws(PatchError) -> (PlaceReader, Items) {
        let (document, root) = try tape(of: resource)
        var stepLimits = engine.limits
        stepLimits.maximumStepCount = min(stepLimits.maximumStepCount, remainingStepCount)
        let evaluation = Evaluation(
            document, root: root, engine: engine, environment: environment, limits: stepLimits)
        defer { remainingStepCount -= evaluation.stepCount }
        let items = try Self.throwing { () throws(FHIRPathError) in try evaluation.evaluate(expression) }
        let places = PlaceReader(
            document: document, root: root, rootType: evaluation.rootResource.type, resource: resource,
            definitions: definitions)
        return (places, items)
    }

    /// The resource on a tape, with the containers that the patch has emptied: they still have their places.
    private mutating func tape(of resource: EditableJSON) throws(PatchError) -> (Document, Document.Index) {
        if case .source(let document, let index) = resource { return (document, index) }
        let bytes = resource.wholeBytes
        remainingByteCount -= bytes.count
        guard remainingByteCount >= 0 else {
            throw PatchError(.tooCostly, "the patch has too many operations for a resource of this size")
        }
        do throws(JSONSyntaxError) {
            return (try Document.parse(bytes, limits: JSONLimits(maximumDepth: limits.depth)), Document.root)
        } catch {
            throw PatchError(.invalidOutcome, "the patched resource would be no FHIR JSON: \(error.message)")
        }
    }

    private func targets(_ items: Items, _ places: PlaceReader) throws(PatchError) -> [PathTarget] {
        var seen: Set<Node> = []
        var targets: [PathTarget] = []
        for item in items {
            guard case .node(let node) = item else {
                throw PatchError(.pathFailed, "the path leads to a value that is no element of the resource")
            }
            guard !node.isFromElsewhere else {
                throw PatchError(.pathFailed, "the path leads to another resource, which the patch cannot change")
            }
            guard seen.insert(node).inserted else { continue }
            guard let target = places.target(of: node) else { throw EditableJSON.notFound }
            targets.append(target)
        }
        return targets
    }

    /// Throws where nothing could ever be found, for a client that means something else.
    private func explainNothing(_ path: String, on type: TypeID) throws(PatchError) {
        // R4 fhirpatch.html: a patch changes no other resource than its own.
        if outside.wereAsked {
            throw PatchError(.pathFailed, "resolve() finds what the resource contains, and no other resource")
        }
        _ = try Self.throwing { () throws(FHIRPathError) in try engine.expression(path, strictlyOn: type) }
    }

    // MARK: - Errors

    /// Throws `.invalidPath` if the text is no expression.
    static func check(_ path: String, _ engine: FHIRPathEngine) throws(PatchError) {
        _ = try throwing { () throws(FHIRPathError) in try engine.expression(path) }
    }

    private static func throwing<Result>(
        _ body: () throws(FHIRPathError) -> Result
    ) throws(PatchError) -> Result {
        do throws(FHIRPathError) {
            return try body()
        } catch {
            let code: PatchError.Code =
                switch error.code {
                case .syntax, .unknownFunction, .wrongArguments, .unknownType, .unknownVariable, .invalidPattern:
                    .invalidPath
                case .invalidPath: .pathNotFound
                case .notSingle, .wrongType, .unknownProfile, .unknownModifier: .pathFailed
                case .limit: .tooCostly
                }
            throw PatchError(code, error.description)
        }
    }
}
