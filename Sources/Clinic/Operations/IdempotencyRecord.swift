import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// What is remembered of a call with an `Idempotency-Key`.
///
/// The row is inserted before the work, so that a second call with the key waits for the first one's commit and then
/// finds its answer; a rollback takes the row away again.
struct IdempotencyRecord: Sendable {
    private let caller: String
    private let key: String
    /// Operation, target and body: what must be equal for the answer to be the same.
    private let request: String

    init(key: String, of declaration: ClinicOperationDeclaration, _ call: ClinicCall) {
        caller = call.caller
        self.key = key
        let body = ResourceEdit.json { $0.copy(call.parameters) }
        request =
            "\(declaration.typeName)/\(call.id ?? "")/$\(declaration.name) \(call.ifMatch ?? "") "
            + String(decoding: body, as: UTF8.self)
    }

    /// Takes the key for this transaction; or gives the answer that was given to it before.
    ///
    /// Throws `StoreError` (422 idempotency-mismatch) where the key belongs to another request.
    func reserve(in transaction: StoreTransaction) async throws -> ClinicAnswer? {
        guard !key.isEmpty, key.utf8.count <= 255 else {
            throw StoreError(.invalidRequest, "Idempotency-Key has 1 to 255 characters", details: "invalid-parameter")
        }
        let results = try await transaction.session.queries([
            (Self.forget, SQLParameters()), (Self.insert, parameters), (Self.find, parameters),
        ])
        let isNew = results[1].rowCount > 0
        let found = results[2]
        if isNew || found.rowCount == 0 { return nil }
        guard found.bool(0, 0) == true else {
            throw StoreError(
                .businessRule, "this Idempotency-Key was used for another request", details: "idempotency-mismatch")
        }
        guard let answer = found.bytes(0, 2) else { return nil }
        var stamp: VersionStamp?
        if let id = found.string(0, 3), let version = found.int64(0, 4), let updated = found.int64(0, 5) {
            stamp = VersionStamp(id: id, version: Int(version), updated: Instant(microsecondsSince1970: updated))
        }
        return ClinicAnswer(Int(found.int64(0, 1) ?? 200), resource: answer, stamp: stamp)
    }

    /// With the commit.
    func keep(_ answer: ClinicAnswer, in transaction: StoreTransaction) throws {
        var parameters = SQLParameters()
        parameters.append(text: caller)
        parameters.append(text: key)
        parameters.append(int32: Int32(answer.status))
        parameters.append(utf8: answer.resource)
        parameters.append(text: answer.stamp?.id)
        parameters.append(int32: answer.stamp.map { Int32($0.version) })
        parameters.append(int64: answer.stamp?.updated.microsecondsSince1970)
        try transaction.session.append(Self.update, parameters)
    }

    /// Gives the key back: the call came to nothing.
    func release(in transaction: StoreTransaction) async throws {
        var parameters = SQLParameters()
        parameters.append(text: caller)
        parameters.append(text: key)
        _ = try await transaction.session.query(Self.delete, parameters)
    }

    private var parameters: SQLParameters {
        var parameters = SQLParameters()
        parameters.append(text: caller)
        parameters.append(text: key)
        parameters.append(text: request)
        return parameters
    }

    /// Each call clears a few rows that are past their time, which keeps the table small without a job.
    private static let forget = SQLStatement(
        """
        DELETE FROM clinic_idempotency WHERE (caller, key) IN (
          SELECT caller, key FROM clinic_idempotency WHERE created < now() - interval '24 hours'
          LIMIT 20 FOR UPDATE SKIP LOCKED)
        """)
    private static let insert = SQLStatement(
        """
        INSERT INTO clinic_idempotency (caller, key, request)
        VALUES ($1::text, $2::text, sha256(convert_to($3::text, 'UTF8')))
        ON CONFLICT (caller, key) DO UPDATE
          SET request = excluded.request, created = now(), status = NULL, answer = NULL
          WHERE clinic_idempotency.created < now() - interval '24 hours'
        RETURNING 1
        """)
    private static let find = SQLStatement(
        """
        SELECT request = sha256(convert_to($3::text, 'UTF8')), status, answer, id, version, updated
        FROM clinic_idempotency WHERE caller = $1::text AND key = $2::text
        """)
    private static let delete = SQLStatement(
        "DELETE FROM clinic_idempotency WHERE caller = $1::text AND key = $2::text")
    private static let update = SQLStatement(
        """
        UPDATE clinic_idempotency
        SET status = $3::int, answer = $4::text, id = $5::text, version = $6::int, updated = $7::bigint
        WHERE caller = $1::text AND key = $2::text
        """)
}
