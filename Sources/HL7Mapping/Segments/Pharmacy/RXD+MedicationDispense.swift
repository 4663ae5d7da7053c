internal import HL7Syntax

/// RXD to MedicationDispense.
struct DispenseMap {
    let scope: MessageScope

    /// The order and RXD-1; else the prescription, the drug and the time.
    func key(_ entry: PharmacyEntry, _ dispensed: Segment, order: IdentityKey?) -> IdentityKey {
        let profile = scope.profile
        let counter = dispensed.text(1).cleaned
        if let order, !counter.isEmpty { return IdentityKey("MedicationDispense", [profile.id, order.text, counter]) }
        return IdentityKey(
            "MedicationDispense",
            [
                profile.id, order?.text ?? scope.subject, dispensed.text(7), dispensed.text(2), dispensed.text(3),
            ])
    }

    /// - Parameter order: the order that this answers.
    func map(_ entry: PharmacyEntry, _ dispensed: Segment, key: IdentityKey, order: FHIRValue?) -> StatedResource {
        let context = scope.context
        var dispense = FHIRObject()
        let prescription = EntityIdentifier(dispensed[field: 7][repetition: 1], scope.profile)
        dispense.append("identifier", prescription?.map(type: nil))
        dispense.set(
            "status",
            .string(
                MedicationStatusTable.dispenseStatus(
                    orderStatus: entry.control.code(5), control: entry.control.code(1))))
        dispense.set(
            "medicationCodeableConcept",
            scope.concept(dispensed, 2, table: "0292") ?? .dataAbsentExtension("unknown"))
        dispense.set("subject", .reference(scope.subject))
        dispense.set("context", scope.encounter)
        for person in scope.people(dispensed, 10) { dispense.append("performer", .object(["actor": person])) }
        dispense.append("authorizingPrescription", order)
        if let amount = DecimalText(dispensed.text(4), usesDecimalComma: scope.profile.usesDecimalComma) {
            dispense.set("quantity", Unit(dispensed[field: 5][repetition: 1], scope.profile).quantity(amount))
        }
        if let time = context.dateTime(dispensed[field: 3]), dispense.text("status") == "completed" {
            time.set("whenHandedOver", in: &dispense)
        }
        for text in dispensed[field: 9].repetitions.compactMap({ FHIRValue.text($0.value) }) {
            dispense.append("note", .object(["text": text]))
        }
        for note in NoteMap(context: context).notes(entry.notes) { dispense.append("note", note.annotation) }
        let timing = TimingMap(scope: scope)
        dispense.append(
            "dosageInstruction",
            contentsOf: DosageMap(scope: scope).map(
                dispensed, .dispensed, timings: entry.timings.compactMap { timing.map($0) }, routes: entry.routes))
        if let was = MedicationStatusTable.isSubstituted(dispensed.code(11)) {
            dispense.set("substitution", .object(["wasSubstituted": .bool(was)]))
        }
        return StatedResource(key, dispense, stamp: context.eventStamp, location: dispensed.location)
    }
}
