import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// Every interaction goes on record: as what it did, or as refused (decision 0046).
///
/// Writes of resources are put on record by the statements that write them, under the trace that is bound here. What
/// is recorded here is the rest.
extension Interactions {
    /// Runs the interaction and puts it on record, if it is part of a request that is.
    func audited(
        _ request: InteractionRequest, _ perform: (InteractionRequest) async throws -> InteractionAnswer
    ) async throws -> InteractionAnswer {
        guard let audit = store.audit, let record = request.record, request.route.isAudited else {
            return try await perform(request)
        }
        record.finish()
        let facts = record.facts(
            request.deed, entry: request.entryLine, body: request.askedInBody, now: audit.now)
        let trace = AuditTrace(facts)
        do {
            let answer = try await AuditTrace.$current.withValue(trace) {
                try await settleRecords(for: request, audit)
                return try await perform(request)
            }
            if !answer.isOnRecord { await audit.record(entry(request, answer, trace, audit)) }
            return answer
        } catch {
            await audit.record(refusal(request, error, trace.context, audit))
            throw error
        }
    }

    /// Puts on record an entry of a bundle that did not get as far as being an interaction.
    func recordRefusal(_ request: InteractionRequest, _ error: any Error) async {
        guard let audit = store.audit, let record = request.record else { return }
        let facts = record.facts(
            request.deed, entry: request.entryLine, body: request.askedInBody, now: audit.now)
        await audit.record(refusal(request, error, facts.encoded, audit))
    }

    /// Puts on record an entry of a transaction that changed nothing: a conditional create that found what it looked
    /// for, a deletion of what was not there.
    func recordUnchanged(_ request: InteractionRequest, _ answer: InteractionAnswer) async {
        guard let audit = store.audit, let record = request.record else { return }
        let facts = record.facts(
            request.deed, entry: request.entryLine, body: request.askedInBody, now: audit.now)
        await audit.record(entry(request, answer, AuditTrace(facts), audit))
    }

    /// Who looks for AuditEvents finds what happened until now.
    private func settleRecords(for request: InteractionRequest, _ audit: AuditTrail) async throws {
        guard request.asksForRecords(auditEventType), !store.isWithinTransaction else { return }
        try request.requireRights()
        try await audit.settle()
    }

    /// Throws (405) where somebody wants to change an AuditEvent.
    func requireNoRecordChange(_ request: InteractionRequest) throws {
        guard store.audit != nil, let type = request.route.type, type == auditEventType else { return }
        switch (request.route, request.method) {
        case (.instance, .put), (.instance, .patch), (.instance, .delete):
            throw RequestError(.methodNotAllowed, "AuditEvents do not change", allow: [.get, .head])
        case (.type, .put), (.type, .patch), (.type, .delete):
            throw RequestError(.methodNotAllowed, "AuditEvents do not change", allow: [.get, .head, .post])
        default: break
        }
    }

    // MARK: - Entries

    private func entry(
        _ request: InteractionRequest, _ answer: InteractionAnswer, _ trace: AuditTrace, _ audit: AuditTrail
    ) -> AuditEntry {
        var entry = AuditEntry(trace.context, at: audit.now, status: answer.status)
        (entry.typeName, entry.id) = subject(request)
        entry.version = answer.version
        if case .version(_, _, let version) = request.route { entry.version = Int(version) }
        entry.detail = request.operationName
        var shown = answer.shown
        if entry.detail != nil, let body = answer.body { shown += Self.resources(in: body) }
        if request.deed == "create", answer.status == 200 {
            // What a conditional create found.
            shown += answer.location.flatMap { Self.address(inLocation: $0) }.map { [$0] } ?? []
        }
        if !shown.isEmpty { entry.shown = shown.joined(separator: " ") }
        return entry
    }

    private func refusal(
        _ request: InteractionRequest, _ error: any Error, _ context: String, _ audit: AuditTrail
    ) -> AuditEntry {
        let failure = Failure(error)
        var entry = AuditEntry(context, at: audit.now, status: failure.status)
        (entry.typeName, entry.id) = subject(request)
        let reason = failure.issues.first.map { $0.details ?? $0.code }
        entry.detail = [request.operationName, reason].compactMap(\.self).joined(separator: " ")
        return entry
    }

    /// `Patient/1` of the versions that an answer shows; empty where nobody keeps a record.
    func shown(_ versions: [StoredVersion]) -> [String] {
        if store.audit == nil { return [] }
        return versions.map { version in
            if let container = version.container {
                return "\(definitions.name(of: container.type))/\(container.id)"
            }
            return "\(definitions.name(of: version.type))/\(version.stamp.id)"
        }
    }

    private func subject(_ request: InteractionRequest) -> (typeName: String?, id: String?) {
        guard let type = request.route.type else { return (nil, nil) }
        return (definitions.name(of: type), request.route.id.flatMap { ResourceID.isValid($0) ? $0 : nil })
    }

    /// `Patient/1` of the resources that the answer of an operation holds.
    private static func resources(in body: [UInt8]) -> [String] {
        guard let document = try? Document.parse(body) else { return [] }
        let root = JSONNode(document)
        func address(_ node: JSONNode?) -> String? {
            guard let type = node?["resourceType"]?.string, let id = node?["id"]?.string, ResourceID.isValid(id) else {
                return nil
            }
            return "\(type)/\(id)"
        }
        switch root["resourceType"]?.string {
        case "Bundle": return (root["entry"]?.items ?? []).compactMap { address($0["resource"]) }
        case "Parameters": return (root["parameter"]?.items ?? []).compactMap { address($0["resource"]) }
        case "OperationOutcome", nil: return []
        default: return address(root).map { [$0] } ?? []
        }
    }

    /// `Patient/1` of `http://example/fhir/Patient/1/_history/2`.
    private static func address(inLocation location: String) -> String? {
        let parts = location.split(separator: "/")
        guard parts.count > 4 else { return nil }
        return "\(parts[parts.count - 4])/\(parts[parts.count - 3])"
    }
}

extension InteractionRequest {
    /// Code of http://hl7.org/fhir/restful-interaction.
    var deed: String {
        switch route {
        case .instance:
            switch method {
            case .put: "update"
            case .patch: "patch"
            case .delete: "delete"
            default: "read"
            }
        case .version: "vread"
        case .instanceHistory: "history-instance"
        case .typeHistory: "history-type"
        case .systemHistory: "history-system"
        case .type:
            switch method {
            case .post: "create"
            case .put: "update"
            case .patch: "patch"
            case .delete: "delete"
            default: "search-type"
            }
        case .typeSearch: "search-type"
        case .compartment(_, _, let target), .compartmentSearch(_, _, let target):
            target == "*" ? "search-system" : "search-type"
        case .system where method == .post: isTransaction ? "transaction" : "batch"
        case .system, .systemSearch: "search-system"
        case .systemOperation, .typeOperation, .instanceOperation, .versionOperation: "operation"
        default: "unknown"
        }
    }

    private var isTransaction: Bool {
        guard case .json(let document, let index) = body else { return false }
        return JSONNode(document, index)["type"]?.string == "transaction"
    }

    /// `$everything`, where the request is the call of an operation.
    var operationName: String? {
        switch route {
        case .systemOperation(let name), .typeOperation(_, let name), .instanceOperation(_, _, let name),
            .versionOperation(_, _, _, let name):
            "$" + name.prefix(64)
        default: nil
        }
    }

    /// What is asked in the body in place of the address.
    var askedInBody: String? {
        if let form { return form }
        guard operationName == "$graphql", case .json(let document, let index) = body else { return nil }
        return JSONNode(document, index)["query"]?.string.map { "query=\($0)" }
    }

    /// Whether AuditEvents may be in the answer.
    func asksForRecords(_ type: TypeID?) -> Bool {
        if let type, route.type == type { return method.isRead || method == .post }
        switch route {
        case .compartment(_, _, let target), .compartmentSearch(_, _, let target): return target == "AuditEvent"
        case .instanceOperation(_, _, let name): return name == "access-report"
        default: return false
        }
    }
}

extension Route {
    /// The logical id addressed, if one is.
    var id: String? {
        switch self {
        case .instance(_, let id), .instanceHistory(_, let id), .version(_, let id, _),
            .instanceOperation(_, let id, _),
            .versionOperation(_, let id, _, _), .compartment(_, let id, _), .compartmentSearch(_, let id, _):
            id
        default: nil
        }
    }
}
