package import HL7Syntax

/// REF^I12 to I15: patients referred, referrals changed, cancelled and asked for.
enum ReferralMap: MessageMap {
    static let kinds: [String: Set<String>] = ["REF": ["I12", "I13", "I14", "I15"]]

    static func map(_ message: RawMessage, profile: SourceProfile) throws(MappingError) -> StatedMessage {
        let scope = try MessageScope(message, profile: profile)
        guard let segment = message["RF1"] else {
            throw MappingError(.segmentSequence, .contentError, at: HL7Location(segment: "RF1"), "no RF1 segment")
        }
        let map = ReferralRequestMap(scope: scope)
        guard let key = map.key(segment) else {
            throw MappingError(
                .requiredFieldMissing, .contentError, at: segment[field: 6].location, "no number of the referral")
        }
        let trigger = scope.context.header.triggerEvent
        let isCancelled = trigger == "I14"
        let request = StatedResource(
            key, map.content(segment, isCancelled: isCancelled), identifiers: map.claims(segment),
            // I15 asks how it stands and changes nothing.
            rule: trigger == "I15" ? .mention : .overlay, absence: trigger == "I15" ? .skip : .create,
            stamp: scope.context.eventStamp, location: segment.location)
        return scope.message([request])
    }
}
