internal import HL7Syntax

/// FT1 of type AJ to Invoice: a draft with one price component, for somebody to approve. §2.8.
struct AdjustmentMap {
    let scope: MessageScope
    let account: FHIRValue?

    func map(_ entry: ChargeEntry, key: IdentityKey) throws(MappingError) -> StatedResource {
        let (segment, context) = (entry.segment, scope.context)
        guard let amount = MoneyAmount(segment[field: 11], context) ?? MoneyAmount(segment[field: 12], context) else {
            throw MappingError(
                .requiredFieldMissing, .contentError, at: segment[field: 11].location, "an adjustment without amount")
        }
        let number = scope.entity(segment, 2)
        var invoice = FHIRObject()
        invoice.append("identifier", number?.map(type: nil))
        invoice.set("status", .string("draft"))
        invoice.set("subject", .reference(scope.subject))
        context.dateTime(segment[field: 4])?.set("date", in: &invoice)
        invoice.set("issuer", OrganizationMap(context: context).sender())
        invoice.set("account", account)
        invoice.append(
            "totalPriceComponent",
            .object([
                "type": .string(amount.isNegative ? "deduction" : "surcharge"),
                "code": scope.concept(segment, 7, table: "0132"), "amount": amount.magnitude.value,
            ]))
        for text in [segment[field: 8].value, segment[field: 9].value] {
            invoice.append("note", FHIRValue.text(text).map { .object(["text": $0]) })
        }
        for note in NoteMap(context: context).notes(entry.notes) { invoice.append("note", note.annotation) }
        return StatedResource(
            key, invoice, identifiers: number?.claims ?? [], rule: .mention, location: segment.location)
    }
}
