internal import HL7Syntax
package import JSONTape

/// Patient to ADT^A28, A31 and A40. §2.7.
package enum PatientMessage: OutboundMap {
    package static let resourceType = "Patient"
    package static let kinds = ["ADT^A28", "ADT^A31", "ADT^A40"]

    package static func message(_ event: OutboundEvent, wanted: Set<String>) -> OutboundOccasion? {
        let key = "Patient/\(event.id)"
        if let survivor = survivor(event.new), event.old.flatMap({ Self.survivor($0) }) != survivor {
            guard let kept = event.related[survivor] else { return nil }
            return OutboundOccasion(kind: "ADT^A40", structure: "ADT_A39", key: survivor) { writer in
                writer.event("A40", event.recorded)
                writer.patient(kept)
                var merge = writer.segment("MRG")
                merge.fill(1, writer.identifiers(of: event.new))
                let values = FieldValues(profile: writer.profile)
                // MRG-7 came with 2.3.
                merge.fill(7, (event.new["name"]?.items ?? []).prefix(1).map { values.name($0) })
                writer.append(merge)
            }
        }
        // The record of a patient who is another one by now is nobody's any more.
        guard survivor(event.new) == nil else { return nil }
        let trigger = event.old == nil ? "A28" : "A31"
        return OutboundOccasion(kind: "ADT^\(trigger)", structure: "ADT_A05", key: key) { writer in
            writer.event(trigger, event.recorded)
            writer.patient(event.new, before: event.old)
            writer.visit(nil, event, isRequired: true)
        }
    }

    /// `Patient/id` of whom this record was merged into (R4 patient.html#links).
    private static func survivor(_ patient: JSONNode) -> String? {
        let link = (patient["link"]?.items ?? []).first { $0["type"]?.string == "replaced-by" }
        return link?["other"]?["reference"]?.string?.withoutVersion
    }
}
