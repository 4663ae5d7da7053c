import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `Encounter/$start`: a visit begins, for an appointment or for a patient who came without one.
///
/// Who waits already goes on with the encounter that check-in made; otherwise one is made. That a patient is in one
/// visit with a practitioner at a time, the database sees to.
struct StartEncounter: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "start", typeName: "Encounter", level: .type, affectsState: true,
            documentation: "Begins a visit: of an appointment, or of a patient and a service.",
            roles: [.physician, .nurse], events: ["encounter.started"],
            parameters: [
                .init(.input, "appointment", 0, 1, "Reference", "The appointment whose visit begins."),
                .init(.input, "patient", 0, 1, "Reference", "Whose visit begins, where there is no appointment."),
                .init(.input, "service", 0, 1, "Reference", "The HealthcareService that the patient came for."),
                .init(.input, "class", 0, 1, "code", "v3-ActCode of the encounter's class; AMB by default."),
                .init(.input, "practitioner", 0, 1, "Reference", "Who sees the patient."),
                .init(.output, "return", 1, 1, "Encounter", "The encounter in progress."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let parameters = work.parameters
        let visitClass = try Self.visitClass(parameters)
        let practitioner = try parameters.reference("practitioner", "Practitioner", "PractitionerRole")
        if let practitioner { _ = try await work.read(practitioner, element: parameters.place(of: "practitioner")) }
        if let appointment = try parameters.reference("appointment", "Appointment") {
            guard !parameters.has("patient") else {
                throw OperationParameters.invalid("one of appointment and patient is given")
            }
            let stored = try await work.lock(appointment, element: parameters.place(of: "appointment"))
            return try await start(stored, visitClass, practitioner, work)
        }
        guard let patient = try parameters.reference("patient", "Patient") else {
            throw OperationParameters.invalid("one of appointment and patient is given")
        }
        return try await start(patient, visitClass, practitioner, work)
    }

    private func start(
        _ appointment: StoredResource, _ visitClass: Coding?, _ practitioner: LocalReference?, _ work: ClinicWork
    ) async throws -> ClinicAnswer {
        try work.require(appointment, in: ["booked", "arrived", "checked-in", "fulfilled"], to: "fulfilled")
        let actors = (appointment.node["participant"]?.items ?? [])
            .filter { $0["status"]?.string != "declined" }.compactMap { LocalReference($0["actor"]) }
        let seeing = practitioner ?? actors.first { $0.typeName == "Practitioner" || $0.typeName == "PractitionerRole" }
        let visits = try await work.search("Encounter", [("appointment", appointment.reference.text)], limit: 20)
        let open = visits.filter { !["cancelled", "entered-in-error"].contains($0.status) }
        if let visit = open.first { return try await go(on: visit.reference, visitClass, seeing, work) }
        guard appointment.status != "fulfilled" else {
            throw StoreError.illegalTransition("Appointment", appointment.status, "fulfilled")
        }
        guard let patient = actors.first(where: { $0.typeName == "Patient" }) else {
            throw StoreError(
                .businessRule, "the appointment is for no patient", expression: "Appointment.participant",
                details: "participant-missing")
        }
        var visit = Self.visit(of: patient, visitClass, seeing, work)
        visit.appointment = [.to(appointment.reference)]
        visit.serviceType = try appointment.node["serviceType"]?.items.first.map { try CodeableConcept(from: $0) }
        if let place = actors.first(where: { $0.typeName == "Location" }) { visit.location = [Self.place(place, work)] }
        return try await create(visit, work)
    }

    private func start(
        _ patient: LocalReference, _ visitClass: Coding?, _ practitioner: LocalReference?, _ work: ClinicWork
    ) async throws -> ClinicAnswer {
        _ = try await work.read(patient, element: work.parameters.place(of: "patient"))
        let waiting = try await work.search(
            "Encounter", [("patient", patient.text), ("status", "arrived,triaged,in-progress")], limit: 20
        ).filter { $0.node["appointment"] == nil && ($0.status != "in-progress" || CalledMark.isOpen($0.node)) }
        if waiting.count == 1 { return try await go(on: waiting[0].reference, visitClass, practitioner, work) }
        var visit = Self.visit(of: patient, visitClass, practitioner, work)
        if let service = try work.parameters.reference("service", "HealthcareService") {
            let stored = try await work.read(service, element: work.parameters.place(of: "service")).node
            visit.serviceType = try (stored["type"] ?? stored["specialty"])?.items.first.map {
                try CodeableConcept(from: $0)
            }
            visit.serviceProvider = try stored["providedBy"].map { try Reference(from: $0) }
            if let place = stored["location"]?.items.first.flatMap({ LocalReference($0) }) {
                visit.location = [Self.place(place, work)]
            }
        }
        return try await create(visit, work)
    }

    private func go(
        on reference: LocalReference, _ visitClass: Coding?, _ practitioner: LocalReference?, _ work: ClinicWork
    ) async throws -> ClinicAnswer {
        let visit = try await work.lock(reference)
        let isCalled = visit.status == "in-progress" && CalledMark.isOpen(visit.node)
        if visit.status == "in-progress", !isCalled {
            throw StoreError(
                .conflict, "\(reference.text) is in progress already", expression: "Encounter.status",
                details: "visit-in-progress")
        }
        try work.require(visit, in: ["planned", "arrived", "triaged", "in-progress"], to: "in-progress")
        var changes = ChangeSet(work)
        var edit = visit.edit
        if visit.status == "planned" {
            // Who is seen has arrived: there is no way around that state.
            EncounterEdit.change(&edit, visit.node, to: "arrived", at: work.now)
            changes.update(visit, edit)
        }
        if isCalled {
            CalledMark.start(&edit, at: work.now)
        } else {
            EncounterEdit.change(&edit, visit.node, to: "in-progress", at: work.now)
        }
        if let visitClass { edit.set("class", json: visitClass.json) }
        EncounterEdit.add(practitioner, to: &edit, visit.node, at: work.now)
        if visit.node["period"]?["start"] == nil {
            edit.set("period", json: Period.of(start: work.now.text, end: nil).json)
        }
        changes.update(visit, edit)
        changes.record("encounter.started", reference)
        guard let saved = try await changes.apply().last else { throw StoreError(.fault, "nothing was written") }
        return ClinicAnswer(saved)
    }

    private func create(_ visit: Encounter, _ work: ClinicWork) async throws -> ClinicAnswer {
        var changes = ChangeSet(work)
        changes.record("encounter.started", changes.create(visit))
        return ClinicAnswer(try await changes.apply()[0])
    }

    private static func visit(
        of patient: LocalReference, _ visitClass: Coding?, _ practitioner: LocalReference?, _ work: ClinicWork
    ) -> Encounter {
        var visit = Encounter()
        visit.status = "in-progress"
        visit.class = visitClass ?? .of(classSystem, "AMB", "ambulatory")
        visit.subject = .to(patient)
        visit.period = .of(start: work.now.text, end: nil)
        if let practitioner { visit.participant = [EncounterEdit.participant(practitioner, at: work.now)] }
        return visit
    }

    private static func place(_ place: LocalReference, _ work: ClinicWork) -> Encounter.Location {
        var location = Encounter.Location()
        location.location = .to(place)
        location.status = "active"
        return location
    }

    static let classSystem = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    /// https://hl7.org/fhir/R4/v3/ActEncounterCode/vs.html
    private static let classes: Set<String> = [
        "AMB", "EMER", "FLD", "HH", "IMP", "ACUTE", "NONAC", "OBSENC", "PRENC", "SS", "VR",
    ]

    private static func visitClass(_ parameters: OperationParameters) throws -> Coding? {
        guard let code = parameters.text("class") else { return nil }
        guard classes.contains(code) else {
            throw OperationParameters.invalid(
                "class is one of \(classes.sorted().joined(separator: ", "))", at: parameters.place(of: "class"))
        }
        return .of(classSystem, code)
    }
}
