internal import HL7Syntax

/// What all resources of a message about one patient share.
struct MessageScope {
    let context: MappingContext
    /// The Patient of PID, only mentioned: such messages do not speak for registration.
    let patient: StatedResource
    /// `Patient/id`, as in the store where that is known to differ.
    let subject: String
    /// The visit of PV1, by its number.
    var encounter: FHIRValue?

    /// - Parameters:
    ///   - notes: NTE behind PID.
    ///   - patients: ids in the store by those in the message, as far as they differ.
    /// - Throws: 100 without PID; what `PatientStatement` throws.
    init(
        _ message: RawMessage, profile: SourceProfile, notes: [Segment] = [], patients: [String: String] = [:]
    ) throws(MappingError) {
        context = MappingContext(message, profile: profile)
        guard let segment = message["PID"] else {
            throw MappingError(.segmentSequence, .contentError, at: HL7Location(segment: "PID"), "no PID segment")
        }
        patient = try PatientStatement(context: context, segment: segment).make(
            rule: .mention, related: message.segments(named: "NK1"), notes: notes)
        subject = patients[patient.id].map { "Patient/\($0)" } ?? patient.address
        encounter = EncounterReferenceMap.map(context, message["PV1"])
    }

    var profile: SourceProfile { context.profile }

    /// - Parameter resources: what the message states beside the patient, in dependency order.
    func message(_ resources: [StatedResource], reply: MessageReply? = nil) -> StatedMessage {
        StatedMessage(
            patient: patient.address, resources: [patient] + resources, mentioned: context.shared,
            warnings: context.warnings, reply: reply)
    }

    /// A coded field; `table` is the HL7 table of codes that name no system.
    func concept(_ segment: Segment, _ field: Int, table: String? = nil) -> FHIRValue? {
        concepts(segment, field, table: table).first
    }

    /// All repetitions of a coded field.
    func concepts(_ segment: Segment, _ field: Int, table: String? = nil) -> [FHIRValue] {
        let map = CodeableConceptMap(context: context)
        return segment[field: field].repetitions.compactMap {
            map.map($0, local: "\(segment.name)-\(field)", table: table)
        }
    }

    /// The person of an XCN field.
    func person(_ segment: Segment?, _ field: Int) -> FHIRValue? {
        segment.flatMap { PractitionerMap(context: context).reference($0[field: field][repetition: 1]) }
    }

    func people(_ segment: Segment?, _ field: Int) -> [FHIRValue] {
        let map = PractitionerMap(context: context)
        return segment?[field: field].repetitions.compactMap { map.reference($0) } ?? []
    }

    func entity(_ segment: Segment?, _ field: Int) -> EntityIdentifier? {
        segment.flatMap { EntityIdentifier($0[field: field][repetition: 1], profile) }
    }
}

extension EntityIdentifier {
    /// What a stored resource may be found by: nothing where the number names no authority, because any other kind of
    /// number of the same sender may be equal.
    var claims: [FHIRIdentifier] { authorityName.isEmpty ? [] : [pair] }

    /// A reference to what has this number, for what another message makes.
    func reference(_ type: String, as kind: String? = nil) -> FHIRValue {
        .object(["type": .string(type), "identifier": map(type: kind)])
    }
}
