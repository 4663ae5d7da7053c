internal import HL7Syntax

/// One order of RDE or RDS: an ORC with what was ordered, encoded and dispensed.
struct PharmacyEntry {
    let control: Segment
    /// RXO, the order as it was asked for.
    var ordered: Segment?
    /// RXE, the order as the pharmacy encoded it.
    var encoded: Segment?
    /// RXD, in the order sent.
    var dispensed: [Segment] = []
    /// TQ1 behind RXE, else those behind ORC.
    var timings: [Segment] = []
    /// RXR behind RXE or RXD, else those behind RXO.
    var routes: [Segment] = []
    /// RXC behind RXE, else those behind RXO.
    var ingredients: [Segment] = []
    var notes: [Segment] = []

    static func entries(_ message: RawMessage) -> [PharmacyEntry] {
        var entries: [PharmacyEntry] = []
        for segment in message.segments {
            if segment.isNamed("ORC") {
                entries.append(PharmacyEntry(control: segment))
            } else if !entries.isEmpty {
                entries[entries.count - 1].take(segment)
            }
        }
        return entries
    }

    private mutating func take(_ segment: Segment) {
        switch segment.name {
        case "RXO": ordered = ordered ?? segment
        case "RXE":
            encoded = encoded ?? segment
            (routes, ingredients) = ([], [])
        case "RXD":
            dispensed.append(segment)
            if dispensed.count == 1, encoded == nil { (routes, ingredients) = ([], []) }
        case "TQ1":
            if encoded != nil, timings.first.map({ $0.index < (encoded?.index ?? 0) }) == true { timings = [] }
            timings.append(segment)
        case "RXR": routes.append(segment)
        case "RXC": ingredients.append(segment)
        case "NTE": notes.append(segment)
        default: break
        }
    }

    /// RXE-15, else RXD-7: the pharmacy's own number.
    func prescription(_ profile: SourceProfile) -> EntityIdentifier? {
        if let encoded { return EntityIdentifier(encoded[field: 15][repetition: 1], profile) }
        return dispensed.first.flatMap { EntityIdentifier($0[field: 7][repetition: 1], profile) }
    }
}
