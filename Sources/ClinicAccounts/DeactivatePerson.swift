import Access
import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore

/// `Person/[id]/$deactivate`: an account is switched off. Sessions and tokens end at once, records stay, and what was
/// still to be done is told.
struct DeactivatePerson: ClinicOperation {
    private static let openTasks = "draft,requested,received,accepted,ready,in-progress,on-hold"
    private static let openAppointments = "proposed,pending,booked,arrived,checked-in,waitlist"

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "deactivate", typeName: "Person", level: .instance, affectsState: true,
            documentation: "Switches an account off, and lists the work that is left.",
            roles: [.superadmin, .humanResources, .medicalAdmin], events: ["user.deactivated"],
            parameters: [
                .init(.input, "reason", 1, 1, "string", "Why."),
                .init(.input, "reassignTo", 0, 1, "Reference", "The PractitionerRole who takes the open tasks."),
                .init(.output, "person", 1, 1, "Person", "The Person, not active."),
                .init(.output, "work", 1, 1, "Bundle", "Appointments to come, to be reassigned, and open tasks."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let person = try work.instance.reference
        let account = try await work.account(person)
        try await Administrator(work).requireAuthority(over: account, work)
        let successor = try work.parameters.reference("reassignTo", "PractitionerRole")
        if let successor { _ = try await work.read(successor, element: work.parameters.place(of: "reassignTo")) }
        try await work.refusing {
            try await AccountWork(work.transaction).setState(
                .deactivated, of: person.id, from: [.active, .invited, .pendingVerification])
        }
        var changes = ChangeSet(work)
        var open: [SavedResource] = []
        if let practitioner = account.practitioner {
            let actors = try await actors(LocalReference("Practitioner", practitioner), work)
            let tasks = try await work.search("Task", [("owner", actors), ("status", Self.openTasks)])
            for task in tasks {
                if let successor {
                    var edit = task.edit
                    edit.set("owner", json: successor.json)
                    changes.update(task, edit)
                } else {
                    open.append(try await work.saved(task.reference))
                }
            }
            let appointments = try await work.search(
                "Appointment",
                [
                    ("actor", actors), ("status", Self.openAppointments), ("date", "ge" + work.now.text),
                    ("_sort", "date"),
                ])
            for appointment in appointments { open.append(try await work.saved(appointment.reference)) }
        }
        changes.record("user.deactivated", person)
        let reassigned = try await changes.apply()
        var answer = ParametersWriter()
        answer.add("person", resource: try await work.saved(person).json)
        answer.add(
            "work",
            resource: ClinicAnswer(bundle: "collection", reassigned + open, base: work.call.base).resource)
        return ClinicAnswer(answer)
    }

    /// The Practitioner, and the roles in which they are booked.
    private func actors(_ practitioner: LocalReference, _ work: ClinicWork) async throws -> String {
        let roles = try await work.search("PractitionerRole", [("practitioner", practitioner.text)], limit: 100)
        return ([practitioner] + roles.map(\.reference)).map(\.text).joined(separator: ",")
    }
}
