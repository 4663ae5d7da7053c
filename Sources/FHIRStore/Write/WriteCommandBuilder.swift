import FHIRDefinitions
import FHIRFormats
import FHIRSearch
import JSONTape
import PostgreSQL

/// Makes write commands from prepared resources.
struct WriteCommandBuilder: Sendable {
    let tables: TableCatalog
    let pendingIndexEntries: PendingIndexEntries
    let indexer: SearchIndexer

    /// A create under an id that the server has just made, so nothing can be there yet.
    func create(_ resource: PreparedResource, at now: Instant) -> WriteCommand {
        command(resource.type, resource.id, .none, .create, now, creation: resource)
    }

    /// The statements of one command.
    func statements(of command: WriteCommand) -> [(SQLStatement, SQLParameters)] {
        guard let creation = command.creation else { return command.statements }
        var parameters = SQLParameters()
        parameters.reserveCapacity(count: 23, byteCount: creation.content.count + 512)
        parameters.append(text: creation.id)
        parameters.append(timestamp: command.updated.microsecondsSince1970)
        let resource = current(creation)
        let statements = tables.statements(resource.type)
        parameters.append(int64: resource.entries.generation)
        if statements.companion != .none { parameters.append(text: command.companion) }
        let sides = append(resource, to: &parameters)
        return [(statements.create(sides), parameters)]
    }

    /// What checks a command behind its statements, in the same transaction; its answer says nothing.
    func closing(of command: WriteCommand) -> [(SQLStatement, SQLParameters)] {
        guard command.method != .delete else { return [] }
        return closing(command.type, [command.id])
    }

    /// As `closing(of:)`, for several resources of one type.
    func closing(_ type: TypeID, _ ids: [String]) -> [(SQLStatement, SQLParameters)] {
        tables.guards?.written(type, ids).map { [$0] } ?? []
    }

    /// An update, which creates what is missing if the precondition allows it.
    ///
    /// - Parameters:
    ///   - keepsUnchanged: an identical content makes no new version.
    ///   - isNew: the server has just made the id, so that nothing is there that the caller might not reach.
    func update(
        _ resource: PreparedResource, _ precondition: WritePrecondition, method: WriteCommand.Method = .update,
        keepsUnchanged: Bool = true, isNew: Bool = false, at now: Instant
    ) -> WriteCommand {
        let statements = tables.statements(resource.type)
        var parameters = SQLParameters()
        parameters.reserveCapacity(count: 27, byteCount: resource.content.count + 512)
        parameters.append(text: resource.id)
        parameters.append(timestamp: now.microsecondsSince1970)
        append(precondition.mustBeNew ? [] : precondition.versions, to: &parameters)
        parameters.append(bool: precondition.mayCreate)
        parameters.append(text: method.rawValue)
        parameters.append(bool: keepsUnchanged)
        let resource = current(resource)
        parameters.append(int64: resource.entries.generation)
        appendContext(statements, to: &parameters)
        let sides = append(resource, to: &parameters)
        return command(
            resource.type, resource.id, precondition, method, now,
            lock(statements, resource.id, isNew ? nil : tables.guards?.updating(resource.type, resource.id))
                + [(statements.update(sides), parameters)])
    }

    /// An update of a resource that the transaction has locked, to a content that differs from what is stored.
    func replacement(_ resource: PreparedResource, at now: Instant) -> WriteCommand {
        let statements = tables.statements(resource.type)
        var parameters = SQLParameters()
        parameters.reserveCapacity(count: 24, byteCount: resource.content.count + 512)
        parameters.append(text: resource.id)
        parameters.append(timestamp: now.microsecondsSince1970)
        parameters.append(text: WriteCommand.Method.update.rawValue)
        let resource = current(resource)
        parameters.append(int64: resource.entries.generation)
        appendContext(statements, to: &parameters)
        let sides = append(resource, to: &parameters)
        let guards = tables.guards?.updating(resource.type, resource.id).map { [$0] } ?? []
        return command(
            resource.type, resource.id, .none, .update, now, guards + [(statements.replacement(sides), parameters)])
    }

    func delete(_ type: TypeID, _ id: String, _ precondition: WritePrecondition, at now: Instant) -> WriteCommand {
        let statements = tables.statements(type)
        var parameters = SQLParameters()
        parameters.append(text: id)
        parameters.append(timestamp: now.microsecondsSince1970)
        append(precondition.versions, to: &parameters)
        appendContext(statements, to: &parameters)
        return command(
            type, id, precondition, .delete, now,
            lock(statements, id, tables.guards?.deleting(type, id)) + [(statements.delete, parameters)])
    }

    /// Writes the entries of a row again, if it still has this version; makes no new one.
    func reindex(_ type: TypeID, _ id: String, _ entries: IndexEntries, version: Int64) -> (SQLStatement, SQLParameters)
    {
        var parameters = SQLParameters()
        parameters.append(text: id)
        parameters.append(int64: version)
        appendColumns(entries, to: &parameters)
        let sides = appendSides(entries, to: &parameters)
        return (tables.statements(type).reindex(sides), parameters)
    }

    // MARK: - Parts

    /// The resource with the entries of the parameters in force: they may have changed since it was prepared.
    func current(_ resource: PreparedResource) -> PreparedResource {
        guard resource.entries.generation < indexer.customGeneration,
            let document = try? Document.parse(resource.content)
        else { return resource }
        return PreparedResource(
            type: resource.type, id: resource.id, content: resource.content,
            needsExactText: resource.needsExactText,
            entries: indexer.entries(for: JSONNode(document), type: resource.type, id: resource.id))
    }

    private func command(
        _ type: TypeID, _ id: String, _ precondition: WritePrecondition, _ method: WriteCommand.Method,
        _ now: Instant, creation: PreparedResource? = nil, _ statements: [(SQLStatement, SQLParameters)] = []
    ) -> WriteCommand {
        pendingIndexEntries.note(type)
        let isOnRecord = creation != nil && tables.statements(type).companion == .context
        return WriteCommand(
            type: type, id: id, typeName: tables.table(type).typeName, precondition: precondition, method: method,
            updated: now, creation: creation, companion: isOnRecord ? AuditTrace.currentContext : nil,
            statements: statements)
    }

    /// Who writes, for the record.
    private func appendContext(_ statements: WriteStatements, to parameters: inout SQLParameters) {
        if statements.companion == .context { parameters.append(text: AuditTrace.currentContext) }
    }

    /// The lock of the current row, and what is to be looked at behind it.
    private func lock(
        _ statements: WriteStatements, _ id: String, _ check: WriteGuards.Check?
    ) -> [(SQLStatement, SQLParameters)] {
        var parameters = SQLParameters()
        parameters.append(text: id)
        return [(statements.lock, parameters)] + (check.map { [$0] } ?? [])
    }

    private func append(_ versions: [Int]?, to parameters: inout SQLParameters) {
        guard let versions else {
            parameters.appendNull()
            return
        }
        parameters.append(int32Array: versions.map { Int32(clamping: $0) })
    }

    /// Appends the columns and side rows in the order of `WriteStatements`; tells which side tables have rows.
    private func append(
        _ resource: PreparedResource, to parameters: inout SQLParameters
    ) -> WriteStatements.SideTables {
        appendColumns(resource.entries, to: &parameters)
        parameters.append(jsonb: resource.content)
        if resource.needsExactText {
            parameters.append(utf8: resource.content)
        } else {
            parameters.appendNull()
        }
        return appendSides(resource.entries, to: &parameters)
    }

    private func appendColumns(_ entries: IndexEntries, to parameters: inout SQLParameters) {
        parameters.append(int64: entries.selfKey)
        parameters.append(int64: entries.subject)
        parameters.append(int64Array: entries.keys)
        parameters.append(timestamp: entries.dateLow)
        parameters.append(timestamp: entries.dateHigh)
        parameters.append(text: entries.quantityLow)
        parameters.append(text: entries.quantityHigh)
        parameters.append(text: entries.canonicalLow)
        parameters.append(text: entries.canonicalHigh)
        if let words = entries.words {
            parameters.append(utf8: words)
        } else {
            parameters.appendNull()
        }
    }

    private func appendSides(
        _ entries: IndexEntries, to parameters: inout SQLParameters
    ) -> WriteStatements.SideTables {
        var sides: WriteStatements.SideTables = []
        if !entries.strings.isEmpty {
            sides.insert(.strings)
            parameters.append(entries.strings)
        }
        if !entries.numbers.isEmpty {
            sides.insert(.numbers)
            parameters.append(entries.numbers)
        }
        if !entries.ranges.isEmpty {
            sides.insert(.ranges)
            parameters.append(entries.ranges)
        }
        if !entries.contained.isEmpty {
            sides.insert(.contained)
            parameters.append(entries.contained)
        }
        return sides
    }
}
