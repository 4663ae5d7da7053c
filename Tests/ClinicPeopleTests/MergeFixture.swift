import ClinicTesting
import FHIRDefinitions
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import Testing

/// Two patients with two hundred resources of more than thirty types.
struct MergeFixture: Sendable {
    /// Content without id; `%P` is the patient.
    private static let templates: [(type: String, content: String)] = [
        (
            "AllergyIntolerance",
            #"""
            "patient":%P,"code":{"text":"nuts"},"clinicalStatus":{"coding":[{"code":"active",
            "system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"}]}
            """#
        ),
        ("Appointment", #""status":"proposed","participant":[{"actor":%P,"status":"needs-action"}]"#),
        ("CarePlan", #""status":"active","intent":"plan","subject":%P"#),
        ("CareTeam", #""status":"active","subject":%P,"participant":[{"member":%P}]"#),
        ("Communication", #""status":"completed","subject":%P,"recipient":[%P]"#),
        (
            "Composition",
            #"""
            "status":"final","type":{"text":"note"},"subject":%P,"date":"2026-01-01",
            "author":[{"display":"A"}],"title":"N","section":[{"title":"S","entry":[%P],
            "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"}}]
            """#
        ),
        ("Condition", #""subject":%P,"asserter":%P,"code":{"text":"cold"}"#),
        (
            "Consent",
            #"""
            "status":"active",
            "scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope",
            "code":"treatment"}]},"category":[{"text":"c"}],"policyRule":{"text":"p"},"patient":%P
            """#
        ),
        ("Coverage", #""status":"active","beneficiary":%P,"payor":[%P]"#),
        ("Account", #""status":"active","subject":[%P]"#),
        ("DiagnosticReport", #""status":"final","code":{"text":"r"},"subject":%P"#),
        ("DocumentReference", #""status":"current","subject":%P,"content":[{"attachment":{"title":"t"}}]"#),
        (
            "Encounter",
            #"""
            "status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode",
            "code":"AMB"},"subject":%P
            """#
        ),
        ("EpisodeOfCare", #""status":"active","patient":%P"#),
        ("FamilyMemberHistory", #""status":"completed","relationship":{"text":"mother"},"patient":%P"#),
        ("Flag", #""status":"active","code":{"text":"f"},"subject":%P"#),
        ("Goal", #""lifecycleStatus":"active","description":{"text":"g"},"subject":%P"#),
        ("ImagingStudy", #""status":"available","subject":%P"#),
        (
            "Immunization",
            #""status":"completed","vaccineCode":{"text":"v"},"occurrenceDateTime":"2025-01-01","patient":%P"#
        ),
        ("Invoice", #""status":"draft","subject":%P,"recipient":%P"#),
        ("List", #""status":"current","mode":"working","subject":%P"#),
        (
            "MedicationAdministration",
            #"""
            "status":"completed","medicationCodeableConcept":{"text":"m"},"effectiveDateTime":"2025-01-01",
            "subject":%P
            """#
        ),
        (
            "MedicationRequest",
            #""status":"active","intent":"order","medicationCodeableConcept":{"text":"m"},"subject":%P"#
        ),
        ("MedicationStatement", #""status":"active","medicationCodeableConcept":{"text":"m"},"subject":%P"#),
        (
            "NutritionOrder",
            #"""
            "status":"active","intent":"order","dateTime":"2025-01-01","patient":%P,
            "oralDiet":{"instruction":"soft"}
            """#
        ),
        (
            "Observation",
            #""status":"final","code":{"text":"o"},"valueQuantity":{"value":1.50},"subject":%P,"performer":[%P]"#
        ),
        ("Procedure", #""status":"completed","subject":%P"#),
        ("QuestionnaireResponse", #""status":"completed","subject":%P,"author":%P,"source":%P"#),
        ("RelatedPerson", #""patient":%P"#),
        ("RiskAssessment", #""status":"final","subject":%P"#),
        ("ServiceRequest", #""status":"active","intent":"order","code":{"text":"s"},"subject":%P"#),
        ("Specimen", #""subject":%P"#),
        ("Task", #""status":"requested","intent":"order","for":%P,"requester":%P"#),
    ]

    static let count = 200

    /// `Type/id` of each with its JSON; the first half is of one patient, the second of the other.
    let resources: [(address: String, json: String)]

    init(_ left: String, _ right: String) {
        resources = (0..<Self.count).map { number in
            let template = Self.templates[number / 2 % Self.templates.count]
            let patient = number % 2 == 0 ? left : right
            let content = template.content.replacing("%P", with: #"{"reference":"Patient/\#(patient)"}"#)
            let id = "\(patient)-\(number)"
            return ("\(template.type)/\(id)", #"{"resourceType":"\#(template.type)","id":"\#(id)",\#(content)}"#)
        }
    }

    static var typeNames: Set<String> { Set(templates.map(\.type)) }

    static func patient(_ id: String, _ number: String) -> String {
        """
        {"resourceType":"Patient","id":"\(id)","active":true,
         "identifier":[{"system":"urn:martlet:mrn","value":"\(number)","type":{"coding":[{"code":"MR"}]}}],
         "name":[{"family":"Doe","given":["Jane"]}],"birthDate":"1970-01-01","gender":"female"}
        """
    }

    func store(_ client: TestClient) async throws {
        for start in stride(from: 0, to: resources.count, by: 50) {
            let entries = resources[start..<min(start + 50, resources.count)].map { resource in
                #"{"resource":\#(resource.json),"request":{"method":"PUT","url":"\#(resource.address)"}}"#
            }
            let bundle =
                #"{"resourceType":"Bundle","type":"transaction","entry":["# + entries.joined(separator: ",") + "]}"
            let response = try await client.post("", bundle)
            #expect(response.status == 200, "\(response.text.prefix(2000))")
        }
    }
}

extension TestServer {
    /// `Type/id` → content as the database holds it, which is without version and time.
    func contents(_ addresses: [String]) async throws -> [String: String] {
        var found: [String: String] = [:]
        for address in addresses {
            guard let type = address.split(separator: "/").first,
                let resource = test.definitions.resourceType(named: String(type)),
                let content = try await store.read(resource, id: String(address.split(separator: "/")[1])).content
            else { continue }
            found[address] = String(decoding: content, as: UTF8.self)
        }
        return found
    }
}
