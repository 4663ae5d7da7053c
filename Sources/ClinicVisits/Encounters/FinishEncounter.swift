import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `Encounter/[id]/$finish`: a visit ends, with a signed note or a reason why there is none.
struct FinishEncounter: ClinicOperation {
    static let dispositionSystem = "http://terminology.hl7.org/CodeSystem/discharge-disposition"
    /// https://hl7.org/fhir/R4/valueset-encounter-discharge-disposition.html
    private static let dispositions: Set<String> = [
        "home", "alt-home", "other-hcf", "hosp", "long", "aadvice", "exp", "psy", "rehab", "snf", "oth",
    ]

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "finish", typeName: "Encounter", level: .instance, affectsState: true,
            documentation:
                "Ends a visit. Without a signed note it takes a reason or force; an unsigned one takes force.",
            roles: [.physician, .nurse], transition: .init(from: ["in-progress"], to: "finished"),
            events: ["encounter.finished"],
            parameters: [
                .init(.input, "disposition", 0, 1, "code", "Where the patient goes: encounter-discharge-disposition."),
                .init(.input, "dueTask", 0, nil, "Element", "To be done: a Task, a Reference to one, or a text."),
                .init(.input, "reason", 0, 1, "CodeableConcept", "Why there is no signed note."),
                .init(.input, "force", 0, 1, "boolean", "End the visit although a note is not signed."),
                .init(.output, "return", 1, 1, "Encounter", "The encounter, finished."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let visit = try work.instance
        let disposition = try Self.disposition(work.parameters)
        try await checkNotes(visit, work)
        var changes = ChangeSet(work)
        var edit = visit.edit
        EncounterEdit.change(&edit, visit.node, to: "finished", at: work.now)
        EncounterEdit.leave(&edit, visit.node, at: work.now)
        var period = ResourceEdit(visit.node["period"])
        period.set("end", work.now.text)
        if visit.node["period"]?["start"] == nil { period.set("start", work.now.text) }
        edit.set("period", json: period.bytes)
        if let disposition {
            var hospitalization = ResourceEdit(visit.node["hospitalization"])
            hospitalization.set("dischargeDisposition", json: disposition.json)
            edit.set("hospitalization", json: hospitalization.bytes)
        }
        if let reason = work.parameters.concept("reason") {
            edit.append(
                "extension",
                json: ResourceEdit.json { writer in
                    writer.beginObject()
                    writer.member("url", "urn:martlet:unsigned-reason")
                    writer.key("valueCodeableConcept")
                    writer.raw(reason)
                    writer.endObject()
                })
        }
        changes.update(visit, edit)
        try await addTasks(&changes, visit, work)
        changes.record("encounter.finished", visit.reference)
        return ClinicAnswer(try await changes.apply()[0])
    }

    private static func disposition(_ parameters: OperationParameters) throws -> CodeableConcept? {
        guard let code = parameters.text("disposition") else { return nil }
        guard dispositions.contains(code) else {
            throw StoreError(
                .businessRule, "the disposition is one of \(dispositions.sorted().joined(separator: ", "))",
                expression: parameters.place(of: "disposition"), details: "unknown-code")
        }
        return .of(dispositionSystem, code)
    }

    private func checkNotes(_ visit: StoredResource, _ work: ClinicWork) async throws {
        if work.parameters.bool("force") { return }
        let notes = try await work.search("Composition", [("encounter", visit.reference.text)])
        let unsigned = notes.filter { $0.status == "preliminary" }
        let signed = notes.filter { $0.status == "final" || $0.status == "amended" }
        if let note = unsigned.first {
            throw StoreError(
                .businessRule, "\(note.reference.text) is not signed", expression: "Composition.status",
                details: "unsigned-note")
        }
        if signed.isEmpty, !work.parameters.has("reason") {
            throw StoreError(
                .businessRule, "the visit has no signed note, and there is no reason why", expression: "Encounter",
                details: "unsigned-note")
        }
    }

    private func addTasks(_ changes: inout ChangeSet, _ visit: StoredResource, _ work: ClinicWork) async throws {
        let patient = visit.reference("subject")
        for (item, _) in work.parameters.given("dueTask") {
            if let resource = item["resource"] {
                guard resource["resourceType"]?.string == "Task" else { throw Self.noTask(work) }
                var edit = ResourceEdit(resource)
                edit.remove("id")
                if resource["status"] == nil { edit.set("status", "requested") }
                if resource["intent"] == nil { edit.set("intent", "order") }
                if resource["for"] == nil, let patient { edit.set("for", json: patient.json) }
                edit.set("encounter", json: visit.reference.json)
                if resource["authoredOn"] == nil { edit.set("authoredOn", work.now.text) }
                changes.create(json: edit.bytes, type: "Task")
            } else if let reference = LocalReference(item["valueReference"]) {
                guard reference.typeName == "Task" else { throw Self.noTask(work) }
                let task = try await work.lock(reference, element: work.parameters.place(of: "dueTask"))
                var edit = task.edit
                edit.set("encounter", json: visit.reference.json)
                changes.update(task, edit)
            } else if let text = item["valueString"]?.string ?? item["valueCodeableConcept"]?["text"]?.string {
                var task = FHIRTask()
                task.status = "requested"
                task.intent = "order"
                task.description = text
                task.for = patient.map { .to($0) }
                task.encounter = .to(visit.reference)
                task.authoredOn = .at(work.now)
                changes.create(task)
            } else {
                throw Self.noTask(work)
            }
        }
    }

    private static func noTask(_ work: ClinicWork) -> StoreError {
        OperationParameters.invalid(
            "dueTask is a Task, a reference to one or a text", at: work.parameters.place(of: "dueTask"))
    }
}
