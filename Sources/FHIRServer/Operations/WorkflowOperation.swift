package import Clinic

/// Offers an operation of the clinic's workflows over HTTP.
package struct WorkflowOperation: ResourceOperation {
    private let operation: any ClinicOperation
    package let declaration: OperationDeclaration

    package init(_ operation: any ClinicOperation) {
        self.operation = operation
        let declared = operation.declaration
        let level: OperationDeclaration.Level =
            switch declared.level {
            case .system: .system
            case .type: .type
            case .instance: .instance
            }
        declaration = OperationDeclaration(
            declared.name, levels: [level], types: declared.typeName.isEmpty ? [] : [declared.typeName],
            affectsState: declared.affectsState, definition: declared.definition,
            documentation: declared.documentation,
            parameters: declared.parameters)
    }

    package func run(_ call: OperationCall) async throws -> OperationAnswer {
        var id: String?
        if case .instance(_, let instance) = call.target { id = instance }
        let answer = try await ClinicOperationRunner(store: call.store, search: call.search).run(
            operation,
            ClinicCall(
                id: id, parameters: call.parameters, caller: call.caller.name ?? "",
                principal: call.caller.principal, idempotencyKey: call.conditions.idempotencyKey,
                ifMatch: call.conditions.ifMatch, base: call.base))
        return OperationAnswer(answer.status, resource: answer.resource, stamp: answer.stamp)
    }
}
