internal import HL7Syntax

/// One ORDER_OBSERVATION of an ORU: an OBR with what belongs to it.
struct ResultGroup: Sendable {
    /// OBR.
    let order: Segment
    /// ORC, when there is one for this OBR.
    let control: Segment?
    var notes: [Segment] = []
    var results: [ResultEntry] = []
    var specimens: [SpecimenEntry] = []

    /// OBR-4.1, else another text of it.
    var code: String {
        let code = order[field: 4][repetition: 1]
        return [1, 4, 2, 5].lazy.compactMap { code[component: $0].value?.collapsed }.first { !$0.isEmpty } ?? ""
    }

    /// OBR-2, else ORC-2.
    func placer(_ profile: SourceProfile) -> EntityIdentifier? {
        EntityIdentifier(order[field: 2][repetition: 1], profile)
            ?? control.flatMap { EntityIdentifier($0[field: 2][repetition: 1], profile) }
    }

    /// OBR-3, else ORC-3.
    func filler(_ profile: SourceProfile) -> EntityIdentifier? {
        EntityIdentifier(order[field: 3][repetition: 1], profile)
            ?? control.flatMap { EntityIdentifier($0[field: 3][repetition: 1], profile) }
    }

    /// The parts of keys that name the order: filler number, else placer number, and the code.
    func orderKeyParts(_ profile: SourceProfile) -> [String] {
        if let filler = filler(profile) { return ["filler", filler.keyPart, code] }
        if let placer = placer(profile) { return ["placer", placer.keyPart, code] }
        return ["none", "", code, order.text(7)]
    }
}

/// An SPM with the observations about the specimen itself.
struct SpecimenEntry: Sendable {
    let segment: Segment
    var notes: [Segment] = []
    var observations: [ResultEntry] = []
}

/// The segments of an ORU^R01 in their groups, however the sender ordered them (P12, F-16).
struct ResultGroups: Sendable {
    private(set) var patient: Segment?
    private(set) var visit: Segment?
    private(set) var related: [Segment] = []
    private(set) var patientNotes: [Segment] = []
    /// OBX in front of every OBR: about the patient.
    private(set) var patientResults: [ResultEntry] = []
    private(set) var groups: [ResultGroup] = []
    /// A second PID; such a message holds results of two people.
    private(set) var secondPatient: Segment?

    private var control: Segment?
    private var lastKind = Kind.patient
    private enum Kind { case patient, order, result, patientResult, specimen, specimenResult, other }

    init(_ message: RawMessage) {
        for segment in message.segments { take(segment) }
        shareLastSpecimens()
    }

    private mutating func take(_ segment: Segment) {
        switch segment.name {
        case "PID":
            if patient == nil { patient = segment } else { secondPatient = secondPatient ?? segment }
            lastKind = .patient
        case "PV1": if visit == nil { visit = segment }
        case "NK1": related.append(segment)
        case "ORC": control = segment
        case "OBR":
            groups.append(ResultGroup(order: segment, control: control))
            control = nil
            lastKind = .order
        case "OBX": takeResult(segment)
        case "SPM" where !groups.isEmpty:
            groups[groups.count - 1].specimens.append(SpecimenEntry(segment: segment))
            lastKind = .specimen
        case "NTE": takeNote(segment)
        default: break
        }
    }

    /// An OBX behind an SPM is about the specimen only where the order has its results already.
    private mutating func takeResult(_ segment: Segment) {
        guard let last = groups.indices.last else {
            Self.add(segment, to: &patientResults)
            lastKind = .patientResult
            return
        }
        let isBehindSpecimen = lastKind == .specimen || lastKind == .specimenResult
        if isBehindSpecimen, !groups[last].results.isEmpty, let specimen = groups[last].specimens.indices.last {
            Self.add(segment, to: &groups[last].specimens[specimen].observations)
            lastKind = .specimenResult
        } else {
            Self.add(segment, to: &groups[last].results)
            lastKind = .result
        }
    }

    /// Lines of one text (S11) and slices of one document (F-31) come as neighbours with equal OBX-3 and OBX-4.
    private static func add(_ segment: Segment, to entries: inout [ResultEntry]) {
        guard let last = entries.indices.last, let former = entries[last].lines.last,
            isContinuation(segment, of: former),
            entries[last].notes.isEmpty
        else { return entries.append(ResultEntry(lines: [segment])) }
        entries[last].lines.append(segment)
    }

    private static func isContinuation(_ segment: Segment, of former: Segment) -> Bool {
        let type = segment.code(2)
        guard ["TX", "FT", "ST", "ED"].contains(type), former.code(2) == type,
            segment[field: 3].isValued, segment[field: 21].isEmpty
        else { return false }
        return segment[field: 3].raw.elementsEqual(former[field: 3].raw)
            && segment[field: 4].raw.elementsEqual(former[field: 4].raw)
            && segment[field: 11].raw.elementsEqual(former[field: 11].raw)
    }

    private mutating func takeNote(_ segment: Segment) {
        let last = groups.count - 1
        switch lastKind {
        case .patient, .other: patientNotes.append(segment)
        case .patientResult: patientResults[patientResults.count - 1].notes.append(segment)
        case .order: groups[last].notes.append(segment)
        case .result: groups[last].results[groups[last].results.count - 1].notes.append(segment)
        case .specimen: groups[last].specimens[groups[last].specimens.count - 1].notes.append(segment)
        case .specimenResult:
            let specimen = groups[last].specimens.count - 1
            let result = groups[last].specimens[specimen].observations.count - 1
            groups[last].specimens[specimen].observations[result].notes.append(segment)
        }
    }

    /// SPM behind the last OBR and nowhere else: it is the specimen of all of them (F-16).
    private mutating func shareLastSpecimens() {
        guard groups.count > 1, let specimens = groups.last?.specimens, !specimens.isEmpty,
            groups.dropLast().allSatisfy(\.specimens.isEmpty)
        else { return }
        for index in groups.indices.dropLast() {
            groups[index].specimens = specimens.map { SpecimenEntry(segment: $0.segment, notes: $0.notes) }
        }
    }
}
