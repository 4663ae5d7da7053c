internal import HL7Syntax

/// What the clinic is told of results: a Communication to those who ordered them, and a Task where a result was filed
/// wrongly. §2.5.4.
extension ORUMapping {
    /// Why somebody is told.
    package enum NoticeKind: String, Sendable, CaseIterable {
        case corrected, critical
        case enteredInError = "entered-in-error"

        var text: String {
            switch self {
            case .corrected: "A final result was corrected"
            case .critical: "A critical result"
            case .enteredInError: "A result was taken back: entered in error"
            }
        }
    }

    /// - Parameters:
    ///   - report: the report that the results are part of.
    ///   - results: `Observation/<id>`.
    ///   - patientID: id of the stored patient; `nil` for a new one.
    ///   - order: `ServiceRequest/<id>`.
    package func communication(
        _ kind: NoticeKind, _ report: MappedReport, results: [String], patientID: String?, order: String?
    ) -> MappedResource {
        let context = MappingContext(message, profile: profile)
        let group = groups.groups[report.group]
        let key = IdentityKey(
            "Communication", [kind.rawValue, report.address, profile.id, context.header.controlID])
        var content = FHIRObject(["resourceType": .string("Communication"), "id": .string(key.id)])
        if let order { content.append("basedOn", .reference(order)) }
        // In progress until somebody acknowledges it (Communication.received).
        content.set("status", .string("in-progress"))
        content.append(
            "category", .concept("http://terminology.hl7.org/CodeSystem/communication-category", "alert"))
        content.set("priority", .string(kind == .critical ? "stat" : "urgent"))
        content.set("subject", .reference("Patient/" + (patientID ?? newPatientID)))
        content.append("about", .reference(report.address))
        for result in results { content.append("about", .reference(result)) }
        let time = context.dateTime(group.order[field: 22]) ?? context.dateTime(message["MSH", field: 7])
        if let time, time.instantSeconds != nil { time.set("sent", in: &content) }
        for person in recipients(group, context) { content.append("recipient", person) }
        content.append("reasonCode", .object(["text": .string(kind.rawValue)]))
        content.append("payload", .object(["contentString": .string(kind.text)]))
        for result in results { content.append("payload", .object(["contentReference": .reference(result)])) }
        return MappedResource(key, content, matching: .createIfAbsent, location: group.order.location)
    }

    /// OBR-16, else ORC-12; then OBR-28, who get copies. Only those with an id.
    private func recipients(_ group: ResultGroup, _ context: MappingContext) -> [FHIRValue] {
        let people = PractitionerMap(context: context)
        let orderer =
            people.reference(group.order[field: 16][repetition: 1])
            ?? group.control.flatMap { people.reference($0[field: 12][repetition: 1]) }
        let copies = group.order[field: 28].repetitions.map { people.reference($0) }
        var seen: Set<FHIRValue> = []
        return ([orderer] + copies).compactMap { person in
            guard case .object(let object)? = person, let reference = object["reference"],
                seen.insert(reference).inserted
            else { return nil }
            return person
        }
    }

    /// Asks whoever ordered a critical result to look at it: once for each message that brings one. What
    /// `DiagnosticReport/$verify` asks of results that were entered here.
    /// - Parameters:
    ///   - order: `ServiceRequest/<id>`.
    ///   - requester: who placed it, where that is stored; else OBR-16 says.
    package func reviewTask(
        _ report: MappedReport, patientID: String?, order: String?, requester: String?
    ) -> MappedResource {
        let context = MappingContext(message, profile: profile)
        let group = groups.groups[report.group]
        let key = IdentityKey("Task", ["review-result", report.address, profile.id, context.header.controlID])
        var task = FHIRObject(["resourceType": .string("Task"), "id": .string(key.id)])
        if let order { task.append("basedOn", .reference(order)) }
        task.set("status", .string("requested"))
        task.set("intent", .string("order"))
        task.set("priority", .string("stat"))
        task.set("code", .concept("urn:martlet:task-code", "review-result"))
        task.set("focus", .reference(report.address))
        task.set("for", .reference("Patient/" + (patientID ?? newPatientID)))
        let time = context.dateTime(group.order[field: 22]) ?? context.dateTime(message["MSH", field: 7])
        if let time, time.instantSeconds != nil {
            time.set("authoredOn", in: &task)
            time.set("lastModified", in: &task)
        }
        task.append("performerType", .concept("urn:martlet:role", "physician"))
        task.set("owner", requester.map { .reference($0) } ?? recipients(group, context).first)
        task.set("reasonCode", .object(["text": .string("critical")]))
        return MappedResource(key, task, matching: .createIfAbsent, location: group.order.location)
    }

    /// The practitioners that `communication` refers to.
    package func recipientResources(_ report: MappedReport) -> [MappedResource] {
        let context = MappingContext(message, profile: profile)
        _ = recipients(groups.groups[report.group], context)
        return context.shared
    }

    /// OBX-11 W: somebody has to see what was done with a result that belongs to somebody else.
    package func wrongResultTask(_ result: MappedResource, patientID: String?) -> MappedResource {
        let context = MappingContext(message, profile: profile)
        let key = IdentityKey("Task", ["wrong-result", result.key.text])
        var task = FHIRObject(["resourceType": .string("Task"), "id": .string(key.id)])
        task.set("status", .string("requested"))
        task.set("intent", .string("order"))
        task.set("priority", .string("urgent"))
        task.set("code", .object(["text": .string("wrong-result")]))
        task.set("description", .string("The laboratory says that this result was wrong, such as of another patient"))
        task.set("focus", .reference(result.key.reference))
        task.set("for", .reference("Patient/" + (patientID ?? newPatientID)))
        let time = context.dateTime(message["MSH", field: 7])
        if let time, time.instantSeconds != nil { time.set("authoredOn", in: &task) }
        return MappedResource(key, task, matching: .createIfAbsent, location: result.location)
    }
}
