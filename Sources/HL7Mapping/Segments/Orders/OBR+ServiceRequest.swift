internal import HL7Syntax

/// ORC and OBR to ServiceRequest, the order that a result answers. OBR[ServiceRequest], ORC[ServiceRequest].
struct ServiceRequestMap {
    let context: MappingContext
    let subject: String

    /// Placer number and OBR-4, else filler number and OBR-4; `nil` without any number. §2.1.
    func key(_ group: ResultGroup) -> IdentityKey? {
        if let placer = group.placer(context.profile) {
            return IdentityKey("ServiceRequest", ["placer", placer.system, placer.value, group.code])
        }
        return group.filler(context.profile).map {
            IdentityKey("ServiceRequest", ["filler", $0.system, $0.value, group.code])
        }
    }

    /// The order as a result tells of it.
    /// - Parameter isDone: every report of the message that answers it is final.
    func map(
        _ group: ResultGroup, key: IdentityKey, encounter: FHIRValue?, supportingInfo: [String], isDone: Bool
    ) -> MappedResource {
        let profile = context.profile
        var request = FHIRObject(["resourceType": .string("ServiceRequest"), "id": .string(key.id)])
        for member in content(group, encounter: encounter, supportingInfo: supportingInfo).members {
            request.set(member.key, member.value)
        }
        if isDone, request["status"] == .string("active"), group.control?.code(5).isEmpty ?? true {
            request.set("status", .string("completed"))
        }
        return MappedResource(
            key, request, matching: .order(placer: group.placer(profile)?.pair, filler: group.filler(profile)?.pair),
            location: group.order.location)
    }

    /// The order without type and id.
    func content(_ group: ResultGroup, encounter: FHIRValue?, supportingInfo: [String]) -> FHIRObject {
        let (order, control) = (group.order, group.control)
        let profile = context.profile
        var request = FHIRObject()
        request.append("identifier", group.placer(profile)?.map(type: "PLAC"))
        request.append("identifier", group.filler(profile)?.map(type: "FILL"))
        if let number = control.flatMap({ EntityIdentifier($0[field: 4][repetition: 1], profile) }) {
            request.set("requisition", number.map(type: "PGN"))
        }
        request.set(
            "status",
            .string(
                OrderStatusTable.status(
                    orderStatus: control?.code(5) ?? "", control: control?.code(1) ?? "")))
        request.set("intent", .string(order.code(11) == "G" ? "reflex-order" : "order"))
        let priority = order[field: 27][component: 6].value ?? order[field: 5].value ?? ""
        request.set("priority", OrderStatusTable.priority(priority).map { .string($0) })
        let concepts = CodeableConceptMap(context: context)
        request.set("code", concepts.map(order[field: 4][repetition: 1], local: "OBR-4"))
        request.set("subject", .reference(subject))
        request.set("encounter", encounter)
        if control?.code(1) == "NW", let control {
            context.dateTime(control[field: 9])?.set("authoredOn", in: &request)
        }
        request.set("requester", requester(group))
        for reason in order[field: 31].repetitions {
            request.append("reasonCode", concepts.map(reason, local: "OBR-31"))
        }
        for information in supportingInfo { request.append("supportingInfo", .reference(information)) }
        request.append("supportingInfo", FHIRValue.text(order[field: 13].value).map { .object(["display": $0]) })
        return request
    }

    /// OBR-16, else ORC-12.
    private func requester(_ group: ResultGroup) -> FHIRValue? {
        let people = PractitionerMap(context: context)
        return people.reference(group.order[field: 16][repetition: 1])
            ?? group.control.flatMap { people.reference($0[field: 12][repetition: 1]) }
    }
}
