package import FHIRDefinitions
package import JSONTape

/// What an evaluation knows beyond the expression and the resource.
package struct Environment: Sendable {
    /// Variables by name, without `%`; those of the standard need not be here.
    package var variables: [String: Items] = [:]
    /// Documents that variables' nodes lie in: node number n is in the document n - 1 of this list, 0 being the
    /// resource's own.
    package var documents: [Document] = []
    /// What `now()`, `today()` and `timeOfDay()` say; without it they have no result.
    package var now: Temporal?
    /// Answers from outside of the resource.
    package var knowledge: (any Knowledge)?
    /// Whether what `trace` is told is kept.
    package var keepsTraces = false

    package init() {}
}

/// What functions ask that neither the expression nor the resource can answer. Asked while evaluating, so answers are
/// there already or are none: whoever evaluates fetches before.
package protocol Knowledge: Sendable {
    /// The resource that a reference points at: one kept apart from the resource itself, whose contained resources and
    /// bundle entries are found without asking.
    func resolve(_ reference: String) -> (document: Document, index: Document.Index)?
    /// Whether a code, Coding or CodeableConcept (as JSON, or a string's text) is in a value set; nil if not known.
    func isMember(_ element: KnowledgeElement, ofValueSet url: String) -> Bool?
    /// Whether an element conforms to a profile; nil if the profile is not known.
    func conforms(_ element: KnowledgeElement, toProfile url: String) -> Bool?
    /// Whether the first code is the second or a broader one; nil if not known.
    func subsumes(_ broader: KnowledgeElement, _ narrower: KnowledgeElement) -> Bool?
}

extension Knowledge {
    package func resolve(_ reference: String) -> (document: Document, index: Document.Index)? { nil }
    package func isMember(_ element: KnowledgeElement, ofValueSet url: String) -> Bool? { nil }
    package func conforms(_ element: KnowledgeElement, toProfile url: String) -> Bool? { nil }
    package func subsumes(_ broader: KnowledgeElement, _ narrower: KnowledgeElement) -> Bool? { nil }
}

/// What a question is about.
package enum KnowledgeElement: Sendable {
    case element(Document, Document.Index, TypeID)
    case text(String)
}

/// What one call of `trace` was given (FHIRPath 2.0 §5.9.1).
package struct Trace: Sendable {
    package var name: String
    package var items: Items
}
