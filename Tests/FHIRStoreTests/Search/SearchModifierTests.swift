import FHIRSearch
import FHIRStoreTesting
import Testing

/// Modifiers on every type of parameter; each test loads its resources once.
@Suite struct SearchModifierTests {
    @Test func identifiersByType() async throws {
        try await TestStore.check(
            [
                #"""
                {"resourceType":"Patient","id":"a","identifier":[
                 {"type":{"coding":[{"system":"urn:t","code":"MR"},{"system":"urn:u","code":"7"}]},"value":"X1"},
                 {"type":{"coding":[{"system":"urn:t","code":"SS"}]},"system":"urn:s","value":"X2"}]}
                """#,
                #"""
                {"resourceType":"Patient","id":"b","identifier":[
                 {"type":{"coding":[{"system":"urn:t","code":"SS"}]},"value":"X1"}]}
                """#,
            ],
            [
                ("Patient", "identifier:of-type=urn:t|MR|X1", "a"), ("Patient", "identifier:of-type=urn:t|MR|x1", "a"),
                ("Patient", "identifier:of-type=urn:u|7|X1", "a"), ("Patient", "identifier:of-type=urn:t|SS|X1", "b"),
                ("Patient", "identifier:of-type=urn:t|SS|X2", "a"), ("Patient", "identifier:of-type=urn:t|MR|X2", ""),
                ("Patient", "identifier:of-type=urn:t|SS|X1,urn:t|SS|X2", "a b"),
                ("Patient", "identifier:of-type=urn:q|SS|X1", ""),
            ])
    }

    @Test func texts() async throws {
        try await TestStore.check(
            [
                #"""
                {"resourceType":"Observation","id":"a","code":{"coding":[{"display":"Body Weight (measured)"}]},
                 "subject":{"display":"Anna Müller"},"identifier":[{"type":{"text":"Lab number"},"value":"1"}]}
                """#,
                #"{"resourceType":"Observation","id":"b","code":{"text":"Weight of body"},"status":"final"}"#,
                #"{"resourceType":"Patient","id":"p","name":[{"family":"van der Berg","given":["Anna"]}]}"#,
            ],
            [
                ("Observation", "code:text=body weight", "a b"), ("Observation", "code:text=MEASURED", "a"),
                ("Observation", "code:text=meas", "a"), ("Observation", "code:text=height", ""),
                ("Observation", "code:text=eight", ""), ("Observation", "code:text=height,measured", "a"),
                ("Observation", "subject:text=müller", "a"),
                ("Observation", "subject:text=MULLER", "a"), ("Observation", "identifier:text=lab", "a"),
                ("Observation", "code:text=weight&status=final", "b"), ("Patient", "name:text=berg anna", ""),
                ("Patient", "name:text=der berg", "p"), ("Patient", "name:text=erg", ""),
                ("Observation", "code:text=it's & | !:* \\", ""),
            ])
    }

    /// C63
    @Test func urls() async throws {
        try await TestStore.check(
            [
                #"""
                {"resourceType":"ValueSet","id":"a","url":"http://x.example/fhir/ValueSet/1","meta":{
                 "profile":["http://x.example/p|1.0","http://x.example/q/r"]}}
                """#,
                #"{"resourceType":"ValueSet","id":"b","url":"http://x.example/fhir","meta":{"source":"http://s/a#b"}}"#,
                #"{"resourceType":"ValueSet","id":"c","url":"urn:oid:1.2"}"#,
                #"{"resourceType":"ValueSet","id":"d","url":"http://x.example/fhirother/ValueSet/1"}"#,
            ],
            [
                ("ValueSet", "url:below=http://x.example/fhir", "a b"),
                ("ValueSet", "url:below=http://x.example/fhir/", "a b"),
                ("ValueSet", "url:below=http://x.example", "a b d"),
                ("ValueSet", "url:below=http://x.example/fhir/ValueSet/1", "a"),
                ("ValueSet", "url:below=http://x.example/fhir/VALUESET", ""),
                ("ValueSet", "url:above=http://x.example/fhir/ValueSet/1", "a b"),
                ("ValueSet", "url:above=http://x.example/fhir/ValueSet/1/2/3", "a b"),
                ("ValueSet", "url:above=http://x.example/other", ""),
                ("ValueSet", #"url:below=http://x.example/"%27\n"#, ""),
                ("ValueSet", "url=urn:oid:1.2", "c"), ("ValueSet", "url=http://x.example/fhir/", ""),
                ("ValueSet", "url=http://X.example/fhir", ""),
                ("ValueSet", "_profile=http://x.example/p", "a"), ("ValueSet", "_profile=http://x.example/p|1.0", "a"),
                ("ValueSet", "_profile=http://x.example/p|1", ""), ("ValueSet", "_profile=http://x.example/q/r|1", ""),
                ("ValueSet", "_profile:below=http://x.example/q", "a"),
                ("ValueSet", "_profile:below=http://x.example/p", "a"),
                ("ValueSet", "_source=http://s/a#b", "b"), ("ValueSet", "_source:below=http://s", "b"),
                ("ValueSet", "url:missing=true", ""),
            ])
    }

    /// C63
    @Test func canonicals() async throws {
        func response(_ id: String, _ canonical: String) -> String {
            #"{"resourceType":"QuestionnaireResponse","id":"\#(id)","questionnaire":"\#(canonical)"}"#
        }
        try await TestStore.check(
            [
                response("a", "http://q.example/q|1.2"), response("b", "http://q.example/q|1.2.3"),
                response("c", "http://q.example/q"), response("d", "http://q.example/q|1.20"),
                response("e", "http://own.example/fhir/Questionnaire/z|2"),
            ],
            [
                ("QuestionnaireResponse", "questionnaire=http://q.example/q", "a b c d"),
                ("QuestionnaireResponse", "questionnaire=http://q.example/q|1.2", "a"),
                ("QuestionnaireResponse", "questionnaire=http://q.example/q|1", ""),
                ("QuestionnaireResponse", "questionnaire:below=http://q.example/q|1.2", "a b"),
                ("QuestionnaireResponse", "questionnaire:below=http://q.example/q|1", "a b d"),
                ("QuestionnaireResponse", "questionnaire:above=http://q.example/q|1.2.3", "a b"),
                ("QuestionnaireResponse", "questionnaire=Questionnaire/z", "e"),
                ("QuestionnaireResponse", "questionnaire=http://own.example/fhir/Questionnaire/z", "e"),
                ("QuestionnaireResponse", "questionnaire=http://own.example/fhir/Questionnaire/z|2", "e"),
                ("QuestionnaireResponse", "questionnaire=http://own.example/fhir/Questionnaire/z|1", ""),
            ])
    }

    @Test func hierarchiesOfResources() async throws {
        func location(_ id: String, in parent: String?) -> String {
            let part = parent.map { #","partOf":{"reference":"\#($0)"}"# } ?? ""
            return #"{"resourceType":"Location","id":"\#(id)"\#(part)}"#
        }
        func encounter(_ id: String, _ location: String) -> String {
            #"""
            {"resourceType":"Encounter","id":"\#(id)","location":[{"location":{"reference":"Location/\#(location)"}}]}
            """#
        }
        try await TestStore.check(
            [
                location("house", in: nil), location("ward", in: "Location/house"),
                location("room", in: "http://own.example/fhir/Location/ward"), location("bed", in: "Location/room"),
                location("x", in: "Location/y"), location("y", in: "Location/x"),
                encounter("h", "house"), encounter("w", "ward"), encounter("b", "bed"), encounter("l", "x"),
            ],
            [
                ("Encounter", "location:below=ward", "b w"), ("Encounter", "location:below=Location/house", "b h w"),
                ("Encounter", "location:above=room", "h w"), ("Encounter", "location:above=bed", "b h w"),
                ("Encounter", "location:below=x", "l"), ("Encounter", "location:above=y", "l"),
                ("Encounter", "location:below=nothing", ""), ("Encounter", "location:above=nothing", ""),
                ("Location", "partof:below=house", "bed room ward"), ("Location", "partof:above=room", "bed room ward"),
                ("Encounter", "location:below=ward,x", "b l w"),
                ("Encounter", "location.partof:below=ward", "b"),
            ])
    }

    @Test func negations() async throws {
        try await TestStore.check(
            [
                #"""
                {"resourceType":"Patient","id":"a","gender":"male","communication":[
                 {"language":{"coding":[{"code":"de"},{"code":"deu"}]}},{"language":{"coding":[{"code":"en"}]}}]}
                """#,
                #"{"resourceType":"Patient","id":"b","communication":[{"language":{"coding":[{"code":"fr"}]}}]}"#,
                #"{"resourceType":"Patient","id":"c","gender":"female","name":[{"family":"X"}],"birthDate":"2000"}"#,
                #"{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/a"}}"#,
                #"{"resourceType":"Observation","id":"q","subject":{"reference":"Patient/c"},"valueString":"v"}"#,
                #"{"resourceType":"Observation","id":"r"}"#,
            ],
            [
                ("Patient", "language:not=de", "b c"), ("Patient", "language:not=en,fr", "c"),
                ("Patient", "language:not=de&language:not=fr", "c"), ("Patient", "gender:not=male", "b c"),
                ("Patient", "_id:not=a", "b c"), ("Patient", "_id:missing=true", ""),
                ("Patient", "name:missing=true", "a b"), ("Patient", "name:missing=false", "c"),
                ("Patient", "birthdate:missing=true", "a b"), ("Patient", "_lastUpdated:missing=false", "a b c"),
                ("Observation", "subject:Patient.gender:not=male", "q"),
                ("Observation", "subject:Patient.language:not=fr", "o q"),
                ("Observation", "subject:Patient.name:missing=true", "o"),
                ("Observation", "subject:Patient.gender:missing=false", "o q"),
                ("Observation", "subject:missing=true", "r"), ("Observation", "value-string:missing=true", "o r"),
                ("Patient", "_has:Observation:subject:value-string:missing=false", "c"),
                ("Patient", "_has:Observation:subject:value-string:missing=true", "a"),
                ("Patient", "_has:Observation:subject:code:not=x", "a c"),
                ("Observation", "subject._has:Observation:patient:value-string=v", "q"),
                ("Observation", "patient._id=a", "o"), ("Observation", "patient._id:not=a", "q"),
            ])
    }
}
