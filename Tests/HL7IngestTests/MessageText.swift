/// Messages written down segment by segment.
enum MessageText {
    /// A message of this kind about patient M1; `segments` come behind PID and PV1.
    static func make(
        _ kind: String, _ control: String, at time: String = "20260101120000+0000", patient: String = "M1",
        account: String = "", _ segments: [String]
    ) -> [UInt8] {
        let trigger = kind.split(separator: "^").dropFirst().first ?? ""
        let head = [
            "MSH|^~\\&|APP|NORTH|MARTLET|CLINIC|\(time)||\(kind)|\(control)|P|2.5.1",
            "EVN|\(trigger)|\(time)",
            "PID|1||\(patient)^^^MARTLET&urn:martlet:mrn&URI^MR||Doe^Jane||19700101|F||||||||||\(account)",
            "PV1|1|O|||||||||||||||||V1^^^VISIT&urn:martlet:visit&URI",
        ]
        return Array(((head + segments).joined(separator: "\r") + "\r").utf8)
    }
}
