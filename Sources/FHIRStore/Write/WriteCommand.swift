package import FHIRDefinitions
package import FHIRFormats
import PostgreSQL

/// One write as statements: what goes into the write lane, or down a session within a transaction.
package struct WriteCommand: Sendable {
    /// The interaction, as it is told in history entries (R4 http#history).
    package enum Method: String, Sendable {
        case create = "C"
        case update = "U"
        case patch = "P"
        case delete = "D"
    }

    package let type: TypeID
    package let id: String
    package let typeName: String
    let precondition: WritePrecondition
    let method: Method
    let updated: Instant
    /// What is created: its statement is made when it is known what else is; nil for other interactions.
    let creation: PreparedResource?
    /// What a creation is given besides, see `WriteCompanion`.
    var companion: String?
    /// Statements of other interactions in order; the last one answers what happened.
    let statements: [(SQLStatement, SQLParameters)]

    /// The version that it makes, if nothing is there yet.
    package var stampOfCreate: VersionStamp { VersionStamp(id: id, version: 1, updated: updated) }

    /// The version that it makes of one that the transaction has locked.
    package func stamp(replacing stored: VersionStamp) -> VersionStamp {
        VersionStamp(id: id, version: stored.version + 1, updated: max(updated, stored.updated))
    }

    /// Reads what happened from the answer of the last statement; throws `StoreError` where the precondition does not
    /// hold.
    func result(from answer: QueryResult) throws -> WriteResult {
        if method == .create {
            return WriteResult(effect: .created, stamp: stampOfCreate)
        }
        guard answer.rowCount > 0 else {
            if method == .delete {
                return WriteResult(effect: .absent, stamp: VersionStamp(id: id, version: 0, updated: updated))
            }
            if precondition.versions != nil { throw StoreError.noVersion(typeName, id) }
            throw StoreError(.notFound, "\(typeName)/\(id) does not exist")
        }
        let version = Int(answer.int64(0, 1) ?? 0)
        let time = Instant(microsecondsSince1970: answer.int64(0, 2) ?? 0)
        let stamp = VersionStamp(id: id, version: version, updated: time)
        switch answer.string(0, 0) {
        case "C": return WriteResult(effect: .created, stamp: stamp)
        case "U": return WriteResult(effect: .updated, stamp: stamp)
        case "S": return WriteResult(effect: .unchanged, stamp: stamp)
        case "D": return WriteResult(effect: .deleted, stamp: stamp)
        default:
            if precondition.mustBeNew {
                throw StoreError(.preconditionFailed, "\(typeName)/\(id) already exists", details: "already-exists")
            }
            throw StoreError.otherVersion(typeName, id, version)
        }
    }
}

extension StoreError {
    static func otherVersion(_ typeName: String, _ id: String, _ version: Int) -> StoreError {
        StoreError(
            .versionConflict, "\(typeName)/\(id) is at version \(version), not at the one that If-Match names",
            details: "version-conflict")
    }

    static func noVersion(_ typeName: String, _ id: String) -> StoreError {
        StoreError(
            .versionConflict, "\(typeName)/\(id) does not exist, so no version of it matches If-Match",
            details: "version-conflict")
    }
}
