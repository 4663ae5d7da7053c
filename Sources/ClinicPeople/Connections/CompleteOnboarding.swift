import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `Patient/[id]/$complete-onboarding`: a new patient has told what the clinic wants to know.
struct CompleteOnboarding: ClinicOperation {
    static let url = "urn:martlet:onboarded"

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "complete-onboarding", typeName: "Patient", level: .instance, affectsState: true,
            documentation: "Takes in a new patient's answers, allergies and conditions.",
            roles: [.patient, .proxy, .registration, .nurse], events: ["patient.onboarded"],
            parameters: [
                .init(.input, "answers", 0, 1, "QuestionnaireResponse", "The answers, completed."),
                .init(.input, "allergies", 0, nil, "AllergyIntolerance", "What the patient does not stand."),
                .init(.input, "conditions", 0, nil, "Condition", "What the patient has."),
                .init(.output, "return", 1, 1, "Patient", "The patient."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let patient = try work.instance
        guard let answers = work.parameters.resources("answers").first else {
            throw Self.missing("the answers are missing", "Parameters.parameter")
        }
        guard answers["status"]?.string == "completed" else {
            throw Self.missing("the answers are not completed", "QuestionnaireResponse.status")
        }
        try await checkAnswers(answers, work)
        for (element, name) in [("name", "a name"), ("birthDate", "a birth date"), ("gender", "a gender")]
        where patient.node[named: element] == nil {
            throw Self.missing("the patient has no \(name.dropFirst(2))", "Patient.\(element)")
        }
        var changes = ChangeSet(work)
        var edit = patient.edit
        let others = (patient.node["extension"]?.items ?? []).filter { $0["url"]?.string != Self.url }
        edit.set("extension", items: others.map(\.source))
        edit.append(
            "extension",
            json: ResourceEdit.json { writer in
                writer.beginObject()
                writer.member("url", Self.url)
                writer.member("valueDateTime", work.now.text)
                writer.endObject()
            })
        changes.update(patient, edit)
        changes.create(json: Self.about(patient, answers, "subject"), type: "QuestionnaireResponse")
        for allergy in work.parameters.resources("allergies") {
            changes.create(json: Self.about(patient, allergy, "patient"), type: "AllergyIntolerance")
        }
        for condition in work.parameters.resources("conditions") {
            changes.create(json: Self.about(patient, condition, "subject"), type: "Condition")
        }
        changes.record("patient.onboarded", patient.reference)
        return ClinicAnswer(try await changes.apply()[0])
    }

    private static func about(_ patient: StoredResource, _ resource: JSONNode, _ element: String) -> [UInt8] {
        var edit = ResourceEdit(resource)
        edit.remove("id")
        edit.set(element, json: patient.reference.json)
        return edit.bytes
    }

    /// Every required item of the questionnaire has an answer, where the questionnaire is known here.
    private func checkAnswers(_ answers: JSONNode, _ work: ClinicWork) async throws {
        guard let canonical = answers["questionnaire"]?.string else { return }
        let url = canonical.split(separator: "|").first.map(String.init) ?? canonical
        var questionnaire: StoredResource?
        if let reference = LocalReference(url), reference.typeName == "Questionnaire" {
            questionnaire = try await work.find(reference)
        }
        if questionnaire == nil {
            questionnaire = try await work.search(
                "Questionnaire", [("url", url), ("_sort", "-_lastUpdated")], limit: 1
            ).first
        }
        guard let questionnaire else { return }
        var given: Set<String> = []
        Self.collectAnswered(answers["item"], &given)
        var missing: [String] = []
        Self.collectRequired(questionnaire.node["item"], given, &missing)
        if let first = missing.first {
            throw Self.missing("the item \(first) has no answer", "QuestionnaireResponse.item")
        }
    }

    private static func collectAnswered(_ items: JSONNode?, _ given: inout Set<String>) {
        for item in items?.items ?? [] {
            let answers = item["answer"]?.items ?? []
            if !answers.isEmpty, let id = item["linkId"]?.string { given.insert(id) }
            collectAnswered(item["item"], &given)
            for answer in answers { collectAnswered(answer["item"], &given) }
        }
    }

    /// Items that only show under a condition are left to the form.
    private static func collectRequired(_ items: JSONNode?, _ given: Set<String>, _ missing: inout [String]) {
        for item in items?.items ?? [] where item["enableWhen"] == nil {
            let kind = item["type"]?.string
            if item["required"]?.bool == true, kind != "group", kind != "display", let id = item["linkId"]?.string,
                !given.contains(id)
            {
                missing.append(id)
            }
            collectRequired(item["item"], given, &missing)
        }
    }

    private static func missing(_ message: String, _ place: String) -> StoreError {
        StoreError(.businessRule, message, expression: place, details: "missing")
    }
}
