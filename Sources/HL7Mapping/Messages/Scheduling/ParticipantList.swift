internal import HL7Syntax

/// The participants of an appointment, and the resources they are.
struct ParticipantList {
    let context: MappingContext
    let start: FHIRDateTime?
    private(set) var participants: [FHIRValue] = []
    private(set) var resources: [StatedResource] = []
    /// Actors of AIG, AIL and AIP, with their times: those whose time slots hold.
    private(set) var actors: [(reference: FHIRValue, start: FHIRDateTime?, end: FHIRDateTime?)] = []

    init(context: MappingContext, start: FHIRDateTime?) {
        self.context = context
        self.start = start
    }

    mutating func add(patient: StatedResource) {
        participants.append(
            .object([
                "actor": .reference(patient.address), "required": .string("required"), "status": .string("accepted"),
            ]))
    }

    /// AIG, AIL or AIP. What is taken away stays on the list as declined, and holds no time.
    /// - Parameter removes: the event takes away what it lists (S20 to S22).
    mutating func add(_ segment: Segment, removes: Bool) {
        guard let actor = actor(segment) else { return }
        let resource = ScheduledResource(segment)
        let isRemoved = resource.isRemoved || removes && segment.code(2) != "X"
        let times = resource.times(context, appointment: start)
        var period = FHIRObject()
        times.start?.set("start", in: &period)
        times.end?.set("end", in: &period)
        let kind = segment.isNamed("AIP") ? "PPRF" : nil
        var participant = FHIRObject()
        if let kind {
            participant.append("type", .concept(Self.participation, kind))
            if let role = concept(segment, 4, "AIP-4") { participant.append("type", role) }
        } else if segment.isNamed("AIG"), let role = concept(segment, 4, "AIG-4") {
            participant.append("type", role)
        }
        participant.set("actor", actor)
        participant.set("required", .string("required"))
        participant.set("status", .string(isRemoved ? "declined" : resource.status))
        participant.set("period", .object(period))
        participants.append(.object(participant))
        if !isRemoved { actors.append((actor, times.start, times.end)) }
    }

    /// SCH-12, 16 and 20: contacts, who need not be there. Without anybody of AIP the filler's contact is who is.
    mutating func addContacts(_ scheduling: Segment) {
        let hasPerformer = !context.message.segments(named: "AIP").isEmpty
        for (field, kind) in [(12, "AUT"), (16, "PPRF"), (20, "ENT")] {
            for person in scheduling[field: field].repetitions {
                guard let reference = self.person(person) else { continue }
                let attends = field == 16 && !hasPerformer
                participants.append(
                    .object([
                        "type": .array([.concept(Self.participation, kind)]), "actor": reference,
                        "required": .string(attends ? "required" : "information-only"), "status": .string("accepted"),
                    ]))
            }
        }
    }

    private mutating func actor(_ segment: Segment) -> FHIRValue? {
        switch segment.name {
        case "AIP": return person(segment[field: 3][repetition: 1])
        case "AIG":
            guard let (reference, device) = EquipmentMap(context: context).map(segment) else { return nil }
            if let device, !resources.contains(where: { $0.address == device.address }) { resources.append(device) }
            return reference
        default: return PlaceReferenceMap(context: context).reference(segment[field: 3][repetition: 1])
        }
    }

    /// Practitioners are looked up by their number, so that bookings of other doors see the same person.
    private mutating func person(_ repetition: Repetition) -> FHIRValue? {
        guard let reference = PractitionerMap(context: context).reference(repetition) else { return nil }
        guard case .object(let object) = reference, let address = object.text("reference"),
            !resources.contains(where: { $0.address == address }),
            let shared = context.shared.first(where: { "\($0.type)/\($0.id)" == address }),
            let statement = StatedResource(mentioning: shared)
        else { return reference }
        resources.append(statement)
        return reference
    }

    private func concept(_ segment: Segment, _ field: Int, _ local: String) -> FHIRValue? {
        CodeableConceptMap(context: context).map(segment[field: field][repetition: 1], local: local)
    }

    private static let participation = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
}
