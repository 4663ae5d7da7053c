internal import HL7Syntax
package import JSONTape

/// Observation to ORU^R01: a result that changes while its report stays as it is. §2.5.4, §2.12.
package enum CorrectedResultMessage: OutboundMap {
    package static let resourceType = "Observation"
    package static let kinds = ["ORU^R01"]
    /// A new result belongs to a report that changes with it.
    package static let tellsOfNew = false

    package static func message(_ event: OutboundEvent, wanted: Set<String>) -> OutboundOccasion? {
        guard matters(event.old, event.new) else { return nil }
        for report in event.reports where ResultMessage.isReleased(report) {
            let whole = OutboundEvent(old: report, new: report, related: event.related, recorded: event.recorded)
            let isCorrection = ["corrected", "amended", "entered-in-error", "cancelled"].contains(event.newStatus)
            return ResultMessage.occasion(whole, isCorrection: isCorrection)
        }
        return nil
    }

    /// Whether a receiver that knows the old version has to hear of the new one: OBX would say something else.
    package static func matters(_ old: JSONNode?, _ new: JSONNode) -> Bool {
        guard let old else { return false }
        return text(old) != text(new)
    }

    private static func text(_ observation: JSONNode) -> [UInt8]? {
        var writer = OutboundWriter(OutboundProfile())
        writer.observation(observation)
        return writer.encode()
    }
}
