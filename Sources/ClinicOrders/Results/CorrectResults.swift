import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `POST /DiagnosticReport/[id]/$correct`: a final result was wrong. Earlier versions stay in the history.
struct CorrectResults: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "correct", typeName: "DiagnosticReport", level: .instance, affectsState: true,
            documentation: "Corrects results of a final report, with a reason.",
            roles: [.laboratory, .physician, .superadmin],
            transition: .init(from: ["final", "amended", "corrected", "appended"], to: "corrected"),
            events: ["result.corrected", "result.critical"],
            parameters: [
                .init(.input, "observations", 1, 500, nil, "A result as it is now.", parts: ResultEntry.parts),
                OperationParameter.reason,
                .init(.output, "return", 1, 1, "DiagnosticReport", "The report as it is now."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let report = try work.instance
        let entries = try ResultEntry.all(work.parameters)
        guard let reason = try work.parameters.codeableConcept("reason") else {
            throw OperationParameters.invalid("the parameter reason is missing")
        }
        let stored = try await ReportResults(report, work)
        let patient = try await report.reference("subject").asyncFlatMap { try await work.find($0) }
        let effective = report.node["effectiveDateTime"]?.string ?? work.now.text
        let results = try await ResultEntries(entries, of: patient?.node, at: effective, work)
        let text = reason.text ?? reason.coding.first?.display ?? reason.coding.first?.code ?? ""
        var changes = ChangeSet(work)
        var edit = report.edit
        edit.set("status", "corrected")
        edit.set("issued", work.now.text)
        var targets = [report.reference]
        var isCritical = false
        for entry in entries {
            let known = stored.observation(entry.code)
            let isVerified = known.map { !["registered", "preliminary"].contains($0.status) } ?? false
            var observation = try await results.observation(entry, status: isVerified ? "corrected" : "final")
            observation.note.append(Annotation("Corrected: " + text, at: work.now, by: Acting.reference(work)))
            let node = JSONNode(try Document.parse(observation.json))
            if ResultAssessment.isCritical(node) { isCritical = true }
            if let known {
                targets.append(known.reference)
                changes.update(known, try ResultEntries.replace(known, by: observation))
            } else {
                complete(&observation, report, stored)
                let reference = changes.create(observation)
                edit.append("result", json: reference.json)
                targets.append(reference)
            }
        }
        changes.update(report, edit)
        changes.create(Self.provenance(targets, reason, work))
        let orders = try await OrderClosing(work).orders(of: report)
        // Whoever saw the wrong result has to see the right one.
        changes.create(
            ReviewTask.make(
                report, orders.first, priority: isCritical ? "stat" : "urgent",
                why: isCritical ? "critical" : "corrected", work))
        changes.record("result.corrected", report.reference)
        if isCritical { changes.record("result.critical", report.reference) }
        let saved = try await changes.apply()
        return ClinicAnswer(saved.first { $0.reference == report.reference } ?? saved[0])
    }

    /// What a result that was missing has in common with the others of its report.
    private func complete(_ observation: inout Observation, _ report: StoredResource, _ results: ReportResults) {
        observation.basedOn = (report.node["basedOn"]?.items ?? []).compactMap { Reference(stored: $0) }
        let sibling = results.observations.first?.node
        observation.category = (sibling?["category"]?.items ?? []).compactMap { CodeableConcept(stored: $0) }
        observation.specimen = Reference(stored: sibling?["specimen"])
        observation.subject = Reference(stored: report.node["subject"])
        observation.encounter = Reference(stored: report.node["encounter"])
    }

    /// Who corrected what, and why.
    private static func provenance(
        _ targets: [LocalReference], _ reason: CodeableConcept, _ work: ClinicWork
    ) -> Provenance {
        var provenance = Provenance()
        provenance.target = targets.map { Reference($0) }
        provenance.recorded = FHIRInstant(work.now.text)
        provenance.reason = [reason]
        provenance.activity = CodeableConcept("http://terminology.hl7.org/CodeSystem/v3-DataOperation", "UPDATE")
        var agent = Provenance.Agent()
        agent.type = CodeableConcept("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "author")
        agent.who = Acting.someone(work)
        provenance.agent = [agent]
        return provenance
    }
}
