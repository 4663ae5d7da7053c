import FHIRServerTesting
import JSONTape
import Testing

/// R4 search.html#chaining, #has
@Suite struct ChainChecks {
    private static let resources = [
        #"{"resourceType":"Organization","id":"h","name":"Holding"}"#,
        #"{"resourceType":"Organization","id":"o","name":"Clinic","partOf":{"reference":"Organization/h"}}"#,
        #"""
        {"resourceType":"Patient","id":"p","name":[{"family":"Peters","given":["Paul"]}],"gender":"male",
         "managingOrganization":{"reference":"Organization/o"},"birthDate":"1970-01-01",
         "meta":{"tag":[{"code":"t"}]},"identifier":[{"system":"urn:mrn","value":"1"}]}
        """#,
        #"{"resourceType":"Patient","id":"q","name":[{"family":"Quist","given":["Paula"]}],"gender":"female"}"#,
        #"{"resourceType":"Patient","id":"r","name":[{"family":"Alone"}]}"#,
        #"""
        {"resourceType":"Group","id":"g","type":"person","actual":true,
         "member":[{"entity":{"reference":"Patient/p"}}]}
        """#,
        #"{"resourceType":"Device","id":"d","deviceName":[{"name":"Peters' device"}]}"#,
        #"""
        {"resourceType":"Encounter","id":"e","status":"finished","class":{"code":"AMB"},
         "subject":{"reference":"Patient/p"}}
        """#,
        #"""
        {"resourceType":"Observation","id":"op","status":"final","code":{"coding":[{"code":"a"}]},
         "subject":{"reference":"Patient/p"},"encounter":{"reference":"Encounter/e"},"effectiveDateTime":"2020-01-01",
         "focus":[{"reference":"Patient/p"}]}
        """#,
        #"""
        {"resourceType":"Observation","id":"oq","status":"final","code":{"coding":[{"code":"b"}]},
         "subject":{"reference":"Patient/q"},"performer":[{"reference":"Organization/o"}]}
        """#,
        #"""
        {"resourceType":"Observation","id":"od","status":"final","code":{"coding":[{"code":"a"}]},
         "subject":{"reference":"Device/d"}}
        """#,
        #"{"resourceType":"Practitioner","id":"pa","name":[{"family":"Ash","given":["Eve"]}]}"#,
        #"{"resourceType":"Practitioner","id":"pb","name":[{"family":"Birch","given":["Bob"]}]}"#,
        #"""
        {"resourceType":"Encounter","id":"two","status":"planned","class":{"code":"IMP"},"participant":[
         {"individual":{"reference":"Practitioner/pa"}},{"individual":{"reference":"Practitioner/pb"}}]}
        """#,
        #"{"resourceType":"Observation","id":"none","status":"final","code":{"coding":[{"code":"a"}]}}"#,
    ]

    @Test("C66: chains of one and more hops, each criterion on its own", .check("C66"))
    func chains() async throws {
        try await CriteriaSearch.with(Self.resources) { search in
            try await search.expect([
                ("Observation?subject:Patient.name=peters", "op"), ("Observation?subject.name=peters", "op"),
                ("Observation?patient.name=p", "op oq"), ("Observation?subject:Patient.name=nobody", ""),
                ("Observation?patient.family=peters&patient.given=paul", "op"),
                ("Observation?patient.family=peters&patient.given=paula", ""),
                ("Observation?patient.family=quist&patient.given=paul", "oq"),
                ("Observation?patient.name=peters&code=b", ""), ("Observation?patient.name=quist,peters", "op oq"),
                ("Observation?subject:Patient.organization.name=clinic", "op"),
                ("Observation?patient.organization:Organization.partof.name=holding", "op"),
                ("Observation?encounter.subject:Patient.organization.partof.name=holding", "op"),
                ("Observation?patient._id=p", "op"), ("Observation?subject._id=p,d", "od op"),
                ("Observation?patient._tag=t", "op"), ("Observation?patient._lastUpdated=gt2000", "op oq"),
                ("Observation?patient._lastUpdated=lt2000", ""), ("Observation?patient.birthdate=lt1980", "op"),
                ("Observation?patient.gender:not=male", "oq"), ("Observation?patient.organization:missing=true", "oq"),
                ("Observation?patient.organization:missing=false", "op"),
                ("Observation?patient.organization=o", "op"), ("Observation?patient.organization=Organization/o", "op"),
                ("Observation?patient.identifier=urn:mrn|1", "op"), ("Observation?patient.name:exact=Peters", "op"),
                ("Observation?patient.name:contains=eter", "op"), ("Observation?performer.name=clinic", "oq"),
                ("Observation?performer:Organization.name:missing=false", "oq"),
                ("Observation?subject.name=", "none od op oq"),
                ("Observation?encounter.class=AMB", "op"), ("Observation?encounter.class:not=AMB", ""),
                ("Observation?performer:Organization._lastUpdated=gt2000", "oq"),
                ("Observation?patient.name=p&_sort=-date", "op oq"),
                // Each criterion is met by a target of its own.
                ("Encounter?participant:Practitioner.family=ash&participant:Practitioner.given=bob", "two"),
                ("Encounter?participant:Practitioner.family=ash&participant:Practitioner.given=none", ""),
                // References to any type need no type named.
                ("Observation?focus.family=peters", "op"), ("Observation?focus.identifier=urn:mrn|1", "op"),
                ("Observation?focus._lastUpdated=gt2000", "op"),
                ("Observation?focus:Encounter.subject.name=peters", ""),
            ])
            try await search.expectRefused(
                [
                    ("Observation?subject:Organization.name=x", "Patient"), ("Observation?code.name=x", "reference"),
                    ("Observation?subject.nothing=x", "nothing"), ("Observation?subject:Patient.code=x", "Patient"),
                    ("Observation?subject:Nothing.name=x", "[Type]"), ("Observation?.name=x", "http..name"),
                    ("Observation?subject.=x", "http.subject."), ("Observation?focus.nothing=x", "focus"),
                    ("Observation?focus.focus._lastUpdated=gt2000", "too many types"),
                    ("Observation?focus.subject.name=peters", "too many types"),
                    ("Task?subject.subject.subject.subject.subject.subject.nothing=x", "types"),
                    (
                        "Organization?partof.partof.partof.partof.partof.partof.partof.partof.name=x", "links"
                    ),
                ])
        }
    }

    @Test("C66: _has nested, within chains and around them", .check("C66"))
    func reverseChains() async throws {
        try await CriteriaSearch.with(Self.resources) { search in
            try await search.expect([
                ("Patient?_has:Observation:patient:code=a", "p"), ("Patient?_has:Observation:patient:code=a,b", "p q"),
                ("Patient?_has:Observation:subject:code=b", "q"), ("Device?_has:Observation:subject:code=a", "d"),
                ("Patient?_has:Observation:patient:code=a&_has:Observation:patient:code=b", ""),
                ("Patient?_has:Observation:patient:code=a&gender=female", ""),
                ("Patient?_has:Observation:patient:code:not=a", "q"),
                ("Patient?_has:Observation:patient:encounter:missing=true", "q"),
                ("Patient?_has:Observation:patient:encounter.class=AMB", "p"),
                ("Patient?_has:Observation:patient:performer:Organization.name=clinic", "q"),
                ("Organization?_has:Patient:organization:_has:Observation:patient:code=a", "o"),
                ("Organization?_has:Patient:organization:_has:Observation:patient:code=b", ""),
                ("Organization?_has:Patient:organization:name=peters", "o"),
                ("Observation?patient._has:Group:member:_id=g", "op"),
                ("Observation?patient._has:Group:member:_id=x", ""),
                ("Observation?encounter._has:Observation:encounter:code=a", "op"),
                ("Observation?subject:Patient._has:Encounter:patient:class=AMB", "op"),
                ("Patient?_has:Observation:patient:date=gt2019", "p"), ("Patient?_has:Observation:patient:_id=oq", "q"),
                ("Patient?_id=p&_has:Observation:patient:code=a", "p"),
                ("Patient?_id=q&_has:Observation:patient:code=a", ""),
                ("Organization?_has:Observation:performer:status=final", "o"),
                ("Organization?_id=h&_has:Organization:partof:name=clinic", "h"),
                ("Patient?_has:Group:member:_lastUpdated=gt2000", "p"),
            ])
            try await search.expectRefused([
                ("Patient?_has:Observation:patient=x", "_has:Type"),
                ("Patient?_has:Nothing:patient:code=x", "_has:Type"),
                ("Patient?_has:Observation:code:code=x", "refer"),
                ("Patient?_has:Observation:encounter:code=x", "refer"),
                ("Patient?_has:Observation:patient:nothing=x", "nothing"), ("Patient?_has=x", "http._has"),
            ])
        }
    }

    @Test("_list finds what a list names")
    func lists() async throws {
        try await CriteriaSearch.with(
            Self.resources + [
                #"""
                {"resourceType":"List","id":"l","status":"current","mode":"changes","entry":[
                 {"item":{"reference":"Patient/p"}},{"item":{"reference":"[base]/Patient/q"}},
                 {"deleted":true,"item":{"reference":"Patient/r"}},{"item":{"reference":"Observation/op"}}]}
                """#,
                #"""
                {"resourceType":"List","id":"m","status":"current","mode":"working","entry":[
                 {"item":{"reference":"Patient/r"}}]}
                """#,
            ]
        ) { search in
            try await search.expect([
                ("Patient?_list=l", "p q"), ("Patient?_list=List/l", "p q"), ("Patient?_list=l,m", "p q r"),
                ("Patient?_list=l&gender=male", "p"), ("Observation?_list=l", "op"), ("Observation?_list=m", ""),
                ("Patient?_list=none", ""), ("Observation?patient._list=l", "op oq"),
                ("Patient?_has:Observation:patient:_list=l", "p"),
            ])
            try await search.expectRefused([
                ("Patient?_list=$current-problems", "http._list"), ("Patient?_list=Patient/p", "http._list"),
            ])
        }
    }
}
