package import FHIRStore

/// Runs the clinic's operations: one database transaction each, once per `Idempotency-Key`.
package struct ClinicOperationRunner: Sendable {
    /// Every operation that the clinic offers.
    package static let operations: [any ClinicOperation] = [BookAppointment(), CancelAppointment()]

    private let store: FHIRStore

    package init(store: FHIRStore) { self.store = store }

    /// Runs `operation`.
    ///
    /// A success is remembered for 24 hours under the caller's key, a refusal is not: both answer and effect stand in
    /// the same transaction. Throws `StoreError`, or `ClinicError` where there are alternatives to what is taken.
    package func run(_ operation: some ClinicOperation, _ call: ClinicCall) async throws -> ClinicAnswer {
        do {
            return try await store.transaction { transaction in
                guard let key = call.idempotencyKey, operation.declaration.affectsState else {
                    return try await operation.run(call, in: transaction)
                }
                let record = IdempotencyRecord(key: key, of: operation.declaration, call)
                if let answer = try await record.reserve(in: transaction) { return answer }
                let answer = try await operation.run(call, in: transaction)
                try await record.keep(answer, in: transaction)
                return answer
            }
        } catch let error as StoreError where error.code == .conflict {
            // The conflict is what the caller must hear of, even where alternatives cannot be had.
            let alternatives = (try? await operation.alternatives(call, in: store)) ?? []
            if alternatives.isEmpty { throw error }
            throw ClinicError(cause: error, alternatives: alternatives)
        }
    }
}
