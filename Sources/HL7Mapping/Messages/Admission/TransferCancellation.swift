/// What a visit keeps of the transfer that was cancelled last (A12), so that the same message under another control id
/// does not undo one more move.
struct TransferCancellation: Sendable, Hashable {
    /// When the sender said so, as in FHIR's `dateTime`.
    let time: String
    /// PV1-3 of the message.
    let place: String?

    /// Nil where the message names no time: then it cannot be told from another one.
    init?(stated: FHIRDateTime?, place: String?) {
        guard let stated, stated.instantSeconds != nil else { return nil }
        time = stated.text
        self.place = place
    }

    /// Whether the visit has this very cancellation behind it.
    func isKnown(to visit: FHIRObject) -> Bool {
        guard case .array(let extensions)? = visit["extension"] else { return false }
        return extensions.contains(value)
    }

    var value: FHIRValue {
        var parts: [FHIRValue] = [.object(["url": .string("time"), "valueDateTime": .string(time)])]
        if let place { parts.append(.object(["url": .string("place"), "valueReference": .reference(place)])) }
        return .object(["url": .string(Self.url), "extension": .array(parts)])
    }

    static let url = "urn:martlet:transfer-cancelled"
}
