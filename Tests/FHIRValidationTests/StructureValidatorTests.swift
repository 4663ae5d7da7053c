import FHIRDefinitions
import FHIRPath
import FHIRValidation
import JSONTape
import Testing

/// Faults of structure, each in a resource that is right otherwise.
@Suite struct StructureValidatorTests {
    private static let validator = ResourceValidator(definitions: .r4, engine: FHIRPathEngine())

    /// Parses without FHIR's limits, so that what the parser would refuse first reaches the validator.
    private static func issues(_ text: String, _ type: String) throws -> [ValidationIssue] {
        let node = JSONNode(try Document.parse(text))
        let type = try #require(FHIRDefinitions.r4.resourceType(named: type))
        return validator.issues(in: node, type: type, options: ValidationOptions(includesWarnings: false))
    }

    /// Members put into a minimal resource of the type, and where the fault is.
    struct Fault: Sendable, CustomTestStringConvertible {
        var type: String
        var members: String
        var code: ValidationIssue.Code
        var expression: String

        init(_ type: String, _ members: String, _ code: ValidationIssue.Code, _ expression: String) {
            self.type = type
            self.members = members
            self.code = code
            self.expression = expression
        }

        var text: String {
            let rest = members.isEmpty ? "" : "," + members
            switch type {
            case "Observation":
                return #"{"resourceType":"Observation","status":"final","code":{"text":"x"}"# + rest + "}"
            case "Bundle": return #"{"resourceType":"Bundle","type":"searchset""# + rest + "}"
            default: return #"{"resourceType":"\#(type)""# + rest + "}"
            }
        }

        var testDescription: String { "\(type) \(members)" }
    }

    /// What makes a primitive without a value an element.
    static let extended = #"{"extension":[{"url":"http://example.org/x","valueCode":"b"}]}"#

    /// Members of a resource that contains this one, which has the id `a`, and refers to it.
    static func containing(_ resource: String) -> String {
        ##""contained":[\##(resource)],"link":[{"other":{"reference":"#a"},"type":"seealso"}]"##
    }

    /// JSON allows it (RFC 8259 §7), and many libraries do so.
    @Test func slashesMayBeEscaped() throws {
        let system = #"http:\/\/terminology.hl7.org\/CodeSystem\/condition-clinical"#
        func condition(_ code: String, _ subject: String) -> String {
            #"{"resourceType":"Condition","subject":{"reference":"\#(subject)\/a"},"clinicalStatus":{"coding":"#
                + #"[{"system":"\#(system)","code":"\#(code)"}]}}"#
        }
        #expect(try Self.issues(condition("active", "Patient"), "Condition").isEmpty)
        #expect(
            try Self.issues(condition("lively", "Patient"), "Condition").map(\.expression)
                == ["Condition.clinicalStatus"])
        #expect(
            try Self.issues(condition("active", "Device"), "Condition").map(\.expression)
                == ["Condition.subject.reference"])
    }

    @Test(arguments: structureFaults + primitiveFaults + nestedFaults)
    func isRefusedAtItsPlace(_ fault: Fault) throws {
        let issues = try Self.issues(fault.text, fault.type)
        #expect(issues.map(\.expression) == [fault.expression])
        #expect(issues.first?.code == fault.code)
        #expect(issues.first?.severity == .error)
    }

    static let structureFaults: [Fault] = [
        Fault("Patient", #""nickname":"x""#, .structure, "Patient.nickname"),
        Fault("Patient", #""not a word":"x""#, .structure, "Patient"),
        Fault("Patient", #""name":[{"resourceType":"HumanName"}]"#, .structure, "Patient.name[0].resourceType"),
        Fault("Patient", #""_name":[{"id":"a"}]"#, .structure, "Patient._name"),
        Fault("Patient", #""_resourceType":{"id":"a"}"#, .structure, "Patient._resourceType"),
        Fault("Patient", #""name":{"family":"x"}"#, .structure, "Patient.name"),
        Fault("Patient", #""name":"x""#, .structure, "Patient.name"),
        Fault("Patient", #""name":["x"]"#, .structure, "Patient.name[0]"),
        Fault("Patient", #""name":[{"family":"x"},null]"#, .structure, "Patient.name[1]"),
        Fault("Patient", #""name":[[{"family":"x"}]]"#, .structure, "Patient.name[0]"),
        Fault("Patient", #""name":[]"#, .structure, "Patient.name"),
        Fault("Patient", #""name":[{}]"#, .structure, "Patient.name[0]"),
        Fault("Patient", #""birthDate":["2000"]"#, .structure, "Patient.birthDate"),
        Fault("Patient", #""maritalStatus":[{"text":"x"}]"#, .structure, "Patient.maritalStatus"),
        Fault("Patient", #""maritalStatus":"M""#, .structure, "Patient.maritalStatus"),
        Fault("Patient", #""maritalStatus":null"#, .structure, "Patient.maritalStatus"),
        Fault("Patient", #""active":"true""#, .structure, "Patient.active"),
        Fault("Patient", #""active":1"#, .structure, "Patient.active"),
        Fault("Patient", #""birthDate":2000"#, .structure, "Patient.birthDate"),
        Fault("Patient", #""gender":true"#, .structure, "Patient.gender"),
        Fault("Patient", #""gender":{"value":"male"}"#, .structure, "Patient.gender"),
        Fault("Patient", #""multipleBirthInteger":"2""#, .structure, "Patient.multipleBirth"),
        Fault("Patient", #""deceasedBoolean":false,"deceasedDateTime":"2000""#, .structure, "Patient.deceased"),
        Fault("Patient", #""deceased":true"#, .structure, "Patient.deceased"),
        Fault("Patient", #""deceasedString":"yes""#, .structure, "Patient.deceasedString"),
        Fault("Observation", #""valueString":"x","valueInteger":1"#, .structure, "Observation.value"),
        Fault(
            "Observation",
            #""valueString":"x","_valueDateTime":\#(extended)"#,
            .structure, "Observation.value"),
        Fault("Observation", #""valueDecimal":1"#, .structure, "Observation.valueDecimal"),
        Fault("Observation", #""valueQuantity":{"value":"1"}"#, .structure, "Observation.value.value"),
        Fault("Patient", #""_birthDate":"x""#, .structure, "Patient.birthDate"),
        Fault("Patient", #""_birthDate":[{"id":"a"}]"#, .structure, "Patient.birthDate"),
        Fault("Patient", #""_birthDate":{"url":"x"}"#, .structure, "Patient.birthDate.url"),
        Fault("Patient", #""name":[{"given":["a",null]}]"#, .structure, "Patient.name[0].given[1]"),
        Fault("Patient", #""name":[{"given":["a"],"_given":[null,null]}]"#, .structure, "Patient.name[0].given[1]"),
        Fault("Patient", #""name":[{"given":["a"],"_given":{"id":"b"}}]"#, .structure, "Patient.name[0].given"),
        Fault("Patient", #""name":[{"given":["a"],"_given":["b"]}]"#, .structure, "Patient.name[0].given[0]"),
        Fault("Patient", #""link":[{"type":"seealso"}]"#, .required, "Patient.link[0].other"),
        Fault("Patient", #""communication":[{"preferred":true}]"#, .required, "Patient.communication[0].language"),
        Fault("Patient", #""text":{"status":"empty"}"#, .required, "Patient.text.div"),
        Fault(
            "Slot", #""status":"free","start":"2024-01-01T00:00:00Z","end":"2024-01-01T00:00:00Z""#, .required,
            "Slot.schedule"),
        Fault("Schedule", "", .required, "Schedule.actor"),
        Fault("Appointment", #""status":"proposed""#, .required, "Appointment.participant"),
        Fault("Patient", #""extension":[{"valueString":"x"}]"#, .required, "Patient.extension[0].url"),
    ]

    static let primitiveFaults: [Fault] = [
        Fault("Patient", #""birthDate":"2023-02-29""#, .value, "Patient.birthDate"),
        Fault("Patient", #""birthDate":"1900-02-29""#, .value, "Patient.birthDate"),
        Fault("Patient", #""birthDate":"2023-04-31""#, .value, "Patient.birthDate"),
        Fault("Patient", #""birthDate":"2023-13""#, .value, "Patient.birthDate"),
        Fault("Patient", #""birthDate":"2023-1-1""#, .value, "Patient.birthDate"),
        Fault("Patient", #""birthDate":"0000""#, .value, "Patient.birthDate"),
        Fault("Patient", #""birthDate":"2023-01-01T00:00:00Z""#, .value, "Patient.birthDate"),
        Fault("Patient", #""birthDate":" 2023""#, .value, "Patient.birthDate"),
        Fault("Patient", #""deceasedDateTime":"2023-01-01T00:00:00""#, .value, "Patient.deceased"),
        Fault("Patient", #""deceasedDateTime":"2023-01-01T00:00Z""#, .value, "Patient.deceased"),
        Fault("Patient", #""deceasedDateTime":"2023-01-01T24:00:00Z""#, .value, "Patient.deceased"),
        Fault("Patient", #""deceasedDateTime":"2023-01-01T00:00:61Z""#, .value, "Patient.deceased"),
        Fault("Patient", #""deceasedDateTime":"2023-01-01T00:00:00.Z""#, .value, "Patient.deceased"),
        Fault("Patient", #""deceasedDateTime":"2023-01-01T00:00:00+14:01""#, .value, "Patient.deceased"),
        Fault("Patient", #""deceasedDateTime":"2023-01-01 00:00:00Z""#, .value, "Patient.deceased"),
        Fault("Patient", #""deceasedDateTime":"2023-01T00:00:00Z""#, .value, "Patient.deceased"),
        Fault("Observation", #""issued":"2023-01-01""#, .value, "Observation.issued"),
        Fault("Observation", #""valueTime":"12:00""#, .value, "Observation.value"),
        Fault("Observation", #""valueTime":"24:00:00""#, .value, "Observation.value"),
        Fault("Observation", #""valueTime":"12:00:00Z""#, .value, "Observation.value"),
        Fault("Observation", #""valueInteger":1.5"#, .value, "Observation.value"),
        Fault("Observation", #""valueInteger":1e2"#, .value, "Observation.value"),
        Fault("Observation", #""valueInteger":2147483648"#, .value, "Observation.value"),
        Fault("Patient", #""telecom":[{"rank":0}]"#, .value, "Patient.telecom[0].rank"),
        Fault("Bundle", #""total":-1"#, .value, "Bundle.total"),
        Fault("Patient", #""id":"a b""#, .value, "Patient.id"),
        Fault("Patient", #""id":"a_b""#, .value, "Patient.id"),
        Fault("Patient", #""id":"\#(String(repeating: "a", count: 65))""#, .value, "Patient.id"),
        Fault("Patient", #""gender":"male ""#, .value, "Patient.gender"),
        Fault("Patient", #""gender":" male""#, .value, "Patient.gender"),
        Fault("Patient", #""gender":"ma  le""#, .value, "Patient.gender"),
        Fault("Patient", #""gender":"ma\tle""#, .value, "Patient.gender"),
        Fault("Patient", #""implicitRules":"a b""#, .value, "Patient.implicitRules"),
        Fault("Patient", #""meta":{"profile":["a b"]}"#, .value, "Patient.meta.profile[0]"),
        Fault("Patient", #""name":[{"family":"  "}]"#, .value, "Patient.name[0].family"),
        Fault("Patient", #""name":[{"family":""}]"#, .value, "Patient.name[0].family"),
        Fault("Patient", #""name":[{"family":"\n"}]"#, .value, "Patient.name[0].family"),
        Fault("Patient", #""name":[{"family":"a\u0001"}]"#, .value, "Patient.name[0].family"),
        Fault("Patient", #""name":[{"family":"a\b"}]"#, .value, "Patient.name[0].family"),
        Fault("Patient", #""name":[{"given":["a","b"," "]}]"#, .value, "Patient.name[0].given[2]"),
        Fault("Patient", #""photo":[{"contentType":"image/png","data":"abc"}]"#, .value, "Patient.photo[0].data"),
        Fault("Patient", #""photo":[{"contentType":"image/png","data":"ab=c"}]"#, .value, "Patient.photo[0].data"),
        Fault("Patient", #""photo":[{"contentType":"image/png","data":"ab!="}]"#, .value, "Patient.photo[0].data"),
        Fault("Patient", #""text":{"status":"empty","div":"hello"}"#, .value, "Patient.text.div"),
        Fault("Patient", #""extension":[{"url":"x","valueOid":"urn:oid:3.1"}]"#, .value, "Patient.extension[0].value"),
        Fault("Patient", #""extension":[{"url":"x","valueOid":"urn:oid:1.01"}]"#, .value, "Patient.extension[0].value"),
        Fault(
            "Patient", #""extension":[{"url":"x","valueUuid":"urn:uuid:C757873D-EC9A-4326-A141-556F43239520"}]"#,
            .value, "Patient.extension[0].value"),
        Fault("Patient", #""extension":[{"url":"x","valuePositiveInt":0}]"#, .value, "Patient.extension[0].value"),
    ]

    static let nestedFaults: [Fault] = [
        Fault("Patient", #""extension":[{"url":"x"}]"#, .invariant, "Patient.extension[0]"),
        Fault(
            "Patient", #""extension":[{"url":"x","valueCode":"a","extension":[{"url":"y","valueCode":"b"}]}]"#,
            .invariant, "Patient.extension[0].value"),
        Fault(
            "Patient", #""extension":[{"url":"x","valueCode":"a","valueString":"b"}]"#, .structure,
            "Patient.extension[0].value"),
        Fault(
            "Patient", #""extension":[{"url":"x","valueNarrative":{"status":"empty"}}]"#, .structure,
            "Patient.extension[0].valueNarrative"),
        Fault(
            "Patient", #""generalPractitioner":[{"reference":"Smith"}]"#, .value,
            "Patient.generalPractitioner[0].reference"),
        Fault(
            "Patient", #""generalPractitioner":[{"reference":"practitioner/1"}]"#, .value,
            "Patient.generalPractitioner[0].reference"),
        Fault(
            "Patient", #""generalPractitioner":[{"reference":"Practitioner/a_b"}]"#, .value,
            "Patient.generalPractitioner[0].reference"),
        Fault(
            "Patient", #""generalPractitioner":[{"reference":"Practitioner/"}]"#, .value,
            "Patient.generalPractitioner[0].reference"),
        Fault(
            "Patient", #""generalPractitioner":[{"reference":"a b"}]"#, .value,
            "Patient.generalPractitioner[0].reference"),
        Fault(
            "Patient", containing(#"{"id":"a"}"#), .structure,
            "Patient.contained[0]"),
        Fault(
            "Patient", containing(#"{"id":"a","resourceType":"Human"}"#),
            .structure, "Patient.contained[0].resourceType"),
        Fault(
            "Patient",
            containing(#"{"id":"a","resourceType":"DomainResource"}"#),
            .structure,
            "Patient.contained[0].resourceType"),
        Fault(
            "Patient", containing(#"{"id":"a","resourceType":1}"#),
            .structure, "Patient.contained[0].resourceType"),
        Fault(
            "Patient",
            containing(#"{"id":"a","resourceType":"Patient","contained":[{"resourceType":"Patient"}]}"#),
            .structure, "Patient.contained[0].contained[0]"),
        Fault(
            "Patient",
            containing(#"{"id":"a","resourceType":"Patient","birthDate":"x"}"#),
            .value,
            "Patient.contained[0].birthDate"),
        Fault("Patient", #""contained":[{"id":"a","resourceType":"Patient"}]"#, .invariant, "Patient.contained[0]"),
        Fault("Patient", #""contained":[{"resourceType":"Patient"}]"#, .invariant, "Patient.contained[0]"),
        Fault(
            "Patient",
            ##""contained":[{"id":"a","resourceType":"Patient"},{"id":"b","resourceType":"Organization","name":"x"}],"##
                + ##""managingOrganization":{"reference":"#b"}"##,
            .invariant, "Patient.contained[0]"),
        Fault(
            "Bundle",
            #""entry":[{"resource":{"resourceType":"Patient","contained":[{"resourceType":"Patient"}]}}]"#,
            .invariant, "Bundle.entry[0].resource.contained[0]"),
        Fault(
            "Bundle", #""entry":[{"resource":{"resourceType":"Observation","status":"final"}}]"#, .required,
            "Bundle.entry[0].resource.code"),
        Fault(
            "Bundle",
            #""entry":[{"fullUrl":"urn:x","resource":{"resourceType":"Basic","code":{"text":"x"}}},"#
                + #"{"resource":{"resourceType":"Patient","a":1}}]"#,
            .structure,
            "Bundle.entry[1].resource.a"),
        Fault("Bundle", #""entry":[{"resource":[]}]"#, .structure, "Bundle.entry[0].resource"),
        Fault(
            "Parameters", #""parameter":[{"name":"a","part":[{"valueCode":"b"}]}]"#, .required,
            "Parameters.parameter[0].part[0].name"),
        Fault(
            "Questionnaire", #""status":"draft","item":[{"linkId":"1","type":"group","item":[{"linkId":"2"}]}]"#,
            .required, "Questionnaire.item[0].item[0].type"),
    ]

    @Test(arguments: [
        ("Patient", #""birthDate":"2000-02-29""#), ("Patient", #""birthDate":"9999""#),
        ("Patient", #""deceasedDateTime":"2016-12-31T23:59:60.5+14:00""#),
        ("Patient", #""_birthDate":{"extension":[{"url":"x","valueCode":"unknown"}]}"#),
        (
            "Patient",
            #""name":[{"given":["a",null],"_given":[null,\#(extended)]}]"#
        ),
        ("Patient", #""name":[{"_given":[\#(extended)]}]"#),
        ("Patient", #""name":[{"given":["a","b"],"_given":[{"id":"b"}]}]"#),
        ("Patient", #""deceasedDateTime":"2000","_deceasedDateTime":{"id":"a"}"#),
        ("Patient", #""extension":[{"url":"x","_valueCode":{"extension":[{"url":"y","valueCode":"z"}]}}]"#),
        ("Patient", #""text":{"status":"empty","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>"}"#),
        (
            "Patient",
            ##""contained":[{"resourceType":"Practitioner","id":"a"}],"##
                + ##""generalPractitioner":[{"reference":"#a"},{"reference":"Practitioner/1/_history/2"}]"##
        ),
        ("Patient", #""generalPractitioner":[{"reference":"urn:uuid:1"},{"reference":"https://a/b"}]"#),
        ("Patient", #""generalPractitioner":[{"reference":"Practitioner?identifier=a|b"}]"#),
        ("Patient", #""photo":[{"contentType":"image/png","data":"YWJj\n ZGVm ZGU="}],"gender":"male""#),
        ("Patient", #""implicitRules":"http:\/\/a\/b""#),
        ("Observation", #""valueInteger":-2147483648"#), ("Observation", #""valueQuantity":{"value":1.00e-3}"#),
        (
            "Observation",
            #""_status":\#(extended),"issued":"2024-01-01T00:00:00.000Z""#
        ),
        (
            "Bundle",
            #""entry":[{"resource":{"resourceType":"Patient","# + containing(#"{"id":"a","resourceType":"Patient"}"#)
                + "}}]"
        ),
        ("Patient", ##""contained":[{"resourceType":"Patient","link":[{"other":{"reference":"#"},"type":"refer"}]}]"##),
    ])
    func isAccepted(_ type: String, _ members: String) throws {
        #expect(try Self.issues(Fault(type, members, .value, "").text, type) == [])
    }

    @Test(arguments: [
        (#"[]"#, ValidationIssue.Code.structure, "Patient"), (#""x""#, .structure, "Patient"),
        (#"{"id":"a"}"#, .structure, "Patient"),
        (#"{"resourceType":"Observation"}"#, .invalid, "Patient.resourceType"),
        (#"{"resourceType":"Resource"}"#, .structure, "Patient.resourceType"),
    ])
    func rootIsAResourceOfItsType(_ text: String, _ code: ValidationIssue.Code, _ expression: String) throws {
        let issues = try Self.issues(text, "Patient")
        #expect(issues.map(\.code) == [code])
        #expect(issues.map(\.expression) == [expression])
    }

    @Test func presenceIsJudgedByTheCompanionToo() throws {
        let text =
            #"{"resourceType":"Observation","_status":\#(Self.extended),"code":{"text":"x"}}"#
        #expect(try Self.issues(text, "Observation") == [])
    }

    @Test func allIssuesAreGatheredInTheirPlaces() throws {
        let text = """
            {"resourceType": "Patient",
             "active": "yes",
             "name": [{"family": " "},
              {"given": ["x", 5]}]}
            """
        let issues = try Self.issues(text, "Patient")
        #expect(issues.map(\.expression) == ["Patient.active", "Patient.name[0].family", "Patient.name[1].given[1]"])
        #expect(issues.map(\.line) == [2, 3, 4])
        #expect(issues.map(\.column) == [12, 22, 19])
        #expect(issues.map(\.byteOffset).sorted() == issues.map(\.byteOffset))
    }

    @Test func noMoreThanTheLimitAreReported() throws {
        let names = Array(repeating: #"{"family":1}"#, count: 80).joined(separator: ",")
        let issues = try Self.issues(#"{"resourceType":"Patient","name":[\#(names)]}"#, "Patient")
        #expect(issues.count == ResourceValidator.maximumIssueCount)
    }

    @Test func messagesQuoteNoContent() throws {
        let text = #"{"resourceType":"Patient","Miller Jane":1,"gender":"Miller  Jane","birthDate":"Miller"}"#
        let issues = try Self.issues(text, "Patient")
        #expect(issues.count == 3)
        #expect(!issues.contains { ($0.message + $0.expression).contains("Miller") })
    }
}
