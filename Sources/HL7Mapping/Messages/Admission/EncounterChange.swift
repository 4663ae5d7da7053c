/// What an event does to a visit: laid over what is stored so that messages that come late or twice do no harm.
struct EncounterChange: Sendable {
    let event: AdmissionEvent
    /// When the sender made the statement: the newest one decides the status.
    let stated: FHIRDateTime?
    /// When it happened: places and periods go by it.
    let happened: FHIRDateTime?
    let admission: FHIRDateTime?
    let discharge: FHIRDateTime?
    /// Nil if the event says nothing of it.
    let status: String?
    /// For a visit of which nothing says it.
    let firstStatus: String
    /// PV1-3.
    let place: String?
    /// PV1-6.
    let priorPlace: String?
    /// PV1-11, PV1-42 and PV1-43.
    let otherPlaces: [OtherPlace]
    /// Codes of the participants that came as `""`.
    let clearedRoles: Set<String>

    /// Elements that are not simply laid over what is stored.
    static let own: Set<String> = ["status", "_status", "period", "location", "classHistory"]

    /// The visit as it is then.
    /// - Parameters:
    ///   - stored: an empty object if there is none.
    ///   - plain: what PV1 and PV2 say apart from `own`, with references as they are in the store.
    ///   - isOlder: what is stored is newer: only what is empty is filled.
    func apply(to stored: FHIRObject, plain: FHIRObject, isOlder: Bool) -> FHIRObject {
        var stated = plain
        let stored = isOlder ? stored : clearing(stored)
        stated.merge("participant", from: stored) { $0["type"] }
        stated.merge("diagnosis", from: stored) { $0["condition"] }
        stated.merge("account", from: stored) { $0["reference"] }
        if case .object(let old)? = stored["hospitalization"], case .object(let new)? = plain["hospitalization"] {
            stated.set("hospitalization", .object(ElementOverlay.lay(new, over: old, fillsOnly: isOlder)))
        }
        if case .object(let old)? = stored["meta"], case .object(let new)? = plain["meta"] {
            stated.set("meta", .object(ElementOverlay.lay(new, over: old, fillsOnly: isOlder)))
        }
        var result = ElementOverlay.lay(
            stated, over: stored.without(["status", "_status", "period", "location"]), fillsOnly: isOlder)
        if !isOlder { keepClass(of: stored, in: &result) }
        if result["class"] == nil { result.set("class", .dataAbsentExtension("unknown")) }
        setStatus(stored, &result, isOlder: isOlder)
        if event.cancelsPendingDischarge, !isOlder { result.removeExtension(ExtensionURL.plannedEndR5) }
        setPlaces(stored, &result, isOlder: isOlder)
        return result
    }

    /// A06 and A07: the class changes, and what it was goes to the history.
    private func keepClass(of stored: FHIRObject, in result: inout FHIRObject) {
        guard event.changesClass, let old = stored["class"], let new = result["class"], old != new else { return }
        var period = FHIRObject()
        if case .object(let whole)? = stored["period"], whole["start"] != nil, stored["classHistory"] == nil {
            period.set("start", whole["start"])
        }
        period.set("end", happened.map { .string($0.text) })
        if period.isEmpty { period.append("extension", Self.unknown) }
        result.append("classHistory", .object(["class": old, "period": .object(period)]))
    }

    // MARK: Status and period

    private func setStatus(_ stored: FHIRObject, _ result: inout FHIRObject, isOlder: Bool) {
        var period = FHIRObject()
        if case .object(let old)? = stored["period"] { period = old }
        if let start = admission ?? (event.beginsVisit ? happened : nil), !isOlder || period["start"] == nil {
            if admission != nil || period["start"] == nil {
                period = period.without(["start", "_start"])
                start.set("start", in: &period)
            }
        }
        // A13 takes the end back, even where PV1-45 still holds it.
        let ends = discharge != nil && event.trigger != "A13"
        let takesStatus = status ?? (ends ? "finished" : nil)
        let new = ends && ["in-progress", "arrived"].contains(takesStatus) ? "finished" : takesStatus
        if let new, isNewer(than: stored) {
            result.set("status", .string(new))
            result.set("_status", since)
            if new == "finished" {
                period = period.without(["end", "_end"])
                let end = discharge ?? happened
                // R4 datatypes#Period, per-1: a wrong clock must not make it invalid.
                if let end, StoredTime.isOrdered(period["start"], .string(end.text)) { end.set("end", in: &period) }
            } else if new != "cancelled", new != "entered-in-error" {
                period = period.without(["end", "_end"])
            }
        } else {
            result.set("status", stored["status"] ?? .string(firstStatus))
            result.set("_status", stored["_status"])
        }
        result.set("period", .object(period))
    }

    /// When the status was said is kept beside it: messages without a say in it do not count.
    private func isNewer(than stored: FHIRObject) -> Bool {
        guard case .object(let companion)? = stored["_status"], case .array(let items)? = companion["extension"],
            let mine = stated?.instantSeconds
        else { return true }
        for case .object(let item) in items where item["url"] == .string(Self.statusSince) {
            if let theirs = StoredTime.seconds(item["valueDateTime"]) { return mine >= theirs }
        }
        return true
    }

    private var since: FHIRValue? {
        guard let stated, stated.instantSeconds != nil else { return nil }
        return FHIRValue.extension(Self.statusSince, "valueDateTime", .string(stated.text))
            .map { .object(["extension": .array([$0])]) }
    }

    private static let statusSince = "urn:martlet:status-since"

    private static let unknown: FHIRValue = .object([
        "url": .string(ExtensionURL.dataAbsentReason), "valueCode": .string("unknown"),
    ])

    // MARK: Places

    private func setPlaces(_ stored: FHIRObject, _ result: inout FHIRObject, isOlder: Bool) {
        var timeline = LocationTimeline(stored["location"])
        if event.cancelsTransfer {
            if !isOlder { cancelTransfer(stored, &timeline, &result) }
        } else if let place {
            let began = event.beginsVisit ? admission ?? happened : happened
            let time = began?.instantSeconds == nil ? happened : began
            timeline.add(place, at: time)
            if let priorPlace, priorPlace != place { timeline.addPrior(priorPlace, before: time) }
        }
        if !isOlder {
            timeline.setOthers(otherPlaces)
            // What was announced has happened, or will not.
            if event.cancelsPendingTransfer || timeline.current.map({ $0 == timeline.pending }) == true {
                timeline.removeOther("pending")
            }
        }
        var end: FHIRValue?
        if case .object(let period)? = result["period"] { end = period["end"] }
        let isOver = ["finished", "cancelled", "entered-in-error"].contains { result["status"] == .string($0) }
        result.set("location", timeline.value(isOver: isOver, end: end))
    }
}

extension EncounterChange {
    /// A12: the last move is undone, once. PV1-3 is where the patient is then; a sender that still names the cancelled
    /// place there names the one before it in PV1-6.
    private func cancelTransfer(
        _ stored: FHIRObject, _ timeline: inout LocationTimeline, _ result: inout FHIRObject
    ) {
        let cancellation = TransferCancellation(stated: stated, place: place)
        guard cancellation?.isKnown(to: stored) != true else { return }
        let namesCancelled = place != nil && timeline.current == place
        guard !namesCancelled || (priorPlace != nil && priorPlace == timeline.previous) else { return }
        timeline.removeLast(current: namesCancelled ? priorPlace : place)
        guard let cancellation else { return }
        result.removeExtension(TransferCancellation.url)
        result.append("extension", cancellation.value)
    }

    /// Without those who came as `""`.
    private func clearing(_ stored: FHIRObject) -> FHIRObject {
        guard !clearedRoles.isEmpty, case .array(let people)? = stored["participant"] else { return stored }
        let concepts = clearedRoles.map { FHIRValue.array([.concept(EncounterMap.participation, $0)]) }
        let kept = people.filter { person in
            guard case .object(let object) = person, let type = object["type"] else { return true }
            return !concepts.contains(type)
        }
        var result = stored.without(["participant"])
        result.set("participant", .array(kept))
        return result
    }
}

extension FHIRObject {
    mutating func removeExtension(_ url: String) {
        guard case .array(let items)? = self["extension"] else { return }
        let kept = items.filter { item in
            if case .object(let object) = item { object["url"] != .string(url) } else { true }
        }
        self = without(["extension"])
        set("extension", .array(kept))
    }

    /// Adds the stored items of an array that the statement leaves out, told apart by `key`.
    mutating func merge(_ name: String, from stored: FHIRObject, by key: (FHIRObject) -> FHIRValue?) {
        guard case .array(let old)? = stored[name], case .array(let new)? = self[name] else { return }
        func keys(_ item: FHIRValue) -> FHIRValue? {
            if case .object(let object) = item { key(object) } else { nil }
        }
        let known = Set(new.map(keys))
        set(name, .array(new + old.filter { !known.contains(keys($0)) }))
    }
}
