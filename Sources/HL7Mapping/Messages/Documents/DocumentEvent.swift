/// What an MDM trigger event does to the document. HL7 v2.5.1 §9.5.
struct DocumentEvent {
    enum Relation: String { case none, appends, replaces }

    /// Only announced: the content did not come along.
    let isNotification: Bool
    let relation: Relation
    /// The document is taken back.
    let isCancelled: Bool

    init(_ trigger: String) {
        isNotification = ["T01", "T03", "T05", "T07", "T09"].contains(trigger)
        isCancelled = trigger == "T11"
        relation =
            switch trigger {
            case "T05", "T06": .appends
            case "T09", "T10": .replaces
            default: .none
            }
    }
}
