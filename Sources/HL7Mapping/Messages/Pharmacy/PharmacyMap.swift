package import HL7Syntax

/// RDE^O11 and O25 (encoded orders), RDS^O13 (dispenses): MedicationRequest and MedicationDispense.
enum PharmacyMap: MessageMap {
    static let kinds: [String: Set<String>] = ["RDE": ["O11", "O25"], "RDS": ["O13"]]

    static func map(_ message: RawMessage, profile: SourceProfile) throws(MappingError) -> StatedMessage {
        let scope = try MessageScope(message, profile: profile)
        let entries = PharmacyEntry.entries(message)
        guard !entries.isEmpty else {
            throw MappingError(.segmentSequence, .contentError, at: HL7Location(segment: "ORC"), "no ORC segment")
        }
        var resources: [StatedResource] = []
        for entry in entries {
            let orders = PharmacyOrderMap(scope: scope)
            let key = orders.key(entry)
            guard key != nil || !entry.dispensed.isEmpty else {
                throw MappingError(
                    .requiredFieldMissing, .contentError, at: entry.control[field: 2].location,
                    "an order without number")
            }
            var order: StatedResource?
            if let key {
                let statement = self.order(entry, key: key, orders, scope)
                if let statement, !resources.contains(where: { $0.address == statement.address }) {
                    resources.append(statement)
                    order = statement
                }
            }
            let reference = self.reference(order, entry, scope)
            for segment in entry.dispensed {
                let map = DispenseMap(scope: scope)
                let own = map.key(entry, segment, order: key)
                guard !resources.contains(where: { $0.identityKey == own.text }) else {
                    scope.context.warn(.duplicateKey, at: segment.location, "the same dispense twice; one was kept")
                    continue
                }
                resources.append(map.map(entry, segment, key: own, order: reference))
            }
        }
        return scope.message(resources, reply: PharmacyReply.make(entries, to: scope.context.header))
    }

    /// The order of RDE; in a dispense it is only looked up, or made where the message tells what it was.
    private static func order(
        _ entry: PharmacyEntry, key: IdentityKey, _ map: PharmacyOrderMap, _ scope: MessageScope
    ) -> StatedResource? {
        let isDispense = scope.context.header.messageType == "RDS"
        let content = map.content(entry)
        let stamp = scope.context.eventStamp
        let location = entry.control.location
        let statusOnly = MedicationStatusTable.changesStatusOnly(entry.control.code(1))
        if isDispense {
            return StatedResource(
                key, content ?? FHIRObject(), identifiers: map.claims(entry), rule: .mention,
                absence: content == nil ? .skip : .create, location: location)
        }
        guard statusOnly || content == nil else {
            return StatedResource(
                key, content ?? FHIRObject(), identifiers: map.claims(entry), stamp: stamp, location: location)
        }
        let status = map.status(entry.control)
        return StatedResource(
            key, content ?? FHIRObject(), identifiers: map.claims(entry),
            rule: .change { stored, _ in
                var changed = stored
                changed.set("status", .string(status))
                return changed
            },
            absence: content == nil ? .skip : .create, stamp: stamp, location: location)
    }

    private static func reference(
        _ order: StatedResource?, _ entry: PharmacyEntry, _ scope: MessageScope
    ) -> FHIRValue? {
        let number = scope.entity(entry.control, 2) ?? scope.entity(entry.control, 3)
        let kind = scope.entity(entry.control, 2) == nil ? "FILL" : "PLAC"
        return order.map {
            .object([
                "reference": .string($0.address), "type": .string("MedicationRequest"),
                "identifier": number?.map(type: kind),
            ])
        }
    }
}
