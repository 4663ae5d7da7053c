import Clinic
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// The Encounter of an appointment: the one that there is, or the one to make.
struct AppointmentVisit {
    private let appointment: StoredResource
    private let work: ClinicWork
    /// Locked; nil if there is none that counts.
    let stored: StoredResource?
    private let places: [LocalReference]

    init(of appointment: StoredResource, _ work: ClinicWork) async throws {
        self.appointment = appointment
        self.work = work
        let found = try await work.search("Encounter", [("appointment", appointment.reference.text)])
        let live = found.filter { !["cancelled", "entered-in-error"].contains($0.status) }.map(\.reference).sorted()
        // The appointment is locked, so that nobody else makes a visit of it now.
        stored = if let first = live.first { try await work.lock(first) } else { nil }
        places = try await VisitPlaces.of(appointment, work)
    }

    /// Makes the visit arrived, or adds one.
    func arrive(in changes: inout ChangeSet) throws -> LocalReference {
        guard let stored else { return changes.create(encounter(status: "arrived")) }
        guard stored.status == "planned" else { return stored.reference }
        changes.update(stored, edit(stored, to: "arrived"))
        return stored.reference
    }

    /// Finishes the visit by the steps that lead there, or adds one that is finished.
    func finish(in changes: inout ChangeSet) throws -> LocalReference {
        guard let stored else { return changes.create(encounter(status: "finished")) }
        let steps: [String] =
            switch stored.status {
            case "planned": ["arrived", "in-progress", "finished"]
            case "arrived", "triaged", "onleave": ["in-progress", "finished"]
            case "in-progress": ["finished"]
            default: []
            }
        for step in steps { changes.update(stored, edit(stored, to: step)) }
        return stored.reference
    }

    private func edit(_ stored: StoredResource, to status: String) -> ResourceEdit {
        var edit = stored.edit
        edit.set("status", status)
        var period = ResourceEdit(stored.node["period"])
        if stored.node["period"]?["start"] == nil { period.set("start", work.now.text) }
        if status == "finished" { period.set("end", work.now.text) }
        edit.set("period", json: period.bytes)
        // Where the patient waits: by that the queue knows whom to call.
        if status == "arrived", stored.node["location"] == nil, !places.isEmpty {
            edit.set("location", items: places.map { location($0).bytes })
        }
        return edit
    }

    private func encounter(status: String) -> [UInt8] {
        let participants = (appointment.node["participant"]?.items ?? []).compactMap { LocalReference($0["actor"]) }
        return ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "Encounter")
            writer.member("status", status)
            writer.key("class")
            writer.beginObject()
            writer.member("system", "http://terminology.hl7.org/CodeSystem/v3-ActCode")
            writer.member("code", VideoRoom.isVirtual(appointment.node) ? "VR" : "AMB")
            writer.endObject()
            if let types = appointment.node["serviceType"]?.items, !types.isEmpty {
                writer.key("type")
                writer.beginArray()
                for type in types { writer.copy(type) }
                writer.endArray()
            }
            if let patient = participants.first(where: { $0.typeName == "Patient" }) {
                writer.key("subject")
                writer.raw(patient.json)
            }
            let staff = participants.filter { ["Practitioner", "PractitionerRole"].contains($0.typeName) }
            list("participant", staff, member: "individual", &writer)
            writer.key("appointment")
            writer.beginArray()
            writer.raw(appointment.reference.json)
            writer.endArray()
            writer.key("period")
            writer.beginObject()
            writer.member("start", work.now.text)
            if status == "finished" { writer.member("end", work.now.text) }
            writer.endObject()
            if let reasons = appointment.node["reasonCode"]?.items, !reasons.isEmpty {
                writer.key("reasonCode")
                writer.beginArray()
                for reason in reasons { writer.copy(reason) }
                writer.endArray()
            }
            if !places.isEmpty {
                writer.key("location")
                writer.beginArray()
                for place in places { writer.raw(location(place).bytes) }
                writer.endArray()
            }
            writer.endObject()
        }
    }

    private func location(_ place: LocalReference) -> ResourceEdit {
        var location = ResourceEdit(nil)
        location.set("location", json: place.json)
        location.set("status", "active")
        var period = ResourceEdit(nil)
        period.set("start", work.now.text)
        location.set("period", json: period.bytes)
        return location
    }

    private func list(_ name: String, _ items: [LocalReference], member: String, _ writer: inout JSONWriter) {
        guard !items.isEmpty else { return }
        writer.key(named: name)
        writer.beginArray()
        for item in items {
            writer.beginObject()
            writer.key(named: member)
            writer.raw(item.json)
            writer.endObject()
        }
        writer.endArray()
    }
}

extension ChangeSet {
    /// Creates an Encounter from its JSON.
    fileprivate mutating func create(_ json: [UInt8]) -> LocalReference { create(json: json, type: "Encounter") }
}
