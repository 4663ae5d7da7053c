import FHIRServerTesting
import JSONTape
import Testing

/// What `$validate` says by stored definitions, besides what would keep a resource from being stored.
@Suite struct ProfileReportTests {
    @Test func absentMustSupportElementsAreNamed() async throws {
        try await TestDefinitions.with([TestDefinitions.patient]) { server in
            let patient =
                #"{"resourceType":"Patient","meta":{"profile":["urn:test:patient"]},"birthDate":"1990","#
                + #""name":[{"given":["A"]}]}"#
            let report = try await server.client.post("Patient/$validate", patient)
            #expect(try report.found("error").isEmpty)
            #expect(try report.found("information").contains("information informational Patient"))
            #expect(try report.says("that are not there: name.family, photo"), "\(report.text)")
            // Asked for by the call, or by the resource: the same.
            let bare = patient.replacing(#""meta":{"profile":["urn:test:patient"]},"#, with: "")
            let asked = try await server.client.post("Patient/$validate?profile=urn:test:patient", bare)
            let both = try await server.client.post("Patient/$validate?profile=urn:test:patient", patient)
            #expect(try both.found("information").filter { $0.hasSuffix("informational Patient") }.count == 1)
            #expect(try asked.says("that are not there: name.family, photo"))
            #expect(try await !server.client.post("Patient/$validate", bare).says("must-support"))
            // A write has nothing to say about it.
            let headers = [("Prefer", "return=OperationOutcome")]
            let written = try await server.client.post("Patient", patient, headers: headers)
            #expect(written.status == 201 && !written.text.contains("must-support"))
        }
    }

    @Test func measureReportsAreComparedWithTheStoredMeasure() async throws {
        try await TestDefinitions.with([]) { server in
            let population = #"{"code":{"coding":[{"system":"urn:test:populations","code":"initial"}]}}"#
            let criteria = #""criteria":{"language":"text/fhirpath","expression":"true"}}"#
            let measure =
                #"{"resourceType":"Measure","url":"urn:test:measure","status":"active","group":[{"population":["#
                + population.dropLast() + "," + criteria + "]}]}"
            #expect(try await server.client.post("Measure", measure).status == 201)
            func report(_ code: String) -> String {
                #"{"resourceType":"MeasureReport","status":"complete","type":"summary","measure":"urn:test:measure","#
                    + #""period":{"start":"2026","end":"2026"},"group":[{"population":["#
                    + population.replacing("initial", with: code) + "," + population.replacing("initial", with: code)
                    + "]}]}"
            }
            let bad = try await server.client.post("MeasureReport/$validate", report("other"))
            #expect(try bad.found("error").contains { $0.contains("MeasureReport.group[0].population[0]") })
        }
    }

    private static let questionnaire = #"""
        {"resourceType":"Questionnaire","id":"q","url":"urn:test:q","version":"1","status":"active","item":[
         {"linkId":"smoker","type":"boolean","required":true},
         {"linkId":"packs","type":"integer","enableWhen":[{"question":"smoker","operator":"=","answerBoolean":true}]},
         {"linkId":"rank","type":"choice","repeats":true,"answerOption":[{"valueCoding":{"code":"a"}},
          {"valueCoding":{"code":"b"}}]},
         {"linkId":"metal","type":"choice","answerValueSet":"urn:test:vs"}]}
        """#

    private static func response(_ items: String, _ canonical: String = "urn:test:q") -> String {
        #"{"resourceType":"QuestionnaireResponse","questionnaire":"\#(canonical)","status":"completed","#
            + #""item":[\#(items)]}"#
    }

    private static func item(_ linkID: String, _ answers: String...) -> String {
        let answers = answers.map { "{\($0)}" }.joined(separator: ",")
        return #"{"linkId":"\#(linkID)","answer":[\#(answers)]}"#
    }

    private static let yes = item("smoker", #""valueBoolean":true"#)

    /// Items, and the place of the error.
    private static let answers: [(String, String?)] = [
        (yes, nil),
        (yes + "," + item("packs", #""valueInteger":2"#), nil),
        (yes + "," + item("rank", #""valueCoding":{"code":"a"}"#, #""valueCoding":{"code":"b"}"#), nil),
        (yes + "," + item("metal", #""valueCoding":{"system":"urn:test:ranks","code":"gold"}"#), nil),
        (item("packs", #""valueInteger":2"#), "QuestionnaireResponse.item"),
        (item("smoker", #""valueString":"yes""#), "QuestionnaireResponse.item[0].answer[0].value"),
        (
            item("smoker", #""valueBoolean":false"#) + "," + item("packs", #""valueInteger":2"#),
            "QuestionnaireResponse.item[1]"
        ),
        (
            item("smoker", #""valueBoolean":true"#, #""valueBoolean":false"#),
            "QuestionnaireResponse.item[0].answer[1]"
        ),
        (yes + "," + item("rank", #""valueCoding":{"code":"c"}"#), "QuestionnaireResponse.item[1].answer[0].value"),
        (yes + "," + item("other", #""valueInteger":1"#), "QuestionnaireResponse.item[1]"),
        (
            yes + "," + item("metal", #""valueCoding":{"system":"urn:test:ranks","code":"lead"}"#),
            "QuestionnaireResponse.item[1].answer[0].value"
        ),
    ]

    @Test func responsesAreCheckedByTheirQuestionnaires() async throws {
        let definitions = [TestDefinitions.codes, TestDefinitions.valueSet(), Self.questionnaire]
        try await TestDefinitions.with(definitions) { server in
            let path = "QuestionnaireResponse/$validate"
            for (items, place) in Self.answers {
                for canonical in ["urn:test:q", "urn:test:q|1", "Questionnaire/q"] {
                    let report = try await server.client.post(path, Self.response(items, canonical))
                    let places = try report.found("error").map { $0.split(separator: " ").last.map(String.init) }
                    if let place {
                        #expect(
                            places.contains { $0?.hasPrefix(place) == true }, "\(items) \(canonical): \(report.text)")
                    } else {
                        #expect(places.isEmpty, "\(items) \(canonical): \(report.text)")
                    }
                }
            }
            for canonical in ["urn:test:none", "urn:test:q|2", "Questionnaire/none"] {
                let report = try await server.client.post(path, Self.response(Self.yes, canonical))
                #expect(try report.found("error").isEmpty)
                #expect(try report.found("warning").contains("warning not-found QuestionnaireResponse.questionnaire"))
            }
        }
    }

    /// LOINC code and the rest of an Observation, and the place of the error.
    private static let vitalSigns: [(String, String, String?)] = [
        ("8867-4", #""valueQuantity":{"value":60,"unit":"x","code":"/min","system":"http://unitsofmeasure.org"}"#, nil),
        (
            "8867-4", #""valueQuantity":{"value":60,"unit":"x","code":"mm","system":"http://unitsofmeasure.org"}"#,
            "Observation.value.code"
        ),
        ("8480-6", #""valueQuantity":{"value":60,"unit":"x","code":"mm","system":"http://unitsofmeasure.org"}"#, nil),
        ("718-7", #""valueString":"x""#, nil),
    ]

    @Test func vitalSignsMeetTheirProfileWhateverTheyName() async throws {
        try await TestDefinitions.with([]) { server in
            func observation(_ code: String, _ more: String) -> String {
                #"{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","#
                    + #""code":"\#(code)"}]},\#(more)}"#
            }
            let category =
                #""category":[{"coding":[{"code":"vital-signs","system":"#
                + #""http://terminology.hl7.org/CodeSystem/observation-category"}]}],"#
                + #""subject":{"reference":"Patient/p"},"effectiveDateTime":"2024-01-01","#
            for (code, value, place) in Self.vitalSigns {
                let report = try await server.client.post(
                    "Observation/$validate", observation(code, category + value))
                let places = try report.found("error").map { $0.split(separator: " ").last.map(String.init) }
                #expect(places == (place.map { [$0] } ?? []), "\(code): \(report.text)")
            }
            for code in ["8867-4", "85354-9", "8480-6"] {
                let bare = observation(code, #""dataAbsentReason":{"text":"x"}"#)
                let report = try await server.client.post("Observation/$validate", bare)
                #expect(try report.found("error").contains("error required Observation.category"), "\(report.text)")
                #expect(try await server.client.post("Observation", bare).status == 201)
            }
        }
    }

    /// Expressions on a patient whose marital status has a code of the value set and another one, and the results.
    private static let expressions = [
        ("maritalStatus.memberOf('urn:test:vs')", "true"),
        ("maritalStatus.coding.select(memberOf('urn:test:vs'))", "true false"),
        ("'gold'.memberOf('urn:test:' & 'vs')", "true"),
        ("'male'.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')", "true"),
        ("'x'.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')", "false"),
        ("'x'.memberOf('urn:test:none')", ""),
        ("conformsTo('urn:test:patient')", "true"),
        ("conformsTo('http://hl7.org/fhir/StructureDefinition/Patient')", "true"),
        ("conformsTo('http://hl7.org/fhir/StructureDefinition/Person')", "false"),
        ("conformsTo('http://hl7.org/fhir/StructureDefinition/vitalsigns')", "false"),
        ("conformsTo('urn:test:none')", "400"),
    ]

    @Test func expressionsLearnOfValueSetsAndProfiles() async throws {
        let definitions = [TestDefinitions.codes, TestDefinitions.valueSet(), TestDefinitions.patient]
        try await TestDefinitions.with(definitions) { server in
            let patient =
                #"{"resourceType":"Patient","birthDate":"1990-01-01","maritalStatus":{"coding":"#
                + #"[{"system":"urn:test:ranks","code":"gold"},{"system":"urn:test:ranks","code":"lead"}]}}"#
            func value(_ expression: String) async throws -> String {
                let body =
                    #"{"resourceType":"Parameters","parameter":[{"name":"expression","valueString":"\#(expression)"},"#
                    + #"{"name":"resource","resource":\#(patient)}]}"#
                let response = try await server.client.post("$fhirpath", body)
                guard response.status == 200 else { return "\(response.status)" }
                let results = try response.json["parameter"]?.items ?? []
                return results.map { $0["valueBoolean"]?.bool.map { "\($0)" } ?? "?" }.joined(separator: " ")
            }
            for (expression, expected) in Self.expressions {
                let found = try await value(expression)
                #expect(found == expected, "\(expression)")
            }
        }
    }
}
