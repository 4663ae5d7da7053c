internal import HL7Syntax

/// One ORDER_OBSERVATION of an ORU: an OBR with what belongs to it.
struct ResultGroup: Sendable {
    /// OBR.
    let order: Segment
    /// ORC, when there is one for this OBR.
    var control: Segment?
    var notes: [Segment] = []
    var results: [ResultEntry] = []
    var specimens: [SpecimenEntry] = []
    /// Segments of the sender's own that stand behind this OBR.
    var ownSegments: [Segment] = []
    /// Stands for the patient in keys of what has no number (F-36).
    var patientPart = ""

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

    /// The parts of keys that name the order: filler number, else placer number, and the code; else patient, code and
    /// OBR-7 (F-36).
    func orderKeyParts(_ profile: SourceProfile) -> [String] {
        if let filler = filler(profile) { return ["filler", filler.keyPart, code] }
        if let placer = placer(profile) { return ["placer", placer.keyPart, code] }
        return ["none", patientPart, code, order.text(7)]
    }
}

/// An SPM with the observations about the specimen itself.
struct SpecimenEntry: Sendable {
    let segment: Segment
    /// SAC.
    var containers: [Segment] = []
    var notes: [Segment] = []
    var observations: [ResultEntry] = []
}

/// The segments of the results of one patient in their groups, however the sender ordered them (P12, F-16).
struct ResultGroups: Sendable {
    private(set) var patient: Segment?
    private(set) var visit: Segment?
    private(set) var related: [Segment] = []
    private(set) var patientNotes: [Segment] = []
    /// OBX in front of every OBR: about the patient.
    private(set) var patientResults: [ResultEntry] = []
    private(set) var groups: [ResultGroup] = []

    private var control: Segment?
    private var lastKind = Kind.patient
    private enum Kind { case patient, order, result, patientResult, specimen, specimenResult, other }
    private let layout: Layout
    /// Specimens in front of the OBR they are for.
    private var open: [SpecimenEntry] = []

    /// What stands in front of what; OUL differs from ORU, and analysers differ from both.
    private struct Layout {
        /// SPM in front of its OBR (OUL^R22, R23).
        var isSpecimenFirst = false
        /// ORC behind its OBR (OUL).
        var isControlLast = false

        init(_ segments: ArraySlice<Segment>, isSpecimenCentred: Bool) {
            guard let order = segments.firstIndex(where: { $0.isNamed("OBR") }) else { return }
            isSpecimenFirst = segments[..<order].contains { $0.isNamed("SPM") }
            isControlLast = isSpecimenCentred && !segments[..<order].contains { $0.isNamed("ORC") }
        }
    }

    /// - Parameters:
    ///   - segments: of one patient.
    ///   - isSpecimenCentred: an OUL.
    init(_ segments: ArraySlice<Segment>, isSpecimenCentred: Bool = false) {
        layout = Layout(segments, isSpecimenCentred: isSpecimenCentred)
        for segment in segments { take(segment) }
        if !layout.isSpecimenFirst { shareLastSpecimens() }
    }

    /// Puts what names the patient into the keys of results without numbers.
    mutating func setPatientPart(_ part: String) {
        for index in groups.indices { groups[index].patientPart = part }
    }

    private mutating func take(_ segment: Segment) {
        switch segment.name {
        case "PID":
            if patient == nil { patient = segment }
            lastKind = .patient
        case "PV1": if visit == nil { visit = segment }
        case "NK1": related.append(segment)
        case "ORC":
            if layout.isControlLast, let last = groups.indices.last, groups[last].control == nil {
                groups[last].control = segment
            } else {
                control = segment
            }
        case "OBR": takeOrder(segment)
        case "OBX": takeResult(segment)
        case "SPM": takeSpecimen(segment)
        case "SAC": takeContainer(segment)
        case "NTE": takeNote(segment)
        default:
            if segment.name.hasPrefix("Z"), let last = groups.indices.last {
                groups[last].ownSegments.append(segment)
            }
        }
    }

    private mutating func takeOrder(_ segment: Segment) {
        var group = ResultGroup(order: segment, control: control)
        group.specimens = open
        // Results about a specimen are filed once, with the first order.
        for index in open.indices { open[index].observations = [] }
        groups.append(group)
        control = nil
        lastKind = .order
    }

    private mutating func takeSpecimen(_ segment: Segment) {
        if layout.isSpecimenFirst {
            if lastKind != .specimen, lastKind != .specimenResult { open = [] }
            open.append(SpecimenEntry(segment: segment))
        } else if !groups.isEmpty {
            groups[groups.count - 1].specimens.append(SpecimenEntry(segment: segment))
        } else {
            return
        }
        lastKind = .specimen
    }

    private mutating func takeContainer(_ segment: Segment) {
        if layout.isSpecimenFirst {
            if let last = open.indices.last { open[last].containers.append(segment) }
        } else if let last = groups.indices.last, let specimen = groups[last].specimens.indices.last {
            groups[last].specimens[specimen].containers.append(segment)
        }
    }

    /// An OBX behind an SPM is about the specimen only where the order has its results already, or is still to come.
    private mutating func takeResult(_ segment: Segment) {
        let isBehindSpecimen = lastKind == .specimen || lastKind == .specimenResult
        if isBehindSpecimen, layout.isSpecimenFirst, let last = open.indices.last {
            Self.add(segment, to: &open[last].observations)
            lastKind = .specimenResult
            return
        }
        guard let last = groups.indices.last else {
            Self.add(segment, to: &patientResults)
            lastKind = .patientResult
            return
        }
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
        case .specimen, .specimenResult:
            if layout.isSpecimenFirst {
                Self.add(note: segment, to: &open, isResult: lastKind == .specimenResult)
            } else {
                Self.add(note: segment, to: &groups[last].specimens, isResult: lastKind == .specimenResult)
            }
        }
    }

    private static func add(note: Segment, to specimens: inout [SpecimenEntry], isResult: Bool) {
        guard let last = specimens.indices.last else { return }
        if isResult, let result = specimens[last].observations.indices.last {
            specimens[last].observations[result].notes.append(note)
        } else {
            specimens[last].notes.append(note)
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
