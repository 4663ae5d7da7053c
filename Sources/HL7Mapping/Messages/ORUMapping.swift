package import HL7Syntax

/// The results of one patient in an ORU^R01 (R03, R30 to R32) or OUL^R22 to R24, to FHIR. §2.5. Pure: the same message
/// gives the same resources.
///
/// Two steps, because the store may know the patient and the orders under ids of its own:
///
///     let mapping = try ORUMapping.all(message, profile: profile)[0]
///     let known = store.patientID(anyOf: mapping.patientIdentifiers)
///     let orders = store.orderIDs(mapping.orders, of: known)
///     let mapped = mapping.resources(patientID: known, orderIDs: orders)
package struct ORUMapping: Sendable {
    /// Who the patient is, strongest first; never empty. Any match decides; two different matches go to review.
    package let patientIdentifiers: [FHIRIdentifier]
    /// The orders that the reports answer, one per OBR with a number; the store may know them under other ids.
    package let orders: [OrderQuery]
    /// `P` production, `T` training, `D` debugging (MSH-11.1); the store must not mix them.
    package let processingID: String
    let message: RawMessage
    package let profile: SourceProfile
    let groups: ResultGroups
    /// Why the results cannot be filed at all until a person has looked at them; nil if they can.
    package let hold: String?

    /// Message types with their trigger events.
    package static let kinds: [String: Set<String>] = [
        "ORU": ["R01", "R03", "R30", "R31", "R32"], "OUL": ["R22", "R23", "R24"],
    ]

    /// The results of every patient of the message, each person once.
    /// - Throws: `MappingError` with the code for ERR: 101 at MSH-10, 200 and 201 at MSH-9 (AR); 100 without PID or
    ///   OBR, 101 without PID-3 or OBR-4, 102 where PID-3 holds nothing usable, 204 where OBR-25 says that the
    ///   laboratory has no order or no patient for it (AE).
    package static func all(_ message: RawMessage, profile: SourceProfile) throws(MappingError) -> [ORUMapping] {
        try checkHeader(message)
        let segments = message.segments[...]
        let starts = segments.indices.filter { segments[$0].isNamed("PID") }
        guard starts.count > 1 else { return [try ORUMapping(message, segments, profile: profile)] }
        let context = MappingContext(message, profile: profile)
        var people: [(identifiers: Set<FHIRIdentifier>, segments: [Segment])] = []
        for (index, start) in starts.enumerated() {
            let end = index + 1 < starts.count ? starts[index + 1] : segments.endIndex
            // What stands in front of the first PID belongs to it.
            let part = segments[(index == 0 ? segments.startIndex : start)..<end]
            let identifiers = Set(PatientMap(context: context, segment: segments[start]).candidates())
            if let same = people.firstIndex(where: { !$0.identifiers.isDisjoint(with: identifiers) }) {
                people[same].segments += part
                people[same].identifiers.formUnion(identifiers)
            } else {
                people.append((identifiers, Array(part)))
            }
        }
        var mappings: [ORUMapping] = []
        for person in people {
            mappings.append(try ORUMapping(message, person.segments[...], profile: profile))
        }
        return mappings
    }

    /// - Parameter segments: those of one patient.
    private init(
        _ message: RawMessage, _ segments: ArraySlice<Segment>, profile: SourceProfile
    ) throws(MappingError) {
        self.message = message
        self.profile = profile
        groups = ResultGroups(segments, isSpecimenCentred: message["MSH", field: 9][component: 1].string == "OUL")
        guard let patient = groups.patient else {
            throw MappingError(.segmentSequence, .contentError, at: HL7Location(segment: "PID"), "no PID segment")
        }
        guard !groups.groups.isEmpty else {
            throw MappingError(.segmentSequence, .contentError, at: HL7Location(segment: "OBR"), "no OBR segment")
        }
        for group in groups.groups where group.code.isEmpty {
            throw MappingError(
                .requiredFieldMissing, .contentError, at: group.order[field: 4].location, "no code of the service")
        }
        for group in groups.groups where ["Y", "Z"].contains(group.order.code(25)) {
            throw MappingError(
                .unknownKey, .contentError, at: group.order[field: 25].location,
                "the sender has no order or no patient for it")
        }
        let context = MappingContext(message, profile: profile)
        hold =
            groups.groups.contains { $0.hasNoKey(profile) }
            ? "a report has neither an order number nor a time to tell it from others" : nil
        patientIdentifiers = PatientMap(context: context, segment: patient).candidates()
        orders = groups.groups.compactMap { OrderQuery($0, context) }
        processingID = message["MSH", field: 11][component: 1].string
        guard patientIdentifiers.isEmpty else { return }
        let isSent = patient[field: 3].isValued
        throw MappingError(
            isSent ? .dataType : .requiredFieldMissing, .contentError, at: patient[field: 3].location,
            isSent ? "no usable patient identifier" : "no patient identifier")
    }

    /// Trigger events of results that have this shape.
    package static let triggers: Set<String> = ["R01", "R03", "R30", "R31", "R32"]

    private static func checkHeader(_ message: RawMessage) throws(MappingError) {
        let header = MessageHeader(message)
        guard !header.controlID.isEmpty else {
            throw MappingError(
                .requiredFieldMissing, .rejected, at: HL7Location(segment: "MSH", field: 10), "no control id")
        }
        guard let triggers = kinds[header.messageType] else {
            let place = HL7Location(segment: "MSH", field: 9, component: 1)
            throw MappingError(.unsupportedMessageType, .rejected, at: place, "message type not supported")
        }
        guard triggers.contains(header.triggerEvent) else {
            let place = HL7Location(segment: "MSH", field: 9, component: 2)
            throw MappingError(.unsupportedEventCode, .rejected, at: place, "trigger event not supported")
        }
    }

    /// The id a new patient gets: from the first identifier.
    package var newPatientID: String { patientKey.id }

    /// Key of the patient for the side table.
    package var patientKey: IdentityKey {
        IdentityKey("Patient", [patientIdentifiers[0].system, patientIdentifiers[0].value])
    }

    /// All resources of the message, each before those that refer to it.
    /// - Parameters:
    ///   - patientID: id of the patient that the store found; `nil` for a new one.
    ///   - orderIDs: ids of the orders that the store found, by `OrderQuery.newID`; reports then answer these.
    package func resources(patientID: String?, orderIDs: [String: String] = [:]) -> MappedMessage {
        let context = MappingContext(message, profile: profile)
        let subject = "Patient/" + (patientID ?? newPatientID)
        if context.message["MSH", field: 9][component: 2].isEmpty {
            context.warn(
                .requiredFieldMissing, at: HL7Location(segment: "MSH", field: 9, component: 2),
                "no trigger event; R01 was assumed")
        }
        var groups = groups
        groups.setPatientPart(subject)
        var builder = ResultBuilder(context: context, subject: subject, groups: groups, orderIDs: orderIDs)
        // Checked in `init`: there is a PID.
        let patient = groups.patient.map {
            PatientMap(context: context, segment: $0).map(
                id: patientID ?? newPatientID, key: patientKey, related: groups.related, notes: groups.patientNotes)
        }
        builder.build()
        let resources = context.shared + [patient].compactMap { $0 } + builder.resources
        return MappedMessage(
            resources: resources, warnings: context.warnings, pendingLinks: builder.pendingLinks,
            reports: builder.reports, review: builder.review)
    }
}

extension ResultGroup {
    /// F-36: neither number, nor OBR-7 that could stand in for one.
    fileprivate func hasNoKey(_ profile: SourceProfile) -> Bool {
        order[field: 7].isEmpty && filler(profile) == nil && placer(profile) == nil
    }
}
