import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import PostgreSQL

/// `Encounter/$call-next`: a room calls whoever waits at a place and is next: by triage level, then by arrival.
///
/// However many rooms call at once, nobody is called twice: whom another call holds is passed over.
struct CallNextPatient: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "call-next", typeName: "Encounter", level: .type, affectsState: true,
            documentation: "Calls the next patient of a waiting room; answers empty Parameters if nobody waits.",
            roles: [.physician, .nurse], events: ["queue.called"],
            parameters: [
                .init(.input, "location", 1, 1, "Reference", "Where the patients wait."),
                .init(.input, "room", 0, 1, "Reference", "The Location into which the patient is called."),
                .init(.input, "practitioner", 0, 1, "Reference", "Who will see the patient."),
                .init(.output, "return", 0, 1, "Encounter", "The encounter, in progress."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        guard let location = try work.parameters.reference("location", "Location") else {
            throw OperationParameters.invalid("the parameter location is missing")
        }
        let room = try work.parameters.reference("room", "Location")
        let practitioner = try work.parameters.reference("practitioner", "Practitioner", "PractitionerRole")
        for reference in [location, room, practitioner].compactMap(\.self) { _ = try await work.read(reference) }
        var parameters = SQLParameters()
        parameters.append(text: location.text)
        let next = try await work.transaction.session.query(Self.takeNext, parameters)
        guard next.rowCount > 0, let id = next.string(0, 0) else { return ClinicAnswer(ParametersWriter()) }
        let visit = try await work.lock(LocalReference("Encounter", id))
        var edit = visit.edit
        EncounterEdit.change(&edit, visit.node, to: "in-progress", at: work.now)
        EncounterEdit.move(to: room, &edit, visit.node, at: work.now)
        EncounterEdit.add(practitioner, to: &edit, visit.node, at: work.now)
        CalledMark.call(&edit, at: work.now)
        var changes = ChangeSet(work)
        changes.update(visit, edit)
        changes.record("queue.called", visit.reference)
        return ClinicAnswer(try await changes.apply()[0])
    }

    private static let takeNext = SQLStatement("SELECT visit_take_next($1::text)")
}
