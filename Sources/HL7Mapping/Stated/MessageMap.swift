package import HL7Syntax

/// Turns messages of some kinds into what they state. Pure: the same message gives the same resources.
package protocol MessageMap: Sendable {
    /// Message types with their trigger events, such as `["ADT": ["A01", "A04"]]`.
    static var kinds: [String: Set<String>] { get }

    /// - Throws: `MappingError` where the message cannot be mapped at all.
    static func map(_ message: RawMessage, profile: SourceProfile) throws(MappingError) -> StatedMessage

    /// Whether some of what it states has no number of its own and is told apart by its patient: it is then mapped
    /// again where the store has the patient under another id.
    static var isKeyedByPatient: Bool { get }

    /// - Parameter patients: ids in the store by those in the message, as far as they differ.
    static func map(
        _ message: RawMessage, profile: SourceProfile, patients: [String: String]
    ) throws(MappingError) -> StatedMessage
}

extension MessageMap {
    package static var isKeyedByPatient: Bool { false }

    package static func map(
        _ message: RawMessage, profile: SourceProfile, patients: [String: String]
    ) throws(MappingError) -> StatedMessage {
        try map(message, profile: profile)
    }
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
