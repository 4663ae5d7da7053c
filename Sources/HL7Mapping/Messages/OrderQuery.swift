internal import HL7Syntax

/// How the store finds the order that a report answers. §2.5.2: placer number, then filler number, always of the same
/// patient; a number that belongs to another patient's order never links, the message goes to review.
package struct OrderQuery: Sendable, Hashable {
    package let placer: FHIRIdentifier?
    package let filler: FHIRIdentifier?
    /// The placer number as one of the clinic's series, where its sender kept no more of it than the number.
    package let printed: FHIRIdentifier?
    /// OBR-4.1. An order with the number but another code is the same order (reflex, add-on).
    package let code: String
    /// Id that a new order would get.
    package let newID: String

    init?(_ group: ResultGroup, _ context: MappingContext) {
        guard let key = ServiceRequestMap(context: context, subject: "").key(group) else { return nil }
        placer = group.placer(context.profile)?.pair
        filler = group.filler(context.profile)?.pair
        printed = group.placer(context.profile)?.printed(in: context.message)
        code = group.code
        newID = key.id
    }
}
