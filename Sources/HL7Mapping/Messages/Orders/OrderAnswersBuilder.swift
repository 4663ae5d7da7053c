internal import HL7Syntax

/// What comes with an order: specimens, and the answers to the questions asked at order entry. §2.6.
struct OrderAnswersBuilder {
    let context: MappingContext
    let subject: String
    private(set) var resources: [StatedResource] = []
    /// `Specimen/<id>`.
    private(set) var specimens: [String] = []
    /// `Observation/<id>`.
    private(set) var observations: [String] = []

    init(context: MappingContext, subject: String) {
        self.context = context
        self.subject = subject
    }

    mutating func build(_ group: ResultGroup) {
        var group = group
        group.patientPart = subject
        let map = SpecimenMap(context: context, subject: subject)
        let stamp = context.dateTime(context.message["MSH", field: 7])?.instantSeconds ?? 0
        for entry in group.specimens {
            let key = map.key(entry.segment, group: group)
            add(map.map(entry, key: key, stampSeconds: stamp))
            specimens.append(key.reference)
            answer(entry.observations, key, focus: key.reference, stamp)
        }
        if group.specimens.isEmpty, let specimen = map.map(group, stampSeconds: stamp) {
            add(specimen)
            specimens.append("Specimen/" + specimen.id)
        }
        let owner = IdentityKey("Order", [context.profile.id] + group.orderKeyParts(context.profile))
        observations = answer(group.results, owner, focus: nil, stamp)
    }

    @discardableResult
    private mutating func answer(
        _ entries: [ResultEntry], _ owner: IdentityKey, focus: String?, _ stamp: Int
    ) -> [String] {
        // An answer is complete as it was given, unless OBX-11 says otherwise.
        let scope = ResultScope(
            subject: subject, encounter: nil, reportStatus: "F", effective: nil, issued: nil, stampSeconds: stamp,
            category: nil, specimen: focus, focus: focus)
        let map = ObservationMap(context: context, scope: scope)
        var addresses: [String] = []
        var counts: [String: Int] = [:]
        for entry in entries {
            let base = [owner.text, entry.code, entry.subID]
            counts[base.joined(separator: "|"), default: 0] += 1
            let rank = counts[base.joined(separator: "|"), default: 1]
            let key = IdentityKey("Observation", base + ["\(rank)"])
            guard let mapped = map.map(entry, key: key, hasMember: [], derivedFrom: []) else { continue }
            if let document = mapped.document {
                if let binary = document.binary { add(binary) }
                add(document.reference(report: nil))
            }
            add(mapped.resource)
            addresses.append(key.reference)
        }
        return addresses
    }

    private mutating func add(_ resource: MappedResource) {
        if let stated = StatedResource(resource) { resources.append(stated) }
    }
}
