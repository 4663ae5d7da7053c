package import FHIRStore

/// A workflow's operation: declared by a value, run inside one database transaction.
package protocol ClinicOperation: Sendable {
    var declaration: ClinicOperationDeclaration { get }

    /// Does the work. May run more than once, so it must have no effect but through the transaction.
    ///
    /// Throws `StoreError`; `ClinicOperationRunner` adds alternatives to what collides.
    func run(_ work: ClinicWork) async throws -> ClinicAnswer

    /// The same work where it needs to see nothing that others may be changing; nil where it does. It then shares its
    /// commit with whatever else is written at the time.
    func plainWork(
        _ call: ClinicCall, _ parameters: OperationParameters, in store: FHIRStore
    ) async throws -> PlainWork?

    /// What could be done instead, after a conflict; asked outside of the failed transaction.
    func alternatives(_ call: ClinicCall, in store: FHIRStore) async throws -> [ClinicError.Alternative]
}

extension ClinicOperation {
    package func plainWork(
        _ call: ClinicCall, _ parameters: OperationParameters, in store: FHIRStore
    ) async throws -> PlainWork? { nil }

    package func alternatives(_ call: ClinicCall, in store: FHIRStore) async throws -> [ClinicError.Alternative] { [] }
}
