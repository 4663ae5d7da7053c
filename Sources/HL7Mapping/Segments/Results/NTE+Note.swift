internal import HL7Syntax

/// NTE to notes: adjacent ones of one kind (NTE-4) are lines of one text. §2.5.5.
struct NoteMap {
    let context: MappingContext

    struct Note {
        var text: String
        /// NTE-4.1, such as `RE`.
        let kind: String
        let author: FHIRValue?
        let time: FHIRDateTime?

        /// Annotation.
        var annotation: FHIRValue {
            var annotation = FHIRObject()
            annotation.set("authorReference", author)
            time?.set("time", in: &annotation)
            annotation.set("text", .text(text))
            return .object(annotation)
        }
    }

    func notes(_ segments: [Segment]) -> [Note] {
        var notes: [Note] = []
        for segment in segments {
            let text = segment[field: 3].repetitions.map(\.string).joined(separator: "\n")
            let kind = segment.text(4)
            guard !text.cleaned.isEmpty, text != "\"\"" else { continue }
            if let last = notes.indices.last, notes[last].kind == kind {
                notes[last].text += "\n" + text
                continue
            }
            let person = segment[field: 5][repetition: 1]
            let author = PractitionerMap(context: context).reference(person)
            notes.append(Note(text: text, kind: kind, author: author, time: context.dateTime(segment[field: 6])))
        }
        return notes
    }
}
