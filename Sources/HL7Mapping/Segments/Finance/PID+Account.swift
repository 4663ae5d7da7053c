internal import HL7Syntax

/// PID-18 to Account. PID[Account].
struct AccountMap {
    let context: MappingContext
    let subject: String

    /// - Parameter field: PID-18 or MRG-3.
    func map(_ field: Field) -> StatedResource? {
        let map = IdentifierMap(context: context)
        let repetition = field[repetition: 1]
        guard let pair = map.pair(repetition) else { return nil }
        var account = FHIRObject()
        account.append("identifier", map.map(repetition, type: "AN"))
        account.set("status", .string("active"))
        account.append("subject", .reference(subject))
        return StatedResource(
            IdentityKey("Account", [pair.system, pair.value]), account, identifiers: [pair], rule: .mention,
            location: field.location)
    }
}
