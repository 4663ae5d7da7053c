import FHIRDefinitions
import FHIRFormats
import FHIRPath
import FHIRStore
import JSONTape

/// `$fhirpath`: evaluates an expression on a resource that comes with it.
///
/// The answer has a parameter `result` for each item, with the value in its type; what has no type of its own in
/// Parameters, such as a backbone element, has its children as parts. What `trace` was told comes as `trace`.
struct FHIRPathOperation: ResourceOperation {
    let declaration = OperationDeclaration(
        "fhirpath", levels: [.system], types: [], affectsState: false,
        documentation: "Evaluates a FHIRPath expression on a resource.",
        parameters: [
            .init(.input, "expression", 1, 1, "string", "The expression."),
            .init(.input, "resource", 0, 1, "Resource", "What it is evaluated on; without one on nothing."),
            .init(
                .input, "context", 0, 1, "string",
                "An expression for the elements in the resource to evaluate on, each on its own."),
            .init(.input, "variables", 0, 1, nil, "Parts are variables by name: a value or a resource each."),
            .init(
                .input, "strict", 0, 1, "boolean",
                "Whether paths to elements that do not exist are errors (the default) or empty."),
            .init(.output, "result", 0, nil, nil, "One for each item, with the value in its type."),
            .init(.output, "trace", 0, nil, nil, "One for each call of trace: its name, and the items as parts."),
        ])
    private let engine = FHIRPathEngine()

    func run(_ call: OperationCall) async throws -> OperationAnswer {
        let request = try FHIRPathRequest(call.parameters, definitions: call.definitions)
        var environment = Environment()
        environment.now = Temporal(
            millisecondsSince1970: Int(Instant.now.microsecondsSince1970 / 1000), offsetMinutes: 0)
        environment.keepsTraces = true
        for variable in request.variables {
            environment.variables[variable.name] = Self.items(variable.value, call.definitions, document: 1)
        }
        if !request.variables.isEmpty { environment.documents = [call.parameters.document] }
        let settled = environment
        return try await call.checker.knowing(from: call.store) { knowledge in
            var environment = settled
            environment.knowledge = knowledge
            return try answer(request, environment, call)
        }
    }

    private func answer(
        _ request: FHIRPathRequest, _ environment: Environment, _ call: OperationCall
    ) throws -> OperationAnswer {
        let evaluation = Evaluation(
            call.parameters.document, root: request.resource?.index ?? call.parameters.index, engine: engine,
            environment: environment, limits: call.limits.fhirPath)
        var writer = FHIRPathAnswer(evaluation: evaluation, definitions: call.definitions)
        var results: [Items] = []
        do throws(FHIRPathError) {
            results = try Self.results(request, evaluation, engine)
        } catch {
            throw OperationInputError(
                .invalidParameter, "the expression has no result: \(error)", expression: request.origin)
        }
        for result in results { writer.append(result: result) }
        for trace in evaluation.traces { writer.append(trace: trace) }
        return OperationAnswer(resource: writer.json())
    }

    private static func results(
        _ request: FHIRPathRequest, _ evaluation: Evaluation, _ engine: FHIRPathEngine
    ) throws(FHIRPathError) -> [Items] {
        guard request.resource != nil else {
            return [try evaluation.evaluate(engine.expression(request.expression), on: .none)]
        }
        let strictType = request.isStrict ? evaluation.rootResource.type : nil
        guard let context = request.context else {
            return [try evaluation.evaluate(engine.expression(request.expression, strictlyOn: strictType))]
        }
        // Where the context leads is only known when it is evaluated, so the expression itself is not checked.
        let expression = try engine.expression(request.expression)
        var results: [Items] = []
        for item in try evaluation.evaluate(engine.expression(context, strictlyOn: strictType)) {
            results.append(try evaluation.evaluate(expression, on: .one(item)))
        }
        return results
    }

    /// A variable's value as an element of the request.
    private static func items(_ value: FHIRPathRequest.Value, _ definitions: FHIRDefinitions, document: Int) -> Items {
        .one(.node(Node(document: UInt16(document), type: value.type, value: value.node.index)))
    }
}
