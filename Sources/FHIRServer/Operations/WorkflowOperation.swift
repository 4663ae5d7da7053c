import Access
package import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import FHIRStore

/// Offers an operation of the clinic's workflows over HTTP.
package struct WorkflowOperation: ResourceOperation {
    private let operation: any ClinicOperation
    package let declaration: OperationDeclaration
    /// Codes of `urn:martlet:role`; empty for everybody.
    private let roles: Set<String>

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
        roles = Set(declared.roles.map(\.rawValue))
    }

    /// The declared roles, and what is named has to be there for the caller (`AccessRights.limit`): the operation
    /// itself reaches further.
    private func requireRights(_ call: OperationCall) async throws {
        guard let rights = call.caller.rights else { return }
        guard roles.isEmpty || rights.isUnlimited || !roles.isDisjoint(with: rights.roles) else {
            throw RequestError(
                .forbidden, "the operation is for others: \(roles.sorted().joined(separator: ", "))",
                challenge: "insufficient_scope")
        }
        guard rights.limit != nil else { return }
        if case .instance(let type, let id) = call.target, rights.allows(.read, type), ResourceID.isValid(id) {
            _ = try await call.store.read(type, id: id)
        }
        let named = call.store.references(in: [call.parameters], base: call.base)
            .filter { rights.allows(.read, $0.type) }
        guard !named.isEmpty else { return }
        let seen = Set(try await call.store.current(named).map { "\($0.type.rawValue)/\($0.stamp.id)" })
        let there = try await call.workflows.store.current(named)
        if let hidden = there.first(where: { !seen.contains("\($0.type.rawValue)/\($0.stamp.id)") }) {
            // In the words of ClinicWork for what does not exist.
            throw StoreError(
                .businessRule, "\(call.definitions.name(of: hidden.type))/\(hidden.stamp.id) does not exist",
                details: "unknown-reference")
        }
    }

    package func run(_ call: OperationCall) async throws -> OperationAnswer {
        var id: String?
        if case .instance(_, let instance) = call.target { id = instance }
        try await requireRights(call)
        let answer = try await ClinicOperationRunner(store: call.workflows.store, search: call.workflows.search).run(
            operation,
            ClinicCall(
                id: id, parameters: call.parameters, caller: call.caller.name ?? "",
                principal: call.caller.rights?.principal, rights: call.caller.rights,
                idempotencyKey: call.conditions.idempotencyKey, ifMatch: call.conditions.ifMatch, base: call.base))
        return OperationAnswer(answer.status, resource: answer.resource, stamp: answer.stamp)
    }
}
