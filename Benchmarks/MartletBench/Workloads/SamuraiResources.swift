/// The nine resources of a CRUD iteration, made up for it.
enum SamuraiResources {
    static let types = [
        "Patient", "Location", "Organization", "Practitioner", "Encounter", "Observation", "MedicationRequest",
        "Claim", "ExplanationOfBenefit",
    ]

    /// - Parameters:
    ///   - id: for an update.
    ///   - ids: of the resources made so far.
    ///   - isChanged: whether the one field is changed that the update changes.
    static func body(_ position: Int, id: String?, ids: [String], isChanged: Bool) -> String {
        var text = templates[position].replacing("%change%", with: changes[position][isChanged ? 1 : 0])
        for (index, known) in ids.enumerated() where index != position {
            text = text.replacing("%\(index)%", with: "\(types[index])/\(known)")
        }
        let start = #"{"resourceType":"\#(types[position])""#
        return start + (id.map { #","id":"\#($0)""# } ?? "") + "," + text + "}"
    }

    private static let changes = [
        ["male", "female"], ["active", "suspended"], ["General Hospital", "General Hospital of the County"],
        ["female", "male"], ["in-progress", "finished"], ["2026-05-01T10:00:00Z", "2026-05-02T10:00:00Z"],
        ["active", "completed"], ["2026-05-01", "2026-05-02"], ["2026-05-03", "2026-05-04"],
    ]

    private static let templates = [
        """
        "text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">Ada Byron, born 1980</div>"},\
        "identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR",\
        "display":"Medical Record Number"}],"text":"Medical Record Number"},"system":"urn:martlet:bench",\
        "value":"2f1c0b5e"},{"system":"http://hl7.org/fhir/sid/us-ssn","value":"999-66-7890"}],"active":true,\
        "name":[{"use":"official","family":"Byron","given":["Ada","Augusta"],"prefix":["Ms."]}],"telecom":[{"system":\
        "phone","value":"555-120-4567","use":"home"},{"system":"email","value":"ada@example.org"}],\
        "gender":"%change%","birthDate":"1980-12-10","address":[{"line":["12 St James's Square"],"city":"Boston",\
        "state":"MA","postalCode":"02115","country":"US"}],"maritalStatus":{"coding":[{"system":\
        "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M","display":"Married"}],"text":"M"},\
        "multipleBirthBoolean":false,"communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47",\
        "code":"en-US","display":"English"}],"text":"English"}}]
        """,
        """
        "identifier":[{"system":"urn:martlet:bench","value":"loc-1"}],"status":"%change%","name":"Ward 7",\
        "description":"Second floor, east wing","mode":"instance","type":[{"coding":[{"system":\
        "http://terminology.hl7.org/CodeSystem/v3-RoleCode","code":"HU","display":"Hospital unit"}]}],"telecom":\
        [{"system":"phone","value":"555-987-6543","use":"work"}],"address":{"line":["1 Hospital Road"],"city":"Boston",\
        "state":"MA","postalCode":"02115","country":"US"},"position":{"longitude":-71.0589,"latitude":42.3601}
        """,
        """
        "identifier":[{"system":"urn:martlet:bench","value":"org-1"}],"active":true,"type":[{"coding":[{"system":\
        "http://terminology.hl7.org/CodeSystem/organization-type","code":"prov","display":"Healthcare Provider"}],\
        "text":"Healthcare Provider"}],"name":"%change%","telecom":[{"system":"phone","value":"555-700-1200"}],\
        "address":[{"line":["1 Hospital Road"],"city":"Boston","state":"MA","postalCode":"02115","country":"US"}]
        """,
        """
        "identifier":[{"system":"http://hl7.org/fhir/sid/us-npi","value":"1234567890"}],"active":true,"name":[{\
        "family":"Lovelace","given":["Grace"],"prefix":["Dr."]}],"telecom":[{"system":"email",\
        "value":"grace@example.org","use":"work"}],"address":[{"line":["1 Hospital Road"],"city":"Boston",\
        "state":"MA","postalCode":"02115","country":"US"}],"gender":"%change%","qualification":[{"code":{"coding":[{\
        "system":"http://terminology.hl7.org/CodeSystem/v2-0360","code":"MD","display":"Doctor of Medicine"}]}}]
        """,
        """
        "identifier":[{"use":"official","system":"urn:martlet:bench","value":"enc-1"}],"status":"%change%","class":{\
        "system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"type":[{"coding":[{"system":\
        "http://snomed.info/sct","code":"162673000","display":"General examination of patient (procedure)"}],\
        "text":"General examination of patient (procedure)"}],"subject":{"reference":"%0%","display":"Ada Byron"},\
        "participant":[{"type":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType",\
        "code":"PPRF","display":"primary performer"}]}],"period":{"start":"2026-05-01T09:30:00Z",\
        "end":"2026-05-01T10:00:00Z"},"individual":{"reference":"%3%"}}],"period":{"start":"2026-05-01T09:30:00Z",\
        "end":"2026-05-01T10:00:00Z"},"location":[{"location":{"reference":"%1%"}}],"serviceProvider":{\
        "reference":"%2%"}
        """,
        """
        "status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category",\
        "code":"vital-signs","display":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org",\
        "code":"85354-9","display":"Blood pressure panel"}],"text":"Blood pressure panel"},"subject":{"reference":\
        "%0%"},"encounter":{"reference":"%4%"},"effectiveDateTime":"2026-05-01T09:45:00Z","issued":"%change%",\
        "performer":[{"reference":"%3%"}],"component":[{"code":{"coding":[{"system":"http://loinc.org",\
        "code":"8462-4","display":"Diastolic blood pressure"}]},"valueQuantity":{"value":76.0,"unit":"mm[Hg]",\
        "system":"http://unitsofmeasure.org","code":"mm[Hg]"}},{"code":{"coding":[{"system":"http://loinc.org",\
        "code":"8480-6","display":"Systolic blood pressure"}]},"valueQuantity":{"value":118.0,"unit":"mm[Hg]",\
        "system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]
        """,
        """
        "status":"%change%","intent":"order","medicationCodeableConcept":{"coding":[{"system":\
        "http://www.nlm.nih.gov/research/umls/rxnorm","code":"314076","display":"lisinopril 10 MG Oral Tablet"}],\
        "text":"lisinopril 10 MG Oral Tablet"},"subject":{"reference":"%0%"},"encounter":{"reference":"%4%"},\
        "authoredOn":"2026-05-01T09:50:00Z","requester":{"reference":"%3%"},"dosageInstruction":[{"sequence":1,\
        "timing":{"repeat":{"frequency":1,"period":1.0,"periodUnit":"d"}},"asNeededBoolean":false,"doseAndRate":[{\
        "type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/dose-rate-type","code":"ordered"}]},\
        "doseQuantity":{"value":1.0}}]}]
        """,
        """
        "status":"active","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type",\
        "code":"professional"}]},"use":"claim","patient":{"reference":"%0%"},"billablePeriod":{"start":\
        "2026-05-01T09:30:00Z","end":"2026-05-01T10:00:00Z"},"created":"%change%","provider":{"reference":"%2%"},\
        "priority":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/processpriority","code":"normal"}]},\
        "insurance":[{"sequence":1,"focal":true,"coverage":{"display":"Aetna"}}],"item":[{"sequence":1,\
        "productOrService":{"coding":[{"system":"http://snomed.info/sct","code":"162673000"}],"text":"General \
        examination"},"encounter":[{"reference":"%4%"}]}],"total":{"value":129.16,"currency":"USD"}
        """,
        """
        "contained":[{"resourceType":"ServiceRequest","id":"referral","status":"completed","intent":"order","subject":{\
        "reference":"%0%"},"requester":{"reference":"%3%"}},{"resourceType":"Coverage","id":"coverage",\
        "status":"active","type":{"text":"Aetna"},"beneficiary":{"reference":"%0%"},"payor":[{"display":"Aetna"}]}],\
        "identifier":[{"system":"urn:martlet:bench","value":"eob-1"}],"status":"active","type":{"coding":[{"system":\
        "http://terminology.hl7.org/CodeSystem/claim-type","code":"professional"}]},"use":"claim","patient":{\
        "reference":"%0%"},"created":"%change%","insurer":{"display":"Aetna"},"provider":{"reference":"%3%"},\
        "referral":{"reference":"#referral"},"claim":{"reference":"%7%"},"facility":{"reference":"%1%"},\
        "outcome":"complete","careTeam":[{"sequence":1,"provider":{"reference":"%3%"}}],"insurance":[{"focal":true,\
        "coverage":{"reference":"#coverage","display":"Aetna"}}],"item":[{"sequence":1,"productOrService":{"text":\
        "General examination"},"encounter":[{"reference":"%4%"}]}],"total":[{"category":{"text":"Submitted"},\
        "amount":{"value":129.16,"currency":"USD"}}],"payment":{"amount":{"value":103.3,"currency":"USD"}}
        """,
    ]
}
