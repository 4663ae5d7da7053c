import FHIRDefinitions
import JSONTape
import Testing

@testable import FHIRPath

/// Paths through resources and the functions that FHIR adds.
@Suite struct ResourceTests {
    static let patient = """
        {"resourceType":"Patient","id":"p","active":true,
         "_birthDate":{"id":"b","extension":[
            {"url":"http://example.org/time","valueDateTime":"1974-12-25T14:35:45-05:00"}]},
         "birthDate":"1974-12-25","contained":[{"resourceType":"Organization","id":"o","name":"Acme"}],
         "managingOrganization":{"reference":"#o"},"generalPractitioner":[{"reference":"Practitioner/1"}],
         "name":[{"family":"Ch\\u00e4lmers","given":["Peter",null,"James"],
                  "_given":[null,{"extension":[{"url":"http://example.org/x","valueCode":"n"}]},null]},
                 {"use":"usual","given":["Jim"]}],
         "multipleBirthInteger":2,"contact":[{"name":{"family":"Du"},"gender":"female"}],
         "extension":[{"url":"http://example.org/age",
             "valueAge":{"value":4.50,"system":"http://unitsofmeasure.org","code":"a"}}],
         "text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\"><p>Hi</p></div>"}}
        """

    @Test(arguments: [
        ("name.given", "Peter, string, James, Jim"), ("Patient.name.given[0]", "Peter"), ("Organization.name", ""),
        ("Resource.id", "p"), ("DomainResource.id", "p"),
        ("name.given.count()", "4"), ("name.given.select(hasValue())", "true, false, true, true"),
        ("name.given[1].extension.value", "n"), ("name.given[1] = 'x'", "false"),
        ("birthDate.extension('http://example.org/time').value", "1974-12-25T14:35:45-05:00"), ("birthDate.id", "b"),
        ("birthDate.value", "1974-12-25"),
        ("birthDate.getValue().type().name", "Date"), ("birthDate < today()", "true"),
        ("birthDate.is(System.Date)", "false"), ("birthDate.is(date)", "true"),
        ("multipleBirth", "2"), ("multipleBirth.is(integer)", "true"), ("multipleBirth.type().name", "integer"),
        ("multipleBirth + 1", "3"), ("multipleBirthInteger", ""),
        ("extension.value.is(Quantity)", "true"), ("extension.value as Age = 4.5 'a'", ""),
        ("extension.value.value", "4.50"), ("extension.value.ofType(Duration)", ""),
        ("name[0].family", "Chälmers"), ("name.where(use = 'usual').given", "Jim"),
        ("name[0].family = 'Chälmers'", "true"), ("active and true", "true"), ("active.not()", "false"),
        ("contact.type().name", "BackboneElement"), ("contact is BackboneElement", "true"),
        ("contact.gender is string", "true"), ("contact.gender.is(id)", "false"),
        ("managingOrganization.resolve().name", "Acme"), ("managingOrganization.resolve() is Organization", "true"),
        ("generalPractitioner.resolve()", ""),
        ("contained.name", "Acme"), ("contained.type().name", "Organization"), ("text.`div`.exists()", "true"),
        ("text.`div`.htmlChecks()", "true"), ("text.div.exists()", "true"),
        ("text.and.exists() or text.div.is(xhtml)", "true"), ("descendants().where($this is Age).count()", "1"),
        ("children().count()", "12"), ("name.children().count()", "6"), ("%resource.id", "p"),
        ("%context.id & %rootResource.id", "pp"), ("%ucum", "http://unitsofmeasure.org"),
        ("%`vs-x`", "http://hl7.org/fhir/ValueSet/x"), ("%'ext-y'", "http://hl7.org/fhir/StructureDefinition/y"),
        ("name = name", "true"), ("name ~ (name[1] | name[0])", "true"), ("name[0] ~ name[1]", "false"),
        ("name | name", "HumanName, HumanName"),
        ("nothing.at.all", ""), ("contact.gender.memberOf('x')", ""),
        ("conformsTo('http://hl7.org/fhir/StructureDefinition/Patient')", "true"),
        ("conformsTo('http://hl7.org/fhir/StructureDefinition/Person')", "false"),
        ("name[0].given.combine(name[1].given).distinct().count()", "4"),
        ("descendants().as(code)", "usual, female, generated"), ("checkModifiers().id", "p"),
    ])
    func gives(_ text: String, _ expected: String) throws {
        let line = try PathHarness.line(text, on: Self.patient)
        if text == "descendants().as(code)" {
            #expect(Set(line.split(separator: ", ")).isSuperset(of: ["usual", "female", "generated"]))
        } else {
            #expect(line == expected, "\(text)")
        }
    }

    @Test(arguments: [
        ("name.given1", 5), ("Encounter.name.given", 0), ("multipleBirthInteger", 0),
        ("(multipleBirth as integer).unit", 27), ("name.where(given1 = 'x')", 11),
        ("children().skip(1)", 11), ("descendants()[0]", 13), ("contact.select(name.nothing)", 20),
        ("extension('x').nothing", 15), ("(name | contact.name).first()", 22),
    ])
    func strictlyRefused(_ text: String, _ offset: Int) throws {
        let patient = try #require(FHIRDefinitions.r4.resourceType(named: "Patient"))
        let error = #expect(throws: FHIRPathError(.invalidPath, "")) {
            try PathHarness.engine.expression(text, strictlyOn: patient)
        }
        #expect(error?.offset == offset, "\(text)")
        #expect(throws: Never.self) { try PathHarness.engine.expression(text) }
    }

    @Test(arguments: [
        "Patient.name.given", "multipleBirth.unit.empty() or true", "contained.name", "name.given.extension.value",
        "managingOrganization.resolve().name", "birthDate.value",
        "name.select(given | family).where($this = 'x')", "DomainResource.text.status", "text.`div`",
        "link.other.resolve().ofType(Patient).name", "name.trace('x').first()",
    ])
    func strictlyAllowed(_ text: String) throws {
        let patient = try #require(FHIRDefinitions.r4.resourceType(named: "Patient"))
        if text.hasPrefix("multipleBirth") {
            #expect(throws: FHIRPathError(.invalidPath, "")) {
                try PathHarness.engine.expression(text, strictlyOn: patient)
            }
        } else {
            #expect(throws: Never.self) { try PathHarness.engine.expression(text, strictlyOn: patient) }
        }
    }

    @Test func bundleEntriesResolve() throws {
        let bundle = """
            {"resourceType":"Bundle","type":"document","entry":[
              {"fullUrl":"urn:uuid:1","resource":
                {"resourceType":"Patient","id":"1","managingOrganization":{"reference":"urn:uuid:2"}}},
              {"fullUrl":"urn:uuid:2","resource":{"resourceType":"Organization","name":"Acme"}},
              {"fullUrl":"http://example.org/fhir/Practitioner/3","resource":{"resourceType":"Practitioner","id":"3"}},
              {"resource":{"resourceType":"Encounter","id":"4"}}]}
            """
        #expect(try PathHarness.line("entry.resource.managingOrganization.resolve().name", on: bundle) == "Acme")
        #expect(try PathHarness.line("'Practitioner/3'.resolve().id", on: bundle) == "3")
        #expect(try PathHarness.line("'Encounter/4'.resolve().id", on: bundle) == "4")
        #expect(try PathHarness.line("'Encounter/5'.resolve().id", on: bundle) == "")
        #expect(try PathHarness.line("entry.resource.where($this is Patient).id", on: bundle) == "1")
    }

    private struct Library: Knowledge {
        func resolve(_ reference: String) -> (document: Document, index: Document.Index)? {
            guard reference == "Practitioner/1",
                let document = try? Document.parse(#"{"resourceType":"Practitioner","id":"1","active":true}"#)
            else { return nil }
            return (document, Document.root)
        }

        func isMember(_ element: KnowledgeElement, ofValueSet url: String) -> Bool? {
            guard url == "http://example.org/vs" else { return nil }
            switch element {
            case .text(let text): return text == "a"
            case .element(let document, let index, _): return document.string(index) == "female"
            }
        }

        func conforms(_ element: KnowledgeElement, toProfile url: String) -> Bool? {
            url == "http://example.org/p" ? true : nil
        }
    }

    @Test func knowledgeAnswers() throws {
        var environment = Environment()
        environment.knowledge = Library()
        environment.variables["who"] = .one(.string("me"))
        environment.keepsTraces = true
        let evaluation = try PathHarness.evaluation(Self.patient, environment)
        func line(_ text: String) throws -> String {
            try evaluation.evaluate(PathHarness.engine.expression(text)).map { evaluation.text($0) ?? "?" }.joined(
                separator: ", ")
        }
        #expect(try line("generalPractitioner.resolve().active") == "true")
        #expect(try line("generalPractitioner.resolve() is Practitioner") == "true")
        #expect(try line("'a'.memberOf('http://example.org/vs')") == "true")
        #expect(try line("contact.gender.memberOf('http://example.org/vs')") == "true")
        #expect(try line("'a'.memberOf('http://example.org/other')") == "")
        #expect(try line("conformsTo('http://example.org/p')") == "true")
        #expect(try line("%who") == "me")
        #expect(try line("name.given.trace('g').trace('l', length()).count()") == "4")
        #expect(evaluation.traces.map(\.name) == ["g", "l"])
        #expect(evaluation.traces.map(\.items.count) == [4, 3])
    }

    @Test func modifiersHaveToBeKnown() throws {
        let json =
            #"{"resourceType":"Patient","modifierExtension":[{"url":"http://example.org/m","valueBoolean":true}]}"#
        #expect(throws: FHIRPathError(.unknownModifier, "")) { try PathHarness.texts("checkModifiers()", on: json) }
        #expect(try PathHarness.line("checkModifiers('http://example.org/m').exists()", on: json) == "true")
    }

    @Test(arguments: [
        ("<div><p>x</p></div>", true), ("<div><p>x</p>", false), ("<div></div>", false), ("<div> </div>", false),
        ("<p>x</p>", false), ("<div><script>x</script></div>", false),
        ("<div onclick=\"x\">x</div>", false), ("<div><a href=\"javascript:x\">x</a></div>", false),
        ("<div><img src=\"#i\"/></div>", true), ("<div>x</div>x", false),
        ("<div><!-- a -->x</div>", true), ("<!DOCTYPE x><div>x</div>", false), ("<div><b>x</div></b>", false),
        ("<div class='a'>&amp;</div>", true),
    ])
    func narratives(_ text: String, _ isAllowed: Bool) {
        #expect(NarrativeCheck.isAllowed(text) == isAllowed)
    }
}
