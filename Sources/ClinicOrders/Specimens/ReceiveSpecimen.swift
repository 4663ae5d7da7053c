import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `POST /Specimen/[id]/$receive`: the specimen is in the laboratory.
struct ReceiveSpecimen: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "receive", typeName: "Specimen", level: .instance, affectsState: true,
            documentation: "Records that a specimen arrived in the laboratory.", roles: [.laboratory, .superadmin],
            transition: .init(from: ["available", "unavailable"], to: "available"), events: ["specimen.received"],
            parameters: [
                .init(.input, "received", 0, 1, "dateTime", "When. Default now."),
                .init(.input, "note", 0, 1, "string", "Specimen.note."),
                .init(.output, "return", 1, 1, "Specimen", "The specimen as it is now."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let specimen = try work.instance
        guard specimen.node["receivedTime"] == nil else {
            throw StoreError(
                .businessRule, "the specimen was received already", expression: "Specimen.receivedTime",
                details: "already-received")
        }
        var edit = specimen.edit
        edit.set("status", "available")
        edit.set("receivedTime", work.parameters.text("received") ?? work.now.text)
        if let note = work.parameters.text("note") {
            edit.append("note", json: Annotation(note, at: work.now, by: Acting.reference(work)).json)
        }
        var changes = ChangeSet(work)
        changes.update(specimen, edit)
        changes.record("specimen.received", specimen.reference)
        return ClinicAnswer(try await changes.apply()[0])
    }
}
