package import FHIRTerminology

/// Something that a validation would have to know and that neither the resource nor the standard says.
///
/// A validation does not wait. It goes on without, and names its questions at the end; whoever has the answers puts
/// them into the `ProfileDemand` and validates again.
package enum OutsideQuestion: Hashable, Sendable {
    /// The StructureDefinition that a canonical means.
    case definition(String)
    /// The Questionnaire that a canonical means.
    case questionnaire(String)
    /// What another canonical means: a Measure, Library or SearchParameter.
    case artifact(type: String, canonical: String)
    case code(CodeQuestion)
}

/// What a validation found, and what it would have liked to know.
package struct Examination: Sendable {
    /// In the order of the text; empty if nothing is wrong.
    package var issues: [ValidationIssue]
    /// Empty if nothing but the demand was needed.
    package var questions: Set<OutsideQuestion>
}

/// Greatest number of questions of one resource; beyond it things count as not known.
let maximumQuestionCount = 1_000

extension Set<OutsideQuestion> {
    mutating func ask(_ question: OutsideQuestion) {
        if count < maximumQuestionCount { insert(question) }
    }
}
