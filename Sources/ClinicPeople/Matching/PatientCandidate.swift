import Clinic
import FHIRFormats
import JSONTape

/// A patient who may be the one that is looked for, and how likely.
struct PatientCandidate: Sendable {
    let reference: LocalReference
    let node: JSONNode
    let stamp: VersionStamp
    let score: MatchScore
}
