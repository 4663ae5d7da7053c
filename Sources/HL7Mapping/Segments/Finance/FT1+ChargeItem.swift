internal import HL7Syntax

/// FT1 to ChargeItem. §2.8.
struct ChargeItemMap {
    let scope: MessageScope
    let account: FHIRValue?

    /// - Parameters:
    ///   - isCredit: what was charged is taken back: quantity and price are negative.
    ///   - procedures: `Procedure/id` of what was done for it.
    func map(
        _ entry: ChargeEntry, key: IdentityKey, _ type: TransactionType, isCredit: Bool = false,
        procedures: [String] = []
    ) -> StatedResource {
        let (segment, context) = (entry.segment, scope.context)
        var item = FHIRObject()
        let number = scope.entity(segment, 2)
        item.append("identifier", number?.map(type: nil))
        item.set("status", .string("billable"))
        item.set("code", code(segment, type))
        item.set("subject", .reference(scope.subject))
        item.set("context", scope.encounter)
        addTimes(segment, &item)
        addPeople(segment, &item)
        item.set("costCenter", costCentre(segment))
        let quantity = quantity(segment, isCredit: isCredit)
        let unit = Unit(segment[field: 44][repetition: 1], scope.profile)
        item.set("quantity", unit.quantity(number: quantity))
        item.set("priceOverride", price(segment, quantity: quantity, isCredit: isCredit)?.value)
        item.append("reason", contentsOf: scope.concepts(segment, 19))
        for filler in segment[field: 23].repetitions.compactMap({ EntityIdentifier($0, scope.profile) }) {
            item.append("service", filler.reference("DiagnosticReport", as: "FILL"))
        }
        for procedure in procedures { item.append("service", .reference(procedure)) }
        item.set("productCodeableConcept", scope.concept(segment, 29))
        item.append("account", account)
        for note in NoteMap(context: context).notes(entry.notes) { item.append("note", note.annotation) }
        if let insured = MoneyAmount(segment[field: 15], context) {
            let words = ["Insurance amount:", insured.number, insured.currency].compactMap(\.self)
            item.append("note", .object(["text": .string(words.joined(separator: " "))]))
        }
        item.append(
            "supportingInformation", PlaceReferenceMap(context: context).reference(segment[field: 16][repetition: 1]))
        if let plan = scope.concept(segment, 14), case .object(let concept) = plan {
            item.append(
                "supportingInformation",
                .object(["type": .string("Coverage"), "display": concept["text"] ?? .text(segment.text(14))]))
        }
        return StatedResource(
            key, item, identifiers: isCredit ? [] : number?.claims ?? [],
            rule: isCredit ? .mention : .change(Self.update), stamp: context.eventStamp, location: segment.location)
    }

    /// What was billed, or taken back, does not change by what comes later.
    private static let update: @Sendable (FHIRObject, FHIRObject) -> FHIRObject? = { stored, stated in
        let isSettled = ["billed", "aborted", "entered-in-error"].contains(stored.text("status") ?? "")
        return isSettled ? nil : ElementOverlay.lay(stated, over: stored)
    }

    /// The charge that a credit names: taken back, unless it was billed already.
    func aborting(_ segment: Segment, key: IdentityKey) -> StatedResource {
        StatedResource(
            key, FHIRObject(), identifiers: scope.entity(segment, 2)?.claims ?? [],
            rule: .change { stored, _ in
                guard !["billed", "aborted", "entered-in-error"].contains(stored.text("status") ?? "") else {
                    return nil
                }
                var changed = stored
                changed.set("status", .string("aborted"))
                return changed
            },
            absence: .skip, location: segment.location)
    }

    /// FT1-7 with its descriptions; a procedure (FT1-25) stands in where it is empty.
    private func code(_ segment: Segment, _ type: TransactionType) -> FHIRValue {
        var code = FHIRObject()
        for field in [7, 25] where code.isEmpty {
            if case .object(let object)? = scope.concept(segment, field, table: field == 7 ? "0132" : nil) {
                code = object
            }
        }
        if let text = FHIRValue.text(segment[field: 8].value) ?? FHIRValue.text(segment[field: 9].value) {
            code.set("text", text)
        }
        if type == .copayment {
            code.append("coding", .coding("http://terminology.hl7.org/CodeSystem/adjudication", "copay"))
        }
        guard code.isEmpty else { return .object(code) }
        scope.context.warn(.requiredFieldMissing, at: segment[field: 7].location, "a transaction without code")
        return .dataAbsentExtension("unknown")
    }

    private func addTimes(_ segment: Segment, _ item: inout FHIRObject) {
        let field = segment[field: 4]
        let (start, end) = (segment.text(4), field[component: 2].string)
        if end.cleaned.isEmpty || end == start {
            scope.context.dateTime(field)?.set("occurrenceDateTime", in: &item)
        } else {
            item.set("occurrencePeriod", PeriodMap.map(scope.context, start: start, end: end, at: field.location))
        }
        scope.context.dateTime(segment[field: 5])?.set("enteredDate", in: &item)
    }

    /// FT1-20 did it, FT1-21 ordered it, FT1-24 entered it.
    private func addPeople(_ segment: Segment, _ item: inout FHIRObject) {
        let system = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
        for (field, function) in [(20, "PPRF"), (21, "REF")] {
            for person in scope.people(segment, field) {
                item.append("performer", .object(["function": .concept(system, function), "actor": person]))
            }
        }
        item.set("enterer", scope.person(segment, 24))
    }

    private func costCentre(_ segment: Segment) -> FHIRValue? {
        let field = segment[field: 13][repetition: 1]
        guard let code = field[component: 1].value?.cleaned, !code.isEmpty else { return nil }
        return .object([
            "type": .string("Organization"),
            "identifier": .object([
                "system": .string(scope.profile.localSystem("department", "")), "value": .text(code),
            ]),
            "display": .text(field[component: 2].value ?? code),
        ])
    }

    private func quantity(_ segment: Segment, isCredit: Bool) -> String {
        let sent = DecimalText(segment.text(10), usesDecimalComma: scope.profile.usesDecimalComma)
        if sent == nil, segment[field: 10].isValued {
            scope.context.warn(.dataType, at: segment[field: 10].location, "not a number; one is assumed")
        }
        let number = sent?.number ?? "1"
        return isCredit && !number.hasPrefix("-") ? "-" + number : number
    }

    /// FT1-11, else FT1-12 times the quantity.
    private func price(_ segment: Segment, quantity: String, isCredit: Bool) -> MoneyAmount? {
        let extended = MoneyAmount(segment[field: 11], scope.context)
        let product = MoneyAmount(segment[field: 12], scope.context)?.times(quantity)
        if let extended, let product, !extended.magnitude.isEqual(to: product.magnitude) {
            scope.context.warn(
                .dataType, at: segment[field: 11].location, "the amount is not the unit price times the quantity")
        }
        guard let price = extended ?? product else { return nil }
        return isCredit ? price.negated : price
    }
}
