import Clinic
import FHIRFormats
import FHIRStore
import JSONTape

/// The appointment that a booking writes, as it is put together.
struct AppointmentDraft {
    private(set) var edit: ResourceEdit
    private let source: JSONNode?
    private var actors: Set<LocalReference>
    private(set) var start: BookingTime?
    private(set) var end: BookingTime?

    /// - Parameters:
    ///   - source: what the caller gave or what is stored; nil to begin with nothing.
    ///   - isStored: whether it is stored: what is not gets an id of the server's making.
    init(_ source: JSONNode?, isStored: Bool) {
        self.source = source
        edit = ResourceEdit(source)
        edit.set("resourceType", "Appointment")
        if !isStored {
            edit.remove("id")
            edit.remove("meta")
        }
        actors = Set((source?["participant"]?.items ?? []).compactMap { LocalReference($0["actor"]) })
        edit.set("participant", items: (source?["participant"]?.items ?? []).map(Self.accepted))
    }

    var bytes: [UInt8] { edit.bytes }

    /// Takes start and end from the slots, unless the caller gave some within them.
    mutating func setTimes(from slots: [SlotBook.Entry]) throws {
        let given = (try time("start"), try time("end"))
        guard !slots.isEmpty else {
            guard let first = given.0,
                let last = given.1 ?? first.advanced(minutes: source?["minutesDuration"]?.integer)
            else {
                throw StoreError(
                    .businessRule, "an appointment needs slots, or start and end", expression: "Appointment.start",
                    details: "time-missing")
            }
            try set(first, last)
            return
        }
        edit.set("slot", items: slots.map(\.reference.json))
        let starts = slots.compactMap { $0.node["start"]?.string }.compactMap(BookingTime.init)
        let ends = slots.compactMap { $0.node["end"]?.string }.compactMap(BookingTime.init)
        guard let first = starts.min(), let last = ends.max() else {
            throw StoreError(.businessRule, "the slots have no times", expression: "Appointment.slot")
        }
        let (start, end) = (given.0 ?? first, given.1 ?? last)
        guard start >= first, end <= last, start < end else {
            throw StoreError(
                .businessRule, "the appointment's time is not within its slots", expression: "Appointment.start",
                details: "outside-slot")
        }
        try set(start, end)
    }

    /// Puts other times in place, and other slots or none.
    mutating func move(to start: BookingTime, _ end: BookingTime, slots: [LocalReference]) throws {
        try set(start, end)
        edit.set("slot", items: slots.map(\.json))
    }

    private mutating func set(_ start: BookingTime, _ end: BookingTime) throws {
        guard start < end else {
            throw StoreError(
                .businessRule, "the appointment ends before it begins", expression: "Appointment.end",
                details: "end-before-start")
        }
        self.start = start
        self.end = end
        edit.set("start", start.text)
        edit.set("end", end.text)
    }

    private func time(_ name: String) throws -> BookingTime? {
        guard let text = source?[named: name]?.string else { return nil }
        guard let time = BookingTime(text) else {
            throw StoreError(.invalidContent, "not an instant", expression: "Appointment.\(name)")
        }
        return time
    }

    /// Whoever the schedules are of takes part, so that nobody is booked twice at one time.
    mutating func addActors(of schedules: [ScheduleBook.Entry]) {
        for schedule in schedules { for actor in schedule.actors { addParticipant(actor) } }
    }

    mutating func addParticipant(_ actor: LocalReference) {
        guard actors.insert(actor).inserted else { return }
        edit.append("participant", json: Self.participant(actor))
    }

    /// Everybody who takes part, as references in order.
    var participants: [LocalReference] { actors.sorted() }

    /// Puts another practitioner in place of those who take part.
    mutating func replacePractitioner(by actor: LocalReference) {
        let kinds = ["Practitioner", "PractitionerRole"]
        let others = edit.items(of: "participant").filter { item in
            guard let document = try? Document.parse(item) else { return true }
            let reference = LocalReference(JSONNode(document)["actor"])
            return !kinds.contains(reference?.typeName ?? "")
        }
        edit.set("participant", items: others + [Self.participant(actor)])
        actors = actors.filter { !kinds.contains($0.typeName) }
        actors.insert(actor)
    }

    static func participant(_ actor: LocalReference) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.key("actor")
            writer.raw(actor.json)
            writer.member("status", "accepted")
            writer.endObject()
        }
    }

    /// Puts in the rest of what the caller said.
    mutating func complete(_ wish: BookingWish, status: String, now: Instant) throws {
        edit.set("status", status)
        if let comment = wish.comment { edit.set("comment", comment) }
        for reason in wish.reasons { edit.append("reasonCode", json: reason) }
        for reference in wish.supporting { edit.append("supportingInformation", json: reference) }
        if source?["created"] == nil { edit.set("created", now.text) }
        guard !edit.items(of: "participant").isEmpty else {
            throw StoreError(
                .businessRule, "an appointment needs somebody who takes part", expression: "Appointment.participant",
                details: "participant-missing")
        }
    }

    mutating func addIdentifier(_ system: String, _ value: String) {
        edit.append(
            "identifier",
            json: ResourceEdit.json { writer in
                writer.beginObject()
                writer.member("system", system)
                writer.member("value", value)
                writer.endObject()
            })
    }

    /// Puts an extension in place of those with its url; nil takes them away.
    mutating func setExtension(_ url: String, _ json: [UInt8]?) { edit.setExtension(url, json) }

    /// In a booking nobody is still to be asked.
    private static func accepted(_ participant: JSONNode) -> [UInt8] {
        var edit = ResourceEdit(participant)
        let status = participant["status"]?.string
        if status == nil || status == "needs-action" || status == "tentative" { edit.set("status", "accepted") }
        return edit.bytes
    }
}

extension BookingTime {
    /// So many minutes later, as UTC; nil for no minutes.
    func advanced(minutes: Int?) -> BookingTime? {
        guard let minutes, minutes > 0, minutes < 1_000_000 else { return nil }
        return BookingTime(Instant(microsecondsSince1970: instant.microsecondsSince1970 + Int64(minutes) * 60_000_000))
    }
}
