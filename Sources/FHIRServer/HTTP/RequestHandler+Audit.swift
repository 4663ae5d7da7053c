import FHIRDefinitions
import FHIRStore
import HTTPTypes
import Clinic
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
        let deed =
            switch route.kind {
            case .messages: AuditDeed.message.rawValue
            case .webhook: AuditDeed.webhook.rawValue
            default: request.deed
            }
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

    /// Has what a webhook told taken in, and puts it on record with all that is written because of it.
    func recorded(
        _ webhook: any ClinicWebhook, _ delivery: WebhookDelivery, _ record: RequestRecord?
    ) async throws -> ClinicAnswer {
        let store = interactions.store
        guard let audit = store.audit, let record else { return try await webhook.receive(delivery, in: store) }
        var facts = record.facts(AuditDeed.webhook.rawValue, now: audit.now)
        facts.client = "webhook:\(webhook.kind)/\(delivery.sender.prefix(64))"
        let trace = AuditTrace(facts)
        // Refusals are noted with all others: nobody knows then whether the sender is the one it says.
        let answer = try await AuditTrace.$current.withValue(trace) { try await webhook.receive(delivery, in: store) }
        record.finish()
        await audit.record(AuditEntry(trace.context, at: audit.now, status: answer.status))
        return answer
    }
}
