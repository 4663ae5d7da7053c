package import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `/MedicationRequest/[id]/$dose-calendar`: the doses that are due, each as a Task with what was logged of it.
package struct ListDoses: ClinicOperation {
    package init() {}

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "dose-calendar", typeName: "MedicationRequest", level: .instance, affectsState: false,
            documentation: "Expands the dosage instructions into planned doses, in the patient's time zone.",
            roles: [.superadmin, .patient, .proxy, .physician, .nurse, .pharmacy],
            parameters: DoseWindow.parameters + [
                .init(.output, "return", 1, 1, "Bundle", "Tasks, in order of time; they are not stored.")
            ])
    }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let request = try work.instance
        let window = try DoseWindow(work.parameters, now: work.now)
        let calendar = try await DoseCalendar(request, from: window.from, to: window.to, in: work)
        let log = try await DoseLog(of: request.reference, in: work)
        return ClinicAnswer(
            bundle: "collection",
            entries: calendar.doses.map { (nil, Self.task($0, log.entries[$0.planned], request)) })
    }

    private static func task(_ dose: DoseCalendar.Dose, _ entry: DoseLog.Entry?, _ request: StoredResource) -> [UInt8] {
        let status =
            switch entry?.outcome {
            case nil: "requested"
            case "skipped": "rejected"
            default: "completed"
            }
        let instruction = request.node["dosageInstruction"]?.items[dose.instruction]
        return ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "Task")
            writer.member("status", status)
            writer.member("intent", "plan")
            writer.key("code")
            writer.beginObject()
            writer.member("text", "dose")
            writer.endObject()
            if let text = instruction?["text"]?.string { writer.member("description", text) }
            writer.key("focus")
            writer.raw(request.reference.json)
            if let subject = request.node["subject"] {
                writer.key("for")
                writer.copy(subject)
            }
            writer.key("executionPeriod")
            writer.beginObject()
            writer.member("start", dose.planned.text)
            writer.endObject()
            if let entry {
                writer.key("output")
                writer.beginArray()
                writer.beginObject()
                writer.key("type")
                writer.beginObject()
                writer.member("text", entry.outcome)
                writer.endObject()
                writer.key("valueReference")
                writer.raw(entry.administration.json)
                writer.endObject()
                writer.endArray()
            }
            writer.endObject()
        }
    }
}
