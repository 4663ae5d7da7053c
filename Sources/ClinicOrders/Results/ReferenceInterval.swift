import Clinic
import FHIRModel
import JSONTape

/// One interval of an ObservationDefinition: for whom it holds, and what is inside.
struct ReferenceInterval: Sendable {
    enum Kind: String, Sendable {
        case reference, critical, absolute
    }

    let kind: Kind
    let low: Quantity?
    let high: Quantity?
    private let gender: String?
    private let age: FHIRRange?
    /// Whether it holds only under conditions that a server cannot see: a phase, a treatment, a population.
    private let isConditional: Bool

    init(_ node: JSONNode) {
        kind = node["category"]?.string.flatMap { Kind(rawValue: $0) } ?? .reference
        let range = FHIRRange(stored: node["range"])
        low = range?.low
        high = range?.high
        gender = node["gender"]?.string
        age = FHIRRange(stored: node["age"])
        let contexts = (node["context"]?["coding"]?.items ?? []).compactMap { $0["code"]?.string }
        let isNormal = contexts.isEmpty ? node["context"] == nil : contexts.contains("normal")
        isConditional =
            !isNormal || node["gestationalAge"] != nil || node["condition"] != nil || node["appliesTo"] != nil
    }

    /// The interval of a kind that fits a person best; nil if none does.
    ///
    /// One for a sex goes before one for both, one for an age before one for all; of two ages that meet, the older.
    static func choose(_ intervals: [ReferenceInterval], _ kind: Kind, for person: ResultSubject) -> ReferenceInterval?
    {
        let fitting = intervals.filter { $0.kind == kind && $0.fits(person) && ($0.low != nil || $0.high != nil) }
        var best: ReferenceInterval?
        for interval in fitting where best.map({ interval.isCloser(than: $0) }) ?? true { best = interval }
        return best
    }

    private func fits(_ person: ResultSubject) -> Bool {
        guard !isConditional, gender == nil || gender == person.gender else { return false }
        guard let age else { return true }
        return person.age?.isWithin(age) ?? false
    }

    private func isCloser(than other: ReferenceInterval) -> Bool {
        if (gender == nil) != (other.gender == nil) { return gender != nil }
        if (age == nil) != (other.age == nil) { return age != nil }
        guard let own = age?.low, let others = other.age?.low else { return age?.low != nil && other.age?.low == nil }
        return PatientAge.days(own) > PatientAge.days(others)
    }

    /// Observation.referenceRange.
    var range: Observation.ReferenceRange {
        var range = Observation.ReferenceRange()
        range.low = low
        range.high = high
        range.type = CodeableConcept("http://terminology.hl7.org/CodeSystem/referencerange-meaning", "normal")
        range.age = age
        if let gender { range.appliesTo = [CodeableConcept("http://hl7.org/fhir/administrative-gender", gender)] }
        return range
    }
}

/// Whose result it is.
struct ResultSubject: Sendable {
    /// Patient.gender.
    var gender: String?
    /// At the time of the result.
    var age: PatientAge?

    init(patient: JSONNode?, at time: String) {
        gender = patient?["gender"]?.string
        age = patient?["birthDate"]?.string.flatMap { PatientAge(born: $0, at: time) }
    }
}
