package import HL7Syntax

/// What a message says of records that are one, or not one, person. §2.7.2.
package struct MergeStatement: Sendable {
    package enum Action: Sendable, Hashable {
        /// The prior patient's record goes into the survivor's: A18, A30, A34, A36, A39, A40.
        case mergePatients
        /// The prior account goes into the survivor's: A35, A41.
        case mergeAccounts
        /// The prior visit goes into the survivor's: A42.
        case mergeVisits
        /// The prior identifier gives way to another of the same patient: A43, A46, A47, A48. Where both belong to
        /// records of their own, which of the data go along cannot be told: a person decides.
        case changeIdentifiers
        /// A visit goes to another patient: A45.
        case moveVisits
        /// An account, with its visits, goes to another patient: A44.
        case moveAccount
        /// Two patients that were merged are two again: A37.
        case unlink
    }

    /// One PID with its MRG, or the two PID of A37.
    package struct Pair: Sendable {
        /// By PID-3: the survivor.
        package let survivor: StatedResource
        /// By MRG-1, or by the second PID of A37.
        package let prior: StatedResource
        /// PID-18 and MRG-3.
        package let account: StatedResource?
        package let priorAccount: StatedResource?
        /// PV1-19 and MRG-5.
        package let visit: FHIRIdentifier?
        package let priorVisit: FHIRIdentifier?
        package let location: HL7Location?
    }

    package let action: Action
    package let pairs: [Pair]
    package let mentioned: [MappedResource]
    package let warnings: [MappingIssue]
}
