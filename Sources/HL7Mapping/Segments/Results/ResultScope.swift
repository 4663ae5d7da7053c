internal import HL7Syntax

/// What all observations of one OBR share.
struct ResultScope {
    /// `Patient/<id>`.
    let subject: String
    let encounter: FHIRValue?
    /// OBR-25, upper case.
    let reportStatus: String
    /// OBR-7, for results without a time of their own.
    let effective: FHIRDateTime?
    /// OBR-22.
    let issued: FHIRDateTime?
    /// OBR-22, else MSH-7, in seconds since 1970.
    let stampSeconds: Int
    /// `laboratory`, `imaging`, or none.
    let category: String?
    /// `Specimen/<id>` of the only specimen.
    var specimen: String?
    /// The same by SPM-2.1 and SPM-2.2.
    var specimens: [String: String] = [:]
    /// What an observation about the specimen itself is about.
    var focus: String?
    /// Rank of the OBR among those of the patient, from 0.
    var group = 0
}

/// One observation of a message: usually one OBX, several where they are lines of one text or slices of one document.
struct ResultEntry: Sendable {
    var lines: [Segment]
    var notes: [Segment] = []

    var first: Segment { lines[0] }

    /// OBX-3.1, else another text of it, for keys and comparisons.
    var code: String {
        let code = first[field: 3][repetition: 1]
        return [1, 4, 2, 5].lazy.compactMap { code[component: $0].value?.collapsed }.first { !$0.isEmpty } ?? ""
    }

    var subID: String { first[field: 4].value?.cleaned ?? "" }
}
