package import FHIRStore

/// A workflow's refusal, with what could be done instead. Refusals without alternatives are plain `StoreError`s.
package struct ClinicError: Error, Sendable {
    /// A time that is free in place of one that is taken; or a resource that stands in the way, such as a patient who
    /// is there already.
    package struct Alternative: Hashable, Sendable {
        package var slot: LocalReference
        /// Instants as the slot has them; nil where the alternative is a resource alone.
        package var start: String?
        package var end: String?
        /// What it is, in a few words; nil for a free time. Tells nothing of the resource's content.
        package var note: String?

        package init(slot: LocalReference, start: String, end: String) {
            self.slot = slot
            self.start = start
            self.end = end
        }

        package init(_ resource: LocalReference, note: String) {
            slot = resource
            self.note = note
        }
    }

    /// Code, message and details, as for any other error.
    package var cause: StoreError
    /// For information issues with the extension `urn:martlet:alternative` (valuePeriod, valueReference).
    package var alternatives: [Alternative]

    package init(cause: StoreError, alternatives: [Alternative]) {
        self.cause = cause
        self.alternatives = alternatives
    }
}

extension StoreError {
    /// The time or slot that was asked for is no longer free (409).
    package static func slotTaken(_ message: String, _ expression: String? = nil) -> StoreError {
        StoreError(.conflict, message, expression: expression, details: "slot-taken")
    }

    /// The workflow does not lead from where the resource is to where it was asked to go (422).
    package static func illegalTransition(_ typeName: String, _ from: String, _ to: String) -> StoreError {
        let machine = StateMachine.of(typeName)
        let element = machine?.element ?? "status"
        let known = machine?.states.contains(from) == true ? from : "its state"
        return StoreError(
            .businessRule, "\(typeName).\(element) may not change from \(known) to \(to)",
            expression: "\(typeName).\(element)", details: "illegal-transition")
    }
}
