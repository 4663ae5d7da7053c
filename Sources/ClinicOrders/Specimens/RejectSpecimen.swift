import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `POST /Specimen/[id]/$reject`: the specimen is of no use; whoever ordered it hears of it.
struct RejectSpecimen: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "reject", typeName: "Specimen", level: .instance, affectsState: true,
            documentation: "Rejects a specimen and asks for another one.", roles: [.laboratory, .superadmin],
            transition: .init(from: ["available", "unavailable"], to: "unsatisfactory"),
            events: ["specimen.rejected"],
            parameters: [
                OperationParameter.reason, .init(.output, "return", 1, 1, "Specimen", "The specimen as it is now."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let specimen = try work.instance
        guard let reason = try work.parameters.codeableConcept("reason") else {
            throw OperationParameters.invalid("the parameter reason is missing")
        }
        var edit = specimen.edit
        edit.set("status", "unsatisfactory")
        // R4 has no reason for the status; the condition says in what state the material is.
        edit.append("condition", json: reason.json)
        var changes = ChangeSet(work)
        changes.update(specimen, edit)
        let references = (specimen.node["request"]?.items ?? []).compactMap { LocalReference($0) }
            .filter { $0.typeName == "ServiceRequest" }
        try await OrderClosing(work).suspend(Set(references).sorted(), reason, &changes)
        for reference in Set(references).sorted() {
            guard let order = try await work.find(reference) else { continue }
            changes.create(Self.task(order, specimen, reason, work))
        }
        changes.record("specimen.rejected", specimen.reference)
        return ClinicAnswer(try await changes.apply()[0])
    }

    /// Asks whoever ordered for another specimen.
    private static func task(
        _ order: StoredResource, _ specimen: StoredResource, _ reason: CodeableConcept, _ work: ClinicWork
    ) -> FHIRTask {
        var task = FHIRTask()
        task.basedOn = [Reference(order.reference)]
        task.status = "requested"
        task.intent = "order"
        task.priority = order.node["priority"]?.string ?? "routine"
        task.code = CodeableConcept(OrderSystems.task, "recollect-specimen")
        task.focus = Reference(specimen.reference)
        task.for = Reference(stored: order.node["subject"])
        task.encounter = Reference(stored: order.node["encounter"])
        task.authoredOn = FHIRDateTime(work.now.text)
        task.lastModified = task.authoredOn
        task.requester = Acting.reference(work)
        task.owner = Reference(stored: order.node["requester"])
        task.reasonCode = reason
        return task
    }
}
