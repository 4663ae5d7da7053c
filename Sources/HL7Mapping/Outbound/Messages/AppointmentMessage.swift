internal import HL7Syntax
package import JSONTape

/// Appointment to SIU^S12, S13, S14, S15 and S26. §2.9.
package enum AppointmentMessage: OutboundMap {
    package static let resourceType = "Appointment"
    package static let kinds = ["SIU^S12", "SIU^S13", "SIU^S14", "SIU^S15", "SIU^S26"]

    private static let known: Set<String> = ["booked", "arrived", "checked-in", "fulfilled"]

    package static func message(_ event: OutboundEvent, wanted: Set<String>) -> OutboundOccasion? {
        guard let trigger = trigger(event) else { return nil }
        let appointment = event.new
        let actors = (appointment["participant"]?.items ?? []).compactMap { $0["actor"] }
        let patient = actors.first { $0["reference"]?.string?.hasPrefix("Patient/") == true }
        let key = patient?["reference"]?.string?.withoutVersion ?? "Appointment/\(event.id)"
        return OutboundOccasion(kind: "SIU^\(trigger)", structure: "SIU_S12", key: key) { writer in
            writer.schedule(appointment)
            writer.notes([appointment["comment"]].compactMap { $0 })
            if let patient { writer.patient(event.resolve(patient)) }
            writer.append(writer.segment("RGS").setting(1, "1"))
            writer.resources(of: appointment, event)
        }
    }

    private static func trigger(_ event: OutboundEvent) -> String? {
        let wasKnown = known.contains(event.oldStatus)
        switch event.newStatus {
        case "cancelled", "entered-in-error": return wasKnown ? "S15" : nil
        case "noshow": return wasKnown ? "S26" : nil
        case let status where known.contains(status):
            guard wasKnown, let old = event.old else { return "S12" }
            let isMoved =
                old["start"]?.string != event.new["start"]?.string || old["end"]?.string != event.new["end"]?.string
            return isMoved ? "S13" : "S14"
        default: return nil
        }
    }
}

extension OutboundWriter {
    fileprivate mutating func schedule(_ appointment: JSONNode) {
        let values = FieldValues(profile: profile)
        var segment = segment("SCH")
        let id = appointment["id"]?.string ?? ""
        segment.fill(1, [values.entity(values.identifier(appointment, type: "PLAC"))])
        let filler = values.identifier(appointment, type: "FILL")
        segment.fill(2, [filler.map { values.entity($0) } ?? values.entity(id, "urn:martlet:appointment")])
        let reason = appointment["cancelationReason"] ?? appointment["reasonCode"]?.items.first
        segment.fill(6, [values.concept(reason)])
        segment.fill(7, [values.concept(appointment["reasonCode"]?.items.first)])
        segment.fill(8, [values.concept(appointment["appointmentType"])])
        if let minutes = appointment["minutesDuration"]?.integer {
            segment.set(9, .text("\(minutes)"))
            segment.set(10, "MIN")
        }
        // TQ: start and end are components 4 and 5.
        let times = [appointment["start"], appointment["end"]].map { [FieldText.time($0?.string)] }
        segment.fill(11, [[[""], [""], [""]] + times])
        segment.fill(25, OutboundOrderTable.appointmentStatus(appointment["status"]?.string ?? ""))
        append(segment)
    }

    /// AIS of the services, AIP, AIL and AIG of the participants.
    fileprivate mutating func resources(of appointment: JSONNode, _ event: OutboundEvent) {
        let values = FieldValues(profile: profile)
        let start = FieldText.time(appointment["start"]?.string)
        for service in appointment["serviceType"]?.items ?? [] {
            var segment = segment("AIS")
            segment.set(1, number("AIS"))
            segment.fill(3, [values.concept(service)])
            segment.fill(4, start)
            append(segment)
        }
        for participant in appointment["participant"]?.items ?? [] {
            let actor = participant["actor"]
            let type = actor?["reference"]?.string?.split(separator: "/").first ?? ""
            let (name, content): (String, [[String]]) =
                switch type {
                case "Practitioner", "PractitionerRole": ("AIP", values.person(actor, event))
                case "Location": ("AIL", values.location(actor, event))
                case "Device", "HealthcareService": ("AIG", [[""], [actor?["display"]?.string ?? ""]])
                default: ("", [])
                }
            guard !name.isEmpty else { continue }
            var segment = segment(name)
            segment.set(1, number(name))
            segment.fill(3, [content])
            segment.fill(6, start)
            append(segment)
        }
    }
}
