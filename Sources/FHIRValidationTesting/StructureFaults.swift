extension RuleFault {
    private static let patient = #"{"reference":"Patient/p"}"#

    /// Cardinality, names, types, choices (R4 json.html, conformance-rules.html#cardinality).
    static let structure: [RuleFault] = [
        RuleFault("AllergyIntolerance", "patient", nil, "missing", "AllergyIntolerance.patient"),
        RuleFault(
            "Appointment", "participant", #"[{"actor":\#(patient)}]"#, "missing", "Appointment.participant[0].status"),
        RuleFault("AuditEvent", "agent", #"[{"name":"x"}]"#, "missing", "AuditEvent.agent[0].requestor"),
        RuleFault("AuditEvent", "source", #"{"site":"x"}"#, "missing", "AuditEvent.source.observer"),
        RuleFault("Bundle", "link", #"[{"relation":"self"}]"#, "missing", "Bundle.link[0].url"),
        RuleFault("CarePlan", "intent", nil, "missing", "CarePlan.intent"),
        RuleFault("ChargeItem", "code", nil, "missing", "ChargeItem.code"),
        RuleFault(
            "Communication", "payload", #"[{"id":"a","extension":[{"url":"http://x.org","valueCode":"a"}]}]"#,
            "missing",
            "Communication.payload[0].content"),
        RuleFault("Composition", "title", nil, "missing", "Composition.title"),
        RuleFault("Coverage", "payor", nil, "missing", "Coverage.payor"),
        RuleFault(
            "DocumentReference", "content", #"[{"format":{"code":"x"}}]"#, "missing",
            "DocumentReference.content[0].attachment"),
        RuleFault("Encounter", "class", nil, "missing", "Encounter.class"),
        RuleFault("Immunization", "occurrenceDateTime", nil, "missing", "Immunization.occurrence"),
        RuleFault("MedicationRequest", "medicationCodeableConcept", nil, "missing", "MedicationRequest.medication"),
        RuleFault("Provenance", "agent", #"[{"role":[{"text":"x"}]}]"#, "missing", "Provenance.agent[0].who"),
        RuleFault("Questionnaire", "item", #"[{"linkId":"a"}]"#, "missing", "Questionnaire.item[0].type"),
        RuleFault(
            "VisionPrescription", "lensSpecification", #"[{"product":{"text":"x"}}]"#, "missing",
            "VisionPrescription.lensSpecification[0].eye"),
        RuleFault("Patient", "meta", #"{"versionID":"1"}"#, "unknown", "Patient.meta.versionID"),
        RuleFault("Patient", "gendre", #""male""#, "unknown", "Patient.gendre"),
        RuleFault("Observation", "value", #""x""#, "unknown", "Observation.value"),
        RuleFault("Observation", "valueMoney", #"{"value":1}"#, "unknown", "Observation.valueMoney"),
        RuleFault("Encounter", "period", #"{"begin":"2024"}"#, "unknown", "Encounter.period.begin"),
        RuleFault("Practitioner", "birthdate", #""1970""#, "unknown", "Practitioner.birthdate"),
        RuleFault(
            "Location", "position", #"{"longitude":1,"latitude":1,"depth":1}"#, "unknown", "Location.position.depth"),
        RuleFault(
            "Procedure", "performer", #"[{"actor":{"reference":"Practitioner/p"},"who":\#(patient)}]"#, "unknown",
            "Procedure.performer[0].who"),
        RuleFault("Parameters", "text", #"{"status":"empty"}"#, "unknown", "Parameters.text"),
        RuleFault("Bundle", "extension", #"[{"url":"http://x.org","valueCode":"a"}]"#, "unknown", "Bundle.extension"),
        RuleFault(
            "Patient", "name", #"[{"family":"x","modifierExtension":[{"url":"http://x.org","valueCode":"a"}]}]"#,
            "unknown",
            "Patient.name[0].modifierExtension"),
        RuleFault("Encounter", "status", #"["finished"]"#, "single", "Encounter.status"),
        RuleFault("Observation", "subject", "[\(patient)]", "single", "Observation.subject"),
        RuleFault("Condition", "code", #"[{"text":"x"}]"#, "single", "Condition.code"),
        RuleFault("Patient", "name", #"[{"given":"x"}]"#, "many", "Patient.name[0].given"),
        RuleFault("Procedure", "bodySite", #"{"text":"x"}"#, "many", "Procedure.bodySite"),
        RuleFault("Schedule", "actor", patient, "many", "Schedule.actor"),
        RuleFault("CodeSystem", "concept", #"{"code":"x"}"#, "many", "CodeSystem.concept"),
        RuleFault("Organization", "contact", "[]", "empty array", "Organization.contact"),
        RuleFault("Goal", "identifier", "[{}]", "empty object", "Goal.identifier[0]"),
        RuleFault("Specimen", "collection", "{}", "empty object", "Specimen.collection"),
        RuleFault("Medication", "form", #""tablet""#, "object", "Medication.form"),
        RuleFault("Task", "for", #""Patient/p""#, "object", "Task.for"),
        RuleFault("ServiceRequest", "identifier", #"["x"]"#, "object", "ServiceRequest.identifier[0]"),
        RuleFault("Patient", "active", #""true""#, "boolean", "Patient.active"),
        RuleFault("Group", "quantity", #""3""#, "number", "Group.quantity"),
        RuleFault("Observation", "valueQuantity", #"{"value":"1.0"}"#, "number", "Observation.value.value"),
        RuleFault("Observation", "valueString", "5", "string", "Observation.value"),
        RuleFault("Slot", "comment", "true", "string", "Slot.comment"),
        RuleFault("Patient", "maritalStatus", "null", "object", "Patient.maritalStatus"),
        RuleFault("Patient", "name", #"[{"family":"x"},null]"#, "null", "Patient.name[1]"),
        RuleFault("Patient", "_gender", #"[{"id":"a"}]"#, "companion", "Patient.gender"),
        RuleFault("Patient", "_name", #"[{"id":"a"}]"#, "unknown", "Patient._name"),
        RuleFault("Patient", "name", #"[{"given":["a"],"_given":{"id":"b"}}]"#, "companion", "Patient.name[0].given"),
        RuleFault(
            "MedicationRequest", "medicationReference", #"{"reference":"Medication/m"}"#, "choice",
            "MedicationRequest.medication"),
        RuleFault("Immunization", "occurrenceString", #""x""#, "choice", "Immunization.occurrence"),
        RuleFault("Procedure", "performedTime", #""12:00:00""#, "unknown", "Procedure.performedTime"),
        RuleFault("Bundle", "entry", #"[{"resource":{"id":"a"}}]"#, "no resourceType", "Bundle.entry[0].resource"),
        RuleFault(
            "Bundle", "entry",
            #"[{"fullUrl":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520","resource":{"resourceType":"Persona"}}]"#,
            "resource type",
            "Bundle.entry[0].resource.resourceType"),
    ]

    /// Formats, codes, references (R4 datatypes.html, terminologies.html#strength, references.html).
    static let values: [RuleFault] = [
        RuleFault("Patient", "birthDate", #""2023-02-29""#, "format", "Patient.birthDate"),
        RuleFault("Patient", "birthDate", #""24-01-01""#, "format", "Patient.birthDate"),
        RuleFault("Encounter", "period", #"{"start":"2024-01-01T10:00"}"#, "format", "Encounter.period.start"),
        RuleFault("Observation", "effectiveInstant", #""2024-01-01T10:00:00""#, "format", "Observation.effective"),
        RuleFault("Observation", "valueTime", #""25:00:00""#, "format", "Observation.value"),
        RuleFault("Slot", "start", #""2024-01-01""#, "format", "Slot.start"),
        RuleFault("Condition", "recordedDate", #""yesterday""#, "format", "Condition.recordedDate"),
        RuleFault("Procedure", "id", #""a/b""#, "format", "Procedure.id"),
        RuleFault("Organization", "alias", #"["ok"," "]"#, "format", "Organization.alias[1]"),
        RuleFault("Organization", "name", #""""#, "format", "Organization.name"),
        RuleFault("Media", "content", #"{"contentType":"image/png","data":"a"}"#, "format", "Media.content.data"),
        RuleFault("Media", "height", "0", "format", "Media.height"),
        RuleFault("Media", "frames", "1.5", "format", "Media.frames"),
        RuleFault(
            "Subscription", "channel", #"{"type":"rest-hook","endpoint":"http://a b"}"#, "format",
            "Subscription.channel.endpoint"),
        RuleFault("MessageHeader", "eventUri", #""a b""#, "format", "MessageHeader.event"),
        RuleFault(
            "ValueSet", "compose", #"{"include":[{"system":" http://x"}]}"#, "format",
            "ValueSet.compose.include[0].system"),
        RuleFault("Bundle", "type", #""searchset","total":-1"#, "format", "Bundle.total"),
        RuleFault(
            "Questionnaire", "item", #"[{"linkId":"a","type":"string","maxLength":2147483648}]"#, "format",
            "Questionnaire.item[0].maxLength"),
        RuleFault("Invoice", "totalNet", #"{"value":1,"currency":"euro"}"#, "currency", "Invoice.totalNet.currency"),
        RuleFault("Patient", "language", #""english please""#, "language", "Patient.language"),
        RuleFault("Media", "content", #"{"contentType":"picture","data":"QUJD"}"#, "MIME", "Media.content.contentType"),
        RuleFault("Patient", "gender", #""m""#, "value set", "Patient.gender"),
        RuleFault("Encounter", "status", #""done""#, "value set", "Encounter.status"),
        RuleFault("Observation", "status", #""Final""#, "value set", "Observation.status"),
        RuleFault("Task", "status", #""open""#, "value set", "Task.status"),
        RuleFault(
            "Person", "link", #"[{"target":\#(patient),"assurance":"level9"}]"#, "value set",
            "Person.link[0].assurance"),
        RuleFault(
            "Patient", "telecom", #"[{"system":"telephone","value":"1"}]"#, "value set",
            "Patient.telecom[0].system"),
        RuleFault("Patient", "identifier", #"[{"use":"main","value":"1"}]"#, "value set", "Patient.identifier[0].use"),
        RuleFault(
            "Patient", "text", #"{"status":"made","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"}"#,
            "value set", "Patient.text.status"),
        RuleFault(
            "Observation", "valueQuantity", #"{"value":1,"comparator":"=>"}"#, "value set",
            "Observation.value.comparator"),
        RuleFault("Condition", "clinicalStatus", #"{"text":"active"}"#, "value set", "Condition.clinicalStatus"),
        RuleFault("SearchParameter", "base", #"["Pazient"]"#, "value set", "SearchParameter.base[0]"),
        RuleFault(
            "Observation", "subject", #"{"reference":"Practitioner/p"}"#, "target", "Observation.subject.reference"),
        RuleFault(
            "Encounter", "serviceProvider", #"{"reference":"Patient/p"}"#, "target",
            "Encounter.serviceProvider.reference"),
        RuleFault(
            "Slot", "schedule", #"{"reference":"https://example.org/fhir/Slot/s"}"#, "target",
            "Slot.schedule.reference"),
        RuleFault("Coverage", "beneficiary", #"{"type":"Group","display":"x"}"#, "target", "Coverage.beneficiary.type"),
        RuleFault("Condition", "asserter", #"{"reference":"Doctor/d"}"#, "no type", "Condition.asserter.reference"),
        RuleFault("Procedure", "subject", #"{"reference":"Smith"}"#, "literal", "Procedure.subject.reference"),
        RuleFault(
            "Patient", "managingOrganization", #"{"reference":"Organization/"}"#, "literal",
            "Patient.managingOrganization.reference"),
        RuleFault("Task", "focus", ##"{"reference":"#nothing"}"##, "ref-1", "Task.focus.reference"),
    ]
}
