import FHIRDefinitions
import FHIRStore
import HTTPTypes
import HummingbirdCore

/// What goes on record of requests that never became an interaction: no token, an unreadable body, a wrong address.
extension RequestHandler {
    /// Nil where nothing of the request goes on record.
    func makeRecord(
        of request: Request, _ route: Route, _ method: RequestMethod, _ requestID: String, _ address: String?
    ) -> RequestRecord? {
        guard interactions.store.audit != nil, route.isAudited else { return nil }
        let target = request.head.path ?? "/"
        return RequestRecord(
            address: address, requestID: requestID, line: "\(method.rawValue) \(target)")
    }

    func note(
        _ failure: Failure, _ route: Route, _ method: RequestMethod, _ record: RequestRecord
    ) async {
        guard let audit = interactions.store.audit else { return }
        let request = InteractionRequest(method, route, base: "", caller: record.caller)
        let deed = route.kind == .messages ? AuditDeed.message.rawValue : request.deed
        var entry = AuditEntry(
            record.facts(deed, now: audit.now).encoded, at: audit.now, status: failure.status)
        if let type = route.type {
            entry.typeName = interactions.definitions.name(of: type)
            entry.id = route.id.flatMap { ResourceID.isValid($0) ? $0 : nil }
        }
        let reason = failure.issues.first.map { $0.details ?? $0.code }
        entry.detail = [request.operationName, reason].compactMap(\.self).joined(separator: " ")
        await audit.record(entry)
    }
}
