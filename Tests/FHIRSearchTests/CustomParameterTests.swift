import FHIRDefinitions
import JSONTape
import Testing

@testable import FHIRSearch

/// What a SearchParameter must be to take effect, and what it then finds.
@Suite struct CustomParameterTests {
    private let definitions = FHIRDefinitions.r4

    private func read(_ elements: String) throws -> SearchParameterReader.Reading {
        let json = """
            {"resourceType":"SearchParameter","url":"http://x.example/sp","name":"n","status":"active",\
            "description":"d",\(elements)}
            """
        return SearchParameterReader(definitions: definitions).read(JSONNode(try Document.parse(json)))
    }

    /// What is refused, and the element that is named.
    @Test(arguments: [
        (#""code":"a b","base":["Patient"],"type":"token","expression":"Patient.active""#, "code"),
        (#""code":"_me","base":["Patient"],"type":"token","expression":"Patient.active""#, "code"),
        (#""code":"gender","base":["Patient"],"type":"token","expression":"Patient.active""#, "code"),
        (#""code":"nick","base":["Patiens"],"type":"string","expression":"Patient.name""#, "base[0]"),
        (#""code":"nick","type":"string","expression":"Patient.name""#, "base"),
        (#""code":"nick","base":["Patient"],"type":"text","expression":"Patient.name""#, "type"),
        (#""code":"nick","base":["Patient"],"type":"special","expression":"Patient.name""#, "type"),
        (#""code":"nick","base":["Patient"],"type":"string""#, "expression"),
        (#""code":"nick","base":["Patient"],"type":"string","expression":"Patient.nickname""#, "expression"),
        (#""code":"nick","base":["Patient"],"type":"string","expression":"Observation.code""#, "expression"),
        (#""code":"nick","base":["Patient"],"type":"date","expression":"Patient.gender""#, "expression"),
        (#""code":"nick","base":["Patient"],"type":"string","expression":"Patient.name.first()""#, "expression"),
        (#""code":"nick","base":["Patient"],"type":"string","expression":"Patient[0]""#, "expression"),
        (#""code":"nick","base":["Patient"],"type":"string","expression":"Patient.where(a='b')""#, "expression"),
        (#""code":"nick","base":["Patient"],"type":"string","expression":"Patient.name[99999999999]""#, "expression"),
        (#""code":"nick","base":["Patient"],"type":"token","expression":"Patient.name.exists()""#, "expression"),
        (#""code":"nick","base":["Patient"],"type":"string","expression":"Patient.name.where(foo='x')""#, "expression"),
        (
            #""code":"who","base":["Patient"],"type":"reference","expression":"Patient.link","target":["Nobody"]"#,
            "target[0]"
        ),
        (#""code":"c","base":["Patient"],"type":"composite","expression":"Patient","component":[]"#, "component"),
        (
            #""code":"c","base":["Patient"],"type":"composite","expression":"Patient","component":"#
                + #"[{"definition":"http://no/1","expression":"x"},{"definition":"http://no/2","expression":"x"}]"#,
            "component[0].definition"
        ),
    ])
    func refusals(_ elements: String, _ element: String) throws {
        let reading = try read(elements)
        #expect(reading.parameters.isEmpty)
        #expect(reading.problems.first?.element == "SearchParameter.\(element)")
    }

    @Test func deepNestingIsRefused() throws {
        let expression = String(repeating: "(", count: 9_000) + "Patient.active"
        let reading = try read(#""code":"n","base":["Patient"],"type":"token","expression":"\#(expression)""#)
        #expect(reading.problems.map(\.element) == ["SearchParameter.expression"])
    }

    @Test func whatWouldBeAKeyIsShort() throws {
        let json = """
            {"resourceType":"SearchParameter","url":"http://x.example/\(String(repeating: "y", count: 1_000))",\
            "status":"active","code":"n","base":["Patient"],"type":"token","expression":"Patient.active"}
            """
        let reading = SearchParameterReader(definitions: definitions).read(JSONNode(try Document.parse(json)))
        #expect(reading.problems.map(\.element) == ["SearchParameter.url"])
    }

    /// Expressions from outside are read to their end or refused, whatever they hold.
    @Test func brokenExpressionsAreRefused() throws {
        let parts = [
            "Patient", ".", "name", "(", ")", "|", "where", "use='x'", "as", " ", "extension('u')", "[0]", "%resource",
            "ofType(", "resolve() is", "exists()", "'", "!=", "false", "given", "\u{1F600}", "$this", "and", "",
        ]
        var random = SystemRandomNumberGenerator()
        for _ in 0..<3_000 {
            let count = Int.random(in: 0...12, using: &random)
            let text = (0..<count).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
            let reading = try read(#""code":"n","base":["Patient"],"type":"token","expression":"\#(text)""#)
            #expect(reading.parameters.count + reading.problems.count == 1, "\(text)")
        }
    }

    @Test func onlyActiveOnesTakeEffect() throws {
        let json = #"{"resourceType":"SearchParameter","status":"draft","code":"a b","base":["Patiens"]}"#
        let reading = SearchParameterReader(definitions: definitions).read(JSONNode(try Document.parse(json)))
        #expect(reading.parameters.isEmpty && reading.problems.isEmpty)
    }

    @Test func theStandardsOwnAndItsProfilesAddNothing() throws {
        let url = "http://hl7.org/fhir/SearchParameter/individual-gender"
        let own = try read(
            #""code":"gender","base":["Patient"],"type":"token","expression":"Patient.gender","derivedFrom":"\#(url)""#)
        #expect(own.parameters.isEmpty && own.problems.isEmpty)
    }

    @Test func everyBaseIsAParameter() throws {
        let reading = try read(
            #""code":"nick","base":["Patient","Practitioner"],"type":"string","#
                + #""expression":"Patient.name.text | Practitioner.name.text""#)
        #expect(reading.parameters.map { definitions.name(of: $0.base) } == ["Patient", "Practitioner"])
    }

    @Test func entriesAndRequestsFollowTheSet() throws {
        let indexer = SearchIndexer(definitions: definitions)
        let patient = try #require(definitions.resourceType(named: "Patient"))
        let parameter = try #require(
            try read(
                #""code":"citizenship","base":["Patient"],"type":"token","#
                    + #""expression":"Patient.extension('urn:c').value.coding""#
            ).parameters.first)
        let node = JSONNode(
            try Document.parse(
                #"{"resourceType":"Patient","id":"1","extension":[{"url":"urn:c","#
                    + #""valueCodeableConcept":{"coding":[{"code":"AT"}]}}]}"#
            ))
        let before = indexer.entries(for: node, type: patient, id: "1")
        func search() throws -> SearchRequest {
            try SearchRequest.parse(
                type: patient, pairs: [("citizenship", "AT")], handling: .lenient, indexer: indexer)
        }
        #expect(try search().criteria.isEmpty)

        var set = CustomParameterSet()
        (set.generation, set.revision) = (1, 1)
        set.members = [.init(parameter, generation: 1, isActive: false)]
        #expect(indexer.adopt(set))
        let after = indexer.entries(for: node, type: patient, id: "1")
        #expect(after.generation == 1 && after.keys.count > before.keys.count)
        #expect(indexer.hasCustomEntries(node, type: patient, id: "1", among: after))
        // Even where unknown parameters are forgiven, an answer in part is not given.
        let refusal = #expect(throws: SearchError.self) { try search() }
        #expect(refusal?.code == .indexing)

        set.revision = 2
        set.members[0].isActive = true
        #expect(indexer.adopt(set))
        #expect(try search().criteria.count == 1)
        #expect(try search().customRevision == 2)

        (set.revision, set.members) = (3, [])
        #expect(indexer.adopt(set))
        #expect(try search().criteria.isEmpty)
        #expect(indexer.entries(for: node, type: patient, id: "1").keys == before.keys)
        #expect(!indexer.adopt(CustomParameterSet()))
    }
}
