import Clinic
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// The appointment that a booking writes, as it is put together.
struct AppointmentDraft {
    private var edit: ResourceEdit
    private let source: JSONNode?
    private var actors: Set<LocalReference>
    private var slots: [SlotBook.Entry] = []

    /// - Parameter source: what the caller gave; nil to begin with nothing.
    init(_ source: JSONNode?) {
        self.source = source
        edit = ResourceEdit(source)
        edit.set("resourceType", "Appointment")
        actors = Set((source?["participant"]?.items ?? []).compactMap { LocalReference($0["actor"]) })
        edit.set("participant", items: (source?["participant"]?.items ?? []).map(Self.accepted))
    }

    var bytes: [UInt8] { edit.bytes }

    /// Takes start and end from the slots, unless the caller gave some within them.
    mutating func setTimes(from book: SlotBook) throws {
        slots = book.entries
        let given = (source?["start"]?.string, source?["end"]?.string)
        guard !slots.isEmpty else {
            guard given.0 != nil, given.1 != nil else {
                throw StoreError(
                    .businessRule, "an appointment needs slots, or start and end", expression: "Appointment.start",
                    details: "time-missing")
            }
            return
        }
        edit.set("slot", items: slots.map(\.reference.json))
        let starts = slots.compactMap { $0.node["start"]?.string }.compactMap(BookingTime.init)
        let ends = slots.compactMap { $0.node["end"]?.string }.compactMap(BookingTime.init)
        guard let first = starts.min(), let last = ends.max() else {
            throw StoreError(.businessRule, "the slots have no times", expression: "Appointment.slot")
        }
        let start = try time(given.0, "start") ?? first
        let end = try time(given.1, "end") ?? last
        guard start >= first, end <= last, start < end else {
            throw StoreError(
                .businessRule, "the appointment's time is not within its slots", expression: "Appointment.start",
                details: "outside-slot")
        }
        edit.set("start", start.text)
        edit.set("end", end.text)
    }

    private func time(_ text: String?, _ name: String) throws -> BookingTime? {
        guard let text else { return nil }
        guard let time = BookingTime(text) else {
            throw StoreError(.invalidContent, "not an instant", expression: "Appointment.\(name)")
        }
        return time
    }

    /// Whoever the slots' schedules are of takes part, so that nobody is booked twice at one time.
    mutating func addActors(ofSchedulesOf book: SlotBook, in transaction: StoreTransaction) async throws {
        let schedules = Set(book.entries.compactMap { LocalReference($0.node["schedule"]) }).sorted()
        let type = try transaction.store.resourceType("Schedule")
        for schedule in schedules where schedule.typeName == "Schedule" {
            guard let content = try await transaction.read(type, id: schedule.id)?.content else { continue }
            let node = JSONNode(try Document.parse(content))
            for actor in (node["actor"]?.items ?? []).compactMap({ LocalReference($0) }) { addParticipant(actor) }
        }
    }

    mutating func addParticipant(_ actor: LocalReference) {
        guard actors.insert(actor).inserted else { return }
        edit.append(
            "participant",
            json: ResourceEdit.json { writer in
                writer.beginObject()
                writer.key("actor")
                writer.raw(actor.json)
                writer.member("status", "accepted")
                writer.endObject()
            })
    }

    /// Puts in the rest and marks it booked.
    mutating func complete(_ request: BookingRequest, now: Instant) throws {
        edit.set("status", "booked")
        if let comment = request.comment { edit.set("comment", comment) }
        if let reason = request.reason { edit.append("reasonCode", json: reason) }
        for reference in request.supporting { edit.append("supportingInformation", json: reference) }
        if source?["created"] == nil { edit.set("created", now.text) }
        guard !edit.items(of: "participant").isEmpty else {
            throw StoreError(
                .businessRule, "an appointment needs somebody who takes part", expression: "Appointment.participant",
                details: "participant-missing")
        }
    }

    /// In a booking nobody is still to be asked.
    private static func accepted(_ participant: JSONNode) -> [UInt8] {
        var edit = ResourceEdit(participant)
        let status = participant["status"]?.string
        if status == nil || status == "needs-action" || status == "tentative" { edit.set("status", "accepted") }
        return edit.bytes
    }
}
