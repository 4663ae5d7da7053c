/// What the statements that write a type are given besides the resource, as a parameter of their own.
package enum WriteCompanion: Sendable {
    case none
    /// Who writes, and how it came about: goes to the record in the same statement (`AuditTrace`).
    case context
    /// The tenant of each row, with creates only: for what the server makes for several tenants at once.
    case tenant

    /// Parameters that a create has for it.
    var parameterCount: Int { self == .none ? 0 : 1 }

    /// Parameters that other writes have for it.
    var contextCount: Int { self == .context ? 1 : 0 }

    /// The part of a `WITH` that puts a write on record; empty where none is kept.
    ///
    /// - Parameters:
    ///   - rows: a query of what was done (`C`, `U`, `D`, or `S` where the content was the stored one), the id and the
    ///     version, for each resource; and of the context, where `context` is nil.
    ///   - context: SQL of the context.
    func note(_ table: ResourceTable, _ rows: String, context: String? = nil) -> String {
        guard self == .context else { return "" }
        return """
            ,
            audit AS (
              INSERT INTO audit_inbox (type, effect, id, version, context)
              SELECT '\(table.typeName)', a.effect::text::"char", a.id, a.version, \(context ?? "a.context")
              FROM (\(rows)) a (effect, id, version\(context == nil ? ", context" : "")))
            """
    }
}
