import FHIRServerTesting
import JSONTape
import Testing

@Suite struct FullTextChecks {
    private static let resources: [(String, String)] = [
        (
            "Condition/bone",
            #"""
            "subject":{"reference":"Patient/p","display":"Ilse Müller"},"code":{"text":"Bone tumour",
            "coding":[{"system":"http://snomed.info/sct","code":"126537000","display":"Neoplasm of bone"}]},
            "text":{"status":"generated",
            "div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p class=\"hidden\">Tumour of the <b>left</b> tibia \#
            &amp; metastases, caf&#233;</p></div>"}
            """#
        ),
        (
            "Condition/liver",
            #"""
            "subject":{"reference":"Patient/p"},"code":{"text":"Liver metastasis"},
            "note":[{"text":"Seen by Dr. Bone; COVID-19 excluded"}],"text":{"status":"generated",
            "div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Liver metastases</div>"}
            """#
        ),
        ("Condition/plain", #""subject":{"reference":"Patient/p"},"code":{"text":"Sore throat"}"#),
        (
            "Condition/inside",
            ##"""
            "subject":{"reference":"Patient/p"},"contained":[{"resourceType":"Practitioner","id":"x",
            "name":[{"family":"Quacksalber"}]}],"asserter":{"reference":"#x"},
            "extension":[{"url":"http://x.example/a","valueString":"Zebra stripes"}]
            """##
        ),
        ("Condition/empty", #""subject":{"reference":"Patient/p"}"#),
    ]

    @Test("_content: words, phrases, beginnings, and what combines them")
    func content() async throws {
        try await ValueSearch.with(Self.resources) { client in
            try await client.expect(
                "Condition",
                [
                    ("_content=bone", "bone liver"), ("_content=BONE", "bone liver"), ("_content=bone tumour", "bone"),
                    ("_content=tumour bone", "bone"), ("_content=\"bone tumour\"", "bone"),
                    ("_content=\"tumour bone\"", ""),
                    ("_content=metast*", "bone liver"), ("_content=metast", ""), ("_content=müller", "bone"),
                    ("_content=muller", "bone"),
                    ("_content=cafe", "bone"), ("_content=126537000", "bone"), ("_content=covid-19", "liver"),
                    ("_content=covid", "liver"),
                    ("_content=bone OR throat", "bone liver plain"),
                    ("_content=(bone or throat) and not liver", "bone plain"),
                    ("_content=bone -liver", "bone"), ("_content=-bone", "empty inside plain"),
                    ("_content=not bone", "empty inside plain"),
                    ("_content=sore,tibia", "bone plain"), ("_content=quacksalber", "inside"),
                    ("_content=zebra", "inside"),
                    ("_content=nothing", ""), ("_content=hidden", ""), ("_content=http", ""), ("_content=snomed", ""),
                    ("_content=Patient", ""),
                    ("_content=\"covid-1*\"", ""), ("_content=covid-1*", "liver"),
                ])
            #expect(try await ValueSearch.ids(client, "Condition?_content=bone&_content=tibia") == "bone")
            #expect(
                try await ValueSearch.ids(client, "Condition?_content=metast*&code:missing=false&_sort=-_lastUpdated")
                    == "bone liver")
        }
    }

    @Test("_text: the words of the narrative only")
    func narrative() async throws {
        try await ValueSearch.with(Self.resources) { client in
            try await client.expect(
                "Condition",
                [
                    ("_text=bone", ""), ("_text=tibia", "bone"), ("_text=(bone OR liver) and metastases", "liver"),
                    ("_text=metastases -liver", "bone"), ("_text=metast*", "bone liver"),
                    ("_text=\"left tibia\"", "bone"),
                    ("_text=-tibia", "empty inside liver plain"), ("_text=neoplasm", ""), ("_text=café", "bone"),
                ])
        }
    }

    @Test("_content and _text: any text is answered or refused, never a failure")
    func hostileText() async throws {
        try await ValueSearch.with(Self.resources) { client in
            let texts = [
                "'", "\"", "((", "))", "& |", "!", "a & | b", "bone' | 'x", "bone:*", "bone:A", "<->",
                "bone <-> tumour", "\\", "*", "-", "OR",
                "AND OR NOT", "(((((bone)))))", "bone)", "\"bone", "𝔟𝔬𝔫𝔢", "日本語", "a\u{0}b",
                String(repeating: "x ", count: 101),
                String(repeating: "(", count: 50) + "bone", String(repeating: "x", count: 3000), "$$", "\u{1F600}", "%",
                "'':*",
            ]
            for name in ["_content", "_text"] {
                for text in texts {
                    let answer = try await client.get("Condition?\(name)=\(FHIRQuery.encode(text))")
                    #expect(
                        answer.status == 200 || answer.status == 400 && answer.isOutcome,
                        "\(name)=\(text): \(answer.status)")
                }
                try await client.expectRefused(
                    "Condition", ["\(name)=*", "\(name)=\"\"", "\(name):exact=bone", "\(name):missing=true"])
                let sorted = try await client.get("Condition?_sort=\(name)")
                #expect(sorted.isOutcome)
            }
            try await client.expect(
                "Condition", [("_content=bone)", "bone liver"), ("_content=((((bone", "bone liver")])
        }
    }

    @Test("C67: words are found as soon as they are written, and no longer when they are gone", .check("C67"))
    func visibleAtOnce() async throws {
        try await ValueSearch.with([]) { client in
            for round in 0..<10 {
                try await ValueSearch.put("Location/a", #""description":"word\#(round)x""#, client)
                #expect(try await ValueSearch.ids(client, "Location?_content=word\(round)x") == "a")
                if round > 0 { #expect(try await ValueSearch.ids(client, "Location?_content=word\(round - 1)x") == "") }
            }
            _ = try await client.delete("Location/a")
            #expect(try await ValueSearch.ids(client, "Location?_content=word9x") == "")
        }
    }

    /// PostgreSQL refuses to index texts of about a megabyte; encoded data are no words.
    @Test("_content: great resources are stored and found")
    func greatResources() async throws {
        let words = (0..<130_000).map { "w\($0)" }.joined(separator: " ")
        let data = String(repeating: "QUJD", count: 200_000)
        let many =
            #"""
            "status":"current","description":"begin \#(words)","content":[{"attachment":{"data":"\#(data)",
            "contentType":"image/png","title":"Scan"}}]
            """#
        try await ValueSearch.with([("DocumentReference/great", many)]) { client in
            try await client.expect(
                "DocumentReference", [("_content=begin", "great"), ("_content=w100", "great"), ("_content=QUJD*", "")])
        }
    }

    @Test("_content through a chain and _has")
    func chains() async throws {
        let resources =
            Self.resources + [
                ("Patient/p", #""name":[{"text":"Ilse Müller"}]"#),
                ("Observation/o", #""status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p"}"#),
            ]
        try await ValueSearch.with(resources) { client in
            try await client.expect("Observation", [("subject:Patient._content=ilse", "o")])
            try await client.expect("Patient", [("_has:Condition:subject:_content=tibia", "p")])
        }
    }

    @Test("_sort=_score: in the order of relevance, by pages too, with the score in the entries")
    func score() async throws {
        let words = [("one", "bone"), ("two", "bone bone"), ("three", "bone bone and bone"), ("other", "throat")]
        let resources = words.map { id, text in
            ("Condition/\(id)", #""subject":{"reference":"Patient/p"},"note":[{"text":"\#(text)"}]"#)
        }
        try await ValueSearch.with(resources) { client in
            let best = try await client.search("Condition?_content=bone&_sort=-_score")
            #expect(best.ids == ["three", "two", "one"])
            let scores = (best.json["entry"]?.items ?? []).compactMap { entry in
                entry["search"]?["score"]?.numberText.flatMap { Double($0) }
            }
            #expect(scores.count == 3 && scores == scores.sorted(by: >) && Set(scores).count == 3)
            #expect(scores.allSatisfy { (0...1).contains($0) })
            #expect(try await client.search("Condition?_content=bone&_sort=_score").ids == ["one", "two", "three"])
            for sort in ["-_score", "_score", "-_score,_id"] {
                let query = "Condition?_content=bone,throat&_sort=\(sort)"
                let all = try await client.search(query).ids
                let pages = try await client.walk("\(query)&_count=1")
                #expect(pages.flatMap(\.ids) == all && all.count == 4, "\(sort)")
                let previous = try #require(pages.last?.link("previous"))
                #expect(try await client.search(previous).ids == [all[2]], "\(sort)")
            }
            let plain = try await client.search("Condition?_content=bone").json["entry"]?.items.first
            #expect(plain?["search"]?["score"] == nil)
            for query in [
                "Condition?_sort=_score", "Condition?code=x&_sort=-_score", "Condition?_sort=_score.code",
                "?_type=Condition&_content=bone&_sort=_score",
            ] {
                #expect(try await client.get(query).status == 400, "\(query)")
            }
        }
    }
}
