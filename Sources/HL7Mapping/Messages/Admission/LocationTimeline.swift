/// Where a patient was during a visit, in order: `Encounter.location` as far as it is active or completed.
///
/// Each message says where the patient is at a time. Put in by that time, the same messages give the same timeline in
/// whatever order they come.
struct LocationTimeline {
    private struct Stay {
        var object: FHIRObject
        let reference: String
        /// Seconds since 1970; nil where it is not known when the stay began.
        var start: Int?
    }

    private var stays: [Stay] = []
    /// Planned and reserved places.
    private var others: [FHIRValue] = []

    /// - Parameter stored: `Encounter.location`.
    init(_ stored: FHIRValue?) {
        guard case .array(let items)? = stored else { return }
        for item in items {
            guard case .object(let object) = item, case .object(let place)? = object["location"],
                case .string(let reference)? = place["reference"],
                OtherPlace.role(object) == nil, object["status"] != .string("planned"),
                object["status"] != .string("reserved")
            else {
                others.append(item)
                continue
            }
            stays.append(Stay(object: object, reference: reference, start: Self.seconds(object, "start")))
        }
        stays = stays.enumerated().sorted { left, right in
            (left.element.start ?? Int.min, left.offset) < (right.element.start ?? Int.min, right.offset)
        }.map(\.element)
    }

    /// The patient is there at that time.
    mutating func add(_ reference: String, at time: FHIRDateTime?) {
        guard let time, let seconds = time.instantSeconds else {
            if stays.last?.reference != reference { stays.append(Self.stay(reference, time)) }
            return
        }
        let place = stays.lastIndex { ($0.start ?? Int.min) <= seconds }
        if let place, stays[place].reference == reference {
            if stays[place].start == nil { begin(place, at: time) }
            return
        }
        let next = (place ?? -1) + 1
        if next < stays.count, stays[next].reference == reference {
            begin(next, at: time)
        } else {
            stays.insert(Self.stay(reference, time), at: next)
        }
    }

    /// The patient was there right before that time, and it is not known since when.
    mutating func addPrior(_ reference: String, before time: FHIRDateTime?) {
        let seconds = time?.instantSeconds ?? Int.max
        let place = stays.lastIndex { ($0.start ?? Int.min) < seconds }
        if let place, stays[place].reference == reference { return }
        stays.insert(Self.stay(reference, nil), at: place.map { stays[$0].start == nil ? $0 : $0 + 1 } ?? 0)
    }

    /// Where the patient is.
    var current: String? { stays.last?.reference }

    /// Where the patient was before.
    var previous: String? { stays.dropLast().last?.reference }

    /// Where the patient is to go (PV1-42).
    var pending: String? {
        for case .object(let item) in others where OtherPlace.role(item) == "pending" {
            if case .object(let place)? = item["location"], case .string(let reference)? = place["reference"] {
                return reference
            }
        }
        return nil
    }

    mutating func removeOther(_ role: String) {
        others.removeAll { item in
            if case .object(let object) = item { OtherPlace.role(object) == role } else { false }
        }
    }

    /// The last move is undone.
    /// - Parameter current: where the patient is then.
    mutating func removeLast(current: String?) {
        guard stays.count > 1 else { return }
        stays.removeLast()
        guard let current, stays.last?.reference != current,
            let place = stays.lastIndex(where: { $0.reference == current })
        else { return }
        stays.removeSubrange((place + 1)...)
    }

    /// Each takes the place of the earlier one of its role.
    mutating func setOthers(_ places: [OtherPlace]) {
        for place in places {
            removeOther(place.role)
            others.append(place.value)
        }
    }

    /// `Encounter.location`: all but the last stay are completed.
    /// - Parameters:
    ///   - isOver: the last one is completed too.
    ///   - end: when the visit ended.
    func value(isOver: Bool, end: FHIRValue?) -> FHIRValue {
        var items: [FHIRValue] = []
        for (index, stay) in stays.enumerated() {
            let isLast = index == stays.count - 1
            var period = FHIRObject()
            if case .object(let old)? = stay.object["period"] { period = old.without(["end", "_end"]) }
            if isLast {
                if isOver, StoredTime.isOrdered(period["start"], end) { period.set("end", end) }
            } else if case .object(let next)? = stays[index + 1].object["period"] {
                period.set("end", next["start"])
            }
            var object = stay.object.without(["period", "status"])
            object.set("status", .string(isLast && !isOver ? "active" : "completed"))
            object.set("period", .object(period))
            items.append(.object(object))
        }
        return .array(items + others)
    }

    private mutating func begin(_ index: Int, at time: FHIRDateTime) {
        stays[index].start = time.instantSeconds
        stays[index].object = Self.stay(stays[index].reference, time).object
    }

    private static func stay(_ reference: String, _ time: FHIRDateTime?) -> Stay {
        let start = time.flatMap { $0.instantSeconds == nil ? nil : FHIRValue.string($0.text) }
        let object = FHIRObject([
            "location": .reference(reference), "status": .string("active"), "period": .object(["start": start]),
        ])
        return Stay(object: object, reference: reference, start: time?.instantSeconds)
    }

    private static func seconds(_ object: FHIRObject, _ key: String) -> Int? {
        guard case .object(let period)? = object["period"] else { return nil }
        return StoredTime.seconds(period[key])
    }
}

/// A place of a visit beside where the patient is assigned to: for a while, or kept for later.
struct OtherPlace: Sendable {
    let reference: String
    /// `Encounter.location.status`.
    let status: String
    /// `temporary`, `pending`, `prior-temporary`.
    let role: String

    var value: FHIRValue {
        .object([
            "extension": .array([.object(["url": .string(Self.url), "valueCode": .string(role)])]),
            "location": .reference(reference), "status": .string(status),
        ])
    }

    /// The role of an item of `Encounter.location`; nil for where the patient is assigned to.
    static func role(_ object: FHIRObject) -> String? {
        guard case .array(let extensions)? = object["extension"] else { return nil }
        for case .object(let item) in extensions where item["url"] == .string(url) {
            if case .string(let role)? = item["valueCode"] { return role }
        }
        return nil
    }

    private static let url = "urn:martlet:location-role"
}

/// Reads times that are stored in FHIR's form.
enum StoredTime {
    /// Seconds since 1970 of a `dateTime` with a time; nil for others.
    static func seconds(_ value: FHIRValue?) -> Int? {
        guard case .string(let text)? = value else { return nil }
        let parts = text.split(separator: "T", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let date = parts[0].filter { $0 != "-" }
        let time = parts[1].filter { $0 != ":" }
        guard let parsed = HL7Time(date + time) else { return nil }
        return parsed.localSeconds - (parsed.offset ?? 0)
    }
}

extension StoredTime {
    /// Whether the first is not after the second, as far as both are known.
    static func isOrdered(_ first: FHIRValue?, _ second: FHIRValue?) -> Bool {
        guard case .string(let left)? = first, case .string(let right)? = second else { return true }
        if let left = seconds(first), let right = seconds(second) { return left <= right }
        return left.prefix(10) <= right.prefix(10)
    }
}

extension FHIRObject {
    /// The same without some members.
    func without(_ keys: Set<String>) -> FHIRObject {
        var result = FHIRObject()
        for member in members where !keys.contains(member.key) { result.set(member.key, member.value) }
        return result
    }
}
