import FHIRServerTesting
import JSONTape
import Testing

/// R4 search.html#sort.
@Suite struct SortChecks {
    private static let resources = [
        #"{"resourceType":"Organization","id":"north","name":"North"}"#,
        #"{"resourceType":"Organization","id":"alpha","name":"alpha"}"#,
        #"""
        {"resourceType":"Patient","id":"a","birthDate":"1980","name":[{"family":"Zorn"},{"family":"Adam"}],
         "identifier":[{"system":"urn:s","value":"9"}],"managingOrganization":{"reference":"Organization/north"},
         "deceasedBoolean":false}
        """#,
        #"""
        {"resourceType":"Patient","id":"b","birthDate":"1970","gender":"male","name":[{"family":"ähn"}],
         "identifier":[{"system":"urn:s","value":"3"},{"system":"urn:s","value":"7"}],
         "managingOrganization":{"reference":"Organization/alpha/_history/1"},"deceasedDateTime":"2020"}
        """#,
        #"""
        {"resourceType":"Patient","id":"c","gender":"female","name":[{"family":"Bär"}],
         "managingOrganization":{"reference":"http://elsewhere.example/fhir/Organization/alpha"}}
        """#,
        #"{"resourceType":"Patient","id":"d","gender":"male","birthDate":"1980","name":[{"family":"bar"}]}"#,
        #"""
        {"resourceType":"Observation","id":"x","status":"final","code":{"coding":[{"code":"z"}]},
         "subject":{"reference":"Patient/a"},"valueQuantity":{"value":10},"effectiveDateTime":"2020-05-01"}
        """#,
        #"""
        {"resourceType":"Observation","id":"y","status":"amended","code":{"coding":[{"code":"A"}]},
         "subject":{"reference":"Patient/b"},"valueQuantity":{"value":9.5},
         "effectivePeriod":{"start":"2019-01-01","end":"2021-01-01"}}
        """#,
        #"""
        {"resourceType":"Observation","id":"z","status":"final","code":{"coding":[{"code":"m"}]},
         "subject":{"reference":"Patient/c"},"meta":{"source":"urn:a"}}
        """#,
    ]

    /// Missing values come last in either direction; of repeats the first in the direction counts.
    private static let orders: [(query: String, ids: String)] = [
        ("Patient?_sort=birthdate,_id", "b a d c"), ("Patient?_sort=-birthdate,_id", "a d b c"),
        ("Patient?_sort=birthdate,-_id", "b d a c"), ("Patient?_sort=-birthdate,-_id", "d a b c"),
        ("Patient?_sort=family,_id", "a b c d"), ("Patient?_sort=-family,-_id", "a d c b"),
        ("Patient?_sort=identifier,_id", "b a c d"), ("Patient?_sort=-identifier,_id", "a b c d"),
        ("Patient?_sort=gender,-family", "c d b a"), ("Patient?_sort=-gender,family", "b d c a"),
        ("Patient?_sort=deceased,_id", "a c d b"), ("Patient?_sort=-deceased,_id", "b a c d"),
        ("Patient?_sort=-_id", "d c b a"), ("Patient?_sort=_lastUpdated,_id", "a b c d"),
        ("Patient?_sort=gender&_sort=-family", "c d b a"),
        ("Patient?_sort=organization.name,_id", "b a c d"), ("Patient?_sort=-organization.name,_id", "a b c d"),
        ("Patient?_sort=organization,_id", "c b a d"),
        ("Observation?_sort=value-quantity", "y x z"), ("Observation?_sort=-value-quantity", "x y z"),
        ("Observation?_sort=date", "y x z"), ("Observation?_sort=-date", "x y z"),
        ("Observation?_sort=code", "y z x"), ("Observation?_sort=status,-code", "y x z"),
        ("Observation?_sort=subject", "x y z"), ("Observation?_sort=-subject", "z y x"),
        ("Observation?_sort=_source,_id", "z x y"),
        ("Observation?_sort=patient.birthdate", "y x z"), ("Observation?_sort=subject:Patient.family", "x y z"),
        ("Observation?_sort=-patient.gender,-_id", "y z x"),
        ("Observation?status=final&_sort=-date", "x z"), ("Observation?patient=a,b&_sort=date", "y x"),
    ]

    @Test("C73: several keys, directions, folded strings, repeats, missing values last", .check("C73"))
    func orders() async throws {
        try await TestServer.with { server in
            // One by one, so that their times of change differ.
            for text in Self.resources { try await server.client.putAll([text]) }
            for (query, ids) in Self.orders {
                #expect(try await server.client.search(query).ids.joined(separator: " ") == ids, "\(query)")
                // The same in pages of one.
                let pages = try await server.client.walk(query + "&_count=1")
                #expect(pages.flatMap(\.ids).joined(separator: " ") == ids, "\(query) by pages")
            }
        }
    }

    @Test("C73: what gives no order is refused", .check("C73"))
    func refusals() async throws {
        try await TestServer.with { server in
            for key in [
                "nonsense", "-", "birthdate,nonsense", "_score", "code-value-quantity", "name:exact",
                "organization.nonsense", "general-practitioner.name", "name.family", "organization.partof.name",
                "link:Organization.name", "a,b,c,d,e,f", "_sort", "birthdate;drop",
            ] {
                for headers in [[], [("Prefer", "handling=lenient")]] {
                    let answer = try await server.client.get("Patient?_sort=\(FHIRQuery.encode(key))", headers: headers)
                    #expect(answer.status == 400, "\(key)")
                    #expect(answer.isOutcome, "\(key)")
                }
            }
        }
    }
}
