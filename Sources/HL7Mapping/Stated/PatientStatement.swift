internal import HL7Syntax

/// PID with its neighbours as the statement of a Patient, for messages of any kind.
struct PatientStatement {
    let context: MappingContext
    /// PID.
    let segment: Segment

    /// - Parameters:
    ///   - rule: overlay where the sender speaks for registration (ADT), mention where it does not.
    ///   - related: NK1, if the message has any.
    ///   - notes: NTE behind PID.
    ///   - practice: PD1.
    /// - Throws: 101 without PID-3, 102 where it holds nothing usable.
    func make(
        rule: StatedResource.Rule, related: [Segment] = [], notes: [Segment] = [], practice: Segment? = nil,
        stamp: ResultStamp? = nil
    ) throws(MappingError) -> StatedResource {
        let map = PatientMap(context: context, segment: segment)
        let identifiers = map.candidates()
        guard let first = identifiers.first else {
            let isSent = segment[field: 3].isValued
            throw MappingError(
                isSent ? .dataType : .requiredFieldMissing, .contentError, at: segment[field: 3].location,
                isSent ? "no usable patient identifier" : "no patient identifier")
        }
        var content = map.content(related: related, notes: notes)
        if let practice { PracticeMap(context: context, segment: practice).add(to: &content) }
        var statement = StatedResource(
            IdentityKey("Patient", [first.system, first.value]), content, identifiers: identifiers, rule: rule,
            cleared: context.profile.trustsNulls ? Self.cleared(segment) : [], stamp: stamp,
            location: segment.location)
        if case .mention = rule { statement.absence = absence }
        return statement
    }

    /// What the sender's profile says of unknown patients, where the message does not speak for registration.
    private var absence: StatedResource.Absence {
        switch context.profile.unknownPatients {
        case .create: .create
        case .hold: .hold
        case .reject: .reject
        }
    }

    /// Elements whose fields came as `""`. HL7 v2.5.1 §2.5.3.
    static func cleared(_ segment: Segment) -> Set<String> {
        let elements: [(Int, [String])] = [
            (7, ["birthDate"]), (8, ["gender"]), (11, ["address"]), (15, ["communication"]), (16, ["maritalStatus"]),
            (24, ["multipleBirthBoolean"]), (25, ["multipleBirthInteger"]), (29, ["deceasedDateTime"]),
            (30, ["deceasedBoolean"]),
        ]
        var cleared = Set(elements.filter { segment[field: $0.0].isNull }.flatMap(\.1))
        // Both fields make one element: it goes only when neither has anything left to say.
        if segment[field: 13].isNull, !segment[field: 14].isValued, !segment[field: 40].isValued {
            cleared.insert("telecom")
        }
        return cleared
    }
}
