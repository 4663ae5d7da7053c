internal import HL7Syntax

/// ORC with RXE (or RXO alone) to MedicationRequest. RXE[MedicationRequest], RXO[MedicationRequest].
struct PharmacyOrderMap {
    let scope: MessageScope

    /// ORC-2; else ORC-3; else the prescription number. Nil without any number.
    func key(_ entry: PharmacyEntry) -> IdentityKey? {
        let profile = scope.profile
        if let placer = scope.entity(entry.control, 2) {
            return IdentityKey("MedicationRequest", [profile.id, "placer", placer.keyPart])
        }
        if let filler = scope.entity(entry.control, 3) {
            return IdentityKey("MedicationRequest", [profile.id, "filler", filler.keyPart])
        }
        return entry.prescription(profile).map {
            IdentityKey("MedicationRequest", [profile.id, "prescription", $0.keyPart])
        }
    }

    /// What the order may be found by in the store.
    func claims(_ entry: PharmacyEntry) -> [FHIRIdentifier] {
        [2, 3].compactMap { scope.entity(entry.control, $0) }.flatMap(\.claims)
    }

    /// Nil where the message says nothing but a status, or has no drug.
    func content(_ entry: PharmacyEntry) -> FHIRObject? {
        guard let detail = entry.encoded ?? entry.ordered else { return nil }
        let isEncoded = detail.isNamed("RXE")
        let (control, context) = (entry.control, scope.context)
        var request = FHIRObject()
        for (number, kind) in [(scope.entity(control, 2), "PLAC"), (scope.entity(control, 3), "FILL")] {
            request.append("identifier", number?.map(type: kind))
        }
        request.append("identifier", entry.prescription(scope.profile)?.map(type: nil))
        request.set("status", .string(status(control)))
        request.set("intent", .string("order"))
        request.set("priority", priority(entry).map { .string($0) })
        request.set("medicationCodeableConcept", drug(detail, isEncoded ? 2 : 1))
        request.set("subject", .reference(scope.subject))
        request.set("encounter", scope.encounter)
        context.dateTime(control[field: 9])?.set("authoredOn", in: &request)
        request.set("requester", scope.person(control, 12) ?? scope.person(detail, isEncoded ? 13 : 14))
        request.set("recorder", scope.person(control, 10))
        request.append("reasonCode", contentsOf: scope.concepts(detail, isEncoded ? 27 : 20))
        if let group = scope.entity(control, 4) { request.set("groupIdentifier", group.map(type: "PGN")) }
        for note in NoteMap(context: context).notes(entry.notes) { request.append("note", note.annotation) }
        for ingredient in entry.ingredients { request.append("note", self.ingredient(ingredient)) }
        request.append(
            "dosageInstruction",
            contentsOf: DosageMap(scope: scope).map(
                detail, isEncoded ? .encoded : .ordered, timings: timings(entry, detail), routes: entry.routes))
        request.set("dispenseRequest", dispense(detail, isEncoded: isEncoded))
        if let allowed = MedicationStatusTable.isSubstituted(detail.code(9)) {
            request.set("substitution", .object(["allowedBoolean": .bool(allowed)]))
        }
        return request
    }

    func status(_ control: Segment) -> String {
        MedicationStatusTable.status(orderStatus: control.code(5), control: control.code(1))
    }

    private func drug(_ segment: Segment, _ field: Int) -> FHIRValue {
        if let drug = scope.concept(segment, field, table: "0292") { return drug }
        scope.context.warn(.requiredFieldMissing, at: segment[field: field].location, "an order without drug")
        return .dataAbsentExtension("unknown")
    }

    private func priority(_ entry: PharmacyEntry) -> String? {
        for timing in entry.timings {
            if let priority = OrderStatusTable.priority(timing.code(9)) { return priority }
        }
        return OrderStatusTable.priority(entry.control[field: 7][component: 6].string)
    }

    /// TQ1 wins over RXE-1 and ORC-7.
    private func timings(_ entry: PharmacyEntry, _ detail: Segment) -> [FHIRValue] {
        let map = TimingMap(scope: scope)
        let new = entry.timings.compactMap { map.map($0) }
        if !new.isEmpty { return new }
        let fields = (detail.isNamed("RXE") ? [detail[field: 1]] : []) + [entry.control[field: 7]]
        for field in fields {
            let old = field.repetitions.compactMap { map.map(old: $0, at: field.location) }
            if !old.isEmpty { return old }
        }
        return []
    }

    private func dispense(_ segment: Segment, isEncoded: Bool) -> FHIRValue? {
        var dispense = FHIRObject()
        let (amount, units, refills) = isEncoded ? (10, 11, 12) : (11, 12, 13)
        if let refills = Int(segment.text(refills)), refills >= 0 {
            dispense.set("numberOfRepeatsAllowed", .number("\(refills)"))
        }
        if let amount = DecimalText(segment.text(amount), usesDecimalComma: scope.profile.usesDecimalComma) {
            dispense.set("quantity", Unit(segment[field: units][repetition: 1], scope.profile).quantity(amount))
        }
        let pharmacy = segment[field: isEncoded ? 40 : 32][repetition: 1]
        if let name = FHIRValue.text(pharmacy[component: 2].value ?? pharmacy[component: 1].value) {
            dispense.set("performer", .object(["display": name]))
        }
        return dispense.isEmpty ? nil : .object(dispense)
    }

    /// RXC: a component of a mixture, which R4 could only hold in a Medication of its own.
    private func ingredient(_ segment: Segment) -> FHIRValue? {
        let code = segment[field: 2][repetition: 1]
        let unit = segment[field: 4][repetition: 1]
        let words = [
            segment.code(1) == "A" ? "Additive:" : "Component:", code[component: 2].value ?? code[component: 1].value,
            segment[field: 3].value, unit[component: 1].value,
        ]
        return FHIRValue.text(words.compactMap(\.self).joined(separator: " ")).map { .object(["text": $0]) }
    }
}
