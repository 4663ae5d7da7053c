import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// One observation as a caller of `$enter-results` or `$correct` gives it.
struct ResultEntry: Sendable {
    let code: CodeableConcept
    let choice: ParameterChoice
    let unit: String?
    let note: String?
    let place: String

    /// The parts of the parameter `observations`.
    static let parts: [OperationParameterDeclaration] = [
        .init(.input, "code", 1, 1, "CodeableConcept", "What was observed."),
        .init(.input, "value", 1, 1, nil, "Quantity, string or CodeableConcept; a number with a unit beside it."),
        .init(.input, "unit", 0, 1, "string", "The unit of a number, in UCUM."),
        .init(.input, "note", 0, 1, "string", "Observation.note."),
    ]

    static func all(_ parameters: OperationParameters) throws -> [ResultEntry] {
        try zip(parameters.groups("observations"), parameters.given("observations")).map { parts, given in
            guard let code = try parts.codeableConcept("code"), !code.keys.isEmpty else {
                throw OperationParameters.invalid("an observation has a code", at: given.place)
            }
            guard let choice = parts.choices("value").first else {
                throw OperationParameters.invalid("an observation has a value", at: given.place)
            }
            return ResultEntry(
                code: code, choice: choice, unit: parts.text("unit"), note: parts.text("note"), place: given.place)
        }
    }
}

/// Makes observations of entries: checked against the definitions, compared with the ranges.
struct ResultEntries: Sendable {
    private let work: ClinicWork
    private let definitions: [ResultDefinition]
    private let panic: PanicValues
    private let coded: CodedRanges
    private let person: ResultSubject
    private let effective: String

    /// - Parameter effective: when the specimen was taken.
    init(_ entries: [ResultEntry], of patient: JSONNode?, at effective: String, _ work: ClinicWork) async throws {
        self.work = work
        self.effective = effective
        definitions = try await OrderCatalogue(work: work).observations(entries.map(\.code)).map {
            ResultDefinition($0)
        }
        panic = try await PanicValues(work)
        coded = CodedRanges(work: work)
        person = ResultSubject(patient: patient, at: effective)
    }

    /// The observation with value, range and interpretation; what it belongs to is added by the caller.
    func observation(_ entry: ResultEntry, status: String) async throws -> Observation {
        let definition = definitions.first { !$0.keys.isDisjoint(with: entry.code.keys) }
        let value = try ResultValue.read(entry.choice, unit: entry.unit, permitted: definition?.permitted ?? [])
        try definition?.check(value, at: entry.place)
        var assessment = ResultAssessment(value, definition, person, panic: panic.limits(entry.code))
        if let definition {
            try await coded.check(value, definition, at: entry.place)
            if let flag = try await coded.flag(value, definition) { assessment = ResultAssessment(flag: flag) }
        }
        var observation = Observation()
        observation.status = status
        observation.code = entry.code
        observation.value = value
        observation.effective = FHIRDateTime(effective).map { .dateTime($0) }
        observation.issued = FHIRInstant(work.now.text)
        if let actor = Acting.reference(work) { observation.performer = [actor] }
        if let flag = assessment.flag {
            observation.interpretation = [CodeableConcept(OrderSystems.interpretation, flag)]
        }
        if let range = assessment.range { observation.referenceRange = [range] }
        if let note = entry.note {
            observation.note = [Annotation(note, at: work.now, by: Acting.reference(work))]
        }
        return observation
    }

    /// A stored observation with another result in its place; notes stay and get more.
    static func replace(_ stored: StoredResource, by new: Observation) throws -> ResourceEdit {
        var edit = stored.edit
        let node = JSONNode(try Document.parse(new.json))
        for (key, _) in stored.node.members where key.hasPrefix("value") || key.hasPrefix("_value") {
            edit.remove(String(key))
        }
        for name in ["dataAbsentReason", "interpretation", "referenceRange"] { edit.remove(name) }
        let taken: Set<String> = ["status", "interpretation", "referenceRange", "issued", "performer"]
        for (key, value) in node.members where taken.contains(String(key)) || key.hasPrefix("value") {
            edit.set(String(key), json: value.source)
        }
        for note in new.note { edit.append("note", json: note.json) }
        return edit
    }
}
