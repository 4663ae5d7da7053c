internal import HL7Syntax

/// The segments that belong to one patient of an ADT message: its PID and what follows, up to the next PID.
struct AdmissionGroup {
    let patient: Segment
    /// Those behind PID, in the order sent.
    let segments: [Segment]

    /// One group for each PID; A17, A37 and merges have several.
    static func groups(_ message: RawMessage) -> [AdmissionGroup] {
        var groups: [AdmissionGroup] = []
        var current: (patient: Segment, segments: [Segment])?
        for segment in message.segments {
            if segment.isNamed("PID") {
                if let current { groups.append(AdmissionGroup(patient: current.patient, segments: current.segments)) }
                current = (segment, [])
            } else if current != nil {
                current?.segments.append(segment)
            }
        }
        if let current { groups.append(AdmissionGroup(patient: current.patient, segments: current.segments)) }
        return groups
    }

    subscript(_ name: String) -> Segment? { segments.first { $0.isNamed(name) } }

    func all(_ name: String) -> [Segment] { segments.filter { $0.isNamed(name) } }

    /// Each segment of this name with the notes right behind it.
    func withNotes(_ name: String) -> [(segment: Segment, notes: [Segment])] {
        var found: [(segment: Segment, notes: [Segment])] = []
        var isOpen = false
        for segment in segments {
            if segment.isNamed(name) {
                found.append((segment, []))
                isOpen = true
            } else if isOpen, segment.isNamed("NTE") {
                found[found.count - 1].notes.append(segment)
            } else {
                isOpen = false
            }
        }
        return found
    }

    /// NTE right behind PID.
    var notes: [Segment] { Array(segments.prefix { $0.isNamed("NTE") }) }
}
