internal import HL7Syntax

/// OBX behind TXA to the attachments of a document. §2.11.
struct DocumentContentMap {
    let scope: MessageScope

    /// Attachments in the order sent, each with its data. Lines of text are one of them.
    func attachments(_ results: [Segment], title: String?) -> [FHIRObject] {
        var attachments: [FHIRObject] = []
        var lines: [String] = []
        for segment in results {
            switch segment.code(2) {
            case "ED":
                for repetition in segment[field: 5].repetitions {
                    attachments.append(document(repetition, segment, title: title))
                }
            case "RP":
                for repetition in segment[field: 5].repetitions {
                    let pointer = AttachmentMap.pointer(repetition, title: name(segment) ?? title)
                    if case .object(let object)? = pointer { attachments.append(object) }
                }
            case "TX", "FT", "ST", "":
                let field = segment[field: 5]
                lines += field.isValued ? field.repetitions.map(\.string) : [""]
            default:
                // A value beside the text: its line names it.
                guard segment[field: 5].isValued else { continue }
                lines.append([name(segment), segment[field: 5].string].compactMap(\.self).joined(separator: ": "))
            }
        }
        let text = lines.joined(separator: "\n").cleaned
        if !text.isEmpty { attachments.insert(self.text(text, title: title), at: 0) }
        return attachments
    }

    /// What cannot be decoded is announced by its name, so that nobody takes the document for complete.
    private func document(_ repetition: Repetition, _ segment: Segment, title: String?) -> FHIRObject {
        let name = self.name(segment) ?? title
        if case .object(let object)? = AttachmentMap.encapsulated([repetition], title: name) { return object }
        scope.context.warn(.dataType, at: segment[field: 5].location, "the document is empty or cannot be decoded")
        return FHIRObject(["title": .text(name ?? "document")])
    }

    private func text(_ text: String, title: String?) -> FHIRObject {
        let bytes = Array(text.utf8)
        return FHIRObject([
            "contentType": .string("text/plain"), "data": .string(Base64.encode(bytes)),
            "size": .number("\(bytes.count)"), "hash": .string(Base64.encode(SHA1.hash(bytes))), "title": .text(title),
        ])
    }

    private func name(_ segment: Segment) -> String? {
        let code = segment[field: 3][repetition: 1]
        return [2, 5, 1].lazy.compactMap { code[component: $0].value?.cleaned }.first { !$0.isEmpty }
    }
}
