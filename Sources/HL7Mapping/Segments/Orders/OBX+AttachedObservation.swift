internal import HL7Syntax

/// OBX that goes with something else than a report, such as a vaccination: an Observation of its own.
struct AttachedObservationMap {
    let scope: MessageScope

    /// - Parameter partOf: `Type/id` of what it was observed at; nil if of nothing in particular.
    func map(_ entry: ResultEntry, key: IdentityKey, partOf: String?) -> StatedResource? {
        let context = scope.context
        let own = ResultScope(
            subject: scope.subject, encounter: scope.encounter, reportStatus: "F",
            effective: nil, issued: nil, stampSeconds: context.eventStamp?.seconds ?? 0, category: nil)
        guard
            let mapped = ObservationMap(context: context, scope: own)
                .map(entry, key: key, hasMember: [], derivedFrom: []),
            var content = FHIRObject(json: mapped.resource.json)
        else { return nil }
        if let partOf { content.append("partOf", .reference(partOf)) }
        return StatedResource(key, content, stamp: context.eventStamp, location: entry.first.location)
    }
}
