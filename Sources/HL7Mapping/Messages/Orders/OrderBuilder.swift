internal import HL7Syntax

/// Turns the orders of one message into resources, and notes what to answer.
struct OrderBuilder {
    let mapping: OrderMapping
    private(set) var resources: [StatedResource] = []
    private var answers: [OrderAnswer] = []
    /// Orders just said to be replaced (RP), for the RO behind them.
    private var replaced: [String] = []
    /// The order that children (CH) are part of.
    private var parent: String?
    private var seen: Set<String> = []

    private var context: MappingContext { mapping.context }
    private var profile: SourceProfile { mapping.context.profile }
    private var subject: String { mapping.patient.address }

    init(mapping: OrderMapping) { self.mapping = mapping }

    func reply() -> MessageReply? {
        OrderReply(context: context, groups: mapping.groups).make(answers)
    }

    mutating func add(_ group: OrderGroup, known: [OrderMapping.Known], parent: String?) {
        let action = group.action
        if case .other(let segment) = group.detail {
            context.warn(.segmentSequence, at: segment.location, "this kind of order detail is not taken")
            return answer(group, action, isDone: false, filler: nil)
        }
        guard !known.isEmpty || canMake(group, action) else {
            context.warn(.unknownKey, at: group.control?.location, "the order is not known")
            return answer(group, action, isDone: false, filler: nil)
        }
        if group.action == .noted, !known.isEmpty { return answer(group, action, isDone: true, filler: nil) }
        for order in known { add(group, action, known: order, parent: parent) }
        if known.isEmpty { add(group, action, known: nil, parent: parent) }
    }

    private func canMake(_ group: OrderGroup, _ action: OrderControl) -> Bool {
        if case .none = group.detail { return false }
        return action.makesOrder && !group.code.isEmpty
    }

    // MARK: - One order

    private mutating func add(
        _ group: OrderGroup, _ action: OrderControl, known: OrderMapping.Known?, parent stored: String?
    ) {
        let control = group.control
        let decision = OrderDecision(
            action, orderStatus: control?.code(5) ?? "", resultStatus: group.service?.order.code(25) ?? "",
            known: known)
        let key = self.key(group, isMedication: known.map { $0.type == "MedicationRequest" })
        let address = known?.address ?? key.reference
        let filler = number(group, action, known, address)
        var content = FHIRObject()
        if known == nil || action.carriesDetails {
            content = details(group)
            if let filler, group.filler(profile) == nil { content.append("identifier", filler.map(type: "FILL")) }
        } else if action == .numberAssigned, let filler {
            content.append("identifier", filler.map(type: "FILL"))
        }
        setStatus(decision, action, group, isMedication: address.hasPrefix("Medication"), known, in: &content)
        link(group, action, address, stored, in: &content)
        if !content.isEmpty || known == nil {
            content.set("subject", .reference(subject))
            put(
                StatedResource(
                    key, content, rule: Self.keeping(["subject"]), stamp: context.eventStamp,
                    location: control?.location, id: known?.id))
        }
        addTasks(group, decision, address, content["requester"], isNew: known == nil)
        answer(group, action, isDone: decision.isDone, filler: filler)
    }

    private mutating func put(_ resource: StatedResource) {
        guard seen.insert(resource.address).inserted else { return }
        resources.append(resource)
    }

    /// Lays what is stated over what is stored, but for these elements.
    static func keeping(_ elements: Set<String>) -> StatedResource.Rule {
        .change { stored, stated in
            var rest = FHIRObject()
            for member in stated.members where !elements.contains(member.key) { rest.set(member.key, member.value) }
            return ElementOverlay.lay(rest, over: stored)
        }
    }

    /// Placer number and code, else filler number and code, else what there is. §2.1.
    private func key(_ group: OrderGroup, isMedication: Bool?) -> IdentityKey {
        var isMedication = isMedication ?? false
        if case .medication = group.detail { isMedication = true }
        let type = isMedication ? "MedicationRequest" : "ServiceRequest"
        if let placer = group.placer(profile) {
            return IdentityKey(type, ["placer", placer.system, placer.value, group.code])
        }
        if let filler = group.filler(profile) {
            return IdentityKey(type, ["filler", filler.system, filler.value, group.code])
        }
        let order = group.service?.order
        return IdentityKey(
            type,
            [
                "none", subject, group.control?.text(4) ?? "", group.code, order?.text(7) ?? "", order?.text(6) ?? "",
                group.control?.text(9) ?? "",
            ])
    }

    /// The filler's number: as sent, as stored, or ours where we are asked to do the work.
    private func number(
        _ group: OrderGroup, _ action: OrderControl, _ known: OrderMapping.Known?, _ address: String
    ) -> EntityIdentifier? {
        if let sent = group.filler(profile) { return sent }
        if let filler = known?.filler { return EntityIdentifier(filler, profile) }
        guard known == nil ? action.isRequest : action == .sendNumber else { return nil }
        let digits = address.split(separator: "/").last.map { $0.filter { $0 != "-" }.uppercased() } ?? ""
        return EntityIdentifier(String(digits.prefix(20)), namespace: "MARTLET", profile)
    }

    // MARK: - Content

    private mutating func details(_ group: OrderGroup) -> FHIRObject {
        let control = group.control
        let fallbacks = [control?[field: 7], group.service?.order[field: 27]].compactMap(\.self)
        let timing = OrderTimingMap(context, group.timings, fallbacks: fallbacks)
        var content: FHIRObject
        switch group.detail {
        case .medication(let segment):
            content = MedicationOrderMap(context: context).content(group, segment, timing: timing)
            content.set("encounter", EncounterReferenceMap.map(context, mapping.groups.visit))
        case .service(let service):
            content = ServiceRequestMap(context: context, subject: subject).content(
                service, encounter: EncounterReferenceMap.map(context, mapping.groups.visit), supportingInfo: [])
            addServiceDetails(service, control, timing, &content)
        case .none, .other: content = FHIRObject()
        }
        if let control {
            context.dateTime(control[field: 9])?.set("authoredOn", in: &content)
            addRequester(control, &content)
            for mark in control[field: 28].repetitions {
                let concept = CodeableConceptMap(context: context).map(mark, local: "ORC-28", table: "0177")
                if case .object(let object)? = concept, case .array(let codings)? = object["coding"] {
                    content.set("meta", .object(["security": .array(codings)]))
                }
            }
        }
        let priority = OrderStatusTable.priority(
            timing.priority.isEmpty ? group.service?.order.code(5) ?? "" : timing.priority)
        content.set("priority", priority.map { .string($0) })
        addReasons(group, &content)
        return content
    }

    private mutating func addServiceDetails(
        _ service: ResultGroup, _ control: Segment?, _ timing: OrderTimingMap, _ content: inout FHIRObject
    ) {
        let concepts = CodeableConceptMap(context: context)
        let order = service.order
        timing.setOccurrence(
            in: &content,
            otherwise: control.flatMap { context.dateTime($0[field: 15]) } ?? context.dateTime(order[field: 6]))
        for field in [46, 47] {
            for detail in order[field: field].repetitions {
                content.append("orderDetail", concepts.map(detail, local: "OBR-\(field)"))
            }
        }
        if let place = control.flatMap({ concepts.map($0[field: 29][repetition: 1], local: "ORC-29", table: "0482") }) {
            content.append("locationCode", place)
        }
        for note in NoteMap(context: context).notes(service.notes) { content.append("note", note.annotation) }
        var answers = OrderAnswersBuilder(context: context, subject: subject)
        answers.build(service)
        for resource in answers.resources { put(resource) }
        for address in answers.specimens { content.append("specimen", .reference(address)) }
        for address in answers.observations { content.append("supportingInfo", .reference(address)) }
    }

    /// ORC-21, the organization that orders, stands in where there is no person.
    private func addRequester(_ control: Segment, _ content: inout FHIRObject) {
        guard content["requester"] == nil else { return }
        let person = PractitionerMap(context: context).reference(control[field: 12][repetition: 1])
        content.set(
            "requester",
            person ?? OrganizationMap(context: context).reference(control[field: 21][repetition: 1]))
    }

    private mutating func addReasons(_ group: OrderGroup, _ content: inout FHIRObject) {
        for segment in group.diagnoses {
            guard let condition = OrderConditionMap(context: context, subject: subject).map(segment) else { continue }
            put(condition)
            content.append("reasonReference", .reference(condition.address))
        }
    }

    // MARK: - State and links

    private func setStatus(
        _ decision: OrderDecision, _ action: OrderControl, _ group: OrderGroup, isMedication: Bool,
        _ known: OrderMapping.Known?, in content: inout FHIRObject
    ) {
        // Without a decision the stored state stays; a new order has one always.
        var rest = FHIRObject()
        for member in content.members where member.key != "status" { rest.set(member.key, member.value) }
        content = rest
        guard let status = decision.status ?? (known == nil ? "active" : nil), status != known?.status else { return }
        var own = status
        if isMedication, status == "revoked" { own = action == .discontinue ? "stopped" : "cancelled" }
        content.set("status", .string(own))
        let reason = group.control.flatMap {
            CodeableConceptMap(context: context).map($0[field: 16][repetition: 1], local: "ORC-16")
        }
        let word: FHIRValue? =
            action == .discontinue && status == "revoked" ? .object(["text": .string("discontinued")]) : nil
        guard let reason = reason ?? word else { return }
        if isMedication {
            content.set("statusReason", reason)
        } else if status != "active" {
            content.append("extension", .extension(ExtensionURL.requestStatusReason, "valueCodeableConcept", reason))
        }
    }

    private mutating func link(
        _ group: OrderGroup, _ action: OrderControl, _ address: String, _ stored: String?, in content: inout FHIRObject
    ) {
        switch action {
        case .replaced: replaced.append(address)
        case .parent: parent = address
        case .new(true):
            let key = address.hasPrefix("Medication") ? "priorPrescription" : "replaces"
            if key == "replaces" {
                for old in replaced { content.append(key, .reference(old)) }
            } else if let old = replaced.first {
                content.set(key, .reference(old))
            }
            replaced = []
        default: break
        }
        guard action.carriesDetails, action != .parent else { return }
        if let stored {
            content.append("basedOn", .reference(stored))
        } else if action == .child, let parent {
            content.append("basedOn", .reference(parent))
        } else if let parent = mapping.parentNumber(group) {
            content.append(
                "basedOn", .object(["type": .string("ServiceRequest"), "identifier": parent.map(type: "PLAC")]))
        }
    }

    private mutating func addTasks(
        _ group: OrderGroup, _ decision: OrderDecision, _ address: String, _ requester: FHIRValue?, isNew: Bool
    ) {
        let tasks = OrderTaskMap(context: context, subject: subject, focus: address)
        if decision.progress != nil || isNew {
            put(tasks.fulfilment(decision.progress ?? "accepted", group.control, requester))
        }
        if let task = decision.task { put(tasks.work(task.kind, status: task.status, group.control)) }
    }

    private mutating func answer(
        _ group: OrderGroup, _ action: OrderControl, isDone: Bool, filler: EntityIdentifier?
    ) {
        answers.append(OrderAnswer(group: group, action: action, isDone: isDone, filler: filler))
    }
}

extension OrderMapping {
    /// ORC-8, else OBR-29: the order that this one is part of.
    func parentNumber(_ group: OrderGroup) -> EntityIdentifier? {
        for field in [group.control?[field: 8], group.service?.order[field: 29]].compactMap(\.self) {
            let pair = field[repetition: 1]
            if let number = EntityIdentifier(nested: pair[component: 1], context.profile)
                ?? EntityIdentifier(nested: pair[component: 2], context.profile)
            {
                return number
            }
        }
        return nil
    }
}
