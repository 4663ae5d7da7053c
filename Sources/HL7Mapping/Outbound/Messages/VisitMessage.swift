package import JSONTape

/// Encounter to ADT^A01, A03, A04, A08 and A11. §2.7.
package enum VisitMessage: OutboundMap {
    package static let resourceType = "Encounter"
    package static let kinds = ["ADT^A01", "ADT^A03", "ADT^A04", "ADT^A08", "ADT^A11"]

    private static let present: Set<String> = ["arrived", "triaged", "in-progress", "onleave"]

    package static func message(_ event: OutboundEvent, wanted: Set<String>) -> OutboundOccasion? {
        guard let trigger = trigger(event) else { return nil }
        let subject = event.new["subject"]?["reference"]?.string?.withoutVersion
        let structure =
            switch trigger {
            case "A03": "ADT_A03"
            case "A11": "ADT_A09"
            default: "ADT_A01"
            }
        return OutboundOccasion(
            kind: "ADT^\(trigger)", structure: structure, key: subject ?? "Encounter/\(event.id)"
        ) { writer in
            writer.event(trigger, event.recorded)
            writer.patient(event.resolve(event.new["subject"]))
            writer.visit(event.new, event)
        }
    }

    private static func trigger(_ event: OutboundEvent) -> String? {
        let wasPresent = present.contains(event.oldStatus)
        switch event.newStatus {
        case let status where present.contains(status):
            if wasPresent { return "A08" }
            // Discharged by mistake, or on leave: the visit goes on. What is new begins.
            if event.oldStatus == "finished" { return "A08" }
            let kind = OutboundPersonTable.patientClass(event.new["class"]?["code"]?.string ?? "")
            return kind == "I" ? "A01" : "A04"
        case "finished": return event.oldStatus == "finished" ? "A08" : "A03"
        case "cancelled", "entered-in-error":
            return wasPresent || event.oldStatus == "finished" ? "A11" : nil
        // Who is only expected is an appointment's matter.
        default: return nil
        }
    }
}
