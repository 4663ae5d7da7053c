import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// `Patient/[id]/$journey`: how far a visit has come, in eight steps; at most one of them is active.
struct PatientJourney: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "journey", typeName: "Patient", level: .instance, affectsState: false,
            documentation: "The steps of the patient's latest visit, with their states and times.",
            roles: [.medicalAdmin, .facilityHead, .physician, .nurse, .patient],
            parameters: [
                .init(.input, "encounter", 0, 1, "Reference", "The visit; the latest by default."),
                .init(.output, "encounter", 0, 1, "Reference", "The visit."),
                .init(.output, "active", 0, 1, "code", "The step that the visit is in."),
                .init(
                    .output, "step", 8, 8, nil, "One step.",
                    parts: [
                        .init(.output, "code", 1, 1, "code", "Its name."),
                        .init(.output, "state", 1, 1, "code", "pending, active, done or skipped."),
                        .init(.output, "start", 0, 1, "dateTime", "When it began."),
                        .init(.output, "end", 0, 1, "dateTime", "When it was done."),
                    ]),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let patient = try work.instance
        let visit = try await visit(of: patient, work)
        var steps = try await JourneySteps(patient, visit, work)
        let active = steps.activate()
        var answer = ParametersWriter()
        if let visit { answer.add("encounter", reference: visit.reference) }
        if let active { answer.add("active", code: active.rawValue) }
        for step in JourneySteps.Name.allCases {
            let stage = steps[step]
            var parts = ParametersWriter()
            parts.add("code", code: step.rawValue)
            parts.add("state", code: stage.state.rawValue)
            if let start = stage.start { parts.add("start", "DateTime") { $0.string(start) } }
            if let end = stage.end { parts.add("end", "DateTime") { $0.string(end) } }
            answer.add("step", parts: parts)
        }
        return ClinicAnswer(answer)
    }

    private func visit(of patient: StoredResource, _ work: ClinicWork) async throws -> StoredResource? {
        guard let reference = try work.parameters.reference("encounter", "Encounter") else {
            return try await work.search(
                "Encounter", [("patient", patient.reference.text), ("_sort", "-date")], limit: 20
            ).first { $0.status != "entered-in-error" }
        }
        let visit = try await work.read(reference, element: work.parameters.place(of: "encounter"))
        guard visit.reference("subject") == patient.reference else {
            throw StoreError(
                .businessRule, "the encounter is another patient's", expression: work.parameters.place(of: "encounter"),
                details: "wrong-patient")
        }
        return visit
    }
}
