package import HL7Syntax

/// VXU^V04: vaccinations given, refused or reported. §2.10.
enum VaccinationMap: MessageMap {
    static let kinds: [String: Set<String>] = ["VXU": ["V04"]]

    static func map(_ message: RawMessage, profile: SourceProfile) throws(MappingError) -> StatedMessage {
        let scope = try MessageScope(message, profile: profile)
        let (entries, patientResults) = VaccinationEntry.entries(message)
        var resources: [StatedResource] = []
        var seen: Set<String> = []
        for entry in entries {
            let map = ImmunizationMap(scope: scope)
            let key = map.key(entry)
            guard seen.insert(key.text).inserted else {
                scope.context.warn(.duplicateKey, at: entry.given.location, "the same vaccination twice; one was kept")
                continue
            }
            let isNothing = ImmunizationMap.isNothing(entry.given)
            var immunization = isNothing ? nil : map.map(entry, key: key)
            let (reactions, others) = add(entry.results, of: key, to: &immunization, scope)
            resources += reactions
            if let immunization { resources.append(immunization) }
            resources += others
        }
        let own = IdentityKey("VaccinationResults", [profile.id, scope.subject])
        var nothing: StatedResource?
        resources += add(patientResults, of: own, to: &nothing, scope).others
        if entries.isEmpty {
            scope.context.warn(.segmentSequence, at: HL7Location(segment: "RXA"), "no RXA segment")
        }
        return scope.message(resources)
    }

    /// What the OBX say goes into the Immunization; the rest are observations about it.
    private static func add(
        _ results: [ResultEntry], of owner: IdentityKey, to immunization: inout StatedResource?, _ scope: MessageScope
    ) -> (reactions: [StatedResource], others: [StatedResource]) {
        var details = ImmunizationDetailMap(scope: scope)
        var content = immunization?.content ?? FHIRObject()
        var reactions: [StatedResource] = []
        var others: [StatedResource] = []
        var counts: [String: Int] = [:]
        for entry in results {
            if immunization != nil, details.take(entry.first, into: &content) { continue }
            let part = "\(entry.code)|\(entry.subID)"
            counts[part, default: 0] += 1
            let key = IdentityKey(
                "Observation", [owner.text, entry.code, entry.subID, "\(counts[part, default: 1])"])
            // The Immunization refers to its reactions, all others refer to it: no circle.
            let isReaction = immunization != nil && ImmunizationDetailMap.isReaction(entry.first)
            let observation = AttachedObservationMap(scope: scope).map(
                entry, key: key, partOf: isReaction ? nil : immunization.map(\.address))
            guard let observation else { continue }
            if isReaction {
                reactions.append(observation)
                content.append("reaction", .object(["detail": .reference(observation.address)]))
            } else {
                others.append(observation)
            }
        }
        details.finish(&content)
        immunization = immunization?.with(content)
        return (reactions, others)
    }
}
