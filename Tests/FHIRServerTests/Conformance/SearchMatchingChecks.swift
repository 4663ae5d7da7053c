import FHIRServerTesting
import JSONTape
import Testing

/// R4 search.html: how values match, by type of parameter.
@Suite struct SearchMatchingChecks {
    @Test("C48: bad values are refused, unknown ones find nothing", .check("C48"))
    func badValues() async throws {
        try await CriteriaSearch.with([#"{"resourceType":"Patient","id":"a","gender":"male"}"#]) { search in
            try await search.expectRefused([
                ("Patient?birthdate=abc", "http.birthdate"), ("Patient?birthdate=2000-13-01", "http.birthdate"),
                ("Patient?_count=x", "http._count"), ("Patient?_count=-1", "http._count"),
                ("Patient?_lastUpdated=gt", "http._lastUpdated"), ("Patient?gender:missing=yes", "http.gender:missing"),
                ("Patient?identifier=a|b|c", "http.identifier"), ("Patient?identifier=|", "http.identifier"),
                ("Patient?organization=Nothing/1", "http.organization"),
                ("Observation?value-quantity=x|y|z", "http.value-quantity"),
                ("Patient?_has:Observation:patient:date=x", "http._has:Observation:patient:date"),
                ("Observation?subject:Patient.birthdate=x", "http.subject:Patient.birthdate"),
                ("Observation?code-value-quantity=x", "http.code-value-quantity"),
            ])
            try await search.expect([
                ("Patient?gender=nothing", ""), ("Patient?organization=none", ""),
                ("Observation?subject=Patient/none", ""), ("Observation?subject:Patient=none", ""),
                ("Patient?identifier=http://nowhere|", ""), ("Patient?_id=none", ""),
            ])
        }
    }

    @Test("C49: repeats are and, commas or, escapes stand for themselves", .check("C49"))
    func severalValues() async throws {
        try await CriteriaSearch.with([
            #"""
            {"resourceType":"Patient","id":"a","name":[{"given":["Anna","Eva"],"family":"O,Neil"}],"identifier":[
             {"system":"urn:s","value":"1|2"}]}
            """#,
            #"{"resourceType":"Patient","id":"b","name":[{"given":["Anna"],"family":"a\\b$c"}],"gender":"male"}"#,
            #"{"resourceType":"Patient","id":"c","name":[{"given":["Eva"],"family":"O"}]}"#,
        ]) { search in
            try await search.expect([
                ("Patient?given=anna&given=eva", "a"), ("Patient?given=anna,eva", "a b c"),
                ("Patient?given=anna,eva&gender=male", "b"), (#"Patient?family=o\,neil"#, "a"),
                ("Patient?family=o,neil", "a c"), (#"Patient?family:exact=a\\b\$c"#, "b"),
                (#"Patient?identifier=urn:s|1\|2"#, "a"), (#"Patient?identifier=1\|2"#, "a"),
                ("Patient?given=", "a b c"), ("Patient?given=&gender=male", "b"), ("Patient?given=,anna,", "a b"),
                ("Patient?gender=&birthdate=&_lastUpdated=", "a b c"),
            ])
            try await search.expectRefused([("Patient?identifier=urn:s|1|2", "http.identifier")])
        }
    }

    @Test("C58: strings begin, hold or are equal, folded", .check("C58"))
    func strings() async throws {
        try await CriteriaSearch.with([
            #"""
            {"resourceType":"Patient","id":"m","name":[{"family":"Müller","given":["Zoë"],"prefix":["Dr."],
             "suffix":["MBA"],"text":"Whole Name"}],"address":[{"line":["Hauptstraße 5"],"city":"Köln",
             "district":"Nippes","state":"NRW","postalCode":"50733","country":"DE","text":"Somewhere else"}]}
            """#,
            #"{"resourceType":"Patient","id":"n","name":[{"family":"MULLER"},{"family":"Ma\u0308dchen"}]}"#,
            #"{"resourceType":"Patient","id":"t","name":[{"family":"IŞIK","given":["İpek"]}]}"#,
            #"{"resourceType":"Patient","id":"u","name":[{"family":"Ørsted","given":["Łukasz"]}]}"#,
        ]) { search in
            try await search.expect([
                ("Patient?family=muller", "m n"), ("Patient?family=MÜLL", "m n"), ("Patient?family=u\u{308}ller", ""),
                ("Patient?family=mu\u{308}ller", "m n"), ("Patient?family=uller", ""),
                ("Patient?family=mädchen", "n"), ("Patient?family=madchen", "n"),
                ("Patient?family:exact=Müller", "m"), ("Patient?family:exact=MULLER", "n"),
                ("Patient?family:exact=müller", ""), ("Patient?family:exact=Müll", ""),
                ("Patient?family:contains=ülle", "m n"), ("Patient?family:contains=LER", "m n"),
                ("Patient?given=zoe", "m"), ("Patient?name=dr.", "m"), ("Patient?name=mba", "m"),
                ("Patient?name=whole", "m"), ("Patient?name=zoë", "m"), ("Patient?name=muller", "m n"),
                ("Patient?address=hauptstrasse", "m"), ("Patient?address=HAUPTSTRAßE", "m"),
                ("Patient?address=koln", "m"), ("Patient?address=nippes", "m"), ("Patient?address=nrw", "m"),
                ("Patient?address=50733", "m"), ("Patient?address=de", "m"), ("Patient?address=somewhere", "m"),
                ("Patient?address-city=somewhere", ""), ("Patient?family=isik", "t"), ("Patient?family=ışık", "t"),
                ("Patient?given=ipek", "t"), ("Patient?given=IPEK", "t"), ("Patient?family=orsted", "u"),
                ("Patient?given=lukasz", "u"), ("Patient?family=%25", ""), ("Patient?family:contains=_", ""),
            ])
        }
    }

    @Test("C59: tokens match by system and code on every type of element", .check("C59"))
    func tokens() async throws {
        try await CriteriaSearch.with([
            #"""
            {"resourceType":"Patient","id":"a","active":true,"gender":"male",
             "identifier":[{"system":"urn:mrn","value":"Ab1"}],"telecom":[{"system":"phone","value":"555-1"}],
             "maritalStatus":{"coding":[{"system":"urn:m","code":"M"}]},
             "meta":{"tag":[{"system":"urn:tag","code":"x"}],"security":[{"system":"urn:sec","code":"R"}]}}
            """#,
            #"""
            {"resourceType":"Patient","id":"b","active":false,"gender":"female","identifier":[{"value":"Ab1"}],
             "telecom":[{"system":"email","value":"a@example.org"}],"meta":{"tag":[{"code":"x"}]}}
            """#,
            #"""
            {"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"system":"urn:c","code":"1"},
             {"code":"2"}]},"category":[{"coding":[{"system":"urn:k","code":"lab"}]},{"text":"only text"}]}
            """#,
            #"{"resourceType":"Encounter","id":"e","status":"planned","class":{"system":"urn:act","code":"AMB"}}"#,
        ]) { search in
            try await search.expect([
                ("Patient?identifier=Ab1", "a b"), ("Patient?identifier=ab1", "a b"),
                ("Patient?identifier=urn:mrn|Ab1", "a"), ("Patient?identifier=urn:mrn|", "a"),
                ("Patient?identifier=|Ab1", "b"), ("Patient?identifier=urn:other|Ab1", ""),
                ("Patient?identifier=URN:MRN|Ab1", ""), ("Patient?active=true", "a"), ("Patient?active=false", "b"),
                ("Patient?gender=male", "a"), ("Patient?gender=http://hl7.org/fhir/administrative-gender|male", "a"),
                ("Patient?gender=http://hl7.org/fhir/administrative-gender|", "a b"), ("Patient?gender=urn:x|male", ""),
                ("Patient?phone=555-1", "a"), ("Patient?telecom=555-1", "a"), ("Patient?email=A@EXAMPLE.ORG", "b"),
                ("Patient?email=555-1", ""), ("Patient?_tag=x", "a b"), ("Patient?_tag=urn:tag|x", "a"),
                ("Patient?_tag=|x", "b"), ("Patient?_tag=urn:tag|", "a"), ("Patient?_security=urn:sec|R", "a"),
                ("Observation?code=1", "o"), ("Observation?code=urn:c|1", "o"), ("Observation?code=|2", "o"),
                ("Observation?code=|1", ""), ("Observation?code=urn:c|", "o"), ("Observation?code=urn:c|2", ""),
                ("Observation?category=lab", "o"), ("Observation?status=final", "o"), ("Observation?status=FINAL", ""),
                ("Encounter?class=AMB", "e"), ("Encounter?class=urn:act|amb", "e"), ("Encounter?class=urn:act|", "e"),
            ])
        }
    }

    @Test("C62: all forms of a reference agree", .check("C62"))
    func references() async throws {
        func observation(_ id: String, _ subject: String) -> String {
            #"{"resourceType":"Observation","id":"\#(id)","status":"final","subject":{\#(subject)}}"#
        }
        try await CriteriaSearch.with([
            #"{"resourceType":"Patient","id":"23"}"#,
            observation("rel", #""reference":"Patient/23""#),
            observation("abs", #""reference":"[base]/Patient/23""#),
            observation("ver", #""reference":"Patient/23/_history/2""#),
            observation("grp", #""reference":"Group/23""#),
            observation("far", #""reference":"http://far.example/fhir/Patient/23""#),
            observation("urn", #""reference":"urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0""#),
            observation("ident", #""identifier":{"system":"urn:s","value":"v"}"#),
            observation("none", #""display":"nobody""#),
        ]) { search in
            try await search.expect(
                [
                    ("Observation?subject=23", "abs grp rel ver"), ("Observation?subject=Patient/23", "abs rel ver"),
                    ("Observation?subject=[base]/Patient/23", "abs rel ver"),
                    ("Observation?subject:Patient=23", "abs rel ver"), ("Observation?patient=23", "abs rel ver"),
                    ("Observation?subject:Patient=Patient/23", "abs rel ver"), ("Observation?subject:Group=23", "grp"),
                    ("Observation?subject=Patient/23/_history/2", "abs rel ver"),
                    ("Observation?subject=Patient/23/_history/1", "abs rel ver"),
                    ("Observation?subject=http://far.example/fhir/Patient/23", "far"),
                    ("Observation?subject=http://far.example/fhir/patient/23", ""),
                    ("Observation?subject=urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "urn"),
                    ("Observation?subject:identifier=urn:s|v", "ident"), ("Observation?subject:identifier=v", "ident"),
                    ("Observation?subject:identifier=|v", ""), ("Observation?subject:identifier=urn:s|", "ident"),
                    ("Observation?subject=Patient/23,Group/23", "abs grp rel ver"), ("Observation?subject=24", ""),
                    ("Observation?subject:text=nobody", "none"),
                ])
            try await search.expectRefused([
                ("Observation?subject:Organization=1", "Patient"), ("Observation?subject=patient/23", "http.subject"),
                ("Observation?subject:Nothing=1", ":identifier"),
            ])
        }
    }

    @Test("C65: what all resources have can be searched on every type", .check("C65"))
    func commonParameters() async throws {
        try await CriteriaSearch.with([
            #"""
            {"resourceType":"Patient","id":"a","meta":{"profile":["http://p.example/x|1"],"source":"http://s.example#1",
             "tag":[{"system":"urn:t","code":"1"}],"security":[{"system":"urn:l","code":"N"}]}}
            """#,
            #"{"resourceType":"Patient","id":"A"}"#,
            #"{"resourceType":"Observation","id":"a","meta":{"tag":[{"system":"urn:t","code":"1"}]}}"#,
        ]) { search in
            try await search.expect([
                ("Patient?_id=a", "a"), ("Patient?_id=A", "A"), ("Patient?_id=a,A,b", "A a"),
                ("Patient?_id:not=a", "A"),
                ("Patient?_tag=urn:t|1", "a"), ("Observation?_tag=urn:t|1", "a"), ("Patient?_security=N", "a"),
                ("Patient?_profile=http://p.example/x", "a"), ("Patient?_profile=http://p.example/x|1", "a"),
                ("Patient?_profile=http://p.example/x|2", ""), ("Patient?_source=http://s.example#1", "a"),
                ("Patient?_tag:missing=true", "A"), ("Patient?_tag:not=urn:t|1", "A"),
            ])
            let stamp = try await search.get("Patient/a").json["meta"]?["lastUpdated"]?.string ?? ""
            let other = try await search.get("Patient/A").json["meta"]?["lastUpdated"]?.string ?? ""
            let expected = stamp == other ? "A a" : "a"
            try await search.expect([
                ("Patient?_lastUpdated=\(stamp)", expected), ("Patient?_lastUpdated=ge\(stamp)&_id=a", "a"),
                ("Patient?_lastUpdated=gt\(stamp)&_id=a", ""), ("Patient?_lastUpdated=lt\(stamp)&_id=a", ""),
                ("Patient?_lastUpdated=le\(stamp)&_id=a", "a"), ("Patient?_lastUpdated=lt2000", ""),
            ])
        }
    }
}
