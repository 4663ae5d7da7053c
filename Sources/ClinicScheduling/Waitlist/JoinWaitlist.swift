import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `Appointment/$waitlist-join`: somebody waits for a time that becomes free.
struct JoinWaitlist: ClinicOperation {
    /// R4's priorities of requests, as ranks of Appointment.priority: the lower, the sooner.
    enum Priority: String, CaseIterable {
        case stat, asap, urgent, routine

        var rank: Int {
            switch self {
            case .stat: 1
            case .asap: 2
            case .urgent: 3
            case .routine: 5
            }
        }
    }

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "waitlist-join", typeName: "Appointment", level: .type, affectsState: true,
            documentation: "Puts a patient on the waitlist: an Appointment in waitlist, which holds no time.",
            roles: [.superadmin, .medicalAdmin, .registration, .physician, .nurse, .patient, .proxy, .system],
            events: ["appointment.requested"],
            parameters: [
                .init(.input, "patient", 1, 1, "Reference", "Who waits."),
                .init(.input, "service", 0, 1, "Reference", "For which HealthcareService."),
                .init(.input, "practitioner", 0, 1, "Reference", "With whom; anybody, if it is left out."),
                .init(.input, "window", 0, 1, "Period", "Between when and when it is to be."),
                .init(.input, "days", 0, nil, "code", "Days of the week that suit: mon to sun."),
                .init(.input, "priority", 0, 1, "code", "routine, urgent, asap or stat; default routine."),
                .init(.input, "reason", 0, 1, "CodeableConcept", "What it is for."),
                .init(.output, "return", 1, 1, "Appointment", "The entry."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let parameters = work.parameters
        let patients = try parameters.references("patient", "Patient")
        let services = try parameters.references("service", "HealthcareService")
        let practitioners = try parameters.references("practitioner", "Practitioner", "PractitionerRole")
        guard !(services.isEmpty && practitioners.isEmpty) else {
            throw OperationParameters.invalid("one of service and practitioner is given")
        }
        for reference in patients + services + practitioners { _ = try await work.read(reference) }
        let days = parameters.texts("days")
        guard days.allSatisfy({ AvailabilityPlan.days.contains($0) }) else {
            throw OperationParameters.invalid("a day is one of mon to sun", at: parameters.place(of: "days"))
        }
        let priority = try parameters.code("priority", Priority.self) ?? .routine
        var edit = ResourceEdit(nil)
        edit.set("resourceType", "Appointment")
        let url = AppointmentExtension.waitlistDay
        edit.set("extension", items: days.map { ExtensionJSON.string(url, "valueCode", $0) })
        edit.set("status", "waitlist")
        edit.set("priority", json: Array(String(priority.rank).utf8))
        edit.set("created", work.now.text)
        edit.set("reasonCode", items: parameters.concepts("reason"))
        edit.set("participant", items: (patients + practitioners + services).map(AppointmentDraft.participant))
        if let window = parameters.value("window") { edit.set("requestedPeriod", items: [window.source]) }
        var changes = ChangeSet(work)
        changes.create(json: edit.bytes, type: "Appointment")
        guard let saved = try await changes.apply().first else { throw StoreError(.fault, "nothing was written") }
        return ClinicAnswer(saved)
    }
}
