import FHIRSearch
import FHIRStoreTesting
import Testing

/// Each suite's test loads its resources once and asks all questions of a table.
@Suite struct SearchMatchingTests {
    @Test func tokens() async throws {
        try await TestStore.check(
            [
                #"""
                {"resourceType":"Patient","id":"a","identifier":[{"system":"urn:mrn","value":"X1"}],"gender":"male",
                 "active":true,"telecom":[{"system":"phone","value":"030-1"}],"deceasedBoolean":true}
                """#,
                #"""
                {"resourceType":"Patient","id":"b","identifier":[{"value":"X1"},{"system":"urn:ssn","value":"9"}],
                 "gender":"female","active":false,"communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47",
                 "code":"de"},{"system":"urn:l","code":"deu"}]}}]}
                """#,
                #"{"resourceType":"Patient","id":"c"}"#,
            ],
            [
                ("Patient", "identifier=X1", "a b"), ("Patient", "identifier=x1", "a b"),
                ("Patient", "identifier=urn:mrn|X1", "a"), ("Patient", "identifier=|X1", "b"),
                ("Patient", "identifier=urn:ssn|", "b"), ("Patient", "identifier=urn:mrn|9", ""),
                ("Patient", "identifier=urn:mrn|X1,urn:ssn|9", "a b"),
                ("Patient", "identifier=X1&identifier=9", "b"), ("Patient", "gender=male", "a"),
                ("Patient", "gender=MALE", ""),
                ("Patient", "gender=http://hl7.org/fhir/administrative-gender|male", "a"),
                ("Patient", "gender=urn:other|male", ""), ("Patient", "gender=male,female", "a b"),
                ("Patient", "gender:not=male", "b c"), ("Patient", "language:not=deu", "a c"),
                ("Patient", "language=de", "b"), ("Patient", "language=urn:l|deu", "b"),
                ("Patient", "active=true", "a"), ("Patient", "active=false", "b"),
                ("Patient", "phone=030-1", "a"), ("Patient", "deceased=true", "a"),
                ("Patient", "deceased=false", "b c"),
                ("Patient", "gender:missing=true", "c"), ("Patient", "gender:missing=false", "a b"),
                ("Patient", "deceased:missing=true", "b c"), ("Patient", "name:missing=true", "a b c"),
                ("Patient", "identifier=&gender=male", "a"), ("Patient", "gender=unknowncode", ""),
            ])
    }

    @Test func strings() async throws {
        try await TestStore.check(
            [
                #"""
                {"resourceType":"Patient","id":"m","name":[{"family":"Müller","given":["Anna","Eva"]}],
                 "address":[{"city":"Großdorf","line":["Main St. 5","2nd floor"],"country":"DE"}]}
                """#,
                #"{"resourceType":"Patient","id":"n","name":[{"family":"MULLER, Jr","text":"100% \\ of_it"}]}"#,
                #"{"resourceType":"Patient","id":"o","name":[{"family":"ISIK","given":["van  der  Berg"]}]}"#,
            ],
            [
                ("Patient", "family=muller", "m n"), ("Patient", "family=Mü", "m n"), ("Patient", "name=eva", "m"),
                ("Patient", "family:exact=Müller", "m"), ("Patient", "family:exact=muller", ""),
                ("Patient", "family:exact=Mül", ""), ("Patient", "family:contains=ULL", "m n"),
                ("Patient", "name:contains=100%", "n"), ("Patient", "name:contains=of_i", "n"),
                ("Patient", "name:contains=f%i", ""), ("Patient", "given=van der", "o"),
                ("Patient", "family=ısık", "o"), ("Patient", "family=uller", ""),
                ("Patient", "address=grossdorf", "m"), ("Patient", "address-city=Gross", "m"),
                ("Patient", "address=2nd", "m"), ("Patient", "address-city=2nd", ""),
                ("Patient", #"family=muller\, jr"#, "n"), ("Patient", "family=anna,isik", "o"),
                ("Patient", "family=muller&given=anna", "m"), ("Patient", "given:missing=true", "n"),
                ("Patient", "name:exact=Eva", "m"),
            ])
    }

    @Test func dates() async throws {
        func observation(_ id: String, _ effective: String) -> String {
            #"{"resourceType":"Observation","id":"\#(id)",\#(effective)}"#
        }
        try await TestStore.check(
            [
                observation("day", #""effectiveDateTime":"2013-01-14""#),
                observation("minute", #""effectiveDateTime":"2013-01-14T10:00:00Z""#),
                observation("month", #""effectiveDateTime":"2013-01""#),
                observation("open", #""effectivePeriod":{"start":"2013-01-10"}"#),
                observation("past", #""effectivePeriod":{"end":"2012-12-31"}"#),
                observation("late", #""effectiveDateTime":"2013-01-13T23:30:00-05:00""#),
                observation("timing", #""effectiveTiming":{"event":["2014-02-01","2014-05-01"]}"#),
                observation("none", #""status":"final""#),
            ],
            [
                ("Observation", "date=2013-01-14", "day late minute"),
                ("Observation", "date=2013-01-14T10:00", "minute"),
                ("Observation", "date=2013-01", "day late minute month"),
                ("Observation", "date=lt2013-01-14T10:00", "day late month open past"),
                ("Observation", "date=ge2030", "open"), ("Observation", "date=gt2013-01-14", "month open timing"),
                ("Observation", "date=ge2013-01-14", "day late minute month open timing"),
                ("Observation", "date=le2013-01-14", "day late minute month open past"),
                ("Observation", "date=sa2013-01-14", "timing"), ("Observation", "date=eb2013-01-10", "past"),
                ("Observation", "date=ne2013-01-14", "month open past timing"),
                ("Observation", "date=2014", "timing"),
                (
                    "Observation", "date=ge2013-01-14&date=lt2013-01-15",
                    "day late minute month open"
                ),
                ("Observation", "date:missing=true", "none"), ("Observation", "date=2013-01-14T05:00-05:00", "minute"),
                ("Observation", "date=2013-01-14T11:00 01:00", "minute"),
                (
                    "Observation", "date=ap2013-01-14",
                    "day late minute month open past timing"
                ),
            ])
    }

    @Test func sideTableDates() async throws {
        try await TestStore.check(
            [
                #"""
                {"resourceType":"Patient","id":"p","deceasedDateTime":"2020-05-05"}
                """#,
                #"{"resourceType":"Goal","id":"g","target":[{"dueDate":"2020-01-01"},{"dueDate":"2021-06-01"}]}"#,
            ],
            [
                ("Patient", "death-date=2020-05", "p"), ("Patient", "death-date=lt2020", ""),
                ("Goal", "target-date=2021", "g"), ("Goal", "target-date=2020-01-01&target-date=2021-06-01", "g"),
                ("Goal", "target-date=2022", ""), ("Goal", "target-date:missing=false", "g"),
                ("Patient", "death-date:missing=true", ""),
            ])
    }

    @Test func numbersAndQuantities() async throws {
        func observation(_ id: String, _ value: String) -> String {
            #"{"resourceType":"Observation","id":"\#(id)","valueQuantity":{\#(value)}}"#
        }
        let ucum = #""system":"http://unitsofmeasure.org""#
        try await TestStore.check(
            [
                observation("a", #""value":5.4,"unit":"milligram",\#(ucum),"code":"mg""#),
                observation("b", #""value":5.40,"unit":"mg""#),
                observation("c", #""value":5.44"#),
                observation("d", #""value":5,"comparator":"<",\#(ucum),"code":"mg""#),
                observation("e", #""value":100"#), observation("f", #""value":99.5"#), observation("g", #""value":-3"#),
                #"""
                {"resourceType":"RiskAssessment","id":"r",
                 "prediction":[{"probabilityDecimal":0.8},{"probabilityDecimal":0.1}]}
                """#,
                #"{"resourceType":"Invoice","id":"i","totalNet":{"value":40.22,"currency":"EUR"}}"#,
            ],
            [
                ("Observation", "value-quantity=5.4", "a b c"), ("Observation", "value-quantity=5.40", "a b"),
                ("Observation", "value-quantity=5.4|http://unitsofmeasure.org|mg", "a"),
                ("Observation", "value-quantity=5.4||mg", "a b"), ("Observation", "value-quantity=5.4||milligram", "a"),
                ("Observation", "value-quantity=5.4||g", ""), ("Observation", "value-quantity=100", "e f"),
                ("Observation", "value-quantity=100.0", "e"), ("Observation", "value-quantity=1e2", "e f"),
                ("Observation", "value-quantity=gt99.5", "e"), ("Observation", "value-quantity=ge99.5", "e f"),
                ("Observation", "value-quantity=lt5", "d g"), ("Observation", "value-quantity=le5.4", "a b d g"),
                ("Observation", "value-quantity=lt5||mg", "d"), ("Observation", "value-quantity=ge5||mg", "a b"),
                ("Observation", "value-quantity=sa5.40", "c e f"), ("Observation", "value-quantity=eb5", "d g"),
                ("Observation", "value-quantity=-3", "g"), ("Observation", "value-quantity=ap95", "e f"),
                ("Observation", "value-quantity=ne100", "a b c d g"),
                ("RiskAssessment", "probability=0.8", "r"), ("RiskAssessment", "probability=gt0.9", ""),
                ("RiskAssessment", "probability=lt0.2", "r"),
                ("Invoice", "totalnet=40.22|urn:iso:std:iso:4217|EUR", "i"),
                ("Invoice", "totalnet=gt40||USD", ""),
            ])
    }

    @Test func references() async throws {
        func observation(_ id: String, _ subject: String) -> String {
            #"{"resourceType":"Observation","id":"\#(id)","subject":{\#(subject)}}"#
        }
        try await TestStore.check(
            [
                observation("a", #""reference":"Patient/23""#),
                observation("b", #""reference":"http://own.example/fhir/Patient/23/_history/2""#),
                observation("c", #""reference":"http://other.example/fhir/Patient/23""#),
                observation("d", #""reference":"Group/23""#),
                observation("e", #""identifier":{"system":"urn:mrn","value":"7"}"#),
                observation("f", #""reference":"urn:uuid:0f""#), observation("g", #""id":"x""#),
                #"{"resourceType":"QuestionnaireResponse","id":"q","questionnaire":"http://x.example/q|2"}"#,
            ],
            [
                ("Observation", "subject=23", "a b d"), ("Observation", "subject=Patient/23", "a b"),
                ("Observation", "subject:Patient=23", "a b"), ("Observation", "patient=23", "a b"),
                ("Observation", "patient=Patient/23", "a b"), ("Observation", "patient=Group/23", ""),
                ("Observation", "subject=http://own.example/fhir/Patient/23", "a b"),
                ("Observation", "subject=http://other.example/fhir/Patient/23", "c"),
                ("Observation", "subject=Group/23", "d"), ("Observation", "subject:identifier=urn:mrn|7", "e"),
                ("Observation", "subject:identifier=7", "e"), ("Observation", "subject=urn:uuid:0f", "f"),
                ("Observation", "subject=Patient/23,Group/23", "a b d"), ("Observation", "subject=99", ""),
                ("Observation", "subject:missing=true", "g"), ("Observation", "subject:missing=false", "a b c d e f"),
                ("Observation", "patient:missing=false", "a b"),
                ("Observation", "subject=Patient/23/_history/1", "a b"),
                ("QuestionnaireResponse", "questionnaire=http://x.example/q", "q"),
                ("QuestionnaireResponse", "questionnaire=http://x.example/q|2", "q"),
                ("QuestionnaireResponse", #"questionnaire=http://x.example/q\|3"#, ""),
            ])
    }

    @Test func uriAndCommonParameters() async throws {
        try await TestStore.check(
            [
                #"""
                {"resourceType":"ValueSet","id":"v","url":"http://x.example/Vs","meta":{
                 "profile":["http://p.example/a|1"],
                 "tag":[{"system":"t","code":"c"}],"security":[{"code":"R"}],"source":"urn:feed"}}
                """#,
                #"{"resourceType":"ValueSet","id":"V","url":"http://x.example/vs"}"#,
            ],
            [
                ("ValueSet", "url=http://x.example/Vs", "v"), ("ValueSet", "url=http://x.example/VS", ""),
                ("ValueSet", "url=http://x.example", ""), ("ValueSet", "_id=v", "v"), ("ValueSet", "_id=v,V", "V v"),
                ("ValueSet", "_id:not=v", "V"), ("ValueSet", "_tag=t|c", "v"), ("ValueSet", "_security=R", "v"),
                ("ValueSet", "_profile=http://p.example/a", "v"), ("ValueSet", "_profile=http://p.example/a|1", "v"),
                ("ValueSet", "_profile=http://p.example/a|2", ""), ("ValueSet", "_source=urn:feed", "v"),
                ("ValueSet", "_lastUpdated=gt2020", "V v"), ("ValueSet", "_lastUpdated=lt2020", ""),
                ("ValueSet", "_tag:missing=true", "V"), ("ValueSet", "_lastUpdated=ne2020", "V v"),
            ])
    }

    @Test func composites() async throws {
        func coded(_ code: String) -> String { #""code":{"coding":[{"system":"s","code":"\#(code)"}]}"# }
        try await TestStore.check(
            [
                #"{"resourceType":"Observation","id":"a",\#(coded("x")),"valueQuantity":{"value":1,"code":"u"}}"#,
                #"""
                {"resourceType":"Observation","id":"b",\#(coded("p")),"component":[
                 {\#(coded("x")),"valueQuantity":{"value":1,"system":"s","code":"u"}},
                 {\#(coded("y")),"valueQuantity":{"value":2,"system":"s","code":"u"}}]}
                """#,
                #"{"resourceType":"Observation","id":"c",\#(coded("x")),"valueString":"Ärger"}"#,
                #"""
                {"resourceType":"DocumentReference","id":"d","relatesTo":[{"code":"replaces","target":
                 {"reference":"DocumentReference/1"}},{"code":"signs","target":{"reference":"DocumentReference/2"}}]}
                """#,
            ],
            [
                ("Observation", "code-value-quantity=x$1", "a"), ("Observation", "code-value-quantity=s|x$1||u", "a"),
                ("Observation", "component-code-value-quantity=x$1", "b"),
                ("Observation", "component-code-value-quantity=x$2", ""),
                ("Observation", "component-code-value-quantity=s|y$gt1|s|u", "b"),
                ("Observation", "component-code-value-quantity=y$gt1|s|v", ""),
                ("Observation", "combo-code-value-quantity=x$1", "a b"), ("Observation", "combo-code=x", "a b c"),
                ("Observation", "combo-value-quantity=2||u", "b"),
                ("Observation", "component-value-quantity=1|s|u", "b"),
                ("Observation", "code-value-string=x$arg", "c"), ("Observation", "code-value-string=y$arg", ""),
                ("DocumentReference", "relationship=replaces$DocumentReference/1", "d"),
                ("DocumentReference", "relationship=replaces$DocumentReference/2", ""),
                ("Observation", "component-code-value-quantity:missing=false", "b"),
            ])
    }

    @Test func chainsAndReverseChains() async throws {
        func observation(_ id: String, code: String, patient: String) -> String {
            let subject = #""subject":{"reference":"Patient/\#(patient)"}"#
            return #"{"resourceType":"Observation","id":"\#(id)","code":{"coding":[{"code":"\#(code)"}]},\#(subject)}"#
        }
        try await TestStore.check(
            [
                #"{"resourceType":"Organization","id":"org","name":"Clinic"}"#,
                #"""
                {"resourceType":"Patient","id":"p","name":[{"family":"Chan"}],"managingOrganization":
                 {"reference":"Organization/org"},"generalPractitioner":[{"reference":"Organization/org"}]}
                """#,
                #"{"resourceType":"Patient","id":"q","name":[{"family":"Doe"}]}"#,
                observation("a", code: "x", patient: "p"), observation("b", code: "y", patient: "q"),
            ],
            [
                ("Observation", "patient.name=chan", "a"), ("Observation", "subject:Patient.name=doe", "b"),
                ("Observation", "subject.name=chan", "a"),
                ("Observation", "subject:Patient.organization.name=clin", "a"),
                ("Observation", "patient.name=chan&patient.organization=org", "a"),
                ("Observation", "patient.name=nobody", ""), ("Observation", "patient.gender:missing=true", "a b"),
                ("Observation", "patient._id=q", "b"), ("Observation", "patient.name:exact=Chan", "a"),
                ("Patient", "organization.name=clinic", "p"),
                ("Patient", "general-practitioner:Organization.name=clinic", "p"),
                ("Patient", "_has:Observation:patient:code=x", "p"),
                ("Patient", "_has:Observation:subject:code=y", "q"),
                ("Patient", "_has:Observation:patient:code=z", ""),
                ("Patient", "_id=p&_has:Observation:patient:code=x", "p"),
                ("Organization", "_has:Patient:organization:_has:Observation:patient:code=x", "org"),
                ("Organization", "_id=org&_has:Patient:organization:name=chan", "org"),
                ("Organization", "_has:Patient:organization:name=doe", ""),
            ])
    }
}
