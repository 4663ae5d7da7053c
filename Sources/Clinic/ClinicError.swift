package import FHIRStore

/// A workflow's refusal, with what could be done instead. Refusals without alternatives are plain `StoreError`s.
package struct ClinicError: Error, Sendable {
    /// A time that is free in place of one that is taken.
    package struct Alternative: Hashable, Sendable {
        package var slot: LocalReference
        /// Instants as the slot has them.
        package var start: String
        package var end: String
    }

    /// Code, message and details, as for any other error.
    package var cause: StoreError
    /// For information issues with the extension `urn:martlet:alternative` (valuePeriod, valueReference).
    package var alternatives: [Alternative]
}

extension StoreError {
    /// The time or slot that was asked for is no longer free (409).
    static func slotTaken(_ message: String, _ expression: String? = nil) -> StoreError {
        StoreError(.conflict, message, expression: expression, details: "slot-taken")
    }

    /// The workflow does not lead from where the resource is to where it was asked to go (422).
    static func illegalTransition(_ machine: StateMachine, _ from: String, _ to: String) -> StoreError {
        let known = machine.states.contains(from) ? from : "its state"
        return StoreError(
            .businessRule, "\(machine.typeName).status may not change from \(known) to \(to)",
            expression: "\(machine.typeName).status", details: "illegal-transition")
    }
}
