import FHIRServerTesting
import JSONTape
import Testing

/// R4 search_filter.html
@Suite struct FilterChecks {
    private static let resources = [
        #"{"resourceType":"Organization","id":"o","name":"Clinic"}"#,
        #"""
        {"resourceType":"Patient","id":"a","name":[{"family":"Petersen","given":["Peter","Hans"]}],"gender":"male",
         "birthDate":"1980-05-05","managingOrganization":{"reference":"Organization/o"},
         "identifier":[{"system":"urn:mrn","value":"7"}]}
        """#,
        #"""
        {"resourceType":"Patient","id":"b","name":[{"family":"Olsen","given":["Petra"]}],"gender":"female",
         "birthDate":"1990"}
        """#,
        #"{"resourceType":"Patient","id":"c","name":[{"family":"O'Neil \"x\""}]}"#,
        #"""
        {"resourceType":"Observation","id":"x","status":"final","code":{"coding":[{"system":"http://loinc.org",
         "code":"1234-5"}]},"subject":{"reference":"Patient/a"},"valueQuantity":{"value":5.4,"code":"mg",
         "system":"http://unitsofmeasure.org"},"effectivePeriod":{"start":"2020-01-01","end":"2020-01-31"}}
        """#,
        #"""
        {"resourceType":"Observation","id":"y","status":"amended","subject":{"reference":"Patient/b"},
         "effectiveDateTime":"2020-03"}
        """#,
    ]

    @Test("_filter: every operator, logic and chains")
    func filters() async throws {
        try await CriteriaSearch.with(Self.resources) { search in
            try await search.expect([
                (#"Patient?_filter=name co "pet""#, "a b"), (#"Patient?_filter=given eq "peter""#, "a"),
                (#"Patient?_filter=given eq "pete""#, ""), ("Patient?_filter=given sw pet", "a b"),
                ("Patient?_filter=family ew sen", "a b"), ("Patient?_filter=family ew ERSEN", "a"),
                ("Patient?_filter=given ne peter", "a b"), ("Patient?_filter=family ne olsen", "a c"),
                ("Patient?_filter=family gt p", "a"), ("Patient?_filter=family lt olsen", "c"),
                ("Patient?_filter=family le olsen", "b c"), ("Patient?_filter=family ge olsen", "a b"),
                (#"Patient?_filter=family eq "O'Neil \"x\"""#, "c"),
                (#"Patient?_filter=given eq "peter" and birthdate ge 1980-01-01"#, "a"),
                ("Patient?_filter=birthdate lt 1985", "a"), ("Patient?_filter=birthdate gt 1985", "b"),
                ("Patient?_filter=birthdate eq 1990", "b"), ("Patient?_filter=birthdate ne 1990", "a"),
                ("Patient?_filter=birthdate le 1980-05-05", "a"), ("Patient?_filter=birthdate sa 1985", "b"),
                ("Patient?_filter=birthdate eb 1985", "a"), ("Patient?_filter=birthdate ap 1992", "b"),
                ("Patient?_filter=gender eq male", "a"), ("Patient?_filter=gender ne male", "b"),
                ("Patient?_filter=gender pr true", "a b"), ("Patient?_filter=gender pr false", "c"),
                ("Patient?_filter=not (gender eq male)", "b c"),
                ("Patient?_filter=not(gender eq male or gender eq female)", "c"),
                ("Patient?_filter=gender eq male or gender eq female", "a b"),
                ("Patient?_filter=gender eq male or gender eq female and given eq petra", "b"),
                ("Patient?_filter=gender eq male or (gender eq female and given eq petra)", "a b"),
                ("Patient?_filter=(given sw pet) and (not (family eq olsen))", "a"),
                ("Patient?_filter=identifier eq urn:mrn|7", "a"), ("Patient?_filter=_id eq b", "b"),
                ("Patient?_filter=organization re Organization/o", "a"), ("Patient?_filter=organization eq o", "a"),
                ("Patient?_filter=organization pr false", "b c"), ("Patient?_filter=organization.name eq clinic", "a"),
                ("Patient?_filter=organization.name co lin and gender eq male", "a"),
                ("Observation?_filter=code eq http://loinc.org|1234-5", "x"),
                (#"Observation?_filter=subject.name co "pet""#, "x y"),
                ("Observation?_filter=patient[gender eq male].birthdate lt 1990", "x"),
                ("Observation?_filter=patient[gender eq male].birthdate gt 1990", ""),
                ("Observation?_filter=subject:Patient[given eq petra or given eq hans].family co sen", "x y"),
                ("Observation?_filter=date po 2020-01-15", "x"), ("Observation?_filter=date po 2020-03-15", "y"),
                ("Observation?_filter=date po 2020", "x y"), ("Observation?_filter=date po 2019", ""),
                ("Observation?_filter=value-quantity gt 5", "x"),
                ("Observation?_filter=value-quantity eq 5.4||mg", "x"),
                ("Observation?_filter=value-quantity lt 5", ""), ("Observation?_filter=status eq final&patient=a", "x"),
                ("Patient?_filter=gender eq male&_filter=given eq peter", "a"), ("Patient?_filter=", "a b c"),
            ])
        }
    }

    @Test("_filter: what is wrong is told with its place")
    func refusals() async throws {
        try await CriteriaSearch.with([]) { search in
            try await search.expectRefused([
                ("Patient?_filter=name", "character 5"), ("Patient?_filter=name xx a", "character 6"),
                ("Patient?_filter=name eq", "character 8"), (#"Patient?_filter=name eq "a"#, "character 9"),
                ("Patient?_filter=(name eq a", "character 11"), ("Patient?_filter=name eq a)", "character 10"),
                ("Patient?_filter=name eq a b", "character 11"), ("Patient?_filter=foo eq a", "character 1"),
                ("Patient?_filter=name eq a and foo eq b", "character 15"),
                ("Patient?_filter=birthdate eq abc", "character 14"), ("Patient?_filter=birthdate co 2000", "co"),
                ("Patient?_filter=gender gt male", "gt"),
                ("Patient?_filter=name[given eq x].family eq y", "character 1"),
                ("Patient?_filter=organization[name eq x] eq y", "character 24"),
                ("Patient?_filter=gender pr maybe", "true or false"),
                ("Patient?_filter=name:exact eq a", "character 1"),
                ("Patient?_filter=organization.foo eq a", "character 14"), ("Patient?_filter=name and", "character 6"),
                (#"Patient?_filter=name eq "\q""#, "escape"),
                ("Patient?_filter=\(String(repeating: "(", count: 50))", "nests"),
                ("Patient?_filter=birthdate eq gt2000", "prefix"), ("Patient?_filter=not name eq a", "character"),
            ])
        }
    }
}
