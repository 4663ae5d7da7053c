internal import HL7Syntax

/// S23, S24 and appointments of status Blocked: a Slot for each resource, in a Schedule of its own.
struct BlockedTime {
    let context: MappingContext
    let number: EntityIdentifier

    func slots(
        _ list: ParticipantList, times: (start: FHIRDateTime, end: FHIRDateTime), isOpen: Bool, comment: FHIRValue?,
        location: HL7Location?
    ) -> [StatedResource] {
        var resources: [StatedResource] = []
        for actor in list.actors {
            let name = Self.name(actor.reference)
            var schedule = FHIRObject(["active": .bool(true)])
            schedule.append("actor", actor.reference)
            let owner = StatedResource(
                IdentityKey("Schedule", [context.profile.id, name]), schedule, rule: .mention, location: location)
            if !resources.contains(where: { $0.address == owner.address }) { resources.append(owner) }
            let key = IdentityKey("Slot", [context.profile.id, number.keyPart, name])
            guard !resources.contains(where: { $0.identityKey == key.text }) else { continue }
            var slot = FHIRObject()
            slot.append("identifier", number.map(type: nil))
            slot.set("schedule", .reference(owner.address))
            slot.set("status", .string(isOpen ? "free" : "busy-unavailable"))
            (actor.start ?? times.start).setInstant("start", in: &slot)
            (actor.end ?? times.end).setInstant("end", in: &slot)
            slot.set("comment", comment)
            resources.append(
                StatedResource(key, slot, rule: .overlay, stamp: context.eventStamp, location: location))
        }
        return resources
    }

    private static func name(_ reference: FHIRValue) -> String {
        String(decoding: FHIRObject(["actor": reference.withoutDisplay]).json, as: UTF8.self)
    }
}

extension FHIRValue {
    fileprivate var withoutDisplay: FHIRValue {
        guard case .object(let object) = self, object["reference"] != nil || object["identifier"] != nil else {
            return self
        }
        return .object(object.dropping(["display"]))
    }
}
