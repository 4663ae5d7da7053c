internal import HL7Syntax

/// XAD to Address. XAD[Address].
struct AddressMap {
    let context: MappingContext

    func map(_ repetition: Repetition) -> FHIRValue? {
        var address = FHIRObject()
        let type = repetition[component: 7].value?.uppercased().cleaned ?? ""
        address.set("use", AddressTypeTable.use(type).map { .string($0) })
        address.set("type", AddressTypeTable.type(type).map { .string($0) })
        address.append("line", .text(repetition[component: 1][subcomponent: 1].value))
        address.append("line", .text(repetition[component: 2].value))
        address.set("city", .text(repetition[component: 3].value))
        address.set("district", .text(repetition[component: 9].value))
        address.set("state", .text(repetition[component: 4].value))
        address.set("postalCode", .text(repetition[component: 5].value))
        address.set("country", .text(repetition[component: 6].value))
        let hasPlace = ["line", "city", "district", "state", "postalCode", "country"].contains { address[$0] != nil }
        guard hasPlace else { return nil }
        address.set(
            "period",
            PeriodMap.map(
                context, start: repetition[component: 13].string, end: repetition[component: 14].string))
        return .object(address)
    }
}
