/// What an ADT trigger event means for the visit. §2.3 "Trigger → Encounter.status", §2.7.
struct AdmissionEvent: Sendable, Hashable {
    let trigger: String

    /// Every trigger that is mapped; merges are mapped elsewhere.
    static let triggers: Set<String> = [
        "A01", "A02", "A03", "A04", "A05", "A06", "A07", "A08", "A09", "A10", "A11", "A12", "A13", "A14", "A15", "A16",
        "A17", "A21", "A22", "A23", "A25", "A26", "A27", "A28", "A29", "A31", "A32", "A33", "A38", "A52", "A53", "A54",
        "A55", "A60", "A61", "A62",
    ]

    /// The status that the event gives the visit; nil leaves it as it is.
    /// - Parameter isAhead: the admission is after the event.
    func status(isAhead: Bool) -> String? {
        switch trigger {
        case "A01", "A02", "A06", "A07", "A13", "A22", "A52": "in-progress"
        case "A03": "finished"
        case "A04": isAhead ? "planned" : "arrived"
        case "A05", "A14": "planned"
        case "A11", "A27", "A38": "cancelled"
        case "A21", "A53": "onleave"
        case "A23": "entered-in-error"
        default: nil
        }
    }

    /// A person is registered or taken out, whatever PV1 says.
    var isAboutPersonOnly: Bool { ["A28", "A29", "A31", "A60"].contains(trigger) }

    /// AL1, DG1, NK1 and IN1 are the whole set: what is not among them any more is put out of use (§2.7).
    var replacesSets: Bool { ["A08", "A31", "A60"].contains(trigger) }

    /// The last transfer is undone.
    var cancelsTransfer: Bool { trigger == "A12" }

    /// The transfer that PV1-42 announced does not come.
    var cancelsPendingTransfer: Bool { trigger == "A26" }

    /// The discharge that PV2-9 announced does not come.
    var cancelsPendingDischarge: Bool { trigger == "A25" }

    /// The class of the visit changes; the old one goes to its history.
    var changesClass: Bool { trigger == "A06" || trigger == "A07" }

    /// The person's record is taken out of use.
    var deletesPerson: Bool { trigger == "A29" }

    /// A visit begins, so that without a number the event's day tells it apart.
    var beginsVisit: Bool { ["A01", "A04", "A05", "A14"].contains(trigger) }
}
