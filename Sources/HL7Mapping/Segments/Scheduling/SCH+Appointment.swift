internal import HL7Syntax

/// SCH with TQ1 and NTE to Appointment, but for its participants. SCH[Appointment], §2.9.
struct AppointmentMap {
    let context: MappingContext
    let segment: Segment

    /// SCH-2, else SCH-1. §2.1.
    func number() -> (number: EntityIdentifier, kind: String)? {
        for (field, kind) in [(2, "filler"), (1, "placer")] {
            if let number = EntityIdentifier(segment[field: field][repetition: 1], context.profile) {
                return (number, kind)
            }
        }
        return nil
    }

    /// What the message says of times; TQ1 wins over SCH-11, which wins over the first service.
    func times() -> (start: FHIRDateTime, end: FHIRDateTime)? {
        let timing = context.message["TQ1"]
        let old = segment[field: 11][repetition: 1]
        let service = context.message["AIS"]
        let starts = [
            timing.flatMap { context.dateTime($0[field: 7]) },
            context.dateTime(old[component: 4].string, at: segment[field: 11].location),
            service.flatMap { context.dateTime($0[field: 4]) },
        ]
        guard let index = starts.firstIndex(where: { $0?.instantSeconds != nil }), let start = starts[index] else {
            return nil
        }
        let ends = [
            timing.flatMap { context.dateTime($0[field: 8]) },
            context.dateTime(old[component: 5].string, at: segment[field: 11].location),
            service.flatMap { ScheduledResource($0).times(context, appointment: start).end },
        ]
        let seconds = durationSeconds ?? 0
        let end = ends[index] ?? start.adding(seconds: seconds) ?? start
        guard let first = start.instantSeconds, let last = end.instantSeconds, last >= first else {
            context.warn(.dataType, at: segment[field: 11].location, "the appointment ends before it begins")
            return (start, start.adding(seconds: max(0, seconds)) ?? start)
        }
        return (start, end)
    }

    private var durationSeconds: Int? { DurationMap.seconds(segment, 9, units: 10) }

    /// - Parameter status: nil where the message does not say.
    func content(status: String?, isOverbooked: Bool, notes: [Segment]) -> FHIRObject {
        var appointment = FHIRObject()
        for (field, kind) in [(1, "PLAC"), (2, "FILL")] {
            let number = EntityIdentifier(segment[field: field][repetition: 1], context.profile)
            appointment.append("identifier", number?.map(type: kind))
        }
        if isOverbooked { appointment.append("extension", Self.overbooked) }
        appointment.set("status", status.map { .string($0) })
        if status == "cancelled" { appointment.set("cancelationReason", concept(6)) }
        for service in context.message.segments(named: "AIS") where !ScheduledResource(service).isRemoved {
            appointment.append(
                "serviceType",
                CodeableConceptMap(context: context).map(service[field: 3][repetition: 1], local: "AIS-3"))
        }
        appointment.set("appointmentType", kind())
        appointment.append("reasonCode", concept(7, table: "0276"))
        for diagnosis in context.message.segments(named: "DG1") {
            appointment.append(
                "reasonCode",
                CodeableConceptMap(context: context).map(diagnosis[field: 3][repetition: 1], local: "DG1-3"))
        }
        if let times = times() {
            times.start.setInstant("start", in: &appointment)
            times.end.setInstant("end", in: &appointment)
        }
        if let seconds = durationSeconds, seconds >= 60, seconds.isMultiple(of: 60) {
            appointment.set("minutesDuration", .number("\(seconds / 60)"))
        }
        let comments = NoteMap(context: context).notes(notes).map(\.text)
        appointment.set("comment", .text(comments.joined(separator: "\n")))
        for (field, kind) in [(26, "PLAC"), (27, "FILL")] {
            let number = EntityIdentifier(segment[field: field][repetition: 1], context.profile)
            appointment.append("basedOn", number?.reference("ServiceRequest", as: kind))
        }
        appointment.append("supportingInformation", EncounterReferenceMap.map(context, context.message["PV1"]))
        return appointment
    }

    /// SCH-8; a reason of table 0276 stands in, because R4 takes its types from there.
    private func kind() -> FHIRValue? {
        if let kind = concept(8, table: "0277") { return kind }
        return ["ROUTINE", "WALKIN", "CHECKUP", "FOLLOWUP", "EMERGENCY"].contains(segment.code(7))
            ? concept(7, table: "0276") : nil
    }

    private func concept(_ field: Int, table: String? = nil) -> FHIRValue? {
        CodeableConceptMap(context: context)
            .map(segment[field: field][repetition: 1], local: "SCH-\(field)", table: table)
    }

    /// Booked although somebody's time is taken.
    static let overbooked: FHIRValue = .object([
        "url": .string(StatedAppointment.overbookExtension), "valueBoolean": .bool(true),
    ])
}

/// What the store side needs to know of appointments that come by message.
package enum StatedAppointment {
    /// The extension by which an appointment says that it was booked over another.
    package static let overbookExtension = "urn:martlet:appointment-overbooked"
}
