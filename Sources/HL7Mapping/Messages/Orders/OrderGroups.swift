internal import HL7Syntax

/// One order of ORM or OML: an ORC with what it is about.
struct OrderGroup: Sendable {
    /// What is ordered.
    enum Detail: Sendable {
        /// OBR with its neighbours.
        case service(ResultGroup)
        /// RXO or RXE.
        case medication(Segment)
        /// Only ORC: about an order that is known by its number.
        case none
        /// A detail of another kind: diet, supply.
        case other(Segment)
    }

    var control: Segment?
    var detail = Detail.none
    var timings: [Segment] = []
    var diagnoses: [Segment] = []
    /// RXR.
    var routes: [Segment] = []
    /// NTE behind RXO; those of a service are in its group.
    var notes: [Segment] = []
    /// Sent along for information: an earlier order.
    var isPrevious = false

    var service: ResultGroup? {
        if case .service(let group) = detail { group } else { nil }
    }

    var action: OrderControl { OrderControl(control?.code(1) ?? "") }

    /// OBR-4 or RXO-1, first code or text; empty if there is no detail.
    var code: String {
        switch detail {
        case .service(let group): group.code
        case .medication(let segment): Self.code(segment[field: segment.isNamed("RXE") ? 2 : 1])
        case .none, .other: ""
        }
    }

    private static func code(_ field: Field) -> String {
        [1, 4, 2, 5].lazy.compactMap { field[component: $0].value?.collapsed }.first { !$0.isEmpty } ?? ""
    }

    func placer(_ profile: SourceProfile) -> EntityIdentifier? {
        service?.placer(profile) ?? control.flatMap { EntityIdentifier($0[field: 2][repetition: 1], profile) }
    }

    func filler(_ profile: SourceProfile) -> EntityIdentifier? {
        service?.filler(profile) ?? control.flatMap { EntityIdentifier($0[field: 3][repetition: 1], profile) }
    }
}

/// The segments of ORM^O01, OML^O21, O33 and O35 in their groups, however the sender ordered them. §2.6.
struct OrderGroups: Sendable {
    private(set) var patient: Segment?
    /// A PID of somebody else.
    private(set) var secondPatient: Segment?
    private(set) var visit: Segment?
    private(set) var related: [Segment] = []
    private(set) var patientNotes: [Segment] = []
    private(set) var groups: [OrderGroup] = []

    private enum Place { case patient, order, detail, result, specimen, specimenResult, foreign }
    private var place = Place.patient
    /// Specimens in front of the orders they are for (O33, O35).
    private var open: [SpecimenEntry] = []
    private let isSpecimenFirst: Bool
    private var isPrevious = false

    init(_ message: RawMessage) {
        let segments = message.segments
        let specimen = segments.firstIndex { $0.isNamed("SPM") }
        let order = segments.firstIndex { $0.isNamed("ORC") || $0.isNamed("OBR") }
        isSpecimenFirst = specimen.map { $0 < order ?? Int.max } ?? false
        for segment in segments { take(segment) }
    }

    private mutating func take(_ segment: Segment) {
        switch segment.name {
        case "PID": takePatient(segment)
        case "PV1": if visit == nil { visit = segment }
        case "NK1" where groups.isEmpty: related.append(segment)
        case "ORC":
            groups.append(OrderGroup(control: segment, isPrevious: isPrevious || segment.code(1) == "PR"))
            place = .order
        case "OBR": takeService(segment)
        case "RXO", "RXE":
            addGroupIfDetailed()
            groups[groups.count - 1].detail = .medication(segment)
            place = .detail
        case "RQD", "RQ1", "ODS", "ODT":
            guard let last = groups.indices.last, case .none = groups[last].detail else { return }
            groups[last].detail = .other(segment)
            place = .foreign
        case "RXR": if let last = groups.indices.last { groups[last].routes.append(segment) }
        case "TQ1": if let last = groups.indices.last { groups[last].timings.append(segment) }
        case "DG1": if let last = groups.indices.last { groups[last].diagnoses.append(segment) }
        case "OBX": takeAnswer(segment)
        case "SPM": takeSpecimen(segment)
        case "SAC": takeContainer(segment)
        case "NTE": takeNote(segment)
        default: break
        }
    }

    private mutating func takePatient(_ segment: Segment) {
        guard let patient else { return self.patient = segment }
        // A patient again behind an order: results of earlier times (PATIENT_PRIOR).
        guard patient[field: 3].raw.elementsEqual(segment[field: 3].raw) else {
            secondPatient = secondPatient ?? segment
            return
        }
        isPrevious = !groups.isEmpty
    }

    /// One ORC may stand in front of several OBR.
    private mutating func takeService(_ segment: Segment) {
        addGroupIfDetailed()
        let last = groups.count - 1
        var group = ResultGroup(order: segment, control: groups[last].control)
        group.specimens = open
        for index in open.indices { open[index].observations = [] }
        groups[last].detail = .service(group)
        place = .detail
    }

    private mutating func addGroupIfDetailed() {
        guard let last = groups.last else { return groups.append(OrderGroup(isPrevious: isPrevious)) }
        if case .none = last.detail { return }
        groups.append(OrderGroup(control: last.control, isPrevious: last.isPrevious))
    }

    private mutating func takeAnswer(_ segment: Segment) {
        if place == .specimen || place == .specimenResult, isSpecimenFirst, let last = open.indices.last {
            open[last].observations.append(ResultEntry(lines: [segment]))
            place = .specimenResult
            return
        }
        withService { group, place in
            if place == .specimen || place == .specimenResult, let specimen = group.specimens.indices.last {
                group.specimens[specimen].observations.append(ResultEntry(lines: [segment]))
                place = .specimenResult
            } else {
                group.results.append(ResultEntry(lines: [segment]))
                place = .result
            }
        }
    }

    private mutating func takeSpecimen(_ segment: Segment) {
        if isSpecimenFirst {
            if place != .specimen && place != .specimenResult { open = [] }
            open.append(SpecimenEntry(segment: segment))
        } else {
            withService { group, _ in group.specimens.append(SpecimenEntry(segment: segment)) }
        }
        place = .specimen
    }

    private mutating func takeContainer(_ segment: Segment) {
        if isSpecimenFirst, let last = open.indices.last { return open[last].containers.append(segment) }
        withService { group, place in
            guard let last = group.specimens.indices.last else { return }
            group.specimens[last].containers.append(segment)
        }
    }

    private mutating func takeNote(_ segment: Segment) {
        switch place {
        case .patient: return patientNotes.append(segment)
        case .foreign: return
        case .specimen, .specimenResult:
            if isSpecimenFirst, let last = open.indices.last { return open[last].notes.append(segment) }
        case .order, .detail, .result: break
        }
        if let last = groups.indices.last, groups[last].service == nil {
            return groups[last].notes.append(segment)
        }
        withService { group, place in
            if place == .specimen, let specimen = group.specimens.indices.last {
                group.specimens[specimen].notes.append(segment)
            } else if place == .result, let result = group.results.indices.last {
                group.results[result].notes.append(segment)
            } else {
                group.notes.append(segment)
            }
        }
    }

    private mutating func withService(_ change: (inout ResultGroup, inout Place) -> Void) {
        guard let last = groups.indices.last, case .service(var group) = groups[last].detail else { return }
        var place = place
        change(&group, &place)
        self.place = place
        groups[last].detail = .service(group)
    }
}
