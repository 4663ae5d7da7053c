/// One step of a compiled expression.
///
/// Most expressions end in a Boolean, and most paths are only asked whether they lead anywhere: `truth` and `isPresent`
/// answer that without gathering items.
protocol Operation: AnyObject, Sendable {
    func values(_ scope: Scope) throws(FHIRPathError) -> Items
    /// The result as a Boolean; nil if it is empty (FHIRPath 2.0 §4.5).
    func truth(_ scope: Scope) throws(FHIRPathError) -> Bool?
    /// Whether there is a result.
    func isPresent(_ scope: Scope) throws(FHIRPathError) -> Bool
    /// How many items the result has.
    func count(_ scope: Scope) throws(FHIRPathError) -> Int
}

extension Operation {
    func truth(_ scope: Scope) throws(FHIRPathError) -> Bool? { try scope.evaluation.truth(values(scope)) }

    func isPresent(_ scope: Scope) throws(FHIRPathError) -> Bool { !(try values(scope)).isEmpty }

    func count(_ scope: Scope) throws(FHIRPathError) -> Int { try values(scope).count }
}

/// A step whose result is a Boolean or empty.
protocol BooleanOperation: Operation {}

extension BooleanOperation {
    func values(_ scope: Scope) throws(FHIRPathError) -> Items { .boolean(try truth(scope)) }

    func isPresent(_ scope: Scope) throws(FHIRPathError) -> Bool { try truth(scope) != nil }
}
