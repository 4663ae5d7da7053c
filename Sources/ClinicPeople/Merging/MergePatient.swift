import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape
import PostgreSQL

/// `Patient/$merge`: joins two records of one person, as R5 defines it; `$unmerge` takes it back.
/// https://hl7.org/fhir/R5/patient-operation-merge.html
struct MergePatient: ClinicOperation {
    static let openEncounters = ClinicSetting(
        "merge.refuse-open-encounters",
        "Whether patients who both have an encounter in progress may not be merged.", standard: "false")
    /// System of the numbers by which `$unmerge` finds a merge.
    static let numberSystem = "urn:martlet:merge"

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "merge", typeName: "Patient", level: .type, affectsState: true,
            documentation: "Merges the source patient into the target; what refers to the source moves to the target.",
            definition: "http://hl7.org/fhir/OperationDefinition/Patient-merge",
            roles: [.medicalAdmin, .registration], events: ["patient.merged"],
            parameters: [
                .init(.input, "source-patient", 0, 1, "Reference", "The record that goes out of use."),
                .init(.input, "source-patient-identifier", 0, nil, "Identifier", "Identifiers of the source."),
                .init(.input, "target-patient", 0, 1, "Reference", "The record that stays."),
                .init(.input, "target-patient-identifier", 0, nil, "Identifier", "Identifiers of the target."),
                .init(.input, "result-patient", 0, 1, "Patient", "What the target shall be."),
                .init(.input, "preview", 0, 1, "boolean", "Answer what would be, and change nothing."),
                .init(.output, "input", 1, 1, "Parameters", "The parameters of the call."),
                .init(.output, "outcome", 1, 1, "OperationOutcome", "What happened."),
                .init(.output, "result", 0, 1, "Patient", "The target after the merge."),
                .init(.output, "task", 0, 1, "Task", "The merge as a task, completed."),
                .init(.output, "merge-id", 0, 1, "string", "By which $unmerge finds the merge."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let request = try await MergeRequest(work)
        let result = try request.result(work)
        try await checkEncounters(request, work)
        let isPreview = work.parameters.bool("preview")
        if isPreview { _ = try await work.transaction.session.query(Self.savepoint, SQLParameters()) }
        let merge = try PatientMerge(work.transaction)
        let outcome = try await merge.merge(
            prior: request.source.reference.id, into: request.target.reference.id, cause: "$merge", result: result)
        guard case .merged(let survivor, let moved) = outcome else {
            throw StoreError(
                .businessRule, "the source is merged into the target already", expression: "Parameters.parameter",
                details: "already-merged")
        }
        let live = try await merge.live(prior: request.source.reference.id)
        let target = LocalReference("Patient", survivor)
        let stored = try await work.read(target)
        var answer = ParametersWriter()
        answer.add("input", resource: Self.input(work.call.parameters))
        let tense = isPreview ? "would move" : "moved"
        answer.add("outcome", resource: Self.outcome("\(moved.count) resources \(tense) to \(target.text)"))
        answer.add("result", resource: stored.saved(in: work.store).json)
        if isPreview {
            _ = try await work.transaction.session.query(Self.rollback, SQLParameters())
            return ClinicAnswer(answer)
        }
        let number = String(live?.number ?? 0)
        var changes = ChangeSet(work)
        changes.create(Self.task(number, request.source.reference, target, work))
        changes.record("patient.merged", target)
        answer.add("task", resource: try await changes.apply()[0].json)
        answer.add("merge-id", string: number)
        return ClinicAnswer(answer)
    }

    private func checkEncounters(_ request: MergeRequest, _ work: ClinicWork) async throws {
        guard try await Self.openEncounters.bool(in: work.transaction) else { return }
        var open = 0
        for patient in [request.source, request.target] {
            let found = try await work.search(
                "Encounter", [("patient", patient.reference.text), ("status", "in-progress,onleave")], limit: 1)
            open += found.count
        }
        if open == 2 {
            throw StoreError(
                .businessRule, "both patients have an encounter in progress", expression: "Encounter.status",
                details: "open-encounters")
        }
    }

    private static func input(_ parameters: JSONNode) -> [UInt8] { ResourceEdit(parameters).bytes }

    static func outcome(_ text: String) -> [UInt8] {
        var issue = OperationOutcome.Issue()
        issue.severity = "information"
        issue.code = "informational"
        issue.diagnostics = text
        var outcome = OperationOutcome()
        outcome.issue = [issue]
        return outcome.json
    }

    /// The source is named by text, because nothing shall refer to it any more.
    private static func task(
        _ number: String, _ source: LocalReference, _ target: LocalReference, _ work: ClinicWork
    ) -> FHIRTask {
        var task = FHIRTask()
        task.identifier = [.of(numberSystem, number)]
        task.status = "completed"
        task.intent = "order"
        task.code = .text("Merge of patients")
        task.focus = .to(target)
        task.for = .to(target)
        task.authoredOn = .at(work.now)
        task.lastModified = .at(work.now)
        var input = FHIRTask.Input()
        input.type = .text("source-patient")
        input.value = .string(source.text)
        task.input = [input]
        return task
    }

    private static let savepoint = SQLStatement("SAVEPOINT merge_preview")
    private static let rollback = SQLStatement("ROLLBACK TO SAVEPOINT merge_preview")
}
