import FHIRSearch
import FHIRTerminology
import PostgreSQL

/// Answers from the terminologies that are stored here, and from those of the standard.
struct StoredConceptResolver: ConceptResolver {
    /// Greatest number of codes that a search may stand for.
    static let maximumCount = 10_000

    let service: TerminologyService

    func concepts(_ query: SearchValue.ConceptQuery, in session: Session?) async throws -> ConceptSet {
        do {
            let terminology = service.terminology(in: session)
            let set: ConceptSet
            switch query {
            case .valueSet(let canonical): set = try await terminology.conceptSet(of: canonical)
            case .below(let system, let code):
                set = try await Self.related(system, code, isUpward: false, terminology)
            case .above(let system, let code):
                set = try await Self.related(system, code, isUpward: true, terminology)
            }
            guard set.concepts.count <= Self.maximumCount else {
                throw SearchError(
                    .tooComplex, "More than \(Self.maximumCount) codes are meant; that is too many for a search.")
            }
            return set
        } catch let error as TerminologyError {
            throw SearchError(error)
        }
    }

    private static func related(
        _ system: String, _ code: String, isUpward: Bool, _ terminology: Terminology
    ) async throws -> ConceptSet {
        let content = try await terminology.codeSystem(system)
        let codes = try await content.kinds(of: code, isUpward: isUpward, limit: maximumCount + 1)
        return ConceptSet(concepts: Set(codes.map { Concept(system: content.header.url, code: $0) }))
    }
}

extension SearchError {
    fileprivate init(_ error: TerminologyError) {
        switch error.code {
        case .tooCostly: self.init(.tooComplex, error.message)
        case .unknownCodeSystem, .unknownValueSet, .unknownConceptMap, .unknownCode, .unresolved, .invalidDefinition,
            .invalidRequest:
            self.init(.invalidValue, error.message)
        }
    }
}
