import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `Composition/[id]/$sign`: its author attests a note, whose text never changes from then on; or somebody signs with
/// the author.
struct SignComposition: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "sign", typeName: "Composition", level: .instance, affectsState: true,
            documentation: "Signs a note. With cosign, whoever is named signs beside the author.",
            roles: [.physician, .nurse], events: ["note.signed"],
            parameters: [
                .init(.input, "attest", 0, 1, "boolean", "That the text is right; false is refused."),
                .init(.input, "cosign", 0, 1, "Reference", "Practitioner who signs with the author."),
                .init(.output, "return", 1, 1, "Composition", "The note, signed."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let note = try work.instance
        if work.parameters.has("attest"), !work.parameters.bool("attest") {
            throw StoreError(
                .businessRule, "a note is signed by attesting it", expression: work.parameters.place(of: "attest"),
                details: "not-attested")
        }
        let cosigner = try work.parameters.reference("cosign", "Practitioner", "PractitionerRole")
        if let cosigner { _ = try await work.read(cosigner, element: work.parameters.place(of: "cosign")) }
        // A note that is signed already may be signed by one more.
        let states: Set<String> = cosigner == nil ? ["preliminary"] : ["preliminary", "final", "amended"]
        try work.require(note, in: states, to: "final")
        let authors = (note.node["author"]?.items ?? []).compactMap { LocalReference($0) }
        let actor = LocalReference(work.call.caller)
        if let actor, actor.typeName == "Practitioner", !authors.isEmpty, cosigner == nil, !authors.contains(actor) {
            throw StoreError(
                .forbidden, "a note is signed by its author", expression: "Composition.author", details: "not-allowed")
        }
        guard !(note.node["section"]?.items ?? []).isEmpty || note.node["text"] != nil else {
            throw StoreError(
                .businessRule, "there is no text to sign", expression: "Composition.section", details: "empty-note")
        }
        if let signer = cosigner ?? actor ?? authors.first { try await LicenceRule.require(signer, work) }
        var edit = note.edit
        if note.status == "preliminary" {
            edit.set("status", "final")
            edit.append("attester", json: Self.attester("legal", actor ?? authors.first, work).json)
        }
        if let cosigner { edit.append("attester", json: Self.attester("professional", cosigner, work).json) }
        var changes = ChangeSet(work)
        changes.update(note, edit)
        changes.record("note.signed", note.reference)
        return ClinicAnswer(try await changes.apply()[0])
    }

    static func attester(_ mode: String, _ party: LocalReference?, _ work: ClinicWork) -> Composition.Attester {
        var attester = Composition.Attester()
        attester.mode = mode
        attester.time = .at(work.now)
        let types: Set<String> = ["Patient", "RelatedPerson", "Practitioner", "PractitionerRole", "Organization"]
        if let party, types.contains(party.typeName) { attester.party = .to(party) }
        return attester
    }
}
