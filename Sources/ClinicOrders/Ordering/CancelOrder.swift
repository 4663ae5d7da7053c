import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `POST /ServiceRequest/[id]/$cancel`: takes an order back, before anybody works on it.
struct CancelOrder: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "cancel", typeName: "ServiceRequest", level: .instance, affectsState: true,
            documentation: "Revokes an order that nobody has begun to work on.",
            roles: [.physician, .nurse, .medicalAdmin, .superadmin],
            transition: .init(from: ["draft", "active", "on-hold"], to: "revoked"), events: ["order.cancelled"],
            parameters: [
                .init(.input, "reason", 0, 1, "CodeableConcept", "Why; a string stands for its text."),
                .init(.output, "return", 1, 1, "ServiceRequest", "The order as it is now."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let order = try work.instance
        let reason = try work.parameters.codeableConcept("reason")
        let progress = OrderProgress(work)
        let tasks = try await progress.tasks(of: order.reference)
        if try await progress.hasBegun(order.reference, tasks) {
            throw StoreError(
                .businessRule, "the order is in progress already, so that it cannot be cancelled",
                expression: "ServiceRequest.status", details: "already-in-progress")
        }
        var changes = ChangeSet(work)
        var edit = order.edit
        edit.set("status", "revoked")
        if let reason { edit.append("extension", json: Self.statusReason(reason)) }
        changes.update(order, edit)
        for task in tasks where StateMachine.task.allows(task.status, "cancelled") && task.status != "cancelled" {
            var edit = task.edit
            edit.set("status", "cancelled")
            edit.set("lastModified", work.now.text)
            if let reason { edit.set("statusReason", json: reason.json) }
            changes.update(task, edit)
        }
        changes.record("order.cancelled", order.reference)
        return ClinicAnswer(try await changes.apply()[0])
    }

    /// Why the order has its status (http://hl7.org/fhir/StructureDefinition/request-statusReason).
    private static func statusReason(_ reason: CodeableConcept) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("url", OrderSystems.statusReason)
            writer.key("valueCodeableConcept")
            writer.raw(reason.json)
            writer.endObject()
        }
    }
}
