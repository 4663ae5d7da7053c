package import JSONTape

/// Makes messages of one kind of resource.
package protocol OutboundMap: Sendable {
    /// The resource type whose changes make messages.
    static var resourceType: String { get }
    /// Message types and trigger events that can come of it, such as `ADT^A01`.
    static var kinds: [String] { get }
    /// Whether a new resource can make a message, and not only a changed one.
    static var tellsOfNew: Bool { get }

    /// What the change is to others; nil if it is nothing to them.
    /// - Parameter wanted: the kinds that the receiver takes.
    static func message(_ event: OutboundEvent, wanted: Set<String>) -> OutboundOccasion?
}

extension OutboundMap {
    package static var tellsOfNew: Bool { true }
}

/// A message that is due: its kind, the patient whose messages it has to stay in line with, and its segments.
package struct OutboundOccasion: Sendable {
    /// Such as `ADT^A01`.
    package let kind: String
    /// MSH-9.3.
    let structure: String
    /// `Patient/id`, or the resource itself where there is no patient: messages of one key keep their order.
    package let key: String
    /// Writes everything behind MSH.
    let write: @Sendable (inout OutboundWriter) -> Void

    /// The message's bytes. What the receiver's character set has no place for makes the message one of UTF-8, which it
    /// then says in MSH-18.
    /// - Parameters:
    ///   - controlID: MSH-10.
    ///   - time: MSH-7.
    package func encode(_ profile: OutboundProfile, controlID: String, time: String) -> [UInt8] {
        if let bytes = attempt(profile, controlID: controlID, time: time) { return bytes }
        var profile = profile
        profile.characterSet = "UNICODE UTF-8"
        return attempt(profile, controlID: controlID, time: time) ?? []
    }

    private func attempt(_ profile: OutboundProfile, controlID: String, time: String) -> [UInt8]? {
        var writer = OutboundWriter(profile)
        writer.header(kind: kind, structure: structure, controlID: controlID, time: time)
        write(&writer)
        return writer.encode()
    }
}

/// All maps, one line each.
package enum OutboundMaps {
    package static let all: [any OutboundMap.Type] = [
        OrderMessage.self, ResultMessage.self, CorrectedResultMessage.self, PatientMessage.self, VisitMessage.self,
        AppointmentMessage.self, ChargeMessage.self, InvoiceMessage.self,
    ]

    /// Every kind of message that can be sent.
    package static var kinds: Set<String> { Set(all.flatMap { $0.kinds }) }

    /// Types whose changes can make one of these kinds of messages.
    package static func types(for wanted: Set<String>) -> Set<String> {
        Set(all.filter { !wanted.isDisjoint(with: $0.kinds) }.map { $0.resourceType })
    }

    /// Whether a new resource of this type can make a message.
    package static func tellsOfNew(_ type: String) -> Bool {
        all.contains { $0.resourceType == type && $0.tellsOfNew }
    }

    /// What a change is to a receiver of these kinds.
    package static func occasions(_ event: OutboundEvent, wanted: Set<String>) -> [OutboundOccasion] {
        all.filter { $0.resourceType == event.type && !wanted.isDisjoint(with: $0.kinds) }
            .compactMap { map in
                map.message(event, wanted: wanted).flatMap { wanted.contains($0.kind) ? $0 : nil }
            }
    }
}
