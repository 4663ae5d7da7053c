import FHIRDefinitions
import Testing

@testable import FHIRSearch

@Suite struct SearchRequestTests {
    private static let indexer = SearchIndexer(definitions: .r4, baseURLs: ["http://own.example/fhir"])

    private func parse(
        _ type: String, _ pairs: [(String, String)], _ handling: SearchRequest.Handling = .strict,
        limits: SearchLimits = SearchLimits()
    ) throws -> SearchRequest {
        let type = try #require(FHIRDefinitions.r4.resourceType(named: type))
        return try SearchRequest.parse(
            type: type, pairs: pairs, handling: handling, indexer: Self.indexer, limits: limits)
    }

    @Test(
        arguments: [
            ("foo", "1", .unknownParameter), ("Name", "x", .unknownParameter), ("_type", "x", .unknownParameter),
            ("_filter", "x", .invalidValue), ("_filter:not", "name eq a", .unsupportedModifier),
            ("_query", "x", .notSupported), ("_list", "$current-problems", .notSupported),
            ("_list", "Patient/1", .invalidValue), ("_list", "a/b/c", .invalidValue),
            ("name:foo", "x", .unsupportedModifier),
            ("name:not", "x", .unsupportedModifier), ("gender:exact", "male", .unsupportedModifier),
            ("name:below", "x", .unsupportedModifier), ("birthdate:not", "2000", .unsupportedModifier),
            ("identifier:of-type", "a|b", .invalidValue), ("identifier:of-type", "a||c", .invalidValue),
            ("organization:Patient", "1", .unsupportedModifier), ("_id:below", "x", .unsupportedModifier),
            ("gender:below", "male", .invalidValue), ("gender:text", "--", .invalidValue),
            ("general-practitioner:below", "Practitioner/1", .unsupportedModifier),
            ("_profile:below", "urn:a:b", .invalidValue), ("_profile:below", "x", .invalidValue),
            ("organization:Nothing", "1", .unsupportedModifier), ("_count:exact", "1", .unsupportedModifier),
            ("birthdate", "abc", .invalidValue), ("birthdate", "2000-13", .invalidValue),
            ("birthdate", "gt", .invalidValue),
            ("birthdate", "xx2000", .invalidValue), ("_lastUpdated", "gt", .invalidValue),
            ("_count", "x", .invalidValue),
            ("_count", "-1", .invalidValue), ("gender:missing", "maybe", .invalidValue),
            ("organization", "Nothing/1", .invalidValue), ("organization", "Organization/1/2", .invalidValue),
            ("identifier", "a|b|c", .invalidValue), ("identifier", "|", .invalidValue), ("_sort", "foo", .invalidValue),
            ("_sort", "-foo", .invalidValue), ("_summary", "some", .invalidValue), ("_total", "all", .invalidValue),
            ("_include", "Patient", .invalidValue), ("_include", "Patient:name", .invalidValue),
            ("_include", "Foo:bar", .invalidValue), ("_revinclude", "*:x", .invalidValue),
            ("_pretty", "yes", .invalidValue),
            ("organization.foo", "x", .unknownParameter), ("name.family", "x", .invalidChain),
            ("organization:Patient.name", "x", .unsupportedModifier), ("_has:Observation:patient", "x", .invalidChain),
            ("_has:Foo:patient:code", "x", .invalidChain), ("_has:Observation:code:code", "x", .invalidChain),
            ("_has:Observation:patient:foo", "x", .unknownParameter),
            (
                "link:Patient.link:Patient.link:Patient.link:Patient.link:Patient.link:Patient.link:Patient.name", "x",
                .tooComplex
            ),
        ] as [(String, String, SearchError.Code)])
    func refusesAndNamesTheParameter(name: String, value: String, code: SearchError.Code) {
        let error = #expect(throws: SearchError.self) { try parse("Patient", [(name, value)]) }
        #expect(error?.code == code)
        #expect(error?.parameter == name)
    }

    @Test(arguments: [
        ("value-quantity", "5|mg"), ("value-quantity", "5|s|"), ("value-quantity", "abc"),
        ("value-quantity", "1|2|3|4"),
        ("code-value-quantity", "x"), ("code-value-quantity", "x$1$2"), ("code-value-quantity", "x$"),
        ("code-value-quantity", "x$abc"),
    ])
    func refusesMalformedQuantitiesAndComposites(name: String, value: String) {
        let error = #expect(throws: SearchError.self) { try parse("Observation", [(name, value)]) }
        #expect(error?.code == .invalidValue)
    }

    @Test func lenientHandlingDropsUnknownParametersOnly() throws {
        let request = try parse("Patient", [("foo", "1"), ("gender", "male"), ("bar.x", "2")], .lenient)
        #expect(request.warnings.map(\.parameter) == ["foo", "bar.x"])
        #expect(request.selfQuery == "gender=male")
        #expect(throws: SearchError.self) { try parse("Patient", [("birthdate", "abc")], .lenient) }
        #expect(throws: SearchError.self) { try parse("Patient", [("name:foo", "x")], .lenient) }
    }

    @Test func limitsHold() {
        var limits = SearchLimits()
        limits.maximumParameterCount = 1
        limits.maximumValueCount = 2
        #expect(throws: SearchError.self) { try parse("Patient", [("name", "a"), ("name", "b")], limits: limits) }
        #expect(throws: SearchError.self) { try parse("Patient", [("name", "a,b,c")], limits: limits) }
    }

    @Test func emptyValuesAreIgnored() throws {
        let request = try parse("Patient", [("name", ""), ("gender", ","), ("family", "a,,b")])
        #expect(request.criteria.count == 1)
        #expect(request.understood.map(\.name) == ["family"])
    }

    @Test(arguments: [
        (#"a\,b,c"#, [#"a\,b"#, "c"]), (#"a\\,b"#, [#"a\\"#, "b"]), ("", [""]), (#"a\"#, [#"a\"#]),
        ("a,,b", ["a", "", "b"]),
    ])
    func valuesAreSplitAtUnescapedSeparators(text: String, expected: [String]) {
        #expect(SearchValueSyntax.split(text[...], at: UInt8(ascii: ",")).map(String.init) == expected)
    }

    @Test(arguments: [(#"a\,b"#, "a,b"), (#"\$\|\\"#, #"$|\"#), (#"a\nb"#, #"a\nb"#), (#"a\"#, #"a\"#)])
    func escapesAreUndone(text: String, expected: String) {
        #expect(SearchValueSyntax.unescaped(Substring(text)) == expected)
    }

    @Test func resultParametersAreRead() throws {
        let request = try parse(
            "Observation",
            [
                ("_sort", "-date,code"), ("_count", "20"), ("_include", "Observation:subject:Patient"),
                ("_include:iterate", "Patient:organization"), ("_revinclude", "Provenance:target"),
                ("_total", "accurate"), ("_summary", "text"), ("_elements", "id,code"), ("_format", "json"),
                ("_pretty", "true"), ("_cursor", "abc"),
            ])
        #expect(request.sort.map(\.isDescending) == [true, false])
        #expect(request.sort.map(\.parameter.code) == ["date", "code"])
        #expect(request.count == 20)
        #expect(request.includes.map(\.isIterated) == [false, true])
        #expect(request.includes[0].target == FHIRDefinitions.r4.resourceType(named: "Patient"))
        #expect(request.revIncludes.count == 1)
        #expect(request.total == .accurate)
        #expect(request.summary == .text)
        #expect(request.isPretty == true)
        #expect(request.cursor == "abc")
        #expect(!request.selfQuery.contains("_cursor"))
        #expect(request.query(cursor: "x=").hasSuffix("&_cursor=x%3D"))
    }

    @Test func selfEncodesWhatItShows() throws {
        let request = try parse("Patient", [("identifier", "urn:a|x y&z"), ("name:exact", "Mü")])
        #expect(request.selfQuery == "identifier=urn:a%7Cx%20y%26z&name:exact=M%C3%BC")
    }

    @Test func alternativesOfOneParameterBecomeOneTest() throws {
        let request = try parse("Patient", [("identifier", "urn:a|1,urn:a|2"), ("gender", "male")])
        let predicate = PredicateBuilder(indexer: Self.indexer, now: 0).predicate(for: request)
        guard case .all(let parts) = predicate, parts.count == 2, case .keys(let keys, true) = parts[0],
            case .keys(let gender, false) = parts[1]
        else {
            Issue.record("\(predicate)")
            return
        }
        #expect(keys.count == 2)
        #expect(gender.count == 1)
    }

    @Test func whatCannotMatchIsKnownBeforehand() throws {
        for (name, value) in [("organization", "Patient/1"), ("gender", "urn:other|male"), ("_id", "s|1")] {
            let request = try parse("Patient", [(name, value)])
            #expect(PredicateBuilder(indexer: Self.indexer, now: 0).predicate(for: request) == .never)
        }
    }
}
