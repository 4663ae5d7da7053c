import FHIRServerTesting
import JSONTape
import Testing

/// `ConceptMap/$translate` (R4 conceptmap-operation-translate.html).
@Suite struct TranslateTests {
    private static let map = #"""
        {"resourceType":"ConceptMap","id":"m","url":"urn:map","version":"1","status":"active","sourceUri":"urn:vs:a",
         "targetUri":"urn:vs:b","group":[{"source":"urn:a","target":"urn:b","element":[
          {"code":"1","target":[{"code":"I","display":"Roman one","equivalence":"wider"}]},
          {"code":"2","target":[{"equivalence":"unmatched"}]}]}]}
        """#

    @Test func translations() async throws {
        try await TerminologyServer.with([Self.map]) { client in
            for (query, status) in [
                ("url=urn:none&system=urn:a&code=1", 404), ("url=urn:map%7C2&system=urn:a&code=1", 404),
                ("url=urn:map&code=1", 400), ("url=urn:map", 400), ("", 400), ("system=urn:a&code=1&x=y", 400),
            ] {
                let answer = try await client.get("ConceptMap/$translate?\(query)")
                #expect(answer.status == status && answer.isOutcome, "\(query): \(answer.text)")
            }
            #expect(try await client.get("ConceptMap/none/$translate?system=urn:a&code=1").status == 404)
            for path in [
                "$translate?url=urn:map&", "m/$translate?", "$translate?source=urn:vs:a&target=urn:vs:b&",
                "$translate?",
            ] {
                let answer = try await client.get("ConceptMap/\(path)system=urn:a&code=1")
                #expect(try answer.parameter("result") == "true", "\(path)")
                let match = try #require(try answer.json.parameters("match").first)
                #expect(match.parameter("equivalence") == "wider" && match.parameter("source") == "urn:map|1")
                let concept = match.parameters("concept").first?["valueCoding"]
                #expect(concept?["system"]?.string == "urn:b" && concept?["code"]?.string == "I")
                #expect(concept?["display"]?.string == "Roman one")
            }
            let back = try await client.get("ConceptMap/$translate?system=urn:b&code=I&reverse=true")
            #expect(try back.json.parameters("match").first?.parameter("equivalence") == "narrower")
            for query in [
                "system=urn:a&code=2", "system=urn:a&code=9", "system=urn:z&code=1", "system=urn:a&code=1&target=urn:q",
            ] {
                let answer = try await client.get("ConceptMap/$translate?\(query)")
                #expect(try answer.parameter("result") == "false" && answer.parameter("message") != nil, "\(query)")
            }
            let body = TerminologyServer.parameters([
                ("conceptMap", #""resource":\#(Self.map)"#),
                ("coding", #""valueCoding":{"system":"urn:a","code":"1"}"#),
            ])
            #expect(try await client.post("ConceptMap/$translate", body).parameter("result") == "true")
        }
    }

    /// The example of the standard's page, on an empty database.
    @Test func standardMaps() async throws {
        try await TerminologyServer.with([]) { client in
            let answer = try await client.get(
                "ConceptMap/$translate?system=http://hl7.org/fhir/administrative-gender&code=male"
                    + "&targetsystem=http://terminology.hl7.org/CodeSystem/v2-0001")
            #expect(try answer.parameter("result") == "true", "\(answer.text)")
            let match = try answer.json.parameters("match").first
            #expect(
                match?.parameter("concept") == "M"
                    || match?.parameters("concept").first?["valueCoding"]?["code"]?.string == "M")
        }
    }
}
