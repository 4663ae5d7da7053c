package import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `POST /MedicationAdministration/$log-dose`: a planned dose was taken, skipped, or taken late. Each is logged
/// once, at most 24 hours back.
package struct LogDose: ClinicOperation {
    private enum Outcome: String, CaseIterable { case taken, skipped, late }

    private static let day: Int64 = 86_400_000_000

    package init() {}

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "log-dose", typeName: "MedicationAdministration", level: .type, affectsState: true,
            documentation: "Logs what became of a planned dose.",
            roles: [.superadmin, .patient, .proxy, .nurse], events: ["dose.logged"],
            parameters: [
                .init(.input, "request", 1, 1, "Reference", "The MedicationRequest."),
                .init(.input, "planned", 1, 1, "dateTime", "When the dose was due, as in its calendar."),
                .init(.input, "status", 1, 1, "code", "taken, skipped or late."),
                .init(.input, "note", 0, 1, "string", "A note."),
                .init(.output, "return", 1, 1, "MedicationAdministration", "What was logged."),
            ])
    }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let parameters = work.parameters
        guard let reference = try parameters.reference("request", "MedicationRequest"),
            let planned = try parameters.instant("planned"), let outcome = try parameters.code("status", Outcome.self)
        else { throw OperationParameters.invalid("the parameters request, planned and status are needed") }
        let request = try await work.read(reference, element: parameters.place(of: "request"))
        let age = work.now.microsecondsSince1970 - planned.microsecondsSince1970
        guard age <= Self.day, age >= -Self.day else {
            throw StoreError(
                .businessRule, "doses are logged at most 24 hours back, and not a day ahead",
                expression: parameters.place(of: "planned"), details: "cut-off")
        }
        // Days of any zone are within one day of those of UTC.
        let day = CivilDate(day: Int(planned.microsecondsSince1970 / Self.day))
        let calendar = try await DoseCalendar(request, from: day.adding(days: -1), to: day.adding(days: 2), in: work)
        guard calendar.doses.contains(where: { $0.planned == planned }) else {
            throw StoreError(
                .businessRule, "no dose of the prescription is due then", expression: parameters.place(of: "planned"),
                details: "unknown-dose")
        }
        var changes = ChangeSet(work)
        let administration = changes.create(
            json: json(request, planned, outcome, work), type: "MedicationAdministration")
        changes.record("dose.logged", administration)
        return ClinicAnswer(try await changes.apply()[0])
    }

    private func json(
        _ request: StoredResource, _ planned: Instant, _ outcome: Outcome, _ work: ClinicWork
    ) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "MedicationAdministration")
            writer.key("extension")
            writer.beginArray()
            writer.beginObject()
            writer.member("url", DoseLogSQL.plannedExtension)
            writer.member("valueDateTime", planned.text)
            writer.endObject()
            writer.beginObject()
            writer.member("url", DoseLog.statusExtension)
            writer.member("valueCode", outcome.rawValue)
            writer.endObject()
            writer.endArray()
            writer.member("status", outcome == .skipped ? "not-done" : "completed")
            for name in ["medicationReference", "medicationCodeableConcept"] {
                guard let medication = request.node[named: name] else { continue }
                writer.key(named: name)
                writer.copy(medication)
            }
            if let subject = request.node["subject"] {
                writer.key("subject")
                writer.copy(subject)
            }
            // A dose that was taken in time was taken when it was due.
            writer.member("effectiveDateTime", (outcome == .late ? work.now : planned).text)
            writer.key("request")
            writer.raw(request.reference.json)
            if let note = work.parameters.text("note") {
                writer.key("note")
                writer.beginArray()
                writer.beginObject()
                writer.member("text", note)
                writer.endObject()
                writer.endArray()
            }
            writer.endObject()
        }
    }
}
