import FHIRDefinitions
import FHIRPath
import FHIRValidation
import Foundation
import JSONTape
import Testing

/// What reports say of resources that depend on others: measure reports, measures, search parameters, answers.
@Suite struct ArtifactReportTests {
    private static let validator = ResourceValidator(definitions: .r4, engine: FHIRPathEngine())

    private func errors(_ text: String, beside other: String? = nil) throws -> [String] {
        let node = JSONNode(try Document.parse(text, limits: .fhir))
        let type = try #require(node["resourceType"]?.string.flatMap { FHIRDefinitions.r4.resourceType(named: $0) })
        var demand = ProfileDemand()
        if let other {
            let node = JSONNode(try Document.parse(other))
            let url = try #require(node["url"]?.string)
            demand.artifacts[url] = node
            if node["resourceType"]?.string == "Questionnaire" { demand.questionnaires[url] = node }
        }
        return Self.validator.issues(in: node, type: type, profiles: demand)
            .filter { $0.severity == .error }.map(\.expression)
    }

    // MARK: - Measures

    private static func population(_ code: String, _ more: String = "") -> String {
        #"{"code":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/measure-population","code":"\#(code)"}]}"#
            + "\(more)}"
    }

    private static let criteria = #","criteria":{"language":"text/cql.identifier","expression":"InPopulation"}"#

    private static func measure(_ scoring: String) -> String {
        #"{"resourceType":"Measure","url":"urn:m","status":"active","scoring":{"coding":[{"code":"\#(scoring)"}]},"#
            + #""group":[{"population":[\#(population("numerator", criteria)),"#
            + #"\#(population("denominator", criteria))]}]}"#
    }

    private static func report(_ group: String) -> String {
        #"{"resourceType":"MeasureReport","status":"complete","type":"summary","measure":"urn:m","#
            + #""period":{"start":"2024"},"group":[{\#(group)}]}"#
    }

    private static let both = #""population":[\#(population("numerator")),\#(population("denominator"))]"#

    static let reports: [(String, String, [String])] = [
        ("proportion", report(both + #","measureScore":{"value":0.5}"#), []),
        ("proportion", report(both + #","measureScore":{"value":1.5}"#), ["MeasureReport.group[0].measureScore"]),
        ("ratio", report(both + #","measureScore":{"value":1.5}"#), []),
        ("ratio", report(both), ["MeasureReport.group[0]"]),
        ("ratio", report(both + #","measureScore":{"unit":"x"}"#), ["MeasureReport.group[0].measureScore"]),
        ("cohort", report(both), []),
        ("cohort", report(both + #","measureScore":{"value":1}"#), ["MeasureReport.group[0].measureScore"]),
        ("cohort", report(#""population":[\#(population("numerator"))]"#), ["MeasureReport.group[0]"]),
        (
            "cohort",
            report(
                #""population":[\#(population("numerator")),\#(population("denominator")),\#(population("other"))]"#),
            ["MeasureReport.group[0].population[2]"]
        ),
        (
            "cohort",
            report(
                #""population":[\#(population("numerator", #","subjectResults":{"reference":"List/l"}"#)),"#
                    + population("denominator") + "]"),
            ["MeasureReport.group[0].population[0].subjectResults"]
        ),
    ]

    @Test(arguments: reports) func reportsAgreeWithTheirMeasure(
        _ scoring: String, _ text: String, _ expressions: [String]
    ) throws {
        #expect(try errors(text, beside: Self.measure(scoring)) == expressions)
    }

    @Test(arguments: [
        ("text/cql", "library A\ndefine \"Initial Population\": true\ndefine InPopulation:\n  true"),
        ("application/elm+xml", #"<library><statements><def name="InPopulation"/></statements></library>"#),
        ("application/elm+json", #"{"library":{"statements":{"def":[{"name":"InPopulation"}]}}}"#),
    ]) func criteriaAreDefined(_ contentType: String, _ content: String) throws {
        for (content, isDefined) in [(content, true), (content.replacing("InPopulation", with: "Other"), false)] {
            let library =
                #"{"resourceType":"Library","url":"urn:l","name":"A","status":"active","content":[{"#
                + #""contentType":"\#(contentType)","data":"\#(Data(content.utf8).base64EncodedString())"}]}"#
            let measure = Self.measure("cohort").dropLast() + #","library":["urn:l"]}"#
            let found = try errors(String(measure), beside: library)
            let all = ["Measure.group[0].population[0].criteria", "Measure.group[0].population[1].criteria"]
            #expect(found == (isDefined ? [] : all))
        }
    }

    // MARK: - Search parameters

    private static func parameter(_ base: String, _ type: String, _ expression: String) -> String {
        #"{"resourceType":"SearchParameter","url":"urn:p","name":"X","status":"active","description":"x","code":"x","#
            + #""derivedFrom":"http://hl7.org/fhir/SearchParameter/Organization-name","base":["\#(base)"],"#
            + #""type":"\#(type)","expression":"\#(expression)"}"#
    }

    @Test(arguments: [
        (parameter("Organization", "string", "Organization.name"), []),
        (parameter("Organization", "token", "Organization.name"), ["SearchParameter.type"]),
        (parameter("Patient", "string", "Patient.name"), ["SearchParameter.base[0]"]),
        (
            parameter("Organization", "string", "Organization.name | (Patient.name)"),
            ["SearchParameter.expression"]
        ),
    ]) func derivedParametersAgree(_ text: String, _ expressions: [String]) throws {
        #expect(try errors(text).sorted() == expressions)
    }

    // MARK: - Answers

    private static let standard = "http://hl7.org/fhir/StructureDefinition/"
    private static let capture = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"

    private static func kilograms(_ value: Int) -> String {
        #""valueQuantity":{"value":\#(value),"system":"http://unitsofmeasure.org","code":"kg"}"#
    }

    static let answers: [(type: String, limit: String, answer: String, isSound: Bool)] = [
        ("quantity", #"{"url":"\#(capture)minQuantity",\#(kilograms(2))}"#, kilograms(3), true),
        ("quantity", #"{"url":"\#(capture)minQuantity",\#(kilograms(2))}"#, kilograms(1), false),
        (
            "quantity", #"{"url":"\#(capture)maxQuantity",\#(kilograms(2))}"#,
            #""valueQuantity":{"value":1500,"system":"http://unitsofmeasure.org","code":"g"}"#, true
        ),
        (
            "quantity", #"{"url":"\#(capture)maxQuantity",\#(kilograms(2))}"#,
            #""valueQuantity":{"value":2500,"system":"http://unitsofmeasure.org","code":"g"}"#, false
        ),
        (
            "quantity", #"{"url":"\#(capture)maxQuantity",\#(kilograms(2))}"#,
            #""valueQuantity":{"value":1,"system":"http://unitsofmeasure.org","code":"m"}"#, false
        ),
        ("string", #"{"url":"\#(standard)regex","valueString":"[a-z]+"}"#, #""valueString":"abc""#, true),
        ("string", #"{"url":"\#(standard)regex","valueString":"[a-z]+"}"#, #""valueString":"abc1""#, false),
        ("decimal", #"{"url":"\#(standard)maxDecimalPlaces","valueInteger":1}"#, #""valueDecimal":1.5"#, true),
        ("decimal", #"{"url":"\#(standard)maxDecimalPlaces","valueInteger":1}"#, #""valueDecimal":1.55"#, false),
        ("decimal", #"{"url":"\#(standard)maxDecimalPlaces","valueInteger":0}"#, #""valueDecimal":2"#, true),
        (
            "attachment", #"{"url":"\#(standard)mimeType","valueCode":"image/png"}"#,
            #""valueAttachment":{"contentType":"text/plain"}"#, false
        ),
        (
            "reference", #"{"url":"urn:x","valueInteger":1}"#,
            #""valueReference":{"reference":"https://example.org/Chicken/a"}"#, false
        ),
        (
            "choice", #"{"url":"urn:x","valueInteger":1}"#,
            #""valueCoding":{"system":"http://hl7.org/fhir/administrative-gender","code":"male","display":"Female"}"#,
            false
        ),
    ]

    @Test(arguments: answers) func answersKeepTheirLimits(
        _ type: String, _ limit: String, _ answer: String, _ isSound: Bool
    ) throws {
        let questionnaire =
            #"{"resourceType":"Questionnaire","url":"urn:q","status":"active","item":[{"linkId":"a","#
            + #""type":"\#(type)","extension":[\#(limit)]}]}"#
        let response =
            #"{"resourceType":"QuestionnaireResponse","status":"completed","questionnaire":"urn:q","#
            + #""item":[{"linkId":"a","answer":[{\#(answer)}]}]}"#
        #expect(try errors(response, beside: questionnaire).isEmpty == isSound)
    }
}
