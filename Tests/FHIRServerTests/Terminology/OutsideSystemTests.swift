import FHIRServerTesting
import JSONTape
import Testing

/// Code systems that R4 names, and whose codes are told by lists and grammars of others.
@Suite struct OutsideSystemTests {
    @Test func questions() async throws {
        let units = TerminologyServer.valueSet(
            "units",
            #"""
            "include":[{"system":"http://unitsofmeasure.org","concept":[{"code":"mg"},{"code":"{two words}"}]}]
            """#)
        try await TerminologyServer.with([units]) { client in
            for (system, code, isRight) in [
                ("urn:ietf:bcp:13", "text/plain", true), ("urn:ietf:bcp:13", "text", false),
                ("urn:ietf:bcp:47", "de-CH", true), ("urn:ietf:bcp:47", "DE-ch", true),
                ("urn:ietf:bcp:47", "deutsch", false), ("http://unitsofmeasure.org", "mm%5BHg%5D", true),
                ("http://unitsofmeasure.org", "mcg", false), ("urn:iso:std:iso:4217", "EUR", true),
                ("urn:iso:std:iso:4217", "EURO", false), ("https://www.iana.org/time-zones", "Europe/Berlin", true),
                ("https://www.iana.org/time-zones", "Berlin", false),
            ] {
                let answer = try await client.get("CodeSystem/$validate-code?url=\(system)&code=\(code)")
                #expect(try answer.parameter("result") == (isRight ? "true" : "false"), "\(system) \(code)")
                let lookup = try await client.get("CodeSystem/$lookup?system=\(system)&code=\(code)")
                #expect(lookup.status == (isRight ? 200 : 404), "\(system) \(code)")
            }
            let standard = "http://hl7.org/fhir/ValueSet"
            for (name, system, code, isRight) in [
                ("mimetypes", "urn:ietf:bcp:13", "application/fhir%2Bjson", true),
                ("mimetypes", "urn:ietf:bcp:13", "json", false),
                ("currencies", "urn:iso:std:iso:4217", "USD", true), ("currencies", "urn:x", "USD", false),
                ("ucum-units", "http://unitsofmeasure.org", "mL/min", true),
                ("all-time-units", "http://unitsofmeasure.org", "h", true),
                ("all-time-units", "http://unitsofmeasure.org", "mL", false),
                ("timezones", "https://www.iana.org/time-zones", "UTC", true),
                ("all-languages", "urn:ietf:bcp:47", "gsw-CH", true), ("languages", "urn:ietf:bcp:47", "gsw-CH", false),
            ] {
                let path = "ValueSet/$validate-code?url=\(standard)/\(name)&system=\(system)&code=\(code)"
                #expect(
                    try await client.get(path).parameter("result") == (isRight ? "true" : "false"), "\(name) \(code)")
            }
            let long = String(repeating: "m.", count: 200) + "m"
            let costly = try await client.get(
                "CodeSystem/$validate-code?url=http://unitsofmeasure.org&code=\(long)")
            #expect(try costly.status == 422 && costly.json["issue"]?.items.first?["code"]?.string == "too-costly")

            for name in ["mimetypes", "ucum-units", "all-time-units", "all-languages"] {
                for query in ["", "&filter=m", "&count=5"] {
                    let answer = try await client.get("ValueSet/$expand?url=\(standard)/\(name)\(query)")
                    #expect(answer.status == 422, "\(name)\(query)")
                    #expect(try answer.json["issue"]?.items.first?["code"]?.string == "too-costly", "\(name)\(query)")
                }
            }
            let currencies = "ValueSet/$expand?url=\(standard)/currencies&filter=franc"
            #expect(try await client.get(currencies + "&activeOnly=true&count=3").codes() == "BIF CDF CHF")
            let zones = "ValueSet/$expand?url=\(standard)/timezones&filter=kyiv"
            #expect(try await client.get(zones).codes() == "Europe/Kyiv")
            // Codes that a value set names stand as they are.
            #expect(try await client.get("ValueSet/units/$expand").codes() == "mg {two words}")
            #expect(
                try await client.get(
                    "ValueSet/units/$validate-code?system=http://unitsofmeasure.org&code=%7Btwo%20words%7D"
                ).parameter("result") == "true")
            // A value set of R4 that was left behind with another version of its code system.
            let tasks = "ValueSet/$expand?url=\(standard)/task-code&filter=fulfill"
            #expect(try await client.get(tasks).codes() == "fulfill")
            let listed = try await client.get("metadata?mode=terminology").json["codeSystem"]?.items ?? []
            for url in ["urn:ietf:bcp:13", "urn:iso:std:iso:4217"] {
                #expect(listed.count { $0["uri"]?.string == url } == 1)
            }
        }
    }

    /// What is stored here comes first: a CodeSystem with concepts, not one that names the system alone.
    @Test func storedOnesComeFirst() async throws {
        func system(_ content: String, _ concepts: String) -> String {
            #"""
            {"resourceType":"CodeSystem","id":"bcp","url":"urn:ietf:bcp:47","status":"active",\#
            "content":"\#(content)"\#(concepts)}
            """#
        }
        try await TerminologyServer.with([system("not-present", "")]) { client in
            let path = "CodeSystem/$validate-code?url=urn:ietf:bcp:47&code=de"
            #expect(try await client.get(path).parameter("result") == "true")
            try await TerminologyServer.put(system("complete", #","concept":[{"code":"en"}]"#), on: client)
            #expect(try await client.get(path).parameter("result") == "false")
            _ = try await client.delete("CodeSystem/bcp")
            #expect(try await client.get(path).parameter("result") == "true")
        }
    }

    /// `:in` asks the same.
    @Test func searches() async throws {
        try await TerminologyServer.with([]) { client in
            for (id, system, code) in [("a", "urn:ietf:bcp:47", "gsw"), ("b", "urn:x", "gsw")] {
                let coding = #"{"system":"\#(system)","code":"\#(code)"}"#
                try await TerminologyServer.put(
                    #"{"resourceType":"Patient","id":"\#(id)","communication":[{"language":{"coding":[\#(coding)]}}]}"#,
                    on: client)
            }
            let all = "http://hl7.org/fhir/ValueSet/all-languages"
            for (modifier, expected) in [("in", "a"), ("not-in", "b")] {
                let found = try await client.get("Patient?language:\(modifier)=\(all)")
                #expect(found.status == 200, "\(found.text)")
                let ids = try found.json["entry"]?.items.compactMap { $0["resource"]?["id"]?.string }
                #expect(ids == [expected], "\(modifier)")
            }
        }
    }
}
