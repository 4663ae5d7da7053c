import FHIRStore
import JSONTape

/// Who may be told what, and where.
enum MessageRecipient {
    /// Set on who wants no reminders; `valueBoolean`.
    static let noReminders = "urn:martlet:no-reminders"
    /// Set on who does not want to be told of changes; `valueBoolean`.
    static let noNotices = "urn:martlet:no-notifications"

    enum Kind: Sendable {
        /// That an appointment comes near.
        case reminder
        /// That something was done to an appointment.
        case notice
    }

    /// Nobody who died, who is no longer on record, or who does not want it.
    static func may(_ person: JSONNode, receive kind: Kind) -> Bool {
        let optOut = kind == .reminder ? noReminders : noNotices
        return person["deceasedBoolean"]?.bool != true && person["deceasedDateTime"] == nil
            && person["active"]?.bool != false && person.extensionNode(optOut)?["valueBoolean"]?.bool != true
    }

    /// The address for a channel; nil if there is none. The first by rank (R4 datatypes.html#contactpoint).
    static func address(of person: JSONNode, _ channel: String) -> String? {
        points(of: person, channel).min { rank($0) < rank($1) }?["value"]?.string
    }

    /// The channel that a person prefers, by the ranks of the contact points; of equal ones the first.
    static func channel(of person: JSONNode, among channels: [String]) -> String? {
        var found: (channel: String, rank: Int)?
        for channel in channels {
            guard let best = points(of: person, channel).map(rank).min() else { continue }
            if found.map({ best < $0.rank }) ?? true { found = (channel, best) }
        }
        return found?.channel
    }

    private static func points(of person: JSONNode, _ channel: String) -> [JSONNode] {
        (person["telecom"]?.items ?? []).filter { point in
            let system = point["system"]?.string
            guard point["use"]?.string != "old", point["value"]?.string?.isEmpty == false else { return false }
            return channel == "email" ? system == "email" : channel == "sms" && (system == "sms" || isMobile(point))
        }
    }

    private static func rank(_ point: JSONNode) -> Int { point["rank"]?.integer ?? .max }

    private static func isMobile(_ point: JSONNode) -> Bool {
        point["system"]?.string == "phone" && point["use"]?.string == "mobile"
    }
}
