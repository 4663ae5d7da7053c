import FHIRDefinitions
import Testing

@testable import FHIRTerminology

/// Code systems that grammars and lists tell.
@Suite struct CodeGrammarTests {
    @Test(arguments: [
        "", "text", "text/", "/plain", "json", "text/plain/x", "text plain", " text/plain", "text/plain ",
        "text/pl ain", "*/*", "image/*", "text/plain;", "text/plain;charset", "text/plain; charset=",
        "text/plain; charset=\"utf-8", "text/plain; charset=\"a\\", "text/plain; charset=utf-8;", "text/plain; =x",
        "text/plain, text/html", "-text/plain", "text/.x", "text/plän", "text/plain; a=\"ä\"", "text/plain; a b=c",
        "text/\(String(repeating: "a", count: 128))",
    ])
    func noMediaType(_ text: String) { #expect(CodeGrammar.mediaType.accepts(text) == false) }

    @Test(arguments: [
        "text/plain", "TEXT/Plain", "application/fhir+json", "application/vnd.ms-excel.sheet.macroEnabled.12",
        "x-own/x-thing", "text/plain;charset=utf-8", "text/plain; charset=utf-8", "text/plain ; charset=\"utf-8\"",
        "multipart/related; boundary=\"a; b\\\"c\"; type=x", "application/fhir+json; fhirVersion=4.0", "text/cql",
        "text/\(String(repeating: "a", count: 127))",
    ])
    func mediaTypes(_ text: String) { #expect(CodeGrammar.mediaType.accepts(text) == true) }

    @Test(arguments: [
        "", "-", "e", "english", "lang", "en-", "-en", "en--US", "en_US", "en US", "de-DE-DE", "12", "en-1",
        "zh-aaa-bbb-ccc-ddd", "sl-rozaj-ROZAJ", "en-a", "en-a-b", "en-a-foo-a-bar", "x", "x-", "en-x", "en-x-",
        "x-toolongpart", "i-nothing", "a-de", "dé", "en-abcdefghi", "de-419-DE", "en-Latn-Latn",
        String(repeating: "x-", count: 200) + "x",
    ])
    func noLanguageTag(_ text: String) { #expect(CodeGrammar.languageTag.accepts(text) == false) }

    @Test(arguments: [
        "de", "EN-us", "haw", "de-CH-1996", "zh-Hant-TW", "es-419", "sl-rozaj-biske-1994", "zh-yue-HK",
        "zh-cmn-Hans-CN",
        "en-a-bbb-x-a-ccc", "de-DE-u-co-phonebk", "en-a-foo-b-bar", "x-own", "x-a-1-b", "i-klingon", "I-Klingon",
        "sgn-BE-FR", "en-GB-oed", "zh-min-nan", "art-lojban", "no-bok", "qaa-Qaaa-QM-x-southern", "de-Qaaa",
    ])
    func languageTags(_ text: String) { #expect(CodeGrammar.languageTag.accepts(text) == true) }

    @Test func units() {
        for code in ["", "mcg", "TAB", "month", "mg/", "m[Hg", "mm Hg", "{scöre}"] {
            #expect(CodeGrammar.unit.accepts(code) == false, "\(code)")
        }
        for code in [
            "mg", "mm[Hg]", "mL/min/{1.73_m2}", "10*3/uL", "{score}", "%", "Cel", "1", "[iU]/L", "U/(10.g){feces}",
        ] {
            #expect(CodeGrammar.unit.accepts(code) == true, "\(code)")
        }
        #expect(CodeGrammar.unit.accepts(String(repeating: "m.", count: 200) + "m") == nil)
    }

    @Test func lists() throws {
        #expect(ListedCodeSystem.resource("urn:x") == nil)
        func system(_ url: String) throws -> ResourceCodeSystem {
            ResourceCodeSystem(try #require(ListedCodeSystem.resource(url)))
        }
        let currencies = try system("urn:iso:std:iso:4217")
        for code in ["", "eur", "EURO", "XYZ", "978"] { #expect(currencies.concept(code) == nil, "\(code)") }
        #expect(currencies.concept("EUR")?.display == "Euro" && currencies.concept("EUR")?.isInactive == false)
        #expect(currencies.concept("DEM")?.isInactive == true)
        #expect(currencies.codes.count > 230 && Set(currencies.codes).count == currencies.codes.count)
        #expect(currencies.codes.allSatisfy { $0.utf8.count == 3 && $0.utf8.allSatisfy { 65...90 ~= $0 } })
        let zones = try system("https://www.iana.org/time-zones")
        for name in ["", "Berlin", "Europe", "europe/berlin", "CEST", "Factory", "+01:00", "-"] {
            #expect(zones.concept(name) == nil, "\(name)")
        }
        for name in [
            "UTC", "Europe/Berlin", "Europe/Kyiv", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "GMT-0",
            "America/Port-au-Prince", "Australia/Sydney", "US/Eastern",
        ] {
            #expect(zones.concept(name) != nil, "\(name)")
        }
        #expect(zones.codes.count == 597 && Set(zones.codes).count == 597)
    }

    @Test func systemsWithoutEnd() throws {
        #expect(GrammarCodeSystem("urn:x") == nil)
        let units = try #require(GrammarCodeSystem("http://unitsofmeasure.org"))
        #expect(throws: TerminologyError.self) { try units.select(ConceptSelection(limit: 1)) }
        #expect(throws: TerminologyError.self) { try units.concept(String(repeating: "m.", count: 200) + "m") }
        func holds(_ code: String, _ property: String, _ op: ConceptFilter.Operator, _ value: String) throws -> Bool {
            try units.contains(code, filters: [ConceptFilter(property: property, op: op, value: value)])
        }
        #expect(try holds("min", "canonical", .equal, "a") && !holds("mg", "canonical", .equal, "a"))
        #expect(try !holds("mcg", "canonical", .equal, "g") && !holds("min", "canonical", .equal, "none"))
        #expect(try holds("mg", "code", .in, "g, mg") && !holds("mg", "code", .notIn, "g,mg"))
        #expect(try holds("mg", "code", .regex, "m.") && !holds("mg", "code", .descendentOf, "g"))
        #expect(throws: TerminologyError.self) { try holds("mg", "dimension", .equal, "M") }
        #expect(try units.isKind("mg", of: "mg") && !units.isKind("MG", of: "mg") && !units.isKind("?", of: "?"))
        let languages = try #require(GrammarCodeSystem("urn:ietf:bcp:47"))
        #expect(try languages.isKind("EN-us", of: "en-US") && !languages.isKind("en-US", of: "en"))
        let kinship = try languages.kinship(of: ["de", "?"], among: ["en"])
        #expect(kinship.codes == ["de": "de", "?": nil] && kinship.pairs.isEmpty)
    }

    @Test(
        arguments: [
            ("mimetypes", "urn:ietf:bcp:13", "text/plain", StandardCodes.Membership.member),
            ("mimetypes", "urn:ietf:bcp:13", "text", .absent), ("mimetypes", "urn:ietf:bcp:13", "json", .absent),
            ("mimetypes", "urn:x", "text/plain", .absent),
            ("mimetypes", nil, "text/plain; charset=utf-8", .member), ("mimetypes", nil, "text", .absent),
            // As R4 writes formats.
            ("mimetypes", nil, "json", .member), ("mimetypes", nil, "xml", .member),
            ("mimetypes", nil, "yaml", .absent),
            ("currencies", nil, "USD", .member), ("currencies", nil, "usd", .absent),
            ("currencies", "urn:iso:std:iso:4217", "DEM", .member), ("currencies", nil, "", .absent),
            ("ucum-units", "http://unitsofmeasure.org", "mm[Hg]", .member), ("ucum-units", nil, "mcg", .absent),
            ("ucum-units", nil, String(repeating: "m.", count: 200) + "m", .unknown),
            ("all-time-units", nil, "min", .member), ("all-time-units", nil, "mg", .absent),
            ("all-time-units", nil, "?", .absent), ("all-distance-units", nil, "km", .member),
            ("timezones", nil, "Europe/Zurich", .member), ("timezones", nil, "Europe/Zuerich", .absent),
            ("all-languages", nil, "de-CH", .member), ("all-languages", "urn:ietf:bcp:47", "deutsch", .absent),
            ("languages", "urn:ietf:bcp:47", "de-CH", .member), ("languages", "urn:ietf:bcp:47", "gsw", .absent),
        ] as [(String, String?, String, StandardCodes.Membership)])
    func membership(_ name: String, _ system: String?, _ code: String, _ expected: StandardCodes.Membership) throws {
        let valueSet = try #require(StandardCodes.r4.valueSet("http://hl7.org/fhir/ValueSet/\(name)"))
        #expect(StandardCodes.r4.membership(code, system: system, in: valueSet) == expected)
    }

    @Test func findings() {
        let codes = StandardCodes.r4
        #expect(codes.find("mcg", system: "http://unitsofmeasure.org") == .noSuchCode)
        #expect(codes.find("mg", system: "http://unitsofmeasure.org") == .unknownSystem)
        #expect(codes.find("XYZ", system: "urn:iso:std:iso:4217") == .noSuchCode)
        guard case .known(let mark) = codes.find("DEM", system: "urn:iso:std:iso:4217") else {
            Issue.record("DEM is not known")
            return
        }
        #expect(codes.isInactive(mark))
    }
}
