import Clinic
import FHIRStore
import JSONTape

/// Checks medicines that somebody is about to prescribe against each other, and against what is known of the patient.
struct InteractionCheck: Sendable {
    /// A medicine with what is said of its doses.
    struct Candidate: Sendable {
        var medicine: CheckedMedicine
        var dose: DailyDose?
    }

    private(set) var issues: [FoundIssue] = []
    /// What could not be checked, so that nobody takes silence for consent: a code, and what is missing.
    private(set) var gaps: [(code: String, text: String)] = []
    /// Of the rules that were used.
    let edition: String

    private let candidates: [Candidate]
    private let taken: [CheckedMedicine]
    private let rules: [RuleBook.Rule]

    /// Runs the check. Throws `StoreError` (503) where no rules are in force.
    ///
    /// - Parameter replaced: prescriptions that are not counted as taken.
    init(
        _ candidates: [Candidate], for patient: LocalReference, replacing replaced: Set<LocalReference> = [],
        in work: ClinicWork
    ) async throws {
        let book = try await RuleBook(in: work)
        edition = book.edition
        let facts = try await PatientFacts(patient, leavingOut: replaced, in: work)
        var all = candidates.map(\.medicine) + facts.medicines + facts.allergies.map(\.substance)
        try await book.resolve(&all)
        var resolved = candidates
        for index in resolved.indices { resolved[index].medicine = all[index] }
        self.candidates = resolved
        taken = Array(all[candidates.count..<(candidates.count + facts.medicines.count)])
        let substances = all[(candidates.count + facts.medicines.count)...]
        var allergies = facts.allergies
        for (index, substance) in zip(allergies.indices, substances) { allergies[index].substance = substance }
        rules = try await book.rules(about: all.reduce(into: []) { $0.formUnion($1.keys) })

        noteUnknown(allergies)
        checkPairs()
        checkAllergies(allergies)
        checkDoses()
        checkState(facts)
    }

    /// A name for the same medicine at another time: its ingredients, else its codes and words.
    private static func name(_ medicine: CheckedMedicine) -> String {
        let names = medicine.ingredients.isEmpty ? Set(medicine.tokens) : medicine.ingredients
        return names.sorted().joined(separator: "+")
    }

    private mutating func add(
        _ kind: RuleBook.Kind, _ severity: RuleBook.Severity, _ detail: String, _ medicines: [CheckedMedicine],
        other: String = "", evidence: LocalReference? = nil
    ) {
        let issue = FoundIssue(
            kind: kind, severity: severity, detail: detail, subjects: medicines.map(Self.name) + [other],
            implicated: Array(Set(medicines.compactMap(\.source) + (evidence.map { [$0] } ?? []))).sorted(),
            positions: medicines.compactMap(\.position))
        // Of several rules about the same things the gravest is told.
        if let index = issues.firstIndex(where: { $0.kind == kind && $0.subjects.sorted() == issue.subjects.sorted() })
        {
            if issues[index].severity < severity { issues[index] = issue }
            return
        }
        issues.append(issue)
    }

    // MARK: - Kinds

    private mutating func noteUnknown(_ allergies: [PatientFacts.Allergy]) {
        for candidate in candidates where !candidate.medicine.isKnown {
            gaps.append(("unknown-medicine", "no rule knows medicine \((candidate.medicine.position ?? 0) + 1)"))
        }
        for medicine in taken where !medicine.isKnown {
            gaps.append(("unknown-medicine", "no rule knows the medicine of \(medicine.source?.text ?? "a record")"))
        }
        for allergy in allergies where allergy.isToMedicine && !allergy.substance.isKnown {
            gaps.append(("unknown-substance", "no rule knows the substance of \(allergy.source.text)"))
        }
    }

    /// Each candidate with those behind it, and with what the patient takes.
    private mutating func checkPairs() {
        for (index, candidate) in candidates.enumerated() {
            let one = candidate.medicine
            for other in candidates[(index + 1)...].map(\.medicine) + taken {
                for rule in rules where rule.kind == .interaction {
                    let isMet =
                        (one.keys.contains(rule.subject) && other.keys.contains(rule.object))
                        || (one.keys.contains(rule.object) && other.keys.contains(rule.subject))
                    if isMet { add(.interaction, rule.severity, rule.detail, [one, other]) }
                }
                checkDuplicate(one, other)
            }
        }
    }

    private mutating func checkDuplicate(_ one: CheckedMedicine, _ other: CheckedMedicine) {
        let isSame =
            !one.ingredients.isDisjoint(with: other.ingredients) || !Set(one.codes).isDisjoint(with: other.codes)
        for rule in rules where rule.kind == .duplicate {
            let isMet =
                rule.subject == "*"
                ? isSame : one.keys.contains(rule.subject) && other.keys.contains(rule.subject)
            if isMet { add(.duplicate, rule.severity, rule.detail, [one, other]) }
        }
    }

    private mutating func checkAllergies(_ allergies: [PatientFacts.Allergy]) {
        for candidate in candidates.map(\.medicine) {
            for allergy in allergies {
                let substance = allergy.substance
                // The substance itself needs no rule.
                let isSame =
                    !candidate.ingredients.isDisjoint(with: substance.ingredients)
                    || !Set(candidate.codes).isDisjoint(with: substance.codes)
                if isSame {
                    add(
                        .allergy, .high, "Allergy to the substance", [candidate], other: Self.name(substance),
                        evidence: allergy.source)
                }
                for rule in rules
                where rule.kind == .allergy && candidate.keys.contains(rule.subject)
                    && substance.keys.contains(rule.object)
                {
                    add(
                        .allergy, rule.severity, rule.detail, [candidate], other: Self.name(substance),
                        evidence: allergy.source)
                }
            }
        }
    }

    private mutating func checkDoses() {
        for candidate in candidates {
            let limits = rules.filter { $0.kind == .dose && candidate.medicine.keys.contains($0.subject) }
            guard !limits.isEmpty, let dose = candidate.dose, dose.isStated else { continue }
            guard let milligrams = dose.milligrams else {
                gaps.append(
                    (
                        "dose-not-compared",
                        "the dose of medicine \((candidate.medicine.position ?? 0) + 1) has another unit"
                    ))
                continue
            }
            for rule in limits {
                if let maximum = rule.maximum, maximum < milligrams {
                    add(.dose, rule.severity, rule.detail, [candidate.medicine])
                }
            }
        }
    }

    private mutating func checkState(_ facts: PatientFacts) {
        for medicine in candidates.map(\.medicine) {
            for rule in rules where medicine.keys.contains(rule.subject) {
                if rule.kind == .pregnancy, let evidence = facts.pregnancy {
                    add(.pregnancy, rule.severity, rule.detail, [medicine], evidence: evidence)
                }
                if rule.kind == .condition, let evidence = facts.conditions[rule.object] {
                    add(.condition, rule.severity, rule.detail, [medicine], other: rule.object, evidence: evidence)
                }
            }
        }
    }
}
