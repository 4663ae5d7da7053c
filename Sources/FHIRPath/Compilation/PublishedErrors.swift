package import FHIRDefinitions

/// R4's invariants whose published expressions say something else than their words, or nothing that FHIRPath 2.0 knows.
enum PublishedErrors {
    /// The expression that an invariant's words mean.
    static func corrected(_ invariant: Invariant) -> String {
        switch (invariant.key, invariant.expression) {
        // A FHIR boolean is no System.Boolean, which is what this names.
        case ("que-7", "operator = 'exists' implies (answer is Boolean)"):
            "operator = 'exists' implies (answer is boolean)"
        // "More than one enableWhen" is two.
        case ("que-12", "enableWhen.count() > 2 implies enableBehavior.exists()"):
            "enableWhen.count() > 1 implies enableBehavior.exists()"
        default: invariant.expression
        }
    }
}

extension FHIRPathEngine {
    /// The compiled form of an invariant, known errors of its published text corrected.
    package func expression(of invariant: Invariant) throws(FHIRPathError) -> FHIRPathExpression {
        try expression(PublishedErrors.corrected(invariant))
    }
}
