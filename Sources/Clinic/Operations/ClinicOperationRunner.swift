package import FHIRStore
import FHIRFormats
import PostgreSQL

/// Runs the clinic's operations: one database transaction each, once per `Idempotency-Key`.
package struct ClinicOperationRunner: Sendable {
    private let store: FHIRStore
    private let search: SearchService

    package init(store: FHIRStore, search: SearchService? = nil) {
        self.store = store
        self.search = search ?? SearchService(store)
    }

    /// Runs `operation`.
    ///
    /// A success is remembered for 24 hours under the caller's key, a refusal is not: both answer and effect stand in
    /// the same transaction. Throws `StoreError`, or `ClinicError` where there are alternatives to what is taken.
    package func run(_ operation: some ClinicOperation, _ call: ClinicCall) async throws -> ClinicAnswer {
        let declaration = operation.declaration
        let parameters = try OperationParameters(call, of: declaration, definitions: store.definitions)
        do {
            if call.idempotencyKey == nil, let plain = try await operation.plainWork(call, parameters, in: store) {
                return try await plain.run(by: call.caller, in: store)
            }
            return try await store.transaction { transaction in
                transaction.session.reusePlans()
                ClinicActor.announce(call.caller, in: transaction.session)
                guard let key = call.idempotencyKey, declaration.affectsState else {
                    return try await operation.run(work(call, declaration, parameters, transaction))
                }
                let record = IdempotencyRecord(key: key, of: declaration, call)
                if let answer = try await record.reserve(in: transaction) { return answer }
                let answer = try await operation.run(work(call, declaration, parameters, transaction))
                // A refusal that an operation answers, in place of throwing it, keeps what it wrote but is no success.
                if answer.status < 400 {
                    try record.keep(answer, in: transaction)
                } else {
                    try await record.release(in: transaction)
                }
                return answer
            }
        } catch let error as StoreError where error.code == .conflict {
            // The conflict is what the caller must hear of, even where alternatives cannot be had.
            let alternatives = (try? await operation.alternatives(call, in: store)) ?? []
            if alternatives.isEmpty { throw error }
            throw ClinicError(cause: error, alternatives: alternatives)
        }
    }

    /// Does what the declaration says of the instance.
    private func work(
        _ call: ClinicCall, _ declaration: ClinicOperationDeclaration, _ parameters: OperationParameters,
        _ transaction: StoreTransaction
    ) async throws -> ClinicWork {
        var subject: StoredResource?
        if declaration.level == .instance {
            subject = try await instance(call, declaration, transaction)
        }
        let work = ClinicWork(
            call: call, declaration: declaration, transaction: transaction, parameters: parameters, subject: subject,
            search: search)
        if let subject, let transition = declaration.transition {
            try work.require(subject, in: transition.from, to: transition.to)
        }
        return work
    }

    private func instance(
        _ call: ClinicCall, _ declaration: ClinicOperationDeclaration, _ transaction: StoreTransaction
    ) async throws -> StoredResource {
        let type = try store.resourceType(declaration.typeName)
        guard let id = call.id else {
            throw StoreError(.invalidRequest, "the operation is called on a resource: \(declaration.path)")
        }
        let version =
            declaration.affectsState
            ? try await transaction.lock(type, id: id) : try await transaction.read(type, id: id)
        guard
            let stored = try version.flatMap({
                try StoredResource($0, isLocked: declaration.affectsState, in: store)
            })
        else {
            throw StoreError(.notFound, "\(declaration.typeName)/\(id) does not exist")
        }
        let precondition = try WritePrecondition(ifMatch: call.ifMatch, ifNoneMatch: nil)
        // A stale version is told before what is wrong with the present one, which the caller does not know.
        if let versions = precondition.versions, !versions.contains(stored.stamp.version) {
            throw StoreError(
                .versionConflict, "\(declaration.typeName)/\(id) is at another version than If-Match names",
                details: "version-conflict")
        }
        return stored
    }
}
