internal import HL7Syntax

/// FT1 of type PY to PaymentNotice. §2.8.
struct PaymentNoticeMap {
    let scope: MessageScope
    let account: FHIRValue?

    /// - Throws: 101 without an amount, because a payment of nothing would be a loss.
    func map(_ segment: Segment, key: IdentityKey) throws(MappingError) -> StatedResource {
        let context = scope.context
        guard let amount = MoneyAmount(segment[field: 11], context) ?? MoneyAmount(segment[field: 12], context) else {
            throw MappingError(
                .requiredFieldMissing, .contentError, at: segment[field: 11].location, "a payment without amount")
        }
        let number = scope.entity(segment, 2)
        var notice = FHIRObject()
        notice.append("identifier", number?.map(type: nil))
        notice.set("status", .string("active"))
        notice.set("request", account)
        let created = [segment[field: 5], segment[field: 4], context.message["MSH", field: 7]]
            .lazy.compactMap { context.dateTime($0) }.first
        if let created {
            created.set("created", in: &notice)
        } else {
            notice.set("_created", .dataAbsentExtension("unknown"))
        }
        notice.set(
            "payment",
            number?.reference("PaymentReconciliation") ?? .object(["display": .string("payment without number")]))
        if let paid = context.dateTime(segment[field: 4]) { notice.set("paymentDate", .string(paid.date)) }
        notice.set(
            "recipient", OrganizationMap(context: context).sender() ?? .object(["display": .string("unknown")]))
        notice.set("amount", amount.magnitude.value)
        notice.set(
            "paymentStatus", .concept("http://terminology.hl7.org/CodeSystem/paymentstatus", "paid"))
        return StatedResource(
            key, notice, identifiers: number?.claims ?? [], rule: .mention, location: segment.location)
    }
}
