import FHIRProfiles
import FHIRStore
import FHIRTerminology
import FHIRValidation

/// Gathers what a validation has to know from a store: it runs, names what it lacks, that is read, and it runs again.
///
/// Most resources need nothing, so they are looked at once and no round trip is made. One that names a stored profile
/// is looked at twice, or thrice if that leads to codes that the standard does not have.
struct Inquiry {
    /// Profiles that lead to value sets or to profiles by expressions, which lead to others, and so on.
    private static let maximumRoundCount = 8

    private let store: FHIRStore
    private(set) var demand: ProfileDemand
    private var canonicals: Set<CanonicalURL> = []
    private var asked: Set<OutsideQuestion> = []

    init(_ store: FHIRStore, _ demand: ProfileDemand) {
        self.store = store
        self.demand = demand
    }

    /// Has profiles ready that will be needed for sure.
    mutating func prepare(_ needed: [CanonicalURL]) async throws {
        let new = needed.filter { !StandardStructures.r4.contains($0) }
        guard !new.isEmpty else { return }
        // Those that are not found need not be asked for again.
        for canonical in new { asked.insert(.definition(canonical.description)) }
        canonicals.formUnion(new)
        demand.source = try await store.preparedProfiles(Array(canonicals))
    }

    /// Runs `body` until all is there that it asks for, as far as the store has it.
    ///
    /// - Parameter body: takes what is known, and answers with what it had to ask besides its result.
    mutating func settle<Result>(
        _ body: (ProfileDemand) -> (Result, Set<OutsideQuestion>)
    ) async throws -> Result {
        var round = 1
        while true {
            let (result, questions) = body(demand)
            let open = questions.subtracting(asked)
            if open.isEmpty || round == Self.maximumRoundCount { return result }
            asked.formUnion(open)
            try await fetch(open)
            round += 1
        }
    }

    private mutating func fetch(_ questions: Set<OutsideQuestion>) async throws {
        var profiles: [CanonicalURL] = []
        var questionnaires: [String] = []
        var artifacts: [String: [String]] = [:]
        var codes: [CodeQuestion] = []
        for question in questions {
            switch question {
            case .definition(let canonical): profiles.append(CanonicalURL(canonical))
            case .questionnaire(let canonical): questionnaires.append(canonical)
            case .artifact(let type, let canonical): artifacts[type, default: []].append(canonical)
            case .code(let question): codes.append(question)
            }
        }
        try await prepare(profiles)
        demand.questionnaires.merge(try await store.storedDefinitions("Questionnaire", questionnaires)) { $1 }
        for (type, canonicals) in artifacts {
            demand.artifacts.merge(try await store.storedDefinitions(type, canonicals)) { $1 }
        }
        demand.codes.merge(try await store.answers(to: codes)) { $1 }
    }
}
