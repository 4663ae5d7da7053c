import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `POST /Task/$submit-request`: asks others of the clinic for something, such as a result from elsewhere.
struct SubmitRequest: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "submit-request", typeName: "Task", level: .type, affectsState: true,
            documentation: "Asks for something to be done: a task of a kind, with what is needed for it.",
            roles: ClinicRole.staff.union([.patient, .proxy]), events: ["request.submitted", "rx.requested"],
            parameters: [
                .init(.input, "for", 1, 1, "Reference", "Whom it is for, usually a patient."),
                .init(.input, "code", 1, 1, "CodeableConcept", "What is asked: lab-request, rx-request."),
                .init(
                    .input, "input", 0, nil, nil,
                    "What is needed: a value of any type, or parts type (CodeableConcept) and value."),
                .init(.input, "due", 0, 1, "dateTime", "Until when."),
                .init(.input, "owner", 0, 1, "Reference", "Who is asked."),
                .init(.input, "note", 0, 1, "string", "Task.note."),
                .init(.output, "return", 1, 1, "Task", "The task."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let parameters = work.parameters
        guard let beneficiary = try parameters.reference("for", "Patient") else {
            throw OperationParameters.invalid("the parameter for is missing")
        }
        _ = try await work.read(beneficiary, element: parameters.place(of: "for"))
        let owner = try parameters.reference("owner")
        if let owner { _ = try await work.read(owner, element: parameters.place(of: "owner")) }
        var task = FHIRTask()
        task.status = "requested"
        task.intent = "order"
        task.priority = "routine"
        task.code = try Self.code(parameters)
        task.for = Reference(beneficiary)
        task.authoredOn = FHIRDateTime(work.now.text)
        task.lastModified = task.authoredOn
        task.requester = Acting.reference(work)
        task.owner = owner.map { Reference($0) }
        let isPrescription = task.code?.coding.contains { $0.code == PrescriptionRequest.code } ?? false
        task.performerType = ([.medicalAdmin] + (isPrescription ? [.pharmacy] : [])).map { (role: ClinicRole) in
            CodeableConcept(OrderSystems.role, role.rawValue)
        }
        if let note = parameters.text("note") { task.note = [Annotation(note, at: work.now, by: task.requester)] }
        if let due = parameters.text("due") {
            var restriction = FHIRTask.Restriction()
            var period = Period()
            period.end = FHIRDateTime(due)
            restriction.period = period
            task.restriction = restriction
        }
        let inputs = try parameters.given("input").map { try Self.input($0.node, $0.place) }
        // What is asked about a stored order stays linked with it.
        let references = inputs.compactMap { LocalReference($0["valueReference"]) }
        for reference in references { _ = try await work.read(reference, element: parameters.place(of: "input")) }
        if let order = references.first(where: { ["ServiceRequest", "MedicationRequest"].contains($0.typeName) }) {
            task.focus = Reference(order)
        }
        var edit = ResourceEdit(JSONNode(try Document.parse(task.json)))
        edit.set("input", items: inputs.map(\.source))
        var changes = ChangeSet(work)
        let reference = changes.create(json: edit.bytes, type: "Task")
        changes.record("request.submitted", reference)
        if isPrescription { changes.record("rx.requested", reference) }
        return ClinicAnswer(try await changes.apply()[0])
    }

    /// A bare code is one of the clinic's own kinds.
    private static func code(_ parameters: OperationParameters) throws -> CodeableConcept {
        guard let choice = parameters.choices("code").first, let concept = try parameters.codeableConcept("code") else {
            throw OperationParameters.invalid("the parameter code is missing")
        }
        guard let code = choice.node.string, code.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" }) else {
            return concept
        }
        return CodeableConcept(OrderSystems.task, code)
    }

    /// Task.input: a type and a value.
    private static func input(_ node: JSONNode, _ place: String) throws -> JSONNode {
        let parts = node["part"]?.items ?? []
        let holder = parts.isEmpty ? node : parts.first { $0["name"]?.string == "value" } ?? node
        let value = holder.members.first { $0.0.hasPrefix("value") }
        guard let value else { throw OperationParameters.invalid("an input has a value", at: place) }
        let type = parts.first { $0["name"]?.string == "type" }
        let text = type?["valueString"]?.string ?? type?["valueCode"]?.string ?? "input"
        let json = ResourceEdit.json { writer in
            writer.beginObject()
            writer.key("type")
            writer.raw(type?["valueCodeableConcept"]?.source ?? CodeableConcept(text: text).json)
            writer.key(named: String(value.0))
            writer.copy(value.1)
            writer.endObject()
        }
        return JSONNode(try Document.parse(json))
    }
}
