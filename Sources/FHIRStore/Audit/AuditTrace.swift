/// What is going on in this task, for the record.
///
/// Bound around an interaction, a message or a job of the server. Whatever is written inside it, by whichever road, is
/// put on record with these facts: statements take them when they are made, so that no road can be forgotten.
package final class AuditTrace: Sendable {
    @TaskLocal package static var current: AuditTrace?

    package let facts: AuditFacts
    /// The facts as they are kept.
    package let context: String

    package init(_ facts: AuditFacts) {
        self.facts = facts
        context = facts.encoded
    }

    /// The facts that hold here; those of the server itself where nobody asked for what is done.
    static var currentContext: String { current?.context ?? AuditFacts.server }
}
