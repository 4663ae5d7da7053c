package import HL7Syntax

/// Turns messages of some kinds into what they state. Pure: the same message gives the same resources.
package protocol MessageMap: Sendable {
    /// Message types with their trigger events, such as `["ADT": ["A01", "A04"]]`.
    static var kinds: [String: Set<String>] { get }

    /// - Throws: `MappingError` where the message cannot be mapped at all.
    static func map(_ message: RawMessage, profile: SourceProfile) throws(MappingError) -> StatedMessage
}

/// All maps, and what they take together.
package enum MessageMaps {
    /// One line for each map.
    private static let all: [any MessageMap.Type] = [
        AccountMessageMap.self,
        AdmissionMap.self,
        ChargeMap.self,
        DocumentMap.self,
        MergeMap.self,
        PharmacyMap.self,
        ReferralMap.self,
        SchedulingMap.self,
        VaccinationMap.self,
    ]

    /// The map for a message of this kind.
    package static func map(for header: MessageHeader) -> (any MessageMap.Type)? {
        for map in all where map.kinds[header.messageType]?.contains(header.triggerEvent) ?? false { return map }
        return nil
    }

    /// Message types of which at least one trigger event is known.
    package static var messageTypes: Set<String> {
        var types: Set<String> = []
        for map in all { types.formUnion(map.kinds.keys) }
        return types
    }
}
