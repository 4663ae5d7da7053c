import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore

/// `CareTeam/$request-connection`: a patient asks a practitioner, or the other way round, to be connected. The request
/// alone gives nobody access to anything.
struct RequestConnection: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "request-connection", typeName: "CareTeam", level: .type, affectsState: true,
            documentation: "Asks for a connection of a patient and a practitioner.", roles: [.patient, .physician],
            events: ["connection.requested"],
            parameters: [
                .init(.input, "patient", 1, 1, "Reference", "The patient."),
                .init(.input, "practitioner", 1, 1, "Reference", "The practitioner."),
                .init(.input, "reason", 0, 1, "CodeableConcept", "Why."),
                .init(.output, "return", 1, 1, "Task", "The request."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        guard let patient = try work.parameters.reference("patient", "Patient"),
            let practitioner = try work.parameters.reference("practitioner", "Practitioner", "PractitionerRole")
        else { throw OperationParameters.invalid("patient and practitioner are given") }
        _ = try await work.read(patient, element: work.parameters.place(of: "patient"))
        _ = try await work.read(practitioner, element: work.parameters.place(of: "practitioner"))
        let connection = Connection(patient: patient, practitioner: practitioner)
        try await connection.lock(work)
        let isConnected = try await connection.careTeam(work) != nil
        let isRequested = try await !connection.openRequests(work).isEmpty
        if isConnected || isRequested {
            throw StoreError(
                .conflict, isConnected ? "the two are connected" : "the connection is requested already",
                expression: "CareTeam.participant", details: "duplicate")
        }
        var task = FHIRTask()
        task.status = "requested"
        task.intent = "proposal"
        task.code = .of(Connection.codeSystem, Connection.code, "Request for a connection")
        task.for = .to(patient)
        task.focus = .to(patient)
        task.requester = .to(LocalReference(work.call.caller) ?? patient)
        task.owner = .to(practitioner)
        task.authoredOn = .at(work.now)
        task.lastModified = .at(work.now)
        task.reasonCode = try work.parameters.concept("reason").map { try CodeableConcept(json: $0) }
        var changes = ChangeSet(work)
        let reference = changes.create(task)
        changes.record("connection.requested", reference)
        return ClinicAnswer(try await changes.apply()[0])
    }
}
