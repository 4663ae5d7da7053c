import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `Patient/$unmerge`: takes a merge back.
///
/// What nobody touched since becomes what it was. What was edited since stops the undoing (409, with the list), unless
/// `keep` names it: then it keeps its edits, and its reference to the patient alone goes back.
struct UnmergePatient: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "unmerge", typeName: "Patient", level: .type, affectsState: true,
            documentation: "Undoes a merge of two patients.",
            roles: [.medicalAdmin, .registration], events: ["patient.unmerged"],
            parameters: [
                .init(.input, "merge-id", 0, 1, "string", "What $merge answered."),
                .init(.input, "source", 0, 1, "Reference", "The patient that was merged."),
                .init(.input, "target", 0, 1, "Reference", "The patient into which it was merged."),
                .init(.input, "source-patient", 0, 1, "Reference", "The same as source."),
                .init(.input, "target-patient", 0, 1, "Reference", "The same as target."),
                .init(.input, "keep", 0, nil, "Reference", "What was edited since and keeps its edits."),
                .init(.output, "source", 1, 1, "Patient", "The patient that was merged."),
                .init(.output, "target", 1, 1, "Patient", "The patient into which it was merged."),
                .init(.output, "restored", 0, nil, "Reference", "What refers to the source again."),
                .init(.output, "kept", 0, nil, "Reference", "Of these, what keeps edits made since the merge."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let merge = try PatientMerge(work.transaction)
        let live = try await find(merge, work)
        let kept = Set(try work.parameters.references("keep"))
        let changed = try await merge.changedSince(live).compactMap { LocalReference($0) }
        let open = changed.filter { !kept.contains($0) }
        guard open.isEmpty else {
            throw ClinicError(
                cause: StoreError(
                    .conflict, "\(open.count) resources were changed since the merge",
                    expression: "Parameters.parameter",
                    details: "changed-since"),
                alternatives: open.prefix(500).map { ClinicError.Alternative($0, note: "changed since the merge") })
        }
        let target =
            try work.parameters.reference("target", "Patient")
            ?? work.parameters.reference("target-patient", "Patient")
        let parting = try await merge.unmerge(prior: live.prior, from: target?.id)
        var changes = ChangeSet(work)
        changes.record("patient.unmerged", LocalReference("Patient", live.prior))
        try await changes.apply()
        var answer = ParametersWriter()
        answer.add("source", resource: try await rendered(live.prior, work))
        answer.add("target", resource: try await rendered(parting.survivor, work))
        for address in parting.restored.sorted() {
            if let reference = LocalReference(address) { answer.add("restored", reference: reference) }
        }
        for reference in changed { answer.add("kept", reference: reference) }
        return ClinicAnswer(answer)
    }

    private func find(_ merge: PatientMerge, _ work: ClinicWork) async throws -> PatientMerge.Live {
        let parameters = work.parameters
        let source = try parameters.reference("source", "Patient") ?? parameters.reference("source-patient", "Patient")
        var live: PatientMerge.Live?
        if let text = parameters.text("merge-id") {
            guard let number = Int64(text) else {
                throw OperationParameters.invalid("the merge-id is a number", at: parameters.place(of: "merge-id"))
            }
            live = try await merge.live(number: number)
        } else if let source {
            _ = try await work.lock(source, element: parameters.place(of: "source"))
            live = try await merge.live(prior: source.id)
        } else {
            throw OperationParameters.invalid("one of merge-id and source is given")
        }
        guard let live, source == nil || source?.id == live.prior else {
            throw StoreError(.businessRule, "the patients are not merged", details: "not-merged")
        }
        return live
    }

    private func rendered(_ id: String, _ work: ClinicWork) async throws -> [UInt8] {
        try await work.read(LocalReference("Patient", id)).saved(in: work.store).json
    }
}
