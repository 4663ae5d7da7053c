import FHIRServerTesting
import JSONTape
import Testing

/// R4 search.html#modifiers
@Suite struct SearchModifierChecks {
    @Test("C46: a modifier that does not apply is refused, and the outcome lists those that do", .check("C46"))
    func unsupportedModifiers() async throws {
        try await CriteriaSearch.with([]) { search in
            try await search.expectRefused([
                ("Patient?name:not=x", ":contains"), ("Patient?gender:exact=male", ":not-in"),
                ("Patient?birthdate:exact=2000", ":missing"), ("Patient?birthdate:nothing=2000", ":missing"),
                ("Observation?value-quantity:contains=1", ":missing"), ("Observation?subject:exact=1", "[Type]"),
                ("Observation?subject:Organization=1", "Patient"), ("Patient?_profile:exact=http://x", ":below"),
                ("Observation?code-value-quantity:not=a$1", ":missing"), ("Patient?_id:text=x", ":not"),
                ("Patient?_lastUpdated:not=2000", ":missing"), ("Patient?_count:exact=1", "http._count:exact"),
                ("Patient?general-practitioner.name:above=x", ":exact"), ("Patient?_filter:not=x", "http._filter:not"),
                ("Patient?_has:Observation:patient:code:exact=x", ":of-type"), ("Patient?gender:=male", ":not"),
                ("Patient?name:exact:contains=x", ":exact"),
            ])
        }
    }

    @Test("C47: unknown parameters are refused, or left out and told on request", .check("C47"))
    func unknownParameters() async throws {
        try await CriteriaSearch.with([#"{"resourceType":"Patient","id":"a","gender":"male"}"#]) { search in
            try await search.expectRefused([
                ("Patient?foo=1", "http.foo"), ("Patient?gender=male&code=x", "http.code"),
                ("Patient?organization.foo=1", "http.organization.foo"),
                ("Patient?_has:Observation:patient:foo=1", "http._has:Observation:patient:foo"),
                ("Patient?GENDER=male", "http.GENDER"), ("Patient?_query=x", "http._query"),
                ("?_contained=true&_type=Patient", "http._contained"),
                ("Patient?_contained=true&_contained=both", "http._contained"),
                ("Patient?_contained=maybe", "false or true"), ("Patient?_containedType=x", "container"),
                ("Patient?_type=Patient", "_type"), ("Observation?patient._contained=false", "http.patient._contained"),
            ])
            try await search.expect([
                ("Patient?_contained=false", "a"), ("Patient?_contained=false&_containedType=contained", "a"),
            ])
            let lenient = [("Prefer", "handling=lenient")]
            let answer = try await search.get("Patient?gender=male&foo=1&organization.bar=2", headers: lenient)
            #expect(answer.status == 200)
            let entries = try answer.json["entry"]?.items ?? []
            #expect(entries.count == 2)
            let outcome = entries.last?["resource"]
            #expect(entries.last?["search"]?["mode"]?.string == "outcome")
            #expect(outcome?["resourceType"]?.string == "OperationOutcome")
            #expect(outcome?["issue"]?.items.count == 2)
            #expect(outcome?["issue"]?.items.allSatisfy { $0["severity"]?.string == "warning" } == true)
            let own = try answer.json["link"]?.items.first { $0["relation"]?.string == "self" }?["url"]?.string ?? ""
            #expect(own.contains("gender=male") && !own.contains("foo") && !own.contains("bar"))
            #expect(try await search.get("Patient?gender:exact=x", headers: lenient).status == 400)
            #expect(try await search.get("Patient?birthdate=x", headers: lenient).status == 400)
            #expect(try await search.get("Patient?_filter=foo eq 1", headers: lenient).status == 400)
        }
    }

    @Test("C60: :not keeps what lacks the element and drops what has a match anywhere", .check("C60"))
    func negation() async throws {
        try await CriteriaSearch.with([
            #"""
            {"resourceType":"Observation","id":"two","code":{"coding":[{"system":"urn:c","code":"1"},
             {"system":"urn:c","code":"2"}]}}
            """#,
            #"{"resourceType":"Observation","id":"one","code":{"coding":[{"system":"urn:c","code":"1"}]}}"#,
            #"{"resourceType":"Observation","id":"text","code":{"text":"no code"}}"#,
            #"{"resourceType":"Observation","id":"none"}"#,
        ]) { search in
            try await search.expect([
                ("Observation?code:not=urn:c|1", "none text"), ("Observation?code:not=2", "none one text"),
                ("Observation?code:not=1,2", "none text"), ("Observation?code:not=2,3", "none one text"),
                ("Observation?code:not=3", "none one text two"), ("Observation?code:not=urn:c|", "none text"),
                ("Observation?code=1&code:not=2", "one"), ("Observation?code:not=1&code:not=2", "none text"),
            ])
        }
    }

    @Test("C61: :missing asks for the element, on every type and through chains", .check("C61"))
    func missing() async throws {
        let empty = #"[{"url":"urn:e","valueCode":"unknown"}]"#
        try await CriteriaSearch.with([
            #"""
            {"resourceType":"Observation","id":"full","status":"final","code":{"text":"x"},
             "subject":{"reference":"Patient/p"},"effectiveDateTime":"2020","valueQuantity":{"value":1,"code":"g"},
             "component":[{"code":{"coding":[{"code":"a"}]},"valueQuantity":{"value":2}}],
             "meta":{"profile":["http://p.example"]},"identifier":[{"value":"1"}]}
            """#,
            #"""
            {"resourceType":"Observation","id":"ext","_status":{"extension":\#(empty)},"code":{"extension":\#(empty)},
             "subject":{"extension":\#(empty)},"_effectiveDateTime":{"extension":\#(empty)},
             "valueQuantity":{"extension":\#(empty)},"identifier":[{"extension":\#(empty)}]}
            """#,
            #"{"resourceType":"Observation","id":"none","subject":{"reference":"Patient/q"}}"#,
            #"{"resourceType":"Patient","id":"p","name":[{"family":"X"}],"birthDate":"2000","gender":"male"}"#,
            #"""
            {"resourceType":"Patient","id":"q","name":[{"extension":\#(empty)}],"_birthDate":{"extension":\#(empty)}}
            """#,
        ]) { search in
            for name in ["status", "code", "date", "value-quantity", "identifier", "_profile", "component-code"] {
                try await search.expect([
                    ("Observation?\(name):missing=false", "full"), ("Observation?\(name):missing=true", "ext none"),
                ])
            }
            try await search.expect(
                [
                    ("Observation?subject:missing=true", "ext"), ("Observation?subject:missing=false", "full none"),
                    ("Observation?patient:missing=true", "ext"),
                    ("Observation?code-value-quantity:missing=false", "full"),
                    ("Observation?component-code-value-quantity:missing=true", "ext none"),
                    ("Observation?component-code-value-quantity:missing=false", "full"),
                    ("Patient?name:missing=true", "q"), ("Patient?birthdate:missing=true", "q"),
                    ("Patient?gender:missing=false", "p"), ("Observation?subject:Patient.gender:missing=true", "none"),
                    ("Observation?patient.name:missing=false", "full"),
                    ("Patient?_has:Observation:patient:code:missing=true", "q"),
                    ("Observation?_id:missing=true", ""), ("Observation?_lastUpdated:missing=false", "ext full none"),
                ])
        }
    }

    @Test("C63: uris are exact, :below is for URLs, canonicals know their version", .check("C63"))
    func uris() async throws {
        try await CriteriaSearch.with([
            #"{"resourceType":"ValueSet","id":"a","url":"http://x.example/fhir/a"}"#,
            #"{"resourceType":"ValueSet","id":"b","url":"http://x.example/fhir/a/b/"}"#,
            #"""
            {"resourceType":"ValueSet","id":"c","url":"urn:oid:1.2.3","meta":{"profile":["http://p.example/p|2.0"]}}
            """#,
            #"{"resourceType":"QuestionnaireResponse","id":"v1","questionnaire":"http://q.example/q|1"}"#,
            #"{"resourceType":"QuestionnaireResponse","id":"v2","questionnaire":"http://q.example/q|2"}"#,
            #"{"resourceType":"QuestionnaireResponse","id":"v0","questionnaire":"http://q.example/q"}"#,
        ]) { search in
            try await search.expect([
                ("ValueSet?url=http://x.example/fhir/a", "a"), ("ValueSet?url=http://x.example/fhir/A", ""),
                ("ValueSet?url=http://x.example/fhir/a/", ""), ("ValueSet?url=http://x.example/fhir/a/b", ""),
                ("ValueSet?url=http://x.example/fhir/a/b/", "b"), ("ValueSet?url=urn:oid:1.2.3", "c"),
                ("ValueSet?url:below=http://x.example/fhir", "a b"),
                ("ValueSet?url:below=http://x.example/fhir/a/b", "b"),
                ("ValueSet?url:below=http://x.example/f", ""),
                ("ValueSet?url:above=http://x.example/fhir/a/b/c", "a b"),
                ("ValueSet?url:above=http://x.example/fhir/a", "a"),
                ("ValueSet?_profile=http://p.example/p", "c"), ("ValueSet?_profile=http://p.example/p|2.0", "c"),
                ("ValueSet?_profile=http://p.example/p|2", ""),
                ("QuestionnaireResponse?questionnaire=http://q.example/q", "v0 v1 v2"),
                ("QuestionnaireResponse?questionnaire=http://q.example/q|1", "v1"),
                ("QuestionnaireResponse?questionnaire=http://q.example/q|3", ""),
            ])
            try await search.expectRefused([
                ("ValueSet?url:below=urn:oid:1.2", "URL"), ("ValueSet?url:above=urn:oid:1.2.3.4", "URL"),
            ])
        }
    }

    @Test(":in, :not-in, :above and :below by what is stored here and what the standard defines")
    func terminology() async throws {
        func observation(_ id: String, _ code: String) -> String {
            #"""
            {"resourceType":"Observation","id":"\#(id)","code":{"coding":[{"system":"urn:c","code":"\#(code)"}]},
             "subject":{"reference":"Patient/p"}}
            """#
        }
        func valueSet(_ id: String, _ rest: String) -> String {
            #"{"resourceType":"ValueSet","id":"\#(id)","url":"http://v.example/\#(id)",\#(rest)}"#
        }
        try await CriteriaSearch.with([
            #"""
            {"resourceType":"CodeSystem","id":"c","url":"urn:c","content":"complete","concept":[{"code":"animal",
             "concept":[{"code":"dog","concept":[{"code":"poodle"}]},{"code":"cat"}]},{"code":"plant"},
             {"code":"catdog","property":[{"code":"parent","valueCode":"cat"},{"code":"parent","valueCode":"dog"}]}]}
            """#,
            valueSet(
                "list", #""compose":{"include":[{"system":"urn:c","concept":[{"code":"dog"},{"code":"plant"}]}]}"#),
            valueSet("all", #""version":"1","compose":{"include":[{"system":"urn:c"}]}"#),
            valueSet(
                "isa",
                #"""
                "compose":{"include":[{"system":"urn:c","filter":[{"property":"concept","op":"is-a","value":"dog"}]}],
                 "exclude":[{"system":"urn:c","concept":[{"code":"poodle"}]}]}
                """#),
            valueSet("import", #""compose":{"include":[{"valueSet":["http://v.example/isa"]}]}"#),
            valueSet(
                "less",
                #"""
                "compose":{"include":[{"system":"urn:c"}],"exclude":[{"valueSet":["http://v.example/list"]}]}
                """#),
            valueSet(
                "expanded",
                #"""
                "expansion":{"timestamp":"2020","contains":[{"abstract":true,"code":"animal","system":"urn:c",
                 "contains":[{"system":"urn:c","code":"cat"}]}]}
                """#),
            valueSet("loop", #""compose":{"include":[{"valueSet":["http://v.example/loop"]}]}"#),
            valueSet("lost", #""compose":{"include":[{"valueSet":["http://v.example/nowhere"]}]}"#),
            observation("animal", "animal"), observation("dog", "dog"), observation("poodle", "poodle"),
            observation("cat", "cat"), observation("plant", "plant"), observation("catdog", "catdog"),
            #"{"resourceType":"Observation","id":"none"}"#,
            #"{"resourceType":"Patient","id":"p","gender":"male"}"#, #"{"resourceType":"Patient","id":"q"}"#,
        ]) { search in
            try await search.expect([
                ("Observation?code:below=urn:c|dog", "catdog dog poodle"),
                ("Observation?code:below=urn:c|plant", "plant"),
                ("Observation?code:below=urn:c|animal", "animal cat catdog dog poodle"),
                ("Observation?code:above=urn:c|poodle", "animal dog poodle"),
                ("Observation?code:above=urn:c|catdog", "animal cat catdog dog"),
                ("Observation?code:below=urn:c|unheard", ""),
                ("Observation?code:below=urn:c|cat,urn:c|plant", "cat catdog plant"),
                ("Observation?code:in=http://v.example/list", "dog plant"),
                ("Observation?code:in=ValueSet/list", "dog plant"),
                ("Observation?code:in=[base]/ValueSet/list", "dog plant"),
                ("Observation?code:in=http://v.example/all", "animal cat catdog dog plant poodle"),
                ("Observation?code:in=http://v.example/all|1", "animal cat catdog dog plant poodle"),
                ("Observation?code:not-in=http://v.example/all", "none"),
                ("Observation?code:not-in=http://v.example/list", "animal cat catdog none poodle"),
                ("Observation?code:in=http://v.example/isa", "catdog dog"),
                ("Observation?code:in=http://v.example/import", "catdog dog"),
                ("Observation?code:in=http://v.example/less", "animal cat catdog poodle"),
                ("Observation?code:in=http://v.example/expanded", "cat"),
                ("Observation?code:in=http://v.example/list,http://v.example/expanded", "cat dog plant"),
                ("Patient?gender:in=http://hl7.org/fhir/ValueSet/administrative-gender", "p"),
                ("Patient?gender:not-in=http://hl7.org/fhir/ValueSet/administrative-gender", "q"),
                ("Patient?_has:Observation:patient:code:in=http://v.example/list", "p"),
                ("Patient?_has:Observation:patient:code:below=urn:c|dog", "p"),
                ("Observation?patient.gender:in=http://hl7.org/fhir/ValueSet/administrative-gender&code=dog", "dog"),
                ("Observation?_filter=code in http://v.example/isa and not (code eq dog)", "catdog"),
                ("Observation?_filter=code ss urn:c|dog", "catdog dog poodle"),
                ("Observation?_filter=code ni http://v.example/all", "none"),
            ])
            try await search.expectRefused([
                ("Observation?code:in=http://v.example/nothing", "not known"),
                ("Observation?code:in=http://v.example/all|2", "not known"),
                ("Observation?code:in=ValueSet/nothing", "not known"),
                ("Observation?code:in=http://v.example/loop", "itself"),
                ("Observation?code:in=http://v.example/lost", "not known"),
                ("Observation?code:below=urn:unheard|1", "urn:unheard"), ("Observation?code:below=dog", "system|code"),
                ("Observation?code:above=urn:unheard|1", "urn:unheard"),
            ])
        }
    }

    @Test("whatever is asked, the server does not fail", .check("C46"))
    func hostileValues() async throws {
        try await CriteriaSearch.with([#"{"resourceType":"Patient","id":"a","name":[{"family":"x"}]}"#]) { search in
            let values = [
                "%00", "a%00b", "%5C", "%5C%5C%2C", "%27", "%22%5C%22", "%F0%9F%98%80", "%C3%28", "%ED%A0%80", "$",
                "|||",
                "a|%00|b", "urn:a|%00", "http://x/%00", "http://x|%00", "ValueSet/%00", ",,,", "%25", "_", "*", ":*",
                "!", "%26", "%0A", String(repeating: "x", count: 5000), String(repeating: "a,", count: 900),
                "name eq \"%5Cu0000\"", "name eq \"%5Cud800\"", "name[", "((((", "Patient/%00", "$x", "1e999", "%2F%2F",
            ]
            let names = [
                "name", "name:exact", "name:contains", "name:text", "identifier", "identifier:of-type",
                "identifier:not",
                "gender:in", "gender:not-in", "gender:below", "gender:text", "_id", "_id:not", "_list", "_filter",
                "organization", "organization:text", "organization:below", "organization:identifier",
                "organization.name",
                "_profile", "_profile:below", "_profile:above", "_source:below", "birthdate", "_lastUpdated", "_query",
                "_contained", "_has:Observation:patient:code", "_has:Observation:patient:code:in", "%00", "name:%00",
                "organization:%00.name", "_tag:missing",
            ]
            for name in names {
                for value in values {
                    let answer = try await search.get("Patient?\(name)=\(value)")
                    #expect(answer.status == 200 || answer.status == 400, "\(name)=\(value): \(answer.text)")
                }
            }
        }
    }
}
