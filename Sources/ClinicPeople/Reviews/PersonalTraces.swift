import JSONTape

/// What tells who a patient is when it stands in a text: names, numbers, addresses of theirs.
struct PersonalTraces {
    private var traces: Set<String> = []

    /// - Parameter patient: nil for one who is not stored, of whom nothing is known.
    init(of patient: JSONNode?) {
        guard let patient else { return }
        for name in patient["name"]?.items ?? [] {
            add(name["family"]?.string)
            for given in name["given"]?.items ?? [] { add(given.string) }
        }
        for identifier in patient["identifier"]?.items ?? [] { add(identifier["value"]?.string) }
        for contact in patient["telecom"]?.items ?? [] { add(contact["value"]?.string) }
        for address in patient["address"]?.items ?? [] {
            for line in address["line"]?.items ?? [] { add(line.string) }
        }
        add(patient["birthDate"]?.string)
    }

    /// Shorter texts are part of many words.
    private static let shortest = 3

    private mutating func add(_ text: String?) {
        guard let text = text.map(Self.folded), text.count >= Self.shortest else { return }
        traces.insert(text)
    }

    /// Whether one of them stands in a text as a word or words of its own.
    func are(in text: String) -> Bool {
        let padded = " " + Self.folded(text) + " "
        return traces.contains { padded.contains(" " + $0 + " ") }
    }

    /// Small letters and digits, with one blank between words.
    private static func folded(_ text: String) -> String {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: " ")
    }
}
