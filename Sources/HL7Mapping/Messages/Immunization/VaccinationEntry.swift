internal import HL7Syntax

/// One ORDER of a VXU: RXA with what belongs to it.
struct VaccinationEntry {
    let given: Segment
    var control: Segment?
    /// RXR.
    var route: Segment?
    var results: [ResultEntry] = []
    var notes: [Segment] = []

    /// The orders of a message, and the OBX in front of all of them, which are about the patient.
    static func entries(_ message: RawMessage) -> (entries: [VaccinationEntry], patientResults: [ResultEntry]) {
        var entries: [VaccinationEntry] = []
        var patientResults: [ResultEntry] = []
        var control: Segment?
        for segment in message.segments {
            let last = entries.count - 1
            switch segment.name {
            case "ORC": control = segment
            case "RXA":
                entries.append(VaccinationEntry(given: segment, control: control))
                control = nil
            case "RXR" where last >= 0: entries[last].route = entries[last].route ?? segment
            case "OBX" where last >= 0 && control == nil: entries[last].results.append(ResultEntry(lines: [segment]))
            case "OBX": patientResults.append(ResultEntry(lines: [segment]))
            case "NTE" where last >= 0 && control == nil:
                if entries[last].results.isEmpty {
                    entries[last].notes.append(segment)
                } else {
                    entries[last].results[entries[last].results.count - 1].notes.append(segment)
                }
            default: break
            }
        }
        return (entries, patientResults)
    }
}
