internal import HL7Syntax

/// What became of one order, for the answer.
struct OrderAnswer: Sendable {
    let group: OrderGroup
    let action: OrderControl
    let isDone: Bool
    let filler: EntityIdentifier?
}

/// ORR^O02 for an ORM, ORL^O22, O34 and O36 for an OML: one ORC (and OBR) for each order. HL7 v2.5.1 §4.4.
struct OrderReply {
    let context: MappingContext
    let groups: OrderGroups

    /// Nil where the message only told us something.
    func make(_ answers: [OrderAnswer]) -> MessageReply? {
        guard answers.contains(where: \.action.isRequest) else { return nil }
        let header = context.header
        let names: [String] =
            switch (header.messageType, header.triggerEvent) {
            case ("ORM", _): ["ORR", "O02", "ORR_O02"]
            case (_, "O33"): ["ORL", "O34", "ORL_O34"]
            case (_, "O35"): ["ORL", "O36", "ORL_O36"]
            default: ["ORL", "O22", "ORL_O22"]
            }
        var segments: [SegmentBuilder] = []
        if let patient = groups.patient { segments.append(identification(patient)) }
        var specimen: Int?
        for answer in answers where answer.action.isRequest {
            if ["O34", "O36"].contains(names[1]), let first = answer.group.service?.specimens.first?.segment,
                first.index != specimen
            {
                specimen = first.index
                segments.append(copy(first, fields: [1, 2, 4]))
            }
            segments += order(answer)
        }
        return MessageReply(messageType: names, segments: segments)
    }

    /// Who it is about, by numbers and name alone.
    private func identification(_ patient: Segment) -> SegmentBuilder { copy(patient, fields: [1, 3, 5]) }

    private func order(_ answer: OrderAnswer) -> [SegmentBuilder] {
        let codes = answer.action.answers
        var control = SegmentBuilder("ORC", delimiters: context.message.delimiters)
        control.set(1, .text(answer.isDone ? codes.done : codes.refused))
        let placer = placer(answer.group)
        control.set(2, .encoded(placer))
        let filler = number(answer)
        control.set(3, filler)
        if let group = answer.group.control?[field: 4] { control.set(4, .encoded(Array(group.raw))) }
        guard let service = answer.group.service else { return [control] }
        var order = SegmentBuilder("OBR", delimiters: context.message.delimiters)
        order.set(1, .encoded(Array(service.order[field: 1].raw)))
        order.set(2, .encoded(placer))
        order.set(3, filler)
        order.set(4, .encoded(Array(service.order[field: 4].raw)))
        return [control, order]
    }

    private func placer(_ group: OrderGroup) -> [UInt8] {
        let fields = [group.control?[field: 2], group.service?.order[field: 2]].compactMap(\.self)
        return fields.first(where: \.isValued).map { Array($0.raw) } ?? []
    }

    /// As it was sent, else as stored or given here.
    private func number(_ answer: OrderAnswer) -> FieldContent {
        let fields = [answer.group.control?[field: 3], answer.group.service?.order[field: 3]].compactMap(\.self)
        if let sent = fields.first(where: \.isValued) { return .encoded(Array(sent.raw)) }
        guard let filler = answer.filler else { return .text("") }
        return .components([filler.value, filler.authorityName])
    }

    private func copy(_ segment: Segment, fields: [Int]) -> SegmentBuilder {
        var copy = SegmentBuilder(segment.name, delimiters: context.message.delimiters)
        for field in fields { copy.set(field, .encoded(Array(segment[field: field].raw))) }
        return copy
    }
}
