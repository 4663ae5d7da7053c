import FHIRServerTesting
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// R4 search.html#Paging and http.html#paging.
@Suite struct PagingChecks {
    private static func patient(_ number: Int) -> String {
        let birth = number % 3 == 0 ? "" : #","birthDate":"\#(1950 + number % 7)-01-01""#
        let family = ["Ähn", "abel", "Bo", "Cy"][number % 4]
        return #"""
            {"resourceType":"Patient","id":"p\#(number)","active":true,"name":[{"family":"\#(family)"}],
             "managingOrganization":{"reference":"Organization/o\#(number % 2)"}\#(birth)}
            """#
    }

    @Test("C72: a walk over 10,000 rows under concurrent writes", .check("C72"))
    func walkUnderWrites() async throws {
        try await TestServer.with { server in
            let client = server.client
            try await client.putAll((0..<50).map(Self.patient))
            try await server.test.database.script(
                """
                CREATE TEMP TABLE copied AS SELECT p.rid AS old, p.id || '-' || n AS id
                  FROM patient p, generate_series(1, 199) n ORDER BY n, p.rid;
                INSERT INTO patient (id, version, method, updated, self, subj, keys, date_lo, date_hi, content)
                  SELECT c.id, 1, method, updated, hashtextextended(c.id, 0), subj, keys, date_lo, date_hi,
                    jsonb_set(content, '{id}', to_jsonb(c.id))
                  FROM copied c JOIN patient p ON p.rid = c.old;
                INSERT INTO patient_str (rid, param, ckey, norm) SELECT n.rid, s.param, s.ckey, s.norm
                  FROM copied c JOIN patient n ON n.id = c.id JOIN patient_str s ON s.rid = c.old;
                DROP TABLE copied;
                ANALYZE patient, patient_str
                """)
            var times: [String: Int] = [:]
            var next: String? = "Patient?_sort=-birthdate,family&_count=1000&_total=accurate&_elements=id"
            var totals: Set<Int?> = []
            var round = 0
            while let address = next {
                round += 1
                // While the page is read somebody writes: new rows, changed rows, rows that go.
                let number = round
                async let writes: Void = write(client, number)
                let page = try await client.search(address)
                try await writes
                #expect(page.ids.count <= 1000)
                for id in page.ids { times[id, default: 0] += 1 }
                totals.insert(page.total)
                next = page.link("next")
            }
            #expect(totals.count == 1 && totals.first != Int?.none)
            for number in 10..<50 {
                for copy in 1..<200 where times["p\(number)-\(copy)"] != 1 {
                    Issue.record("p\(number)-\(copy) came \(times["p\(number)-\(copy)"] ?? 0) times")
                }
            }
            // What was written beside the first page may have been seen by it, what was later may not.
            let late = times.keys.filter { $0.hasPrefix("new") && $0 != "new1" && $0 != "new1-z" }
            #expect(late.isEmpty)
        }
    }

    /// Patients whose number is below ten are touched, no others.
    private func write(_ client: TestClient, _ round: Int) async throws {
        for family in ["Aa", "Zz"] {
            let id = family == "Aa" ? "new\(round)" : "new\(round)-z"
            _ = try await client.put("Patient/\(id)", Patients.named(family, id: id))
        }
        let touched = "p\(round % 10)-\(round)"
        _ = try await client.put("Patient/\(touched)", Patients.named("Moved", id: touched))
        _ = try await client.delete("Patient/p\(round % 10)-\(round + 50)")
    }

    @Test("C69, C72: links lead forward and back, with every parameter", .check("C69", "C72"))
    func linksLeadBothWays() async throws {
        try await TestServer.with { server in
            let client = server.client
            try await client.putAll((0..<9).map(Self.patient))
            for sort in ["", "&_sort=birthdate", "&_sort=-family,_id", "&_sort=organization"] {
                let query = "Patient?active=true&_count=4\(sort)"
                let pages = try await client.walk(query)
                #expect(pages.map(\.ids.count) == [4, 4, 1], "\(sort)")
                #expect(Set(pages.flatMap(\.ids)).count == 9, "\(sort)")
                #expect(pages[0].relations == ["self", "first", "next"])
                #expect(pages[1].relations == ["self", "first", "previous", "next"])
                #expect(pages[2].relations == ["self", "first", "previous"])
                for page in pages {
                    for relation in page.relations {
                        #expect(page.link(relation)?.hasPrefix("\(client.base)/\(query)") == true)
                    }
                    let own = try await client.search(try #require(page.link("self")))
                    #expect(own.ids == page.ids, "\(sort): self leads to the page itself")
                    #expect(try await client.search(try #require(page.link("first"))).ids == pages[0].ids)
                }
                let middle = try await client.search(try #require(pages[2].link("previous")))
                #expect(middle.ids == pages[1].ids, "\(sort)")
                let first = try await client.search(try #require(middle.link("previous")))
                #expect(first.ids == pages[0].ids, "\(sort)")
                #expect(first.link("previous") == nil)
                #expect(try await client.search(try #require(first.link("next"))).ids == pages[1].ids)
            }
        }
    }

    @Test("C72: the size of pages may change within a walk, nothing else", .check("C72"))
    func whatMayChange() async throws {
        try await TestServer.with { server in
            let client = server.client
            try await client.putAll((0..<9).map(Self.patient))
            let next = try #require(try await client.search("Patient?_sort=family&_count=2").link("next"))
            let path = String(next.dropFirst(client.base.count + 1))
            let wide = try await client.search(path.replacing("_count=2", with: "_count=5"))
            #expect(wide.ids.count == 5)
            for (from, to) in [
                ("_sort=family", "_sort=-family"), ("_sort=family", "_sort=family&gender=male"),
                ("Patient?", "Organization?"), ("_cursor=", "_cursor=A"), ("_sort=family&", ""),
            ] {
                let answer = try await client.get(path.replacing(from, with: to))
                #expect(answer.status == 400, "\(to)")
            }
            for forged in ["abc", "%25", String(repeating: "A", count: 200), "' OR 1=1"] {
                let answer = try await client.get("Patient?_cursor=\(FHIRQuery.encode(forged))")
                #expect(answer.status == 400 && answer.issueCodes == ["invalid-cursor"])
                #expect(try await client.get("?_cursor=\(FHIRQuery.encode(forged))").status == 400)
            }
        }
    }

    @Test("C70: the total is the same on each page, of matches only", .check("C70"))
    func totals() async throws {
        try await TestServer.with { server in
            let client = server.client
            try await client.putAll((0..<9).map(Self.patient))
            try await client.putAll((0..<2).map { #"{"resourceType":"Organization","id":"o\#($0)","name":"O"}"# })
            let pages = try await client.walk("Patient?_total=accurate&_count=4&_include=Patient:organization")
            #expect(pages.map(\.total) == [9, 9, 9])
            #expect(pages[0].addresses("include").count == 2)
            // Somebody deletes: the walk still says the same.
            let first = try await client.search("Patient?_total=accurate&_count=4")
            _ = try await client.delete("Patient/p8")
            #expect(try await client.search(try #require(first.link("next"))).total == 9)
            #expect(try await client.search("Patient?_total=accurate&_count=4").total == 8)
            #expect(try await client.search("Patient?_total=none&_count=4").total == nil)
            #expect(try await client.search("Patient?_total=none").total == nil)
            #expect(try await client.walk("Patient?_total=estimate&_count=4").map(\.total) == [8, 8])
            #expect(try await client.search("Patient?active=false").total == 0)
            #expect(try await client.get("Patient?_total=many").status == 400)
            // A whole answer costs nothing to count; lenient warnings are not counted.
            let warned = try await client.get("Patient?x=y", headers: [("Prefer", "handling=lenient")]).json
            #expect(warned["total"]?.integer == 8)
        }
    }

    @Test("C71: no page holds more matches than asked for", .check("C71"))
    func pageSizes() async throws {
        try await TestServer.with { server in
            let client = server.client
            try await client.putAll((0..<9).map(Self.patient))
            try await client.putAll((0..<2).map { #"{"resourceType":"Organization","id":"o\#($0)","name":"O"}"# })
            let pages = try await client.walk("Patient?_count=2&_include=Patient:organization&_sort=_id")
            for page in pages {
                #expect(page.addresses("match").count <= 2)
                // Includes belong to the page's own matches.
                let own = Set(page.ids.compactMap { Int($0.dropFirst()) }.map { "Organization/o\($0 % 2)" })
                #expect(Set(page.addresses("include")) == own)
            }
            // More than the server gives: it says what it used.
            let all = try await client.search("Patient?_count=100000")
            #expect(all.link("self") == "\(client.base)/Patient?_count=1000")
            for (query, status) in [
                ("_count=-1", 400), ("_count=x", 400), ("_count=1.5", 400), ("_count=2&_count=3", 400),
            ] {
                #expect(try await client.get("Patient?\(query)").status == status, "\(query)")
            }
        }
    }

    @Test("C72: pages of a long posted search have short addresses", .check("C72"))
    func longSearches() async throws {
        try await TestServer.with { server in
            let client = server.client
            try await client.putAll((0..<9).map(Self.patient))
            let noise = (0..<600).map { "00000000-0000-4000-8000-\(100_000_000_000 + $0)" }
            let present = try await client.search("Patient?_count=100").ids
            let ids = (noise + present).joined(separator: ",")
            for path in ["Patient", ""] {
                let type = path.isEmpty ? "&_type=Patient" : ""
                let form = "_id=\(ids)&_count=4&_elements=name&_pretty=true&_sort=_id\(type)"
                let posted = try await client.form("\(path)/_search".trimmingPrefix("/").description, form)
                #expect(posted.status == 200)
                var pages = [SearchSet(json: try posted.json)]
                #expect(pages[0].link("self")?.contains(noise[599]) == true)
                while let next = pages.last?.link("next"), pages.count < 5 {
                    #expect(next.utf8.count < 1000 && next.contains("_pretty=true"))
                    #expect(pages.last?.link("first")?.utf8.count ?? 0 < 1000)
                    let answer = try await client.get(Self.relative(next, client))
                    #expect(answer.text.contains("\n"))
                    pages.append(SearchSet(json: try answer.json))
                }
                #expect(pages.map(\.ids.count) == [4, 4, 1])
                #expect(pages.flatMap(\.ids) == present.sorted())
                #expect(pages.allSatisfy { $0.json["entry"]?.items.first?["resource"]?["active"] != nil })
                #expect(
                    pages.allSatisfy { page in
                        page.json["entry"]?.items.first?["resource"]?["meta"]?["tag"]?.items.first?["code"]?.string
                            == "SUBSETTED"
                    })
                let last = try #require(pages.last)
                let back = try await client.search(try #require(last.link("previous")))
                #expect(back.ids == pages[1].ids && back.link("self")?.contains(noise[0]) == true)
                #expect(try await client.search(try #require(last.link("first"))).ids == pages[0].ids)
                // Named for another search, changed, or made up.
                let next = Self.relative(try #require(pages[0].link("next")), client)
                for wrong in [
                    next.replacing("Patient?", with: "Observation?").replacing("/fhir?", with: "/fhir/Patient?"),
                    next.replacing("_kept=", with: "_kept=A"), "Patient?_kept=AAAA", "Patient?_kept=",
                ] where wrong != next && !wrong.hasSuffix("=") {
                    let answer = try await client.get(wrong)
                    #expect(answer.status == 400 && answer.isOutcome, "\(wrong)")
                }
            }
            // Short searches keep nothing.
            let short = try await client.search("Patient?_count=4")
            #expect(short.link("next")?.contains("_kept") == false)
            // Kept for a day.
            try await server.test.database.withSession { session in
                try await session.execute("UPDATE martlet_kept_search SET used = now() - interval '2 days'")
            }
            let form = "_id=\(ids)&_count=4"
            let fresh = SearchSet(json: try await client.form("Patient/_search", form).json)
            #expect(try await client.search(try #require(fresh.link("next"))).ids.count == 4)
            let count = try await server.test.database.withSession { session in
                try await session.query(SQLStatement("SELECT count(*) FROM martlet_kept_search"), SQLParameters())
                    .int64(0, 0)
            }
            #expect(count == 1)
        }
    }

    private static func relative(_ address: String, _ client: TestClient) -> String {
        let origin = "http://127.0.0.1:\(client.port)"
        return address.hasPrefix(origin) ? String(address.dropFirst(origin.count)) : address
    }
}
