/// Builds small ADT messages.
enum AdmissionMessage {
    /// - Parameters:
    ///   - time: EVN-2, and MSH-7.
    ///   - visit: PV1 and what follows, whole segments.
    static func make(
        _ trigger: String, _ control: String, at time: String = "20260101100000", patient: String = "M1",
        name: String = "Doe^Jane", _ segments: [String] = []
    ) -> [UInt8] {
        let head = [
            "MSH|^~\\&|REG|NORTH|MARTLET|CLINIC|\(time)||ADT^\(trigger)|\(control)|P|2.5.1",
            "EVN|\(trigger)|\(time)",
            "PID|1||\(id(patient))||\(name)||19700101|F",
        ]
        return Array(((head + segments).joined(separator: "\r") + "\r").utf8)
    }

    /// PID-3 of a number of ours.
    static func id(_ number: String) -> String { "\(number)^^^MARTLET&urn:martlet:mrn&URI^MR" }

    /// PV1 with the most used fields.
    static func visit(
        _ number: String = "V1", place: String = "W1^R1^B1^NORTH", prior: String = "", kind: String = "I",
        admitted: String = "", discharged: String = ""
    ) -> String {
        var fields = Array(repeating: "", count: 53)
        fields[0] = "PV1"
        fields[1] = "1"
        fields[2] = kind
        fields[3] = place
        fields[6] = prior
        fields[7] = "17^Attend^Aaron^^^^^^NORTH"
        fields[19] = number.isEmpty ? "" : "\(number)^^^V&urn:visits&URI"
        fields[44] = admitted
        fields[45] = discharged
        return fields.joined(separator: "|")
    }

    static func merge(
        _ control: String, survivor: String, prior: String, trigger: String = "A40", at time: String = "20260102100000",
        name: String = "Doe^Jane"
    ) -> [UInt8] {
        make(trigger, control, at: time, patient: survivor, name: name, ["MRG|\(id(prior))"])
    }
}
