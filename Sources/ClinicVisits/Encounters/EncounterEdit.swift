import Clinic
import FHIRFormats
import FHIRModel
import JSONTape

/// What several operations change of an encounter.
enum EncounterEdit {
    /// Role of those who see the patient: https://terminology.hl7.org/CodeSystem-v3-ParticipationType.html
    private static let participationSystem = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"

    static func participant(_ practitioner: LocalReference, at time: Instant) -> Encounter.Participant {
        var participant = Encounter.Participant()
        participant.type = [.of(participationSystem, "PPRF", "primary performer")]
        participant.individual = .to(practitioner)
        participant.period = .of(start: time.text, end: nil)
        return participant
    }

    /// Adds whoever sees the patient, unless they take part already.
    static func add(
        _ practitioner: LocalReference?, to edit: inout ResourceEdit, _ encounter: JSONNode, at time: Instant
    ) {
        guard let practitioner else { return }
        let present = (encounter["participant"]?.items ?? []).compactMap { LocalReference($0["individual"]) }
        if !present.contains(practitioner) {
            edit.append("participant", json: participant(practitioner, at: time).json)
        }
    }

    /// The patient goes to another place: the one before is left.
    static func move(
        to place: LocalReference?, _ edit: inout ResourceEdit, _ encounter: JSONNode, at time: Instant
    ) {
        guard let place else { return }
        var places = (encounter["location"]?.items ?? []).map { left($0, at: time) }
        var location = Encounter.Location()
        location.location = .to(place)
        location.status = "active"
        location.period = .of(start: time.text, end: nil)
        places.append(location.json)
        edit.set("location", items: places)
    }

    /// All places are left.
    static func leave(_ edit: inout ResourceEdit, _ encounter: JSONNode, at time: Instant) {
        let places = encounter["location"]?.items ?? []
        if !places.isEmpty { edit.set("location", items: places.map { left($0, at: time) }) }
    }

    private static func left(_ place: JSONNode, at time: Instant) -> [UInt8] {
        guard place["status"]?.string != "completed", place["period"]?["end"] == nil else { return place.source }
        var edit = ResourceEdit(place)
        edit.set("status", "completed")
        // A period that ends before it begins would be invalid.
        if let start = place["period"]?["start"]?.string, let begin = Instant.beginning(of: start), begin <= time {
            edit.set("period", json: Period.of(start: start, end: time.text).json)
        }
        return edit.bytes
    }

    /// When the present state began goes to the history of states, with the element that R4 has for it.
    static func change(_ edit: inout ResourceEdit, _ encounter: JSONNode, to state: String, at time: Instant) {
        edit.set("status", state)
        guard let before = encounter["status"]?.string, before != state else { return }
        var history = (encounter["statusHistory"]?.items ?? [])
        let start =
            history.last?["period"]?["end"]?.string ?? encounter["period"]?["start"]?.string ?? time.text
        history.removeAll { $0["status"] == nil }
        var entry = Encounter.StatusHistory()
        entry.status = before
        let isOrdered = Instant.beginning(of: start).map { $0 <= time } ?? false
        entry.period = .of(start: isOrdered ? start : nil, end: time.text)
        edit.set("statusHistory", items: history.map(\.source) + [entry.json])
    }
}
