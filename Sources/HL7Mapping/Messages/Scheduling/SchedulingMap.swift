package import HL7Syntax

/// SIU^S12 to S24 and S26: appointments, and time that is blocked. §2.9.
package enum SchedulingMap: MessageMap {
    package static let kinds: [String: Set<String>] = [
        "SIU": [
            "S12", "S13", "S14", "S15", "S16", "S17", "S18", "S19", "S20", "S21", "S22", "S23", "S24", "S26",
        ]
    ]

    package static func map(_ message: RawMessage, profile: SourceProfile) throws(MappingError) -> StatedMessage {
        let context = MappingContext(message, profile: profile)
        guard let segment = message["SCH"] else {
            throw MappingError(.segmentSequence, .contentError, at: HL7Location(segment: "SCH"), "no SCH segment")
        }
        let map = AppointmentMap(context: context, segment: segment)
        guard let (number, kind) = map.number() else {
            throw MappingError(
                .requiredFieldMissing, .contentError, at: segment[field: 2].location, "no number of the appointment")
        }
        let event = SchedulingEvent(context.header.triggerEvent)
        let patients = try self.patients(context)
        let times = map.times()
        let list = participants(event, context, segment, patients, start: times?.start)
        let entry = status(segment, context)
        let isBlocked = entry?.isBlocked == true
        var resources = patients + list.resources
        switch event.effect {
        case .block, .open,
            _ where isBlocked:
            guard let times else {
                throw MappingError(
                    .requiredFieldMissing, .contentError, at: segment[field: 11].location, "no time to block")
            }
            var isOpen = false
            if case .open = event.effect { isOpen = true }
            let comment = FHIRValue.text(NoteMap(context: context).notes(message.segments(named: "NTE")).first?.text)
            resources += BlockedTime(context: context, number: number).slots(
                list, times: times, isOpen: isOpen, comment: comment, location: segment.location)
        default:
            resources.append(appointment(map, event, entry, number, kind, list, hasTimes: times != nil))
        }
        let own = Set(resources.map(\.address))
        return StatedMessage(
            patient: patients.first?.address, resources: resources,
            mentioned: context.shared.filter { !own.contains("\($0.type)/\($0.id)") }, warnings: context.warnings)
    }

    private static func appointment(
        _ map: AppointmentMap, _ event: SchedulingEvent, _ entry: AppointmentStatusTable.Entry?,
        _ number: EntityIdentifier, _ kind: String, _ list: ParticipantList, hasTimes: Bool
    ) -> StatedResource {
        let context = map.context
        let stated = event.status(entry, trigger: context.header.triggerEvent)
        var content = map.content(
            status: stated, isOverbooked: entry?.isOverbooked == true, notes: context.message.segments(named: "NTE"))
        for participant in list.participants { content.append("participant", participant) }
        var isPartial = false
        if case .change = event.effect { isPartial = true }
        let change = AppointmentChange(isPartial: isPartial)
        let status = stated ?? "booked"
        // R4 wants a participant, times for all but a few statuses, and a status.
        let canBeMade = (hasTimes || ["cancelled", "waitlist"].contains(status)) && content["participant"] != nil
        var absence = StatedResource.Absence.create
        if case .delete = event.effect { absence = .skip } else if !canBeMade { absence = .hold }
        let key = IdentityKey("Appointment", [context.profile.id, kind, number.keyPart])
        var statement = StatedResource(
            key, content, identifiers: number.claims, rule: .change { change.apply($0, $1) }, absence: absence,
            stamp: context.eventStamp, location: map.segment.location)
        guard stated == nil else { return statement }
        // Of an appointment that is not known it says that it is booked; of a known one nothing.
        var whole = FHIRObject(["status": .string("booked")])
        for member in content.members { whole.set(member.key, member.value) }
        statement = statement.with(whole)
        statement.rule = .change { change.apply($0, $1.dropping(["status"])) }
        return statement
    }

    private static func patients(_ context: MappingContext) throws(MappingError) -> [StatedResource] {
        var patients: [StatedResource] = []
        for segment in context.message.segments(named: "PID") {
            let patient = try PatientStatement(context: context, segment: segment).make(rule: .mention)
            if !patients.contains(where: { $0.address == patient.address }) { patients.append(patient) }
        }
        return patients
    }

    private static func participants(
        _ event: SchedulingEvent, _ context: MappingContext, _ scheduling: Segment, _ patients: [StatedResource],
        start: FHIRDateTime?
    ) -> ParticipantList {
        var list = ParticipantList(context: context, start: start)
        for patient in patients { list.add(patient: patient) }
        var removes = false
        if case .change(let takesAway) = event.effect { removes = takesAway }
        for segment in context.message.segments where ["AIG", "AIL", "AIP"].contains(segment.name) {
            list.add(segment, removes: removes)
        }
        list.addContacts(scheduling)
        return list
    }

    private static func status(_ segment: Segment, _ context: MappingContext) -> AppointmentStatusTable.Entry? {
        let code = segment.code(25)
        let entry = AppointmentStatusTable.entry(code)
        if entry == nil, !code.isEmpty {
            context.warn(.tableValueNotFound, at: segment[field: 25].location, "appointment status not known")
        }
        return entry
    }
}
