import Clinic
import ClinicScheduling
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import HL7Mapping
import JSONTape

/// An appointment with the mark that fits its conflicts, and the Task where there are new ones.
struct OverbookedAppointment {
    let appointment: StatedMessageHandler.Draft
    private(set) var task: StatedMessageHandler.Draft?

    init(
        _ draft: StatedMessageHandler.Draft, _ conflicts: [ExternalBooking.Conflict], now: Instant
    ) throws {
        let node = JSONNode(try Document.parse(draft.json))
        let isMarked = node["extension"]?.items.contains { $0["url"]?.string == Self.url } ?? false
        if isMarked || conflicts.isEmpty {
            appointment = draft
        } else {
            var edit = ResourceEdit(node)
            edit.append("extension", json: Self.mark)
            appointment = StatedMessageHandler.Draft(
                type: draft.type, id: draft.id, json: edit.bytes, stored: draft.stored)
        }
        guard !conflicts.isEmpty else { return }
        // One task for an appointment and those it is over: a repeated message makes no second one.
        let others = Set(conflicts.map(\.appointment)).sorted()
        let id = IdentityKey("Task", ["overbooked", draft.id] + others).id
        task = StatedMessageHandler.Draft(
            type: "Task", id: id, json: Self.task(id, over: others, draft.id, now), stored: nil)
    }

    private static let url = ExternalBooking.overbookExtension

    private static let mark = ResourceEdit.json { writer in
        writer.beginObject()
        writer.member("url", url)
        writer.key("valueBoolean")
        writer.bool(true)
        writer.endObject()
    }

    private static func task(
        _ id: String, over others: [String], _ appointment: String, _ now: Instant
    ) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "Task")
            writer.member("id", id)
            writer.member("status", "requested")
            writer.member("intent", "order")
            writer.key("code")
            writer.beginObject()
            writer.member("text", "Overbooked appointment")
            writer.endObject()
            writer.member("description", "Another calendar booked this over an appointment that holds the time")
            writer.key("focus")
            reference("Appointment/" + appointment, &writer)
            writer.member("authoredOn", now.text)
            writer.key("input")
            writer.beginArray()
            for other in others {
                writer.beginObject()
                writer.key("type")
                writer.beginObject()
                writer.member("text", "appointment")
                writer.endObject()
                writer.key("valueReference")
                reference("Appointment/" + other, &writer)
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
        }
    }

    private static func reference(_ address: String, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("reference", address)
        writer.endObject()
    }
}
