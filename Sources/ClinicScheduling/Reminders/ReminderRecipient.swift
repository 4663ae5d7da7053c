import JSONTape

/// Who may be reminded, and where.
enum ReminderRecipient {
    /// Set on a Patient who wants no reminders; `valueBoolean`.
    static let optOut = "urn:martlet:no-reminders"

    /// Nobody who died, who is no longer on record, or who does not want it.
    static func mayBeReminded(_ patient: JSONNode) -> Bool {
        patient["deceasedBoolean"]?.bool != true && patient["deceasedDateTime"] == nil
            && patient["active"]?.bool != false && patient.extensionNode(optOut)?["valueBoolean"]?.bool != true
    }

    /// The address for a channel; nil if there is none. The first by rank (R4 datatypes.html#contactpoint).
    static func address(of patient: JSONNode, _ channel: String) -> String? {
        let points = (patient["telecom"]?.items ?? []).filter { point in
            let system = point["system"]?.string
            guard point["use"]?.string != "old", point["value"]?.string?.isEmpty == false else { return false }
            return channel == "email" ? system == "email" : channel == "sms" && (system == "sms" || isMobile(point))
        }
        return points.min { ($0["rank"]?.integer ?? .max) < ($1["rank"]?.integer ?? .max) }?["value"]?.string
    }

    private static func isMobile(_ point: JSONNode) -> Bool {
        point["system"]?.string == "phone" && point["use"]?.string == "mobile"
    }
}
