import FHIRServerTesting
import JSONTape
import Testing

/// `$lookup`, `$validate-code` and `$subsumes` of code systems.
@Suite struct CodeSystemOperationTests {
    private static let gender = "http://hl7.org/fhir/administrative-gender"
    private static let colours = "http://c.example/colours"

    /// Unknown systems and codes are 404, questions that are none 400.
    @Test func refusals() async throws {
        try await TerminologyServer.with([TerminologyServer.colours]) { client in
            for (path, status) in [
                ("CodeSystem/$lookup?system=urn:x&code=a", 404),
                ("CodeSystem/$lookup?system=\(Self.gender)&code=Male", 404),
                ("CodeSystem/$lookup?system=\(Self.colours)&version=1&code=red", 404),
                ("CodeSystem/$lookup?code=a", 400), ("CodeSystem/$lookup?system=\(Self.gender)", 400),
                ("CodeSystem/$lookup", 400), ("CodeSystem/$lookup?system=a&code=b&foo=c", 400),
                ("CodeSystem/colours/$lookup?code=red", 404), ("CodeSystem/$validate-code?url=urn:x&code=a", 404),
                ("CodeSystem/$validate-code?code=a", 400), ("CodeSystem/$validate-code?url=\(Self.gender)", 400),
                ("CodeSystem/none/$validate-code?code=a", 404),
                ("CodeSystem/$validate-code?url=\(Self.colours)%7C9&code=red", 404),
                ("CodeSystem/$subsumes?system=urn:x&codeA=a&codeB=b", 404),
                ("CodeSystem/$subsumes?system=\(Self.colours)&codeA=red&codeB=none", 404),
                ("CodeSystem/$subsumes?system=\(Self.colours)&codeA=red", 400),
                ("CodeSystem/$subsumes?codeA=red&codeB=blue", 400),
            ] {
                let answer = try await client.get(path)
                #expect(answer.status == status && answer.isOutcome, "\(path): \(answer.text)")
            }
            let body = TerminologyServer.parameters([("coding", #""valueCoding":{"code":"x"}"#)])
            #expect(try await client.post("CodeSystem/$lookup", body).status == 400)
        }
    }

    /// On an empty database, with what the standard itself defines.
    @Test func standardSystems() async throws {
        try await TerminologyServer.with([]) { client in
            let male = try await client.get("CodeSystem/$lookup?system=\(Self.gender)&code=male")
            #expect(try male.parameter("name") == "AdministrativeGender")
            #expect(try male.parameter("version") == "4.0.1")
            #expect(try male.parameter("display") == "Male")
            for (code, isRight) in [("male", "true"), ("Male", "false"), ("x", "false")] {
                let answer = try await client.get("CodeSystem/$validate-code?url=\(Self.gender)&code=\(code)")
                #expect(try answer.parameter("result") == isRight)
            }
            let role = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
            let answer = try await client.get("CodeSystem/$subsumes?system=\(role)&codeA=_ActEncounterCode&codeB=AMB")
            #expect(try answer.parameter("outcome") == "subsumes")
        }
    }

    /// FHIR has no empty values: what the code system does not say of itself is left out.
    @Test func aSystemWithoutURLIsNotNamed() async throws {
        let unnamed = #"""
            {"resourceType": "CodeSystem", "id": "unnamed", "status": "active", "content": "complete",
             "concept": [{"code": "a"}]}
            """#
        try await TerminologyServer.with([unnamed]) { client in
            for (code, isRight) in [("a", "true"), ("b", "false")] {
                let answer = try await client.get("CodeSystem/unnamed/$validate-code?code=\(code)")
                #expect(try answer.parameter("result") == isRight)
                #expect(!answer.text.contains(#""""#) && !answer.text.contains(" ."), "\(answer.text)")
            }
        }
    }

    @Test func lookup() async throws {
        try await TerminologyServer.with([TerminologyServer.colours]) { client in
            let path = "CodeSystem/$lookup?system=\(Self.colours)&code=red"
            let red = try await client.get(path)
            #expect(try red.parameter("name") == "Colours" && red.parameter("version") == "2")
            #expect(try red.parameter("display") == "Red")
            let designation = try #require(try red.json.parameters("designation").first)
            #expect(designation.parameter("language") == "de" && designation.parameter("value") == "Rot")
            #expect(designation.parameter("use") == "short")
            func properties(_ response: TestResponse) throws -> [String] {
                try response.json.parameters("property").map {
                    "\($0.parameter("code") ?? "")=\($0.parameter("value") ?? "")"
                }
            }
            #expect(
                try properties(red) == [
                    "definition=As blood.", "inactive=false", "parent=colour", "child=crimson", "warm=true",
                ])
            let few = try await client.get(path + "&property=warm&property=parent")
            #expect(try properties(few) == ["parent=colour", "warm=true"])
            #expect(try few.json.parameters("designation").isEmpty)
            #expect(try await client.get(path + "&displayLanguage=de").parameter("display") == "Rot")
            let german = try await client.get(path, headers: [("Accept-Language", "fr;q=0.9, de-AT;q=0.8, en;q=0.1")])
            #expect(try german.parameter("display") == "Rot")
            let english = try await client.get(path + "&displayLanguage=en", headers: [("Accept-Language", "de")])
            #expect(try english.parameter("display") == "Red")
            let coding = #""valueCoding":{"system":"\#(Self.colours)","version":"2","code":"puce"}"#
            let puce = try await client.post("CodeSystem/$lookup", TerminologyServer.parameters([("coding", coding)]))
            #expect(try properties(puce).contains("inactive=true"))
        }
    }

    @Test func validateCode() async throws {
        try await TerminologyServer.with([TerminologyServer.colours]) { client in
            for (query, isRight) in [
                ("code=red", true), ("code=Red", false), ("code=red&display=red", true), ("code=red&display=Rot", true),
                ("code=red&display=Blue", false), ("code=red&version=2", true), ("code=colour", true),
                ("code=colour&abstract=false", false),
            ] {
                for path in [
                    "CodeSystem/$validate-code?url=\(Self.colours)&\(query)",
                    "CodeSystem/colours/$validate-code?\(query)",
                ] {
                    let answer = try await client.get(path)
                    #expect(try answer.parameter("result") == (isRight ? "true" : "false"), "\(path)")
                    #expect(try (answer.parameter("message") == nil) == isRight)
                }
            }
            let concept = #"""
                "valueCodeableConcept":{"coding":[{"system":"urn:x","code":"y"},
                 {"system":"\#(Self.colours)","code":"blue"}]}
                """#
            let inline = TerminologyServer.parameters([
                ("codeSystem", #""resource":\#(TerminologyServer.colours)"#), ("codeableConcept", concept),
            ])
            let answer = try await client.post("CodeSystem/$validate-code", inline)
            #expect(try answer.parameter("result") == "true" && answer.parameter("display") == "Blue")
        }
    }

    /// `displayLanguage` wins over `Accept-Language`, in every operation that shows texts; resources stay as they are.
    @Test func languages() async throws {
        try await TerminologyServer.with([TerminologyServer.colours, TerminologyServer.all]) { client in
            let valueSet = "http://c.example/vs/all"
            for path in [
                "CodeSystem/$lookup?system=\(Self.colours)&code=red",
                "CodeSystem/$validate-code?url=\(Self.colours)&code=red",
                "ValueSet/$validate-code?url=\(valueSet)&system=\(Self.colours)&code=red",
            ] {
                for (query, header, expected) in [
                    ("", "de-AT, en;q=0.5", "Rot"), ("", "en, de;q=0.5", "Red"), ("", "fr", "Red"),
                    ("", "de;q=0", "Red"),
                    ("&displayLanguage=en", "de", "Red"), ("&displayLanguage=de-CH", "en", "Rot"),
                ] {
                    let answer = try await client.get(path + query, headers: [("Accept-Language", header)])
                    #expect(try answer.parameter("display") == expected, "\(path) \(query) \(header)")
                    #expect(answer.headers.contains { $0.0 == "Vary" && $0.1 == "Accept-Language" })
                }
            }
            let stored = try await client.get("CodeSystem/colours", headers: [("Accept-Language", "de")])
            #expect(stored.text.contains(#""code":"red","display":"Red""#))
            #expect(!stored.headers.contains { $0.1.contains("Accept-Language") })
        }
    }

    @Test func capabilities() async throws {
        try await TerminologyServer.with([TerminologyServer.colours]) { client in
            let answer = try await client.get("metadata?mode=terminology")
            #expect(answer.status == 200)
            let json = try answer.json
            #expect(json["resourceType"]?.string == "TerminologyCapabilities")
            let systems = json["codeSystem"]?.items ?? []
            let own = systems.first { $0["uri"]?.string == Self.colours }
            #expect(own?["version"]?.items.first?["code"]?.string == "2")
            #expect(systems.contains { $0["uri"]?.string == Self.gender })
            let statement = try await client.get("metadata").json
            let operations = (statement["rest"]?.items.first?["resource"]?.items ?? []).flatMap { resource in
                (resource["operation"]?.items ?? []).map {
                    "\(resource["type"]?.string ?? "") \($0["name"]?.string ?? "")"
                }
            }
            for name in ["CodeSystem lookup", "CodeSystem validate-code", "ValueSet expand", "ConceptMap translate"] {
                #expect(operations.contains(name))
            }
        }
    }

    @Test func subsumes() async throws {
        try await TerminologyServer.with([TerminologyServer.colours]) { client in
            for (left, right, outcome) in [
                ("red", "red", "equivalent"), ("colour", "crimson", "subsumes"), ("crimson", "red", "subsumed-by"),
                ("blue", "red", "not-subsumed"),
            ] {
                let codes = "codeA=\(left)&codeB=\(right)"
                let one = try await client.get("CodeSystem/$subsumes?system=\(Self.colours)&\(codes)")
                #expect(try one.parameter("outcome") == outcome)
                #expect(try await client.get("CodeSystem/colours/$subsumes?\(codes)").parameter("outcome") == outcome)
            }
            func body(_ system: String) -> String {
                TerminologyServer.parameters([
                    ("codingA", #""valueCoding":{"system":"\#(Self.colours)","code":"red"}"#),
                    ("codingB", #""valueCoding":{"system":"\#(system)","code":"crimson"}"#),
                ])
            }
            let answer = try await client.post("CodeSystem/$subsumes", body(Self.colours))
            #expect(try answer.parameter("outcome") == "subsumes")
            #expect(try await client.post("CodeSystem/$subsumes", body("urn:x")).status == 400)
        }
    }

    /// Of several versions the one named counts, else the newest active one.
    @Test func versions() async throws {
        func system(_ id: String, _ version: String, _ status: String, _ code: String) -> String {
            #"""
            {"resourceType":"CodeSystem","id":"\#(id)","url":"urn:v","version":"\#(version)","status":"\#(status)",
             "content":"complete","concept":[{"code":"\#(code)"}]}
            """#
        }
        let all = [
            system("a", "1", "active", "one"), system("b", "2", "active", "two"), system("c", "3", "draft", "three"),
        ]
        try await TerminologyServer.with(all) { client in
            func result(_ query: String) async throws -> String? {
                try await client.get("CodeSystem/$validate-code?\(query)").parameter("result")
            }
            #expect(try await result("url=urn:v&code=two") == "true")
            #expect(try await result("url=urn:v&code=three") == "false")
            #expect(try await result("url=urn:v%7C3&code=three") == "true")
            #expect(try await result("url=urn:v&version=1&code=one") == "true")
            // What is kept in memory follows what is written.
            try await TerminologyServer.put(system("b", "2", "active", "zwei"), on: client)
            #expect(try await result("url=urn:v&code=zwei") == "true")
            #expect(try await result("url=urn:v&code=two") == "false")
            _ = try await client.delete("CodeSystem/b")
            #expect(try await result("url=urn:v&code=one") == "true")
        }
    }
}
