import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `POST /ServiceRequest/$refer`: asks somebody else to see a patient.
struct ReferPatient: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "refer", typeName: "ServiceRequest", level: .type, affectsState: true,
            documentation: "Refers a patient to a practitioner, a service or an organisation.",
            roles: [.physician, .medicalAdmin, .superadmin], events: ["referral.requested"],
            parameters: [
                .init(.input, "patient", 1, 1, "Reference", "Who is referred."),
                .init(.input, "encounter", 0, 1, "Reference", "The visit that it comes of."),
                .init(
                    .input, "performer", 1, 1, "Reference",
                    "To whom: a Practitioner, PractitionerRole, Organization, HealthcareService or CareTeam."),
                .init(.input, "code", 0, 1, "CodeableConcept", "For which service. Default a consultation."),
                .init(.input, "reason", 0, nil, "CodeableConcept", "Why."),
                .init(.input, "diagnosis", 0, nil, "Reference", "Why: ServiceRequest.reasonReference."),
                .init(.input, "priority", 0, 1, "code", "routine, urgent, asap or stat. Default routine."),
                .init(.input, "note", 0, 1, "string", "The letter's text."),
                .init(.input, "document", 0, nil, "Reference", "Documents that go with it."),
                .init(.input, "due", 0, 1, "dateTime", "Until when it is to be done."),
                .init(.input, "requester", 0, 1, "Reference", "Who refers. Default who calls, or the visit's doctor."),
                .init(.output, "return", 1, 1, "ServiceRequest", "The referral; its Task is found by focus."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let parameters = work.parameters
        let context = try await OrderContext(work)
        let performer = try parameters.reference(
            "performer", "Practitioner", "PractitionerRole", "Organization", "HealthcareService", "CareTeam")
        guard let performer else { throw OperationParameters.invalid("the parameter performer is missing") }
        _ = try await work.read(performer, element: parameters.place(of: "performer"))
        try await Referral.refuseOwn(performer, context, .referral, work)
        let diagnoses = try parameters.references(
            "diagnosis", "Condition", "Observation", "DiagnosticReport", "DocumentReference")
        let documents = try parameters.references("document")
        for reference in diagnoses + documents {
            _ = try await work.read(reference, element: parameters.place(of: "document"))
        }
        let transaction = work.transaction
        let number = try await NumberSeries("order", isGapFree: false).next(in: transaction)
        let group = try await NumberSeries("requisition", isGapFree: false).next(in: transaction)
        let writer = OrderWriter(
            patient: context.patient, encounter: context.encounter, requester: context.requester, now: work.now,
            requisition: OrderWriter.requisition(group))
        let code =
            try parameters.codeableConcept("code")
            ?? CodeableConcept("http://snomed.info/sct", OrderCategory.referralCode, display: "Patient referral")
        var request = writer.request(number, code, .referral)
        request.priority = try parameters.code("priority", OrderItem.Priority.self)?.rawValue ?? "routine"
        request.performer = [Reference(performer)]
        request.reasonCode = try parameters.codeableConcepts("reason")
        request.reasonReference = diagnoses.map { Reference($0) }
        request.supportingInfo = documents.map { Reference($0) }
        if let note = parameters.text("note") { request.note = [Annotation(note, at: work.now, by: context.requester)] }

        var changes = ChangeSet(work)
        let order = changes.create(request)
        var task = writer.task(for: order, request, .referral)
        if let due = parameters.text("due") {
            var restriction = FHIRTask.Restriction()
            var period = Period()
            period.end = FHIRDateTime(due)
            restriction.period = period
            task.restriction = restriction
        }
        changes.create(task)
        changes.record("referral.requested", order)
        return ClinicAnswer(try await changes.apply()[0])
    }
}
