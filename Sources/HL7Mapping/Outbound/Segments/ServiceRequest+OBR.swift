internal import HL7Syntax
internal import JSONTape

/// The numbers of an order.
struct OrderNumbers {
    var placer: [[String]]
    var filler: [[String]]

    /// What the order came with; an order without a placer number has its id for one.
    init(_ order: JSONNode?, _ values: FieldValues) {
        let given = values.identifier(order, type: "PLAC")
        placer = given.map { values.entity($0) } ?? []
        if placer.isEmpty, let id = order?["id"]?.string { placer = values.entity(id, PlacerNumber.system) }
        filler = values.entity(values.identifier(order, type: "FILL"))
    }
}

extension OutboundWriter {
    /// ORC of an order.
    mutating func orderControl(
        _ order: JSONNode?, _ numbers: OrderNumbers, control: String, status: String, _ event: OutboundEvent
    ) {
        let values = FieldValues(profile: profile)
        var segment = segment("ORC")
        segment.set(1, .text(control))
        segment.fill(2, [numbers.placer])
        segment.fill(3, [numbers.filler])
        segment.fill(4, [values.entity(order?["requisition"])])
        segment.fill(5, status)
        segment.fill(9, FieldText.time(order?["authoredOn"]?.string))
        segment.fill(12, [values.person(order?["requester"], event)])
        // Messages put it beside the status; the extension's own context is the resource.
        let url = "http://hl7.org/fhir/StructureDefinition/request-statusReason"
        let reason = companion(order?["_status"], url) ?? companion(order, url)
        segment.fill(16, [values.concept(reason?["valueCodeableConcept"])])
        append(segment)
    }

    /// OBR of a ServiceRequest (§2.6).
    mutating func request(_ order: JSONNode, _ numbers: OrderNumbers, _ event: OutboundEvent) {
        let values = FieldValues(profile: profile)
        var segment = segment("OBR")
        segment.set(1, number("OBR"))
        segment.fill(2, [numbers.placer])
        segment.fill(3, [numbers.filler])
        segment.fill(4, [values.concept(order["code"])])
        let priority = OutboundOrderTable.priority(order["priority"]?.string ?? "")
        // TQ1 took priority and times over with 2.5.
        if profile.isBefore(2, 5) {
            segment.fill(5, priority)
            segment.fill(6, FieldText.time(Self.start(order)))
        }
        segment.fill(11, Self.action(order["intent"]?.string ?? ""))
        segment.fill(16, [values.person(order["requester"], event)])
        segment.fill(31, values.concepts(order["reasonCode"]))
        append(segment)
        guard !profile.isBefore(2, 5) else { return }
        var timing = self.segment("TQ1")
        timing.set(1, "1")
        timing.fill(7, FieldText.time(Self.start(order)))
        timing.fill(8, FieldText.time(order["occurrencePeriod"]?["end"]?.string))
        timing.fill(9, priority)
        append(timing)
    }

    /// OBR-11 (0065).
    private static func action(_ intent: String) -> String {
        switch intent {
        case "reflex-order": "G"
        default: ""
        }
    }

    private static func start(_ order: JSONNode) -> String? {
        order["occurrenceDateTime"]?.string ?? order["occurrencePeriod"]?["start"]?.string
    }

    /// SPM of a Specimen.
    mutating func specimen(_ specimen: JSONNode) {
        let values = FieldValues(profile: profile)
        var segment = segment("SPM")
        segment.set(1, number("SPM"))
        let placer = values.identifier(specimen, type: "PLAC")
        let filler = values.identifier(specimen, type: "FILL") ?? specimen["identifier"]?.items.first
        // EIP: the two numbers are components, their parts subcomponents.
        segment.fill(2, [[values.entity(placer).map { $0[0] }, values.entity(filler).map { $0[0] }]])
        segment.fill(4, [values.concept(specimen["type"])])
        let collection = specimen["collection"]
        segment.fill(7, [values.concept(collection?["method"])])
        segment.fill(8, [values.concept(collection?["bodySite"])])
        let period = collection?["collectedPeriod"]
        let start = FieldText.time(collection?["collectedDateTime"]?.string ?? period?["start"]?.string)
        segment.fill(17, [[[start], [FieldText.time(period?["end"]?.string)]]])
        segment.fill(18, FieldText.time(specimen["receivedTime"]?.string))
        segment.fill(30, [specimen["accessionIdentifier"].map { values.identifier($0) } ?? []])
        append(segment)
    }
}
