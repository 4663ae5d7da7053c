import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `Composition/[id]/$amend`: adds sections to a signed note, with the reason; what was signed stays as it is.
struct AmendComposition: ClinicOperation {
    static let reasonURL = "urn:martlet:amendment-reason"

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "amend", typeName: "Composition", level: .instance, affectsState: true,
            documentation: "Adds to a signed note.", roles: [.physician, .nurse],
            transition: .init(from: ["final", "amended"], to: "amended"), events: ["note.amended"],
            parameters: [
                .init(
                    .input, "section", 1, nil, nil, "A section to be added: a text, or these parts.",
                    parts: [
                        .init(.input, "title", 0, 1, "string", "Its title."),
                        .init(.input, "code", 0, 1, "CodeableConcept", "What it is about."),
                        .init(.input, "text", 0, 1, "string", "What it says."),
                        .init(.input, "entry", 0, nil, "Reference", "Resources that it is about."),
                    ]),
                .init(.input, "reason", 1, 1, "CodeableConcept", "Why the note is amended."),
                .init(.output, "return", 1, 1, "Composition", "The note, amended."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let note = try work.instance
        guard let reason = work.parameters.concept("reason") else {
            throw OperationParameters.invalid("the parameter reason is missing")
        }
        var edit = note.edit
        let texts = work.parameters.given("section").map { $0.node["valueString"]?.string }
        for (group, text) in zip(try work.parameters.groups("section"), texts) {
            edit.append("section", json: try Self.section(group, text, reason).json)
        }
        edit.set("status", "amended")
        let actor = LocalReference(work.call.caller)
        let author = note.node["author"]?.items.first.flatMap { LocalReference($0) }
        edit.append("attester", json: SignComposition.attester("legal", actor ?? author, work).json)
        var changes = ChangeSet(work)
        changes.update(note, edit)
        changes.record("note.amended", note.reference)
        return ClinicAnswer(try await changes.apply()[0])
    }

    private static func section(
        _ group: OperationParameters, _ plain: String?, _ reason: [UInt8]
    ) throws -> Composition.Section {
        var section = Composition.Section()
        section.title = group.text("title") ?? "Addendum"
        section.code = try group.concept("code").map { try CodeableConcept(json: $0) }
        guard let text = plain ?? group.text("text") else {
            throw OperationParameters.invalid("a section has a text")
        }
        var narrative = Narrative()
        narrative.status = "additional"
        narrative.div = NarrativeText.div([text])
        section.text = narrative
        section.entry = try group.references("entry").map { .to($0) }
        var because = Extension()
        because.url = reasonURL
        because.value = .codeableConcept(try CodeableConcept(json: reason))
        section.extension = [because]
        return section
    }
}
