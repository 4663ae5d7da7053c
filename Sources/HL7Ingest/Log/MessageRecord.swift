import FHIRFormats
import FHIRStore

/// Messages on record: what they wrote has records of its own, with the same facts (decision 0046).
extension MessageProcessor.Delivery {
    /// Who sent it, and which message it is.
    var facts: AuditFacts {
        var facts = AuditFacts(AuditDeed.message.rawValue)
        facts.client = "hl7v2:" + message.source
        facts.address = message.address
        facts.request = message.type
        if !message.controlID.isEmpty { facts.requestID = message.controlID }
        return facts
    }
}

extension AuditEntry {
    /// - Parameter message: what it came to; nil where nothing could be stored.
    init(message processed: MessageProcessor.Processed?, _ trace: AuditTrace, at time: Instant) {
        let status =
            switch processed?.state {
            case .applied, .received, .superseded, .part: 200
            case .quarantined, .rejected, .discarded: 422
            case .failed, .retry, nil: 503
            }
        self.init(trace.context, at: time, status: status)
        detail = [trace.facts.request, processed?.state.rawValue].compactMap(\.self).joined(separator: " ")
        let resources = (processed?.resources ?? []) + (processed?.superseded ?? [])
        if !resources.isEmpty { shown = resources.joined(separator: " ") }
    }
}
