import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `Encounter/[id]/$triage`: says how urgent somebody who waits is, which gives the place in the queue.
struct TriageEncounter: ClinicOperation {
    static let noteURL = "urn:martlet:triage-note"

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "triage", typeName: "Encounter", level: .instance, affectsState: true,
            documentation: "Sets the triage level of a patient who has arrived; may be repeated while they wait.",
            roles: [.nurse, .physician], transition: .init(from: ["arrived", "triaged"], to: "triaged"),
            events: ["triage.done"],
            parameters: [
                .init(.input, "level", 1, 1, "code", "Emergency Severity Index, 1 (most urgent) to 5."),
                .init(.input, "vitals", 0, nil, "Observation", "Vital signs; patient and encounter are filled in."),
                .init(.input, "note", 0, 1, "string", "What was seen."),
                .init(.output, "return", 1, 1, "Encounter", "The encounter, triaged."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let visit = try work.instance
        guard let level = TriageLevel(code: work.parameters.text("level") ?? "") else {
            throw StoreError(
                .businessRule, "the triage level is one of 1, 2, 3, 4, 5",
                expression: work.parameters.place(of: "level"), details: "unknown-code")
        }
        let limits = try await VitalLimits(work)
        var changes = ChangeSet(work)
        var edit = visit.edit
        EncounterEdit.change(&edit, visit.node, to: "triaged", at: work.now)
        edit.set("priority", json: level.concept.json)
        if let note = work.parameters.text("note") {
            let others = (visit.node["extension"]?.items ?? []).filter { $0["url"]?.string != Self.noteURL }
            edit.set("extension", items: others.map(\.source))
            edit.append("extension", json: Self.note(note))
        }
        changes.update(visit, edit)
        for vital in work.parameters.resources("vitals") {
            try limits.checkHard(vital)
            changes.create(json: Self.observation(vital, visit, work), type: "Observation")
        }
        changes.record("triage.done", visit.reference)
        return ClinicAnswer(try await changes.apply()[0])
    }

    private static func observation(_ vital: JSONNode, _ visit: StoredResource, _ work: ClinicWork) -> [UInt8] {
        var edit = ResourceEdit(vital)
        edit.remove("id")
        if let subject = visit.node["subject"] { edit.set("subject", json: subject.source) }
        edit.set("encounter", json: visit.reference.json)
        if vital["status"] == nil { edit.set("status", "final") }
        if vital["category"] == nil { edit.set("category", items: [VitalSign.category.json]) }
        if vital["effectiveDateTime"] == nil, vital["effectivePeriod"] == nil, vital["effectiveInstant"] == nil {
            edit.set("effectiveDateTime", work.now.text)
        }
        return edit.bytes
    }

    private static func note(_ text: String) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("url", noteURL)
            writer.member("valueString", text)
            writer.endObject()
        }
    }
}
