package import HL7Syntax

/// ADT messages that join, move or part records. §2.7, §2.7.2.
package enum MergeMap: MessageMap {
    package static let kinds: [String: Set<String>] = ["ADT": Set(actions.keys)]

    private static let actions: [String: MergeStatement.Action] = [
        "A18": .mergePatients, "A30": .mergePatients, "A34": .mergePatients, "A36": .mergePatients,
        "A39": .mergePatients, "A40": .mergePatients, "A35": .mergeAccounts, "A41": .mergeAccounts,
        "A42": .mergeVisits, "A43": .changeIdentifiers, "A46": .changeIdentifiers, "A47": .changeIdentifiers,
        "A48": .changeIdentifiers, "A44": .moveAccount, "A45": .moveVisits, "A37": .unlink,
    ]

    /// The records that the message names; what happens to them is no statement.
    package static func map(_ message: RawMessage, profile: SourceProfile) throws(MappingError) -> StatedMessage {
        let statement = try statement(message, profile: profile)
        var resources: [StatedResource] = []
        for resource in statement.pairs.flatMap({ [$0.survivor, $0.prior] })
        where !resources.contains(where: { $0.address == resource.address }) {
            resources.append(resource)
        }
        return StatedMessage(
            patient: resources.first?.address, resources: resources, mentioned: statement.mentioned,
            warnings: statement.warnings)
    }

    /// - Throws: 100 or 101 where PID, MRG or an identifier is missing, 102 where none can be used.
    package static func statement(
        _ message: RawMessage, profile: SourceProfile
    ) throws(MappingError) -> MergeStatement {
        let context = MappingContext(message, profile: profile)
        let groups = AdmissionGroup.groups(message)
        guard !groups.isEmpty, let action = actions[context.header.triggerEvent] else {
            throw MappingError(.segmentSequence, .contentError, at: HL7Location(segment: "PID"), "no PID segment")
        }
        var pairs: [MergeStatement.Pair] = []
        if action == .unlink {
            guard groups.count == 2 else {
                throw MappingError(
                    .segmentSequence, .contentError, at: HL7Location(segment: "PID"), "two patients are needed")
            }
            pairs.append(try unlinkPair(groups, context))
        } else {
            for group in groups { pairs.append(try pair(group, action, context)) }
        }
        return MergeStatement(
            action: action, pairs: pairs, mentioned: context.shared, warnings: context.warnings)
    }

    private static func pair(
        _ group: AdmissionGroup, _ action: MergeStatement.Action, _ context: MappingContext
    ) throws(MappingError) -> MergeStatement.Pair {
        guard let merge = group["MRG"] else {
            throw MappingError(.segmentSequence, .contentError, at: HL7Location(segment: "MRG"), "no MRG segment")
        }
        var survivor = try patient(group.patient, context)
        let change = identifierFields[context.header.triggerEvent]
        if let change { survivor.identifiers += candidates(group.patient[field: change.new], survivor, context) }
        let accounts = AccountMap(context: context, subject: survivor.address)
        let identifiers = IdentifierMap(context: context)
        return MergeStatement.Pair(
            survivor: survivor, prior: try prior(merge, action, survivor, change?.old, context),
            account: accounts.map(group.patient[field: 18]), priorAccount: accounts.map(merge[field: 3]),
            visit: group["PV1"].flatMap { identifiers.pair($0[field: 19][repetition: 1]) },
            priorVisit: identifiers.pair(merge[field: 5][repetition: 1]), location: merge.location)
    }

    /// Where a change of identifiers has the new one (PID) and the old one (MRG), beside PID-3 and MRG-1, which are the
    /// same in such a message: A46 and A43 are about PID-2, A48 about PID-4. HL7 v2.5.1 §3.3.43, §3.3.46, §3.3.48.
    private static let identifierFields: [String: (new: Int, old: Int)] = [
        "A43": (2, 4), "A46": (2, 4), "A48": (4, 2),
    ]

    private static func candidates(
        _ field: Field, _ patient: StatedResource, _ context: MappingContext
    ) -> [FHIRIdentifier] {
        let map = IdentifierMap(context: context)
        return field.repetitions.compactMap { map.pair($0) }.filter { !patient.identifiers.contains($0) }
    }

    private static func unlinkPair(
        _ groups: [AdmissionGroup], _ context: MappingContext
    ) throws(MappingError) -> MergeStatement.Pair {
        MergeStatement.Pair(
            survivor: try patient(groups[0].patient, context), prior: try patient(groups[1].patient, context),
            account: nil, priorAccount: nil, visit: nil, priorVisit: nil, location: groups[1].patient.location)
    }

    private static func patient(
        _ segment: Segment, _ context: MappingContext
    ) throws(MappingError) -> StatedResource {
        var statement = try PatientStatement(context: context, segment: segment).make(rule: .mention)
        // A merge comes from registration: it makes what is not there (§2.7.2, 2).
        statement.absence = .create
        return statement
    }

    /// MRG-1, or MRG-4 up to 2.2, as a stub: nothing is known of the person but the identifiers.
    /// - Parameter field: where the message has the identifier that it changes; MRG-1 stands in where it is empty.
    private static func prior(
        _ merge: Segment, _ action: MergeStatement.Action, _ survivor: StatedResource, _ field: Int?,
        _ context: MappingContext
    ) throws(MappingError) -> StatedResource {
        let map = IdentifierMap(context: context)
        var fields = [1]
        if context.header.versionNumbers.lexicographicallyPrecedes([2, 3]) { fields.append(4) }
        if let field, merge[field: field].isValued { fields = [field] }
        var stub = FHIRObject()
        var pairs: [FHIRIdentifier] = []
        for field in fields {
            for repetition in merge[field: field].repetitions {
                guard let pair = map.pair(repetition), !pairs.contains(pair) else { continue }
                pairs.append(pair)
                stub.append("identifier", map.map(repetition))
            }
        }
        stub.set("active", .bool(false))
        stub.append("name", HumanNameMap(context: context).map(merge[field: 7][repetition: 1]))
        guard let first = pairs.first else {
            // What moves or joins accounts and visits may leave the patient out: it is the same one.
            if [.mergeAccounts, .mergeVisits].contains(action) { return survivor }
            let isSent = merge[field: 1].isValued
            throw MappingError(
                isSent ? .dataType : .requiredFieldMissing, .contentError, at: merge[field: 1].location,
                isSent ? "no usable prior identifier" : "no prior identifier")
        }
        return StatedResource(
            IdentityKey("Patient", [first.system, first.value]), stub, identifiers: pairs, rule: .mention,
            location: merge.location)
    }
}
