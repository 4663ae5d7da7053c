import FHIRServerTesting
import JSONTape
import Testing

/// `$expand` and `$validate-code` of value sets.
@Suite struct ValueSetOperationTests {
    private static let all = "http://c.example/vs/all"

    @Test func refusals() async throws {
        func imports(_ id: String, _ other: String) -> String {
            TerminologyServer.valueSet(id, #""include":[{"valueSet":["http://c.example/vs/\#(other)"]}]"#)
        }
        func regex(_ id: String, _ text: String) -> String {
            let filter = #"{"property":"code","op":"regex","value":"\#(text)"}"#
            return TerminologyServer.valueSet(
                id, #""include":[{"system":"http://c.example/colours","filter":[\#(filter)]}]"#)
        }
        try await TerminologyServer.with([
            TerminologyServer.colours, TerminologyServer.all, imports("loop", "loop"), imports("a", "b"),
            imports("b", "a"),
            imports("lost", "nowhere"), TerminologyServer.valueSet("unknown", #""include":[{"system":"urn:x"}]"#),
            regex("bomb", "((c{900}){900}){900}"), regex("broken", "("), regex("slow", "(r*)*(e*)*(r|e|d)*x"),
        ]) { client in
            for (query, status, code) in [
                ("url=urn:nowhere", 404, "not-found"), ("url=\(Self.all)%7C7", 404, "not-found"),
                ("url=\(Self.all)&valueSetVersion=7", 404, "not-found"), ("", 400, "invalid"),
                ("context=urn:x", 400, "not-supported"), ("url=\(Self.all)&count=-1", 400, "invalid"),
                ("url=\(Self.all)&count=x", 400, "invalid"), ("url=\(Self.all)&offset=-1", 400, "invalid"),
                ("url=\(Self.all)&foo=1", 400, "invalid"), ("url=http://c.example/vs/loop", 422, "processing"),
                ("url=http://c.example/vs/a", 422, "processing"), ("url=http://c.example/vs/lost", 422, "not-found"),
                ("url=http://c.example/vs/unknown", 422, "not-found"),
                ("url=http://c.example/vs/bomb", 422, "too-costly"),
                ("url=http://c.example/vs/broken", 422, "processing"),
            ] {
                let answer = try await client.get("ValueSet/$expand?\(query)")
                #expect(answer.status == status, "\(query): \(answer.text)")
                #expect(try answer.json["issue"]?.items.first?["code"]?.string == code, "\(query): \(answer.text)")
            }
            #expect(try await client.get("ValueSet/none/$expand").status == 404)
            #expect(try await client.get("ValueSet/$expand?url=http://c.example/vs/slow").codes() == "")
            for (query, status) in [
                ("url=urn:nowhere&system=a&code=b", 404), ("url=\(Self.all)&code=red", 400), ("url=\(Self.all)", 400),
                ("code=a&system=b", 400), ("url=http://c.example/vs/loop&system=a&code=b", 422),
                ("url=http://c.example/vs/unknown&system=urn:x&code=b", 422),
            ] {
                let answer = try await client.get("ValueSet/$validate-code?\(query)")
                #expect(answer.status == status && answer.isOutcome, "\(query): \(answer.text)")
            }
        }
    }

    @Test func expand() async throws {
        try await TerminologyServer.with([TerminologyServer.colours, TerminologyServer.all]) { client in
            let path = "ValueSet/$expand?url=\(Self.all)"
            let whole = try await client.get(path)
            #expect(try whole.codes() == "colour red crimson blue puce")
            let json = try whole.json
            let expansion = try #require(json["expansion"])
            #expect(json["resourceType"]?.string == "ValueSet" && json["url"]?.string == Self.all)
            #expect(json["status"]?.string == "active" && json["compose"] == nil)
            #expect(expansion["total"]?.integer == 5 && expansion["offset"] == nil)
            #expect(expansion["identifier"]?.string?.hasPrefix("urn:uuid:") == true)
            #expect(expansion["timestamp"]?.string?.hasSuffix("Z") == true)
            #expect(expansion["parameter"]?.items.first?["valueUri"]?.string == "http://c.example/colours|2")
            let entries = expansion["contains"]?.items ?? []
            #expect(entries[0]["abstract"]?.bool == true && entries[4]["inactive"]?.bool == true)
            #expect(entries[1]["display"]?.string == "Red" && entries[1]["designation"] == nil)
            #expect(entries[1]["system"]?.string == "http://c.example/colours")
            for (query, expected) in [
                ("&count=2", "colour red"), ("&count=2&offset=2", "crimson blue"), ("&offset=4", "puce"),
                ("&count=0", ""),
                ("&offset=99", ""), ("&count=2147483647", "colour red crimson blue puce"), ("&filter=cr", "crimson"),
                ("&filter=rot", "red"), ("&filter=zzz", ""), ("&activeOnly=true", "colour red crimson blue"),
                ("&excludeNotForUI=true", "red crimson blue puce"),
                ("&excludeNested=true", "colour red crimson blue puce"),
                ("&excludeNested=false", "colour(red(crimson) blue puce)"),
                ("&exclude-system=http://c.example/colours", ""),
            ] { #expect(try await client.get(path + query).codes() == expected, "\(query)") }
            let page = try await client.get(path + "&count=2&offset=2&filter=&includeDefinition=true")
            #expect(try page.json["expansion"]?["total"]?.integer == 5)
            #expect(try page.json["expansion"]?["offset"]?.integer == 2 && page.json["compose"] != nil)
            let names = try page.json["expansion"]?["parameter"]?.items.compactMap { $0["name"]?.string }
            #expect(names == ["offset", "count", "includeDefinition", "version"])
            #expect(try await client.get("ValueSet/all/$expand").codes() == "colour red crimson blue puce")
        }
    }

    @Test func textsAndLanguages() async throws {
        try await TerminologyServer.with([TerminologyServer.colours, TerminologyServer.all]) {
            (client: TestClient) async throws in
            func red(_ query: String, _ headers: [(String, String)] = []) async throws -> JSONNode? {
                let answer = try await client.get("ValueSet/$expand?url=\(Self.all)&\(query)", headers: headers)
                return try answer.json["expansion"]?["contains"]?.items.first { $0["code"]?.string == "red" }
            }
            #expect(try await red("displayLanguage=de")?["display"]?.string == "Rot")
            #expect(try await red("", [("Accept-Language", "de, en;q=0.5")])?["display"]?.string == "Rot")
            #expect(try await red("displayLanguage=fr")?["display"]?.string == "Red")
            #expect(try await red("includeDesignations=true")?["designation"]?.items.first?["value"]?.string == "Rot")
            #expect(try await red("designation=urn:ietf:bcp:47%7Cde")?["designation"]?.items.count == 1)
            #expect(try await red("designation=urn:use%7Cshort")?["designation"]?.items.count == 1)
            #expect(try await red("designation=urn:ietf:bcp:47%7Cfr")?["designation"] == nil)
        }
    }

    /// On an empty database: value sets of the standard, with displays.
    @Test func standardValueSets() async throws {
        try await TerminologyServer.with([]) { client in
            let path = "ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender"
            let genders = try await client.get(path)
            #expect(try genders.codes() == "male female other unknown")
            #expect(try genders.json["expansion"]?["contains"]?.items.first?["display"]?.string == "Male")
            #expect(try await client.get(path + "%7C4.0.1&filter=fem").codes() == "female")
            #expect(try await client.get(path + "%7C3.0.0").status == 404)
            let check = "ValueSet/$validate-code?url=http://hl7.org/fhir/ValueSet/marital-status&code=M&system="
            let right = try await client.get(check + "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus")
            #expect(try right.parameter("result") == "true" && right.parameter("display") == "Married")
            #expect(try await client.get(check + "urn:x").parameter("result") == "false")
        }
    }

    @Test func inlineAndChanging() async throws {
        try await TerminologyServer.with([TerminologyServer.colours, TerminologyServer.all]) { client in
            let inline = TerminologyServer.valueSet(
                "inline",
                #"""
                "include":[{"valueSet":["\#(Self.all)"]}],"exclude":[{"system":"http://c.example/colours",
                 "filter":[{"property":"concept","op":"is-a","value":"red"}]}]
                """#)
            #expect(try await client.post("ValueSet/$expand", inline).codes() == "colour blue puce")
            let body = TerminologyServer.parameters([
                ("valueSet", #""resource":\#(inline)"#), ("count", #""valueInteger":1"#),
                ("offset", #""valueInteger":1"#),
            ])
            #expect(try await client.post("ValueSet/$expand", body).codes() == "blue")
            // Kept expansions follow what is written, also to what they are made of.
            let importing = TerminologyServer.valueSet("importing", #""include":[{"valueSet":["\#(Self.all)"]}]"#)
            try await TerminologyServer.put(importing, on: client)
            let path = "ValueSet/importing/$expand"
            #expect(try await client.get(path).codes() == "colour red crimson blue puce")
            let less = TerminologyServer.colours.replacing(
                #"{"code":"crimson","display":"Crimson"}"#, with: #"{"code":"rose"}"#)
            try await TerminologyServer.put(less, on: client)
            #expect(try await client.get(path).codes() == "colour red rose blue puce")
            let one = #""include":[{"system":"http://c.example/colours","concept":[{"code":"blue","display":"Sky"}]}]"#
            try await TerminologyServer.put(TerminologyServer.valueSet("all", one), on: client)
            let changed = try await client.get(path)
            #expect(try changed.codes() == "blue")
            #expect(try changed.json["expansion"]?["contains"]?.items.first?["display"]?.string == "Sky")
            _ = try await client.delete("ValueSet/all")
            #expect(try await client.get(path).status == 422)
        }
    }

    @Test func validateCode() async throws {
        let warm = TerminologyServer.valueSet(
            "warm",
            #""include":[{"system":"http://c.example/colours","filter":[{"property":"warm","op":"=","value":"true"}]}]"#
        )
        try await TerminologyServer.with([TerminologyServer.colours, warm]) { client in
            let system = "&system=http://c.example/colours"
            for (query, isRight) in [
                ("code=red" + system, true), ("code=blue" + system, false), ("code=none" + system, false),
                ("code=red&system=urn:x", false), ("code=red&display=Red" + system, true),
                ("code=red&display=Blue" + system, false), ("code=red&systemVersion=2" + system, true),
            ] {
                for path in ["$validate-code?url=http://c.example/vs/warm&", "warm/$validate-code?"] {
                    let answer = try await client.get("ValueSet/" + path + query)
                    #expect(try answer.parameter("result") == (isRight ? "true" : "false"), "\(query)")
                    #expect(try (answer.parameter("message") == nil) == isRight, "\(query)")
                }
            }
            let concept = #"""
                "valueCodeableConcept":{"coding":[{"system":"http://c.example/colours","code":"blue"},
                 {"system":"http://c.example/colours","code":"red"}]}
                """#
            let body = TerminologyServer.parameters([
                ("valueSet", #""resource":\#(warm)"#), ("codeableConcept", concept),
            ])
            #expect(try await client.post("ValueSet/$validate-code", body).parameter("result") == "true")
        }
    }

    /// A hierarchy thousands of links deep, and more codes than one answer holds.
    @Test func depthAndSize() async throws {
        let deep = (0..<3000).map { number in
            let parent = number == 0 ? "" : #","property":[{"code":"parent","valueCode":"n\#(number - 1)"}]"#
            return #"{"code":"n\#(number)"\#(parent)}"#
        }.joined(separator: ",")
        let wide = (0..<10_001).map { #"{"code":"w\#($0)"}"# }.joined(separator: ",")
        func system(_ id: String, _ concepts: String) -> String {
            #"""
            {"resourceType":"CodeSystem","id":"\#(id)","url":"urn:\#(id)","status":"active","content":"complete",
             "concept":[\#(concepts)]}
            """#
        }
        try await TerminologyServer.with([
            system("deep", deep), system("wide", wide),
            TerminologyServer.valueSet(
                "deep",
                #""include":[{"system":"urn:deep","filter":[{"property":"concept","op":"is-a","value":"n2000"}]}]"#),
            TerminologyServer.valueSet("wide", #""include":[{"system":"urn:wide"}]"#),
        ]) { client in
            let answer = try await client.get("CodeSystem/$subsumes?system=urn:deep&codeA=n0&codeB=n2999")
            #expect(try answer.parameter("outcome") == "subsumes")
            let deep = try await client.get("ValueSet/deep/$expand?excludeNested=false")
            #expect(try deep.json["expansion"]?["total"]?.integer == 1000)
            let wide = try await client.get("ValueSet/wide/$expand")
            #expect(wide.status == 422)
            #expect(try wide.json["issue"]?.items.first?["code"]?.string == "too-costly")
            let page = try await client.get("ValueSet/wide/$expand?count=2000000000&offset=1")
            #expect(try page.json["expansion"]?["contains"]?.items.count == 10_000)
            #expect(try await client.get("ValueSet/wide/$expand?filter=w77&count=1").codes() == "w77")
        }
    }
}
