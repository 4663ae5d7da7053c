import FHIRServerTesting
import JSONTape
import Testing

/// `POST [base]/$fhirpath`.
@Suite struct FHIRPathOperationTests {
    private static let patient = """
        {"resourceType":"Patient","id":"p","active":true,"name":[{"family":"Du","given":["Ann","Bo"]}],\
        "birthDate":"1974-12-25","_birthDate":{"extension":[{"url":"urn:x","valueString":"y"}]},\
        "contact":[{"name":{"family":"Lu"},"gender":"female"}],"managingOrganization":{"reference":"#o"},\
        "contained":[{"resourceType":"Organization","id":"o","name":"Acme"}]}
        """

    private static func request(_ expression: String, _ more: String = "", resource: String? = patient) -> String {
        var writer = JSONWriter()
        writer.string(expression)
        let text = String(decoding: writer.bytes, as: UTF8.self)
        let resource = resource.map { #",{"name":"resource","resource":\#($0)}"# } ?? ""
        return #"{"resourceType":"Parameters","parameter":["# + #"{"name":"expression","valueString":\#(text)}"#
            + "\(resource)\(more)]}"
    }

    /// Expression, and the parameters of the answer without their names.
    private static let results: [(String, [String])] = [
        ("name.given", [#""valueString":"Ann""#, #""valueString":"Bo""#]),
        ("nothing", []),
        ("active", [#""valueBoolean":true"#]),
        ("1 + 1", [#""valueInteger":2"#]),
        ("1.50 + 1", [#""valueDecimal":2.50"#]),
        ("@2020-01-01 + 1 day", [#""valueDate":"2020-01-02""#]),
        ("@2020-01-01T10:00:00Z", [#""valueDateTime":"2020-01-01T10:00:00Z""#]),
        ("@T10:00:00", [#""valueTime":"10:00:00""#]),
        ("4 'mg'", [#""valueQuantity":{"value":4,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"}"#]),
        ("3 days", [#""valueQuantity":{"value":3,"unit":"day"}"#]),
        ("contact.gender", [#""valueCode":"female""#]),
        (
            "birthDate",
            [#""valueDate":"1974-12-25","_valueDate":{"extension":[{"url":"urn:x","valueString":"y"}]}"#]
        ),
        ("name", [#""valueHumanName":{"family":"Du","given":["Ann","Bo"]}"#]),
        (
            "contact",
            [
                #""part":[{"name":"name","valueHumanName":{"family":"Lu"}},{"name":"gender","valueCode":"female"}]"#
            ]
        ),
        ("managingOrganization.resolve()", [#""resource":{"resourceType":"Organization","id":"o","name":"Acme"}"#]),
        (
            "1.type()",
            [#""part":[{"name":"namespace","valueString":"System"},{"name":"name","valueString":"Integer"}]"#]
        ),
        (
            "''",
            [
                #""_valueString":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","#
                    + #""valueCode":"unsupported"}]}"#
            ]
        ),
    ]

    @Test func eachItemIsAResultOfItsType() async throws {
        try await TestServer.with { server in
            for (expression, expected) in Self.results {
                let lenient = #",{"name":"strict","valueBoolean":false}"#
                let response = try await server.client.post("$fhirpath", Self.request(expression, lenient))
                #expect(response.status == 200, "\(expression): \(response.text)")
                let parameters = expected.map { #"{"name":"result",\#($0)}"# }.joined(separator: ",")
                let list = expected.isEmpty ? "" : #","parameter":[\#(parameters)]"#
                #expect(response.text == #"{"resourceType":"Parameters"\#(list)}"#, "\(expression)")
            }
        }
    }

    @Test func contextVariablesAndTraces() async throws {
        try await TestServer.with { server in
            let context = #",{"name":"context","valueString":"name.given"}"#
            let each = try await server.client.post("$fhirpath", Self.request("$this & '!'", context))
            #expect(try each.json["parameter"]?.items.compactMap { $0["valueString"]?.string } == ["Ann!", "Bo!"])

            let variables =
                #",{"name":"variables","part":[{"name":"who","valueString":"Du"},"#
                + #"{"name":"code","valueCoding":{"code":"c"}}]}"#
            let given = try await server.client.post(
                "$fhirpath", Self.request("name.where(family = %who).given.first() & %code.code", variables))
            #expect(try given.json["parameter"]?.items.compactMap { $0["valueString"]?.string } == ["Annc"])

            let traced = try await server.client.post("$fhirpath", Self.request("name.given.trace('g').count()"))
            let parameters = try traced.json["parameter"]?.items ?? []
            #expect(parameters.map { $0["name"]?.string } == ["result", "trace"])
            #expect(parameters.last?["part"]?.items.compactMap { $0["valueString"]?.string } == ["g", "Ann", "Bo"])

            let alone = try await server.client.post("$fhirpath", Self.request("2 + 3", resource: nil))
            #expect(try alone.json["parameter"]?.items.first?["valueInteger"]?.integer == 5)
            let empty = try await server.client.post("$fhirpath", Self.request("name", resource: nil))
            #expect(try empty.json["parameter"] == nil)
            let asked = try await server.client.get("$fhirpath?expression=1%2B1")
            #expect(try asked.json["parameter"]?.items.first?["valueInteger"]?.integer == 2)
        }
    }

    /// Bodies, and what their outcomes say.
    private static let refused: [(String, String)] = [
        (request("name."), "character 6"),
        (request("name.given1"), "no element given1"),
        (request("Encounter.name"), "begins with Encounter"),
        (request("(1|2).not()"), "several items"),
        (request("nofunction()"), "no function nofunction"),
        (request("%nothing"), "no variable"),
        (request("(1|2|3).repeat($this + 1)"), "more than"),
        (request(String(repeating: "(", count: 5000)), "nests at most"),
        (#"{"resourceType":"Parameters","parameter":[{"name":"expression","valueInteger":1}]}"#, "is a string"),
        (
            #"{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Patient"}}]}"#,
            "missing"
        ),
        (request("1", #",{"name":"other","valueString":"x"}"#), "no such parameter"),
        (request("1", #",{"name":"strict","valueString":"x"}"#), "true or false"),
        (request("1", #",{"name":"variables","part":[{"name":"x"}]}"#), "no value"),
        (request("1", resource: #"{"resourceType":"Nothing"}"#), "resource of FHIR R4"),
        (#"{"resourceType":"Patient"}"#, "takes a Parameters resource"),
    ]

    @Test func badRequestsSayWhatIsWrong() async throws {
        try await TestServer.with { server in
            for (body, words) in Self.refused {
                let response = try await server.client.post("$fhirpath", body)
                #expect(response.status == 400, "\(body.prefix(100)): \(response.text)")
                #expect(response.text.contains(words), "\(body.prefix(100)): \(response.text)")
                #expect(try response.json["resourceType"]?.string == "OperationOutcome")
            }
        }
    }
}
