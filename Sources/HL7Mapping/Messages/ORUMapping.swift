package import HL7Syntax

/// ORU^R01 (and R03, R30 to R32, of the same shape) to FHIR. §2.5. Pure: the same message gives the same resources.
///
/// Two steps, because the store may know the patient and the orders under ids of its own:
///
///     let mapping = try ORUMapping(message, profile: profile)
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
    private let message: RawMessage
    private let profile: SourceProfile
    private let groups: ResultGroups

    /// Checks that the message can be mapped at all.
    /// - Throws: `MappingError` with the code for ERR: 101 at MSH-10, 200 and 201 at MSH-9 (AR); 100 without PID or
    ///   OBR, 101 without PID-3 or OBR-4, 102 where PID-3 holds nothing usable (AE).
    package init(_ message: RawMessage, profile: SourceProfile) throws(MappingError) {
        self.message = message
        self.profile = profile
        try Self.checkHeader(message)
        groups = ResultGroups(message)
        guard let patient = groups.patient else {
            throw MappingError(.segmentSequence, .contentError, at: HL7Location(segment: "PID"), "no PID segment")
        }
        if let second = groups.secondPatient {
            throw MappingError(.segmentSequence, .contentError, at: second.location, "results of two patients")
        }
        guard !groups.groups.isEmpty else {
            throw MappingError(.segmentSequence, .contentError, at: HL7Location(segment: "OBR"), "no OBR segment")
        }
        for group in groups.groups where group.code.isEmpty {
            throw MappingError(
                .requiredFieldMissing, .contentError, at: group.order[field: 4].location, "no code of the service")
        }
        let context = MappingContext(message, profile: profile)
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
        guard header.messageType == "ORU" else {
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
        var builder = ResultBuilder(context: context, subject: subject, groups: groups, orderIDs: orderIDs)
        // Checked in `init`: there is a PID.
        let patient = groups.patient.map {
            PatientMap(context: context, segment: $0).map(
                id: patientID ?? newPatientID, key: patientKey, related: groups.related, notes: groups.patientNotes)
        }
        builder.build()
        let resources = context.shared + [patient].compactMap { $0 } + builder.resources
        return MappedMessage(resources: resources, warnings: context.warnings, pendingLinks: builder.pendingLinks)
    }
}
