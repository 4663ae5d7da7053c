import Clinic
import FHIRModel
import JSONTape

/// A section of the International Patient Summary: what it is called, and where its entries come from.
/// https://hl7.org/fhir/uv/ips/STU1.1/StructureDefinition-Composition-uv-ips.html
struct SummarySection: Sendable {
    struct Search: Sendable {
        var type: String
        var pairs: [(String, String)]
        /// The parameter by which a period is asked for.
        var date: String?
        var limit = 100
    }

    var title: String
    /// LOINC.
    var code: String
    var display: String
    /// Whether the section is there even with nothing in it, and then says so.
    var isRequired = false
    var searches: [Search]

    static let all: [SummarySection] = [
        SummarySection(
            title: "Medication Summary", code: "10160-0", display: "History of Medication use Narrative",
            isRequired: true,
            searches: [
                Search(type: "MedicationStatement", pairs: [("status", "active,intended,on-hold,unknown")]),
                Search(type: "MedicationRequest", pairs: [("status", "active,on-hold")]),
            ]),
        SummarySection(
            title: "Allergies and Intolerances", code: "48765-2", display: "Allergies and adverse reactions Document",
            isRequired: true,
            searches: [Search(type: "AllergyIntolerance", pairs: [("clinical-status:not", "resolved")])]),
        SummarySection(
            title: "Problem List", code: "11450-4", display: "Problem list - Reported", isRequired: true,
            searches: [Search(type: "Condition", pairs: [("clinical-status", "active,recurrence,relapse")])]),
        SummarySection(
            title: "Immunizations", code: "11369-6", display: "History of Immunization Narrative",
            searches: [Search(type: "Immunization", pairs: [("status", "completed")], date: "date")]),
        SummarySection(
            title: "History of Procedures", code: "47519-4", display: "History of Procedures Document",
            searches: [Search(type: "Procedure", pairs: [("status", "completed,in-progress")], date: "date")]),
        SummarySection(
            title: "Medical Devices", code: "46264-8", display: "History of medical device use",
            searches: [Search(type: "DeviceUseStatement", pairs: [])]),
        SummarySection(
            title: "Diagnostic Results", code: "30954-2",
            display: "Relevant diagnostic tests/laboratory data Narrative",
            searches: [
                Search(
                    type: "Observation",
                    pairs: [
                        ("category", "laboratory,imaging"), ("status", "final,amended,corrected"), ("_sort", "-date"),
                    ], date: "date", limit: 50),
                Search(
                    type: "DiagnosticReport",
                    pairs: [("status", "final,amended,corrected,appended"), ("_sort", "-date")],
                    date: "date", limit: 20),
            ]),
        SummarySection(
            title: "Vital Signs", code: "8716-3", display: "Vital signs",
            searches: [
                Search(
                    type: "Observation",
                    pairs: [
                        ("category", "vital-signs"), ("status", "final,amended,corrected"), ("_sort", "-date"),
                    ], date: "date", limit: 20)
            ]),
        SummarySection(
            title: "History of Past Illness", code: "11348-0", display: "History of Past illness Narrative",
            searches: [Search(type: "Condition", pairs: [("clinical-status", "inactive,remission,resolved")])]),
        SummarySection(
            title: "Social History", code: "29762-2", display: "Social history Narrative",
            searches: [
                Search(type: "Observation", pairs: [("category", "social-history"), ("_sort", "-date")], limit: 20)
            ]),
        SummarySection(
            title: "Plan of Care", code: "18776-5", display: "Plan of care note",
            searches: [Search(type: "CarePlan", pairs: [("status", "active,on-hold")])]),
    ]

    /// The section as it stands in the Composition.
    func section(_ found: [StoredResource]) -> Composition.Section {
        var section = Composition.Section()
        section.title = title
        section.code = .of("http://loinc.org", code, display)
        var narrative = Narrative()
        narrative.status = "generated"
        if found.isEmpty {
            // That nothing is recorded does not mean that there is nothing.
            section.emptyReason = .of(
                "http://terminology.hl7.org/CodeSystem/list-empty-reason", "unavailable", "Unavailable")
            narrative.div = NarrativeText.div(["No information is available."])
        } else {
            narrative.div = NarrativeText.div(list: found.map(Self.line))
            section.entry = found.map { .to($0.reference) }
        }
        section.text = narrative
        return section
    }

    /// What an entry is about, in the words that it has for it.
    private static func line(_ resource: StoredResource) -> String {
        let node = resource.node
        let concept =
            node["code"] ?? node["medicationCodeableConcept"] ?? node["vaccineCode"] ?? node["category"]?.items.first
        let coding = concept?["coding"]?.items.first
        var line =
            concept?["text"]?.string ?? coding?["display"]?.string ?? coding?["code"]?.string
            ?? node["title"]?.string ?? resource.reference.typeName
        if let quantity = node["valueQuantity"], let value = quantity["value"]?.numberText {
            line += ": \(value) \(quantity["unit"]?.string ?? quantity["code"]?.string ?? "")"
        }
        let date =
            node["effectiveDateTime"] ?? node["performedDateTime"] ?? node["occurrenceDateTime"]
            ?? node["onsetDateTime"]
        if let date = date?.string { line += " (\(date.prefix(10)))" }
        return line
    }
}
