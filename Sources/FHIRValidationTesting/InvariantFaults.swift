extension RuleFault {
    private static let patient = #"{"reference":"Patient/p"}"#
    private static let div = #"<div xmlns=\"http://www.w3.org/1999/xhtml\">"#

    private static let bare = #""resource":{"resourceType":"Patient"}"#
    private static let identity = #""fullUrl":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520""#

    private static func timing(_ text: String, _ rule: String) -> RuleFault {
        RuleFault(
            "ServiceRequest", "occurrenceTiming", #"{"repeat":\#(text)}"#, rule, "ServiceRequest.occurrence.repeat")
    }

    private static func question(_ text: String, _ rule: String) -> RuleFault {
        RuleFault("Questionnaire", "item", #"[{"linkId":"a",\#(text)}]"#, rule, "Questionnaire.item[0]")
    }

    /// Invariants of data types and of every resource.
    static let general: [RuleFault] = [
        RuleFault("Patient", "contained", #"[{"resourceType":"Patient","id":"a"}]"#, "dom-3", "Patient.contained[0]"),
        RuleFault(
            "Patient", "contained",
            ##"[{"resourceType":"Basic","id":"a","code":{"text":"x"},"meta":{"versionId":"1"},"##
                + ##""subject":{"reference":"#"}}]"##,
            "dom-4", "Patient.contained[0].meta.versionId"),
        RuleFault(
            "Patient", "contained",
            ##"[{"resourceType":"Basic","id":"a","code":{"text":"x"},"meta":{"security":[{"code":"R"}]},"##
                + ##""subject":{"reference":"#"}}]"##,
            "dom-5", "Patient.contained[0].meta.security"),
        RuleFault(
            "Patient", "contained",
            ##"[{"resourceType":"Basic","id":"a","code":{"text":"x"},"subject":{"reference":"#"},"##
                + ##""contained":[{"resourceType":"Patient","id":"b"}]}]"##,
            "dom-2", "Patient.contained[0].contained[0]"),
        RuleFault("Patient", "extension", #"[{"url":"http://example.org/x"}]"#, "ext-1", "Patient.extension[0]"),
        RuleFault(
            "Patient", "extension",
            #"[{"url":"http://example.org/x","valueCode":"a","extension":[{"url":"y","valueCode":"b"}]}]"#, "ext-1",
            "Patient.extension[0].value"),
        RuleFault("Patient", "extension", #"[{"valueCode":"a"}]"#, "missing", "Patient.extension[0].url"),
        RuleFault(
            "Patient", "modifierExtension", #"[{"url":"http://example.org/x","id":"a"}]"#, "ext-1",
            "Patient.modifierExtension[0]"),
        RuleFault(
            "Patient", "_birthDate", #"{"extension":[{"url":"http://example.org/x"}]}"#, "ext-1",
            "Patient.birthDate.extension[0]"),
        RuleFault(
            "Patient", "extension", #"[{"url":"http://example.org/x","valueCode":"a","note":"b"}]"#, "unknown",
            "Patient.extension[0].note"),
        RuleFault(
            "Patient", "text", #"{"status":"generated","div":"\#(div)<script>x</script></div>"}"#, "txt-1",
            "Patient.text.div"),
        RuleFault(
            "Patient", "text", #"{"status":"generated","div":"\#(div)<p onclick=\"x\">x</p></div>"}"#, "txt-1",
            "Patient.text.div"),
        RuleFault("Patient", "text", #"{"status":"generated","div":"\#(div)<b>x</div>"}"#, "txt-1", "Patient.text.div"),
        RuleFault("Patient", "text", #"{"status":"generated","div":"\#(div) </div>"}"#, "txt-2", "Patient.text.div"),
        RuleFault("Patient", "text", #"{"status":"generated","div":"x"}"#, "format", "Patient.text.div"),
        RuleFault("Patient", "birthDate", #""2000","_birthDate":{}"#, "empty object", "Patient.birthDate"),
        RuleFault("Patient", "name", #"[{"id":"a"}]"#, "ele-1", "Patient.name[0]"),
        RuleFault("Patient", "photo", #"[{"data":"QUJD"}]"#, "att-1", "Patient.photo[0]"),
        RuleFault("Patient", "telecom", #"[{"value":"1"}]"#, "cpt-2", "Patient.telecom[0]"),
        RuleFault("Encounter", "period", #"{"start":"2024-02","end":"2024-01"}"#, "per-1", "Encounter.period"),
        RuleFault("Observation", "valueQuantity", #"{"value":1,"code":"mg"}"#, "qty-3", "Observation.value"),
        RuleFault(
            "Observation", "valueRange", #"{"low":{"value":2},"high":{"value":1}}"#, "rng-2", "Observation.value"),
        RuleFault("Observation", "valueRatio", #"{"numerator":{"value":2}}"#, "rat-1", "Observation.value"),
        RuleFault(
            "Observation", "valueRange", #"{"low":{"value":2,"comparator":"<"}}"#, "sqt-1",
            "Observation.value.low.comparator"),
        RuleFault("Condition", "onsetAge", #"{"value":2,"unit":"years"}"#, "age-1", "Condition.onset"),
        RuleFault(
            "Encounter", "length", #"{"value":2,"code":"h","system":"http://example.org"}"#, "drt-1",
            "Encounter.length"),
        RuleFault(
            "PlanDefinition", "action",
            #"[{"condition":[{"kind":"start","expression":{"language":"text/cql"}}]}]"#, "exp-1",
            "PlanDefinition.action[0].condition[0].expression"),
        RuleFault(
            "PlanDefinition", "action", #"[{"trigger":[{"type":"named-event"}]}]"#, "trd-3",
            "PlanDefinition.action[0].trigger[0]"),
        RuleFault(
            "PlanDefinition", "action",
            #"[{"trigger":[{"type":"named-event","name":"x","condition":{"language":"text/cql","expression":"x"}}]}]"#,
            "trd-2", "PlanDefinition.action[0].trigger[0]"),
        RuleFault(
            "PlanDefinition", "action", #"[{"input":[{"type":"Patient","codeFilter":[{"valueSet":"http://x.org"}]}]}]"#,
            "drq-1", "PlanDefinition.action[0].input[0].codeFilter[0]"),
        RuleFault(
            "PlanDefinition", "action", #"[{"input":[{"type":"Patient","dateFilter":[{"valueDateTime":"2024"}]}]}]"#,
            "drq-2", "PlanDefinition.action[0].input[0].dateFilter[0]"),
        timing(#"{"duration":1}"#, "tim-1"),
        timing(#"{"period":1}"#, "tim-2"),
        timing(#"{"duration":-1,"durationUnit":"h"}"#, "tim-4"),
        timing(#"{"period":-1,"periodUnit":"h"}"#, "tim-5"),
        timing(#"{"periodMax":1}"#, "tim-6"),
        timing(#"{"durationMax":1}"#, "tim-7"),
        timing(#"{"countMax":1}"#, "tim-8"),
        timing(#"{"offset":1,"when":["C"]}"#, "tim-9"),
        timing(#"{"timeOfDay":["08:00:00"],"when":["AC"]}"#, "tim-10"),
    ]

    /// Invariants of resources.
    static let resources: [RuleFault] = [
        RuleFault("AllergyIntolerance", "clinicalStatus", nil, "ait-1", "AllergyIntolerance"),
        RuleFault("Appointment", "start", #""2024-01-01T08:00:00Z""#, "app-2", "Appointment"),
        RuleFault("Appointment", "status", #""booked""#, "app-3", "Appointment"),
        RuleFault("Appointment", "cancelationReason", #"{"text":"x"}"#, "app-4", "Appointment"),
        RuleFault("Appointment", "participant", #"[{"status":"accepted"}]"#, "app-1", "Appointment.participant[0]"),
        RuleFault("AppointmentResponse", "actor", nil, "apr-1", "AppointmentResponse"),
        RuleFault("AuditEvent", "entity", #"[{"name":"x","query":"QUJD"}]"#, "sev-1", "AuditEvent.entity[0]"),
        RuleFault("Bundle", "total", "1", "bdl-1", "Bundle"),
        RuleFault(
            "Bundle", "entry", #"[{\#(identity),\#(bare),"search":{"mode":"match"}}]"#, "bdl-2",
            "Bundle"),
        RuleFault("Bundle", "type", #""batch","entry":[{"resource":{"resourceType":"Patient"}}]"#, "bdl-3", "Bundle"),
        RuleFault(
            "Bundle", "type", #""batch-response","entry":[{"resource":{"resourceType":"Patient"}}]"#, "bdl-4",
            "Bundle"),
        RuleFault(
            "Bundle", "entry", #"[{"fullUrl":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}]"#, "bdl-5",
            "Bundle.entry[0]"),
        RuleFault(
            "Bundle", "entry",
            #"[{"fullUrl":"http://x.org/Patient/a/_history/1","resource":{"resourceType":"Patient","id":"a"}}]"#,
            "bdl-8",
            "Bundle.entry[0]"),
        RuleFault(
            "Bundle", "entry",
            #"[{"fullUrl":"http://x.org/Patient/a","resource":{"resourceType":"Patient","id":"a"}},"#
                + #"{"fullUrl":"http://x.org/Patient/a","resource":{"resourceType":"Patient","id":"a"}}]"#,
            "bdl-7", "Bundle"),
        RuleFault(
            "Bundle", "type", #""message","entry":[{\#(identity),\#(bare)}]"#, "bdl-12", "Bundle"),
        RuleFault("CapabilityStatement", "description", nil, "cpb-2", "CapabilityStatement"),
        RuleFault("CapabilityStatement", "rest", nil, "cpb-1", "CapabilityStatement"),
        RuleFault("CapabilityStatement", "kind", #""instance""#, "cpb-14", "CapabilityStatement"),
        RuleFault(
            "CapabilityStatement", "rest",
            #"[{"mode":"server","resource":[{"type":"Patient"},{"type":"Patient"}]}]"#, "cpb-9",
            "CapabilityStatement.rest[0]"),
        RuleFault(
            "CarePlan", "activity", #"[{"reference":{"reference":"Task/t"},"detail":{"status":"scheduled"}}]"#,
            "cpl-3", "CarePlan.activity[0]"),
        RuleFault("CodeSystem", "concept", #"[{"code":"a"},{"code":"a"}]"#, "csd-1", "CodeSystem"),
        RuleFault("Composition", "section", #"[{"title":"x"}]"#, "cmp-1", "Composition.section[0]"),
        RuleFault(
            "Composition", "section", #"[{"entry":[\#(patient)],"emptyReason":{"text":"x"}}]"#, "cmp-2",
            "Composition.section[0]"),
        RuleFault(
            "ConceptMap", "group",
            #"[{"element":[{"code":"a","target":[{"code":"b","equivalence":"narrower"}]}]}]"#, "cmd-1",
            "ConceptMap.group[0].element[0].target[0]"),
        RuleFault(
            "ConceptMap", "group", #"[{"element":[{"code":"a"}],"unmapped":{"mode":"fixed"}}]"#, "cmd-2",
            "ConceptMap.group[0].unmapped"),
        RuleFault(
            "ConceptMap", "group", #"[{"element":[{"code":"a"}],"unmapped":{"mode":"other-map"}}]"#, "cmd-3",
            "ConceptMap.group[0].unmapped"),
        RuleFault("Condition", "stage", #"[{"type":{"text":"x"}}]"#, "con-1", "Condition.stage[0]"),
        RuleFault("Condition", "abatementDateTime", #""2024""#, "con-4", "Condition"),
        RuleFault("Consent", "policyRule", nil, "ppc-1", "Consent"),
        RuleFault("FamilyMemberHistory", "ageString", #""40","bornString":"1980""#, "fhs-1", "FamilyMemberHistory"),
        RuleFault("FamilyMemberHistory", "estimatedAge", "true", "fhs-2", "FamilyMemberHistory"),
        RuleFault("Goal", "target", #"[{"detailString":"x"}]"#, "gol-1", "Goal.target[0]"),
        RuleFault("Group", "actual", #"false,"member":[{"entity":\#(patient)}]"#, "grp-1", "Group"),
        RuleFault("Immunization", "education", #"[{"publicationDate":"2024"}]"#, "imm-1", "Immunization.education[0]"),
        RuleFault("Linkage", "item", #"[{"type":"source","resource":\#(patient)}]"#, "lnk-1", "Linkage"),
        RuleFault("List", "entry", #"[{"item":\#(patient)}],"emptyReason":{"text":"x"}"#, "lst-1", "List"),
        RuleFault("List", "entry", #"[{"item":\#(patient),"deleted":true}]"#, "lst-2", "List"),
        RuleFault("List", "mode", #""snapshot","entry":[{"item":\#(patient),"date":"2024"}]"#, "lst-3", "List"),
        RuleFault("MedicationAdministration", "dosage", #"{"text":"x"}"#, "mad-1", "MedicationAdministration.dosage"),
        RuleFault(
            "MedicationDispense", "whenPrepared", #""2024-02","whenHandedOver":"2024-01""#, "mdd-1",
            "MedicationDispense"),
        RuleFault(
            "NamingSystem", "uniqueId",
            #"[{"type":"uuid","value":"c757873d-ec9a-4326-a141-556f43239520"}]"#, "nsd-1",
            "NamingSystem"),
        RuleFault("Observation", "valueString", #""x","dataAbsentReason":{"text":"x"}"#, "obs-6", "Observation"),
        RuleFault(
            "Observation", "referenceRange", #"[{"age":{"low":{"value":1}}}]"#, "obs-3",
            "Observation.referenceRange[0]"),
        RuleFault(
            "Observation", "code",
            #"{"coding":[{"system":"http://x.org","code":"a"}]},"valueString":"x","#
                + #""component":[{"code":{"coding":[{"system":"http://x.org","code":"a"}]}}]"#,
            "obs-7", "Observation"),
        RuleFault(
            "OperationDefinition", "parameter", #"[{"name":"x","use":"in","min":0,"max":"1"}]"#, "opd-1",
            "OperationDefinition.parameter[0]"),
        RuleFault("Organization", "name", nil, "org-1", "Organization"),
        RuleFault("Organization", "address", #"[{"use":"home","city":"x"}]"#, "org-2", "Organization.address[0]"),
        RuleFault(
            "Organization", "telecom", #"[{"use":"home","system":"phone","value":"1"}]"#, "org-3",
            "Organization.telecom[0]"),
        RuleFault("Parameters", "parameter", #"[{"name":"x"}]"#, "inv-1", "Parameters.parameter[0]"),
        RuleFault("Patient", "contact", #"[{"gender":"male"}]"#, "pat-1", "Patient.contact[0]"),
        question(#""type":"group""#, "que-1"),
        question(#""type":"display","required":true"#, "que-6"),
        question(#""type":"display","code":[{"code":"x"}]"#, "que-3"),
        question(#""type":"boolean","answerOption":[{"valueString":"x"}]"#, "que-5"),
        question(#""type":"date","maxLength":5"#, "que-10"),
        question(#""type":"string","repeats":false,"initial":[{"valueString":"x"},{"valueString":"y"}]"#, "que-13"),
        RuleFault(
            "Questionnaire", "item", #"[{"linkId":"a","type":"string"},{"linkId":"a","type":"string"}]"#, "que-2",
            "Questionnaire"),
        RuleFault(
            "QuestionnaireResponse", "item", #"[{"linkId":"a","answer":[{"valueCode":"x"}]}]"#,
            "unknown", "QuestionnaireResponse.item[0].answer[0].valueCode"),
        RuleFault("RequestGroup", "action", #"[{"title":"x"}]"#, "rqg-1", "RequestGroup.action[0]"),
        RuleFault(
            "RiskAssessment", "prediction", #"[{"probabilityDecimal":101}]"#, "ras-2", "RiskAssessment.prediction[0]"),
        RuleFault("SearchParameter", "xpath", #""f:x""#, "spd-1", "SearchParameter"),
        RuleFault("SearchParameter", "chain", #"["name"]"#, "spd-2", "SearchParameter"),
        RuleFault("ServiceRequest", "orderDetail", #"[{"text":"x"}]"#, "prr-1", "ServiceRequest"),
        RuleFault("StructureDefinition", "baseDefinition", nil, "sdf-4", "StructureDefinition"),
        RuleFault("StructureDefinition", "differential", nil, "sdf-6", "StructureDefinition"),
        RuleFault("ValueSet", "compose", #"{"include":[{"version":"1"}]}"#, "vsd-1", "ValueSet.compose.include[0]"),
        RuleFault(
            "ValueSet", "compose",
            #"{"include":[{"system":"http://x.org","concept":[{"code":"a"}],"#
                + #""filter":[{"property":"x","op":"=","value":"y"}]}]}"#,
            "vsd-3", "ValueSet.compose.include[0]"),
    ]
}
