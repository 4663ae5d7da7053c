import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `CareTeam/$respond`: whoever was asked accepts or declines a connection. Accepting makes the CareTeam.
struct RespondToConnection: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "respond", typeName: "CareTeam", level: .type, affectsState: true,
            documentation: "Answers a request for a connection.", roles: [.physician, .patient],
            events: ["connection.accepted", "connection.rejected"],
            parameters: [
                .init(.input, "task", 0, 1, "Reference", "The request; else patient and practitioner name it."),
                .init(.input, "patient", 0, 1, "Reference", "The patient."),
                .init(.input, "practitioner", 0, 1, "Reference", "The practitioner."),
                .init(.input, "accept", 1, 1, "boolean", "Whether the connection is wanted."),
                .init(.input, "reason", 0, 1, "CodeableConcept", "Why not."),
                .init(.output, "return", 1, 1, "Task", "The request, accepted or rejected."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let accepts = work.parameters.bool("accept")
        let (task, connection) = try await request(work)
        try work.require(task, in: ["requested", "received"], to: accepts ? "accepted" : "rejected")
        // Whoever asks cannot answer in the other's place.
        // Where nobody says who acts, either side may have spoken.
        if !work.call.caller.isEmpty {
            try work.requireAnotherPerson(than: try await work.actor(of: "connection.requested", on: task.reference))
        }
        var changes = ChangeSet(work)
        var edit = task.edit
        edit.set("status", accepts ? "accepted" : "rejected")
        edit.set("lastModified", work.now.text)
        if let reason = work.parameters.concept("reason") { edit.set("statusReason", json: reason) }
        if accepts {
            let team = changes.create(Self.team(connection, work))
            var output = FHIRTask.Output()
            output.type = .text("CareTeam")
            output.value = .reference(.to(team))
            edit.append("output", json: output.json)
        }
        changes.update(task, edit)
        changes.record(accepts ? "connection.accepted" : "connection.rejected", task.reference)
        guard let saved = try await changes.apply().last else { throw StoreError(.fault, "nothing was written") }
        return ClinicAnswer(saved)
    }

    private func request(_ work: ClinicWork) async throws -> (StoredResource, Connection) {
        let parameters = work.parameters
        if let reference = try parameters.reference("task", "Task") {
            let task = try await work.lock(reference, element: parameters.place(of: "task"))
            let codes = (task.node["code"]?["coding"]?.items ?? []).compactMap { $0["code"]?.string }
            guard codes.contains(Connection.code), let patient = task.reference("for"),
                let practitioner = task.reference("owner")
            else {
                throw StoreError(
                    .businessRule, "\(reference.text) asks for no connection", expression: parameters.place(of: "task"),
                    details: "unknown-reference")
            }
            let connection = Connection(patient: patient, practitioner: practitioner)
            try await connection.lock(work)
            return (task, connection)
        }
        guard let patient = try parameters.reference("patient", "Patient"),
            let practitioner = try parameters.reference("practitioner", "Practitioner", "PractitionerRole")
        else { throw OperationParameters.invalid("task, or patient and practitioner, are given") }
        let connection = Connection(patient: patient, practitioner: practitioner)
        try await connection.lock(work)
        guard let open = try await connection.openRequests(work).first else {
            throw StoreError(
                .businessRule, "nobody has asked for this connection", expression: "Task.status",
                details: "illegal-transition")
        }
        return (try await work.lock(open.reference), connection)
    }

    private static func team(_ connection: Connection, _ work: ClinicWork) -> CareTeam {
        var team = CareTeam()
        team.status = "active"
        team.subject = .to(connection.patient)
        team.period = .of(start: work.now.text, end: nil)
        var patient = CareTeam.Participant()
        patient.member = .to(connection.patient)
        var practitioner = CareTeam.Participant()
        practitioner.member = .to(connection.practitioner)
        practitioner.period = .of(start: work.now.text, end: nil)
        team.participant = [patient, practitioner]
        return team
    }
}
