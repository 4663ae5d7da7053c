import FHIRServer
import FHIRServerTesting
import FHIRStore
import JSONTape
import Testing

/// R4 graphql.html over HTTP.
@Suite struct GraphQLTests {
    private static let resources = [
        ("Organization/o", #"{"resourceType":"Organization","id":"o","name":"Clinic"}"#),
        (
            "Patient/p",
            """
            {"resourceType":"Patient","id":"p","active":true,"gender":"female","birthDate":"1970-01-02",
            "_birthDate":{"extension":[{"url":"http://example.org/time","valueString":"noon"}]},
            "name":[{"use":"official","family":"Chalmers","given":["Peter","James"]},{"use":"usual","given":["Jim"]},
            {"use":"maiden","family":"Windsor"}],
            "managingOrganization":{"reference":"Organization/o"}}
            """
        ),
        ("Patient/q", #"{"resourceType":"Patient","id":"q","name":[{"family":"Other"}]}"#),
        (
            "Observation/a",
            """
            {"resourceType":"Observation","id":"a","status":"final","code":{"coding":[{"code":"c1"}]},
            "subject":{"reference":"Patient/p"},"valueQuantity":{"value":1.50,"unit":"mg"}}
            """
        ),
        (
            "Observation/b",
            """
            {"resourceType":"Observation","id":"b","status":"final","code":{"text":"x"},
            "contained":[{"resourceType":"Patient","id":"in","gender":"male"}],"subject":{"reference":"#in"},
            "focus":[{"reference":"Patient/none"}]}
            """
        ),
    ]

    private func withClinic(_ body: (TestClient) async throws -> Void) async throws {
        try await TestServer.with { server in
            for (path, text) in Self.resources { _ = try await server.client.put(path, text) }
            try await body(server.client)
        }
    }

    private func ask(_ client: TestClient, _ query: String, at place: String = "") async throws -> String {
        let response = try await client.send(
            "POST", place + "$graphql", json: Array(query.utf8), headers: [("Content-Type", "application/graphql")])
        #expect(response.status == 200, "\(response.text)")
        #expect(response[header: "Content-Type"]?.hasPrefix("application/json") == true)
        return response.text
    }

    private static let queries = [
        ("{ Patient(id: \"p\") { id active gender } }", #"{"Patient":{"id":"p","active":true,"gender":"female"}}"#),
        (
            "{ Patient(id: p) { n: name(use: official) { family given } birthDate _birthDate { extension { url } } } }",
            #"{"Patient":{"n":[{"family":"Chalmers","given":["Peter","James"]}],"birthDate":"1970-01-02","#
                + #""_birthDate":{"extension":[{"url":"http://example.org/time"}]}}}"#
        ),
        (
            "{ Patient(id: p) { name @flatten { given } } }", #"{"Patient":{"given":["Peter","James","Jim"]}}"#
        ),
        (
            "{ Patient(id: p) { name @first { given @first } } }", #"{"Patient":{"name":[{"given":["Peter"]}]}}"#
        ),
        (
            "{ Patient(id: p) { name(use: usual) @singleton { given @singleton } } }",
            #"{"Patient":{"name":{"given":"Jim"}}}"#
        ),
        (
            "{ Patient(id: p) { name(_offset: 1, _count: 1) { use } } }", #"{"Patient":{"name":[{"use":"usual"}]}}"#
        ),
        (
            "{ Patient(id: p) { name @slice(path: \"use\") { given } } }",
            #"{"Patient":{"name.official":{"given":["Peter","James"]},"name.usual":{"given":["Jim"]},"#
                + #""name.maiden":{}}}"#
        ),
        (
            "{ Patient(id: p) { managingOrganization { resource { ... on Organization { name } "
                + "... on Patient { id } } } } }",
            #"{"Patient":{"managingOrganization":{"resource":{"name":"Clinic"}}}}"#
        ),
        (
            "{ Patient(id: p) { ObservationList(_reference: subject, code: c1) { id valueQuantity { value } } } }",
            #"{"Patient":{"ObservationList":[{"id":"a","valueQuantity":{"value":1.50}}]}}"#
        ),
        (
            "{ PatientList(family: [\"Chalmers\", \"Nobody\"]) { ...who } } fragment who on Patient { id __typename }",
            #"{"PatientList":[{"id":"p","__typename":"Patient"}]}"#
        ),
        (
            "{ ObservationList(value_quantity: \"gt1\") { subject { resource { ... on Patient { "
                + "name { family @skip(if: false) } } } } } }",
            #"{"ObservationList":[{"subject":{"resource":{"name":[{"family":"Chalmers"},{},{"family":"Windsor"}]}}}]}"#
        ),
        (
            "{ Observation(id: b) { subject { resource { resourceType ... on Patient { gender } } } "
                + "focus { resource(optional: true) { id } } } }",
            #"{"Observation":{"subject":{"resource":{"resourceType":"Patient","gender":"male"}},"focus":[{}]}}"#
        ),
        (
            "{ PatientConnection(_id: p) { count edges { mode resource { id } } } }",
            #"{"PatientConnection":{"count":1,"edges":[{"mode":"match","resource":{"id":"p"}}]}}"#
        ),
        (
            "{ Patient(id: p) { id id ... @include(if: true) { id } name @include(if: false) { use } } __typename }",
            #"{"Patient":{"id":"p"},"__typename":"Query"}"#
        ),
    ]

    @Test func queriesOfTheSystem() async throws {
        try await withClinic { client in
            for (query, data) in Self.queries {
                let answer = try await ask(client, query)
                #expect(answer == "{\"data\":\(data)}", "\(query)")
            }
        }
    }

    @Test func queriesOfAResourceAndAllWaysToSendOne() async throws {
        try await withClinic { client in
            let data = #"{"data":{"name":[{"given":["Peter","James"]},{"given":["Jim"]},{}]}}"#
            #expect(try await ask(client, "{name{given}}", at: "Patient/p/") == data)
            #expect(try await client.get("Patient/p/$graphql?query=%7Bname%7Bgiven%7D%7D").text == data)
            let body = """
                {"query":"query A($id: ID!, $yes: Boolean = true) { Patient(id: $id) { id @include(if: $yes) } } \
                query B { __typename }",
                "operationName":"A","variables":{"id":"p"}}
                """
            let response = try await client.send(
                "POST", "$graphql", json: Array(body.utf8), headers: [("Content-Type", "application/json")])
            #expect(response.text == #"{"data":{"Patient":{"id":"p"}}}"#)
            #expect(try await client.get("Patient/none/$graphql?query=%7Bid%7D").status == 404)
        }
    }

    private static let mistakes = [
        ("{ Patient(id: none) { id } }", 404), ("{ Patient(id: p) { nonsense } }", 400), ("{ Patient { id } }", 400),
        ("{ Patient(id: p) }", 400), ("{ Patient(id: p) { id { x } } }", 400), ("{ Patient(id: p) { name } }", 400),
        ("{ Nonsense(id: p) { id } }", 400), ("{ PatientList(nonsense: 1) { id } }", 400),
        ("{ PatientList(birthdate: x) { id } }", 400), ("{ Patient(id: p) { ...f } }", 400),
        ("{ Patient(id: p) { ...f } } fragment f on Patient { ...f }", 400), ("mutation { a }", 400), ("{", 400),
        ("{ Patient(id: $x) { id } }", 400), ("query ($x: ID!) { Patient(id: $x) { id } }", 400),
        ("query A { __typename } query B { __typename }", 400), ("{ Patient(id: p) { id @nonsense } }", 400),
        ("{ Patient(id: p) { id @skip } }", 400), ("{ Patient(id: p) { name @singleton { use } } }", 400),
        ("{ Observation(id: b) { focus { resource { id } } } }", 404),
        ("{ Patient(id: p) { name(nonsense: 1) { use } } }", 400),
        ("{ Patient(id: p) { ObservationList { id } } }", 400),
        ("{ Patient(id: p) { name(fhirpath: \"x\") { use } } }", 400),
        ("{ PatientConnection { nonsense } }", 400),
    ]

    @Test func mistakesAreNamed() async throws {
        try await withClinic { client in
            for (query, status) in Self.mistakes {
                let response = try await client.send(
                    "POST", "$graphql", json: Array(query.utf8), headers: [("Content-Type", "application/graphql")])
                #expect(response.status == status, "\(query): \(response.text)")
                #expect(response.isOutcome, "\(query)")
            }
            #expect(try await client.get("$graphql").status == 400)
            #expect(try await client.send("DELETE", "$graphql").status == 405)
        }
    }

    /// Each level of references costs one round, however many resources it has.
    @Test func cyclesEndWhereTheQueryEnds() async throws {
        try await withClinic { client in
            let depth = 5
            let query =
                String(
                    repeating: "ObservationList(_reference: subject) { id subject { resource { ... on Patient { ",
                    count: depth)
                + "id" + String(repeating: " } } } }", count: depth)
            let text = try await ask(client, "{ \(query) }", at: "Patient/p/")
            #expect(text.split(separator: "\"ObservationList\"").count == depth + 1)
        }
    }
}
