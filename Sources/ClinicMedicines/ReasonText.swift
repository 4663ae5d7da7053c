import JSONTape

/// What a CodeableConcept says in words: its text, a display, a code.
struct ReasonText: Sendable {
    let text: String

    init(_ concept: [UInt8]) {
        let node = (try? Document.parse(concept)).map { JSONNode($0) }
        let coding = node?["coding"]?.items.first
        text = node?["text"]?.string ?? coding?["display"]?.string ?? coding?["code"]?.string ?? ""
    }
}
