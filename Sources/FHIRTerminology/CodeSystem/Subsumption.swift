/// How two codes stand to each other (R4 codesystem-operation-subsumes.html).
package enum Subsumption: String, Sendable {
    case equivalent
    case subsumes
    case subsumedBy = "subsumed-by"
    case notSubsumed = "not-subsumed"
}

extension Terminology {
    /// - Throws: `TerminologyError` for codes that the system does not have.
    package func subsumption(_ left: String, _ right: String, in system: any CodeSystem) async throws -> Subsumption {
        let first = try await lookup(left, in: system)
        let second = try await lookup(right, in: system)
        if first.code == second.code { return .equivalent }
        if try await system.isKind(second.code, of: first.code) { return .subsumes }
        if try await system.isKind(first.code, of: second.code) { return .subsumedBy }
        return .notSubsumed
    }
}
