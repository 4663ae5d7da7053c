/// Resources without fault, as small as they can be: what every entry of the tables changes in one place.
package enum SoundResource {
    private static func members(_ type: String) -> [(key: String, value: String)] {
        all[type] ?? []
    }

    /// Text of the sound resource of a type with one member put in place, or left out where there is no value.
    package static func text(_ type: String, _ key: String?, _ value: String?) -> String {
        var members = members(type)
        if let key {
            members.removeAll { $0.key == key }
            if let value { members.append((key, value)) }
        }
        return #"{"resourceType":"\#(type)""# + members.map { #","\#($0.key)":\#($0.value)"# }.joined() + "}"
    }

    private static let patient = #"{"reference":"Patient/p"}"#
    private static let word = #"{"text":"x"}"#
    private static let day = #""2024-02-29T08:00:00Z""#

    private static let all: [String: [(key: String, value: String)]] = [
        "AllergyIntolerance": [
            ("patient", patient),
            ("clinicalStatus", code("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active")),
        ],
        "Appointment": [
            ("status", #""proposed""#),
            ("participant", #"[{"actor":\#(patient),"status":"accepted"}]"#),
        ],
        "AppointmentResponse": [
            ("appointment", #"{"reference":"Appointment/a"}"#), ("participantStatus", #""accepted""#),
            ("actor", patient),
        ],
        "AuditEvent": [
            ("type", #"{"code":"rest"}"#), ("recorded", day), ("agent", #"[{"requestor":true}]"#),
            ("source", #"{"observer":{"display":"x"}}"#),
        ],
        "Bundle": [("type", #""collection""#)],
        "CapabilityStatement": [
            ("status", #""active""#), ("date", day), ("kind", #""requirements""#), ("fhirVersion", #""4.0.1""#),
            ("format", #"["json"]"#), ("description", #""x""#), ("rest", #"[{"mode":"server"}]"#),
        ],
        "CarePlan": [("status", #""active""#), ("intent", #""plan""#), ("subject", patient)],
        "ChargeItem": [("status", #""billable""#), ("code", word), ("subject", patient)],
        "ClinicalImpression": [("status", #""completed""#), ("subject", patient)],
        "CodeSystem": [("status", #""active""#), ("content", #""complete""#)],
        "Communication": [("status", #""completed""#)],
        "Composition": [
            ("status", #""final""#), ("type", word), ("date", day), ("title", #""x""#),
            ("author", #"[{"reference":"Practitioner/p"}]"#),
        ],
        "ConceptMap": [("status", #""active""#)],
        "Condition": [
            ("subject", patient),
            ("clinicalStatus", code("http://terminology.hl7.org/CodeSystem/condition-clinical", "active")),
        ],
        "Consent": [
            ("status", #""active""#), ("scope", word), ("category", "[\(word)]"), ("policyRule", word),
            ("patient", patient),
        ],
        "Coverage": [("status", #""active""#), ("beneficiary", patient), ("payor", "[\(patient)]")],
        "DiagnosticReport": [("status", #""final""#), ("code", word)],
        "DocumentReference": [
            ("status", #""current""#), ("content", #"[{"attachment":{"url":"http://example.org/x"}}]"#),
        ],
        "Encounter": [
            ("status", #""finished""#),
            ("class", #"{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"}"#),
        ],
        "EpisodeOfCare": [("status", #""active""#), ("patient", patient)],
        "FamilyMemberHistory": [("status", #""completed""#), ("patient", patient), ("relationship", word)],
        "Goal": [("lifecycleStatus", #""active""#), ("description", word), ("subject", patient)],
        "Group": [("type", #""person""#), ("actual", "true")],
        "Immunization": [
            ("status", #""completed""#), ("vaccineCode", word), ("patient", patient), ("occurrenceDateTime", day),
        ],
        "Invoice": [("status", #""issued""#)],
        "Linkage": [
            (
                "item",
                #"[{"type":"source","resource":\#(patient)},{"type":"alternate","resource":{"reference":"Patient/q"}}]"#
            )
        ],
        "List": [("status", #""current""#), ("mode", #""working""#)],
        "Location": [],
        "Measure": [("status", #""active""#)],
        "Media": [("status", #""completed""#), ("content", #"{"url":"http://example.org/x"}"#)],
        "Medication": [],
        "MedicationAdministration": [
            ("status", #""completed""#), ("medicationCodeableConcept", word), ("subject", patient),
            ("effectiveDateTime", day),
        ],
        "MedicationDispense": [("status", #""completed""#), ("medicationCodeableConcept", word)],
        "MedicationRequest": [
            ("status", #""active""#), ("intent", #""order""#), ("medicationCodeableConcept", word),
            ("subject", patient),
        ],
        "MessageHeader": [
            ("eventUri", #""http://example.org/e""#), ("source", #"{"endpoint":"http://example.org/s"}"#),
        ],
        "NamingSystem": [
            ("name", #""X""#), ("status", #""active""#), ("kind", #""root""#), ("date", #""2024""#),
            ("uniqueId", #"[{"type":"uri","value":"http://example.org"}]"#),
        ],
        "Observation": [("status", #""final""#), ("code", word)],
        "OperationDefinition": [
            ("name", #""X""#), ("status", #""active""#), ("kind", #""operation""#), ("code", #""x""#),
            ("system", "true"), ("type", "false"), ("instance", "false"),
        ],
        "Organization": [("name", #""x""#)],
        "Parameters": [],
        "Patient": [],
        "Person": [],
        "PlanDefinition": [("status", #""active""#)],
        "Practitioner": [],
        "PractitionerRole": [],
        "Procedure": [("status", #""completed""#), ("subject", patient)],
        "Provenance": [
            ("target", "[\(patient)]"), ("recorded", day), ("agent", #"[{"who":{"reference":"Practitioner/p"}}]"#),
        ],
        "Questionnaire": [("status", #""active""#)],
        "QuestionnaireResponse": [("status", #""completed""#)],
        "RelatedPerson": [("patient", patient)],
        "RequestGroup": [("status", #""active""#), ("intent", #""plan""#)],
        "RiskAssessment": [("status", #""final""#), ("subject", patient)],
        "Schedule": [("actor", "[\(patient)]")],
        "SearchParameter": [
            ("url", #""http://example.org/s""#), ("name", #""X""#), ("status", #""active""#), ("description", #""x""#),
            ("code", #""x""#), ("base", #"["Patient"]"#), ("type", #""string""#),
        ],
        "ServiceRequest": [("status", #""active""#), ("intent", #""order""#), ("subject", patient)],
        "Slot": [
            ("schedule", #"{"reference":"Schedule/s"}"#), ("status", #""free""#), ("start", day), ("end", day),
        ],
        "Specimen": [],
        "StructureDefinition": [
            ("url", #""http://example.org/d""#), ("name", #""X""#), ("status", #""active""#), ("kind", #""resource""#),
            ("abstract", "false"), ("type", #""Patient""#),
            ("baseDefinition", #""http://hl7.org/fhir/StructureDefinition/Patient""#),
            ("derivation", #""constraint""#), ("differential", #"{"element":[{"id":"Patient","path":"Patient"}]}"#),
        ],
        "Subscription": [
            ("status", #""requested""#), ("reason", #""x""#), ("criteria", #""Patient?""#),
            ("channel", #"{"type":"rest-hook"}"#),
        ],
        "Task": [("status", #""requested""#), ("intent", #""order""#)],
        "ValueSet": [("status", #""active""#)],
        "VisionPrescription": [
            ("status", #""active""#), ("created", day), ("patient", patient), ("dateWritten", day),
            ("prescriber", #"{"reference":"Practitioner/p"}"#),
            ("lensSpecification", #"[{"product":\#(word),"eye":"left"}]"#),
        ],
    ]

    package static var types: [String] { all.keys.sorted() }

    private static func code(_ system: String, _ code: String) -> String {
        #"{"coding":[{"system":"\#(system)","code":"\#(code)"}]}"#
    }
}
