import FHIRServerTesting
import JSONTape
import Testing

/// `$everything` (R4 operation-patient-everything.html and its sisters).
@Suite struct EverythingTests {
    private static let types = [
        "Account", "Appointment", "Basic", "Binary", "Condition", "Device", "DocumentReference", "Encounter", "Group",
        "Location", "Medication", "MedicationRequest", "Observation", "Organization", "Patient", "Practitioner",
        "PractitionerRole", "Substance",
    ]

    private static func observation(
        _ id: String, _ patient: String = "a", day: String? = nil, more: String = ""
    ) -> String {
        let date = day.map { #","effectiveDateTime":"\#($0)""# } ?? ""
        return """
            {"resourceType":"Observation","id":"\(id)","status":"final","code":{"text":"x"},\
            "subject":{"reference":"Patient/\(patient)"}\(date)\(more)}
            """
    }

    /// A chart: patient `a` with an encounter, observations and a prescription, their support, and a stranger `z`.
    private static let chart = [
        #"{"resourceType":"Organization","id":"top","name":"T"}"#,
        #"{"resourceType":"Organization","id":"ward","name":"W","partOf":{"reference":"Organization/top"}}"#,
        #"{"resourceType":"Organization","id":"unused","name":"U"}"#,
        #"{"resourceType":"Location","id":"room","managingOrganization":{"reference":"Organization/ward"}}"#,
        #"{"resourceType":"Practitioner","id":"dr"}"#,
        #"{"resourceType":"PractitionerRole","id":"role","practitioner":{"reference":"Practitioner/dr"}}"#,
        #"{"resourceType":"Substance","id":"salt","code":{"text":"salt"}}"#,
        #"{"resourceType":"Device","id":"scale"}"#,
        #"{"resourceType":"Device","id":"pacer","patient":{"reference":"Patient/z"}}"#,
        #"{"resourceType":"Binary","id":"scan","contentType":"text/plain","data":"YQ=="}"#,
        """
        {"resourceType":"Medication","id":"pill","ingredient":[{"itemReference":{"reference":"Substance/salt"}}]}
        """,
        #"{"resourceType":"Patient","id":"z"}"#,
        """
        {"resourceType":"Patient","id":"a","birthDate":"1950-01-01",\
        "link":[{"other":{"reference":"Patient/z"},"type":"seealso"}]}
        """,
        """
        {"resourceType":"Encounter","id":"e","status":"finished","class":{"code":"AMB"},\
        "subject":{"reference":"Patient/a"},"period":{"start":"2024-02-01","end":"2024-02-10"},\
        "location":[{"location":{"reference":"Location/room"}}]}
        """,
        observation("o1", day: "2024-01-05", more: #","performer":[{"reference":"PractitionerRole/role"}]"#),
        observation(
            "o2", day: "2024-02-05",
            more: #","encounter":{"reference":"Encounter/e"},"device":{"reference":"Device/scale"}"#),
        observation("o3", more: #","device":{"reference":"Device/pacer"}"#),
        observation("oz", "z", day: "2024-02-05"),
        """
        {"resourceType":"MedicationRequest","id":"m","status":"active","intent":"order",\
        "subject":{"reference":"Patient/a"},"medicationReference":{"reference":"Medication/pill"},\
        "authoredOn":"2024-03-01"}
        """,
        """
        {"resourceType":"DocumentReference","id":"d","status":"current","subject":{"reference":"Patient/a"},\
        "content":[{"attachment":{"url":"Binary/scan"}}]}
        """,
        """
        {"resourceType":"Group","id":"g","type":"person","actual":true,"member":[\
        {"entity":{"reference":"Patient/a"}},{"entity":{"reference":"Patient/z"},"inactive":true}]}
        """,
    ]

    private func withChart(_ body: (TestClient) async throws -> Void) async throws {
        try await TestServer.with { options in
            options.types = Self.types
        } _: { server in
            for resource in Self.chart {
                let json = JSONNode(try Document.parse(resource))
                let address = "\(json["resourceType"]?.string ?? "")/\(json["id"]?.string ?? "")"
                let answer = try await server.client.put(address, resource)
                #expect(answer.status == 201, "\(address): \(answer.text)")
            }
            try await body(server.client)
        }
    }

    private struct Page {
        var matches: [String] = []
        var included: [String] = []
        var next: String?
        var total: Int?
        var all: [String] { matches + included }
    }

    private func page(_ response: TestResponse, _ client: TestClient) throws -> Page {
        #expect(response.status == 200, "\(response.text)")
        let bundle = try response.json
        #expect(bundle["type"]?.string == "searchset")
        var page = Page()
        for entry in bundle["entry"]?.items ?? [] {
            let resource = entry["resource"]
            let name = "\(resource?["resourceType"]?.string ?? "")/\(resource?["id"]?.string ?? "")"
            #expect(entry["fullUrl"]?.string == "\(client.base)/\(name)")
            if entry["search"]?["mode"]?.string == "match" {
                page.matches.append(name)
            } else {
                page.included.append(name)
            }
        }
        page.total = bundle["total"]?.integer
        page.next = bundle["link"]?.items.first { $0["relation"]?.string == "next" }?["url"]?.string
        return page
    }

    private func get(_ path: String, _ client: TestClient) async throws -> Page {
        try page(try await client.get(path), client)
    }

    /// All pages; none may be empty.
    private func walk(_ path: String, _ client: TestClient) async throws -> [Page] {
        var pages = [try await get(path, client)]
        while let next = pages.last?.next, pages.count < 100 {
            #expect(next.hasPrefix(client.base + "/"))
            pages.append(try await get(String(next.dropFirst(client.base.count + 1)), client))
            #expect(pages.last?.all.isEmpty == false)
        }
        return pages
    }

    private static let matches: Set<String> = [
        "Patient/a", "Encounter/e", "Observation/o1", "Observation/o2", "Observation/o3", "MedicationRequest/m",
        "DocumentReference/d", "Group/g",
    ]
    private static let support: Set<String> = [
        "Organization/top", "Organization/ward", "Location/room", "Practitioner/dr", "PractitionerRole/role",
        "Substance/salt", "Device/scale", "Medication/pill", "Binary/scan",
    ]

    @Test func aPatientComesWithTheWholeChart() async throws {
        try await withChart { client in
            let page = try await get("Patient/a/$everything", client)
            #expect(page.matches.first == "Patient/a")
            #expect(Set(page.matches) == Self.matches)
            #expect(Set(page.included) == Self.support)
            #expect(page.total == Self.matches.count && page.next == nil)
            let posted = try self.page(
                try await client.post("Patient/a/$everything", #"{"resourceType":"Parameters"}"#), client)
            #expect(posted.all == page.all)
        }
    }

    @Test(arguments: [1, 2, 3, 5, 8, 16, 17, 100])
    func pagesNeitherSkipNorRepeat(_ count: Int) async throws {
        try await withChart { client in
            for query in ["_count=\(count)", "_count=\(count)&_type=Patient,Observation,Practitioner,Device"] {
                let whole = try await get(
                    "Patient/a/$everything?" + query.replacing("_count=\(count)", with: "_count=500"), client)
                let pages = try await walk("Patient/a/$everything?\(query)", client)
                #expect(pages.flatMap(\.all) == whole.all, "\(query)")
                #expect(pages.allSatisfy { $0.all.count <= count })
                #expect(pages.dropLast().allSatisfy { $0.all.count == count })
            }
        }
    }

    @Test func filtersNarrowTheResult() async throws {
        try await withChart { client in
            let february = try await get("Patient/a/$everything?start=2024-02-01&end=2024-02-28", client)
            // What has no date stays; the birth date is none of care.
            let dated: Set<String> = ["Observation/o1", "MedicationRequest/m"]
            #expect(Set(february.matches) == Self.matches.subtracting(dated))
            #expect(!february.included.contains("PractitionerRole/role"))
            let march = try await get("Patient/a/$everything?start=2024-03", client)
            #expect(march.matches.contains("MedicationRequest/m") && !march.matches.contains("Encounter/e"))

            let typed = try await get("Patient/a/$everything?_type=Observation,Practitioner", client)
            #expect(Set(typed.matches) == ["Observation/o1", "Observation/o2", "Observation/o3"])
            #expect(typed.included == ["Practitioner/dr"])
            let supportAlone = try await get("Patient/a/$everything?_type=Organization&_type=Medication", client)
            #expect(supportAlone.matches.isEmpty)
            #expect(supportAlone.included == ["Medication/pill", "Organization/top", "Organization/ward"])

            let future = try await get("Patient/a/$everything?_since=2999-01-01T00:00:00Z", client)
            #expect(future.all.isEmpty && future.total == 0)
            let version = try await client.get("Observation/o1").json["meta"]?["lastUpdated"]?.string ?? ""
            let since = try await get("Patient/a/$everything?_since=\(version)&_type=Observation", client)
            #expect(Set(since.matches) == ["Observation/o1", "Observation/o2", "Observation/o3"])
        }
    }

    @Test func changesWhileReadingNeitherSkipNorRepeat() async throws {
        try await withChart { client in
            var seen: [String] = []
            var next: String? = "Patient/a/$everything?_count=2"
            var round = 0
            while let path = next {
                let page = try await get(path, client)
                seen += page.all
                next = page.next.map { String($0.dropFirst(client.base.count + 1)) }
                // Updates move rows in the table, new rows come in at every place.
                _ = try await client.put("Observation/o1", Self.observation("o1", day: "2025-01-0\(round % 9 + 1)"))
                if round < 4 {
                    _ = try await client.put(
                        "Condition/c\(round)",
                        """
                        {"resourceType":"Condition","id":"c\(round)","subject":{"reference":"Patient/a"}}
                        """)
                }
                round += 1
            }
            #expect(Set(seen).count == seen.count)
            #expect(Set(seen).isSuperset(of: Self.matches))
        }
    }

    @Test func encountersComeWithTheirCompartment() async throws {
        try await withChart { client in
            let page = try await get("Encounter/e/$everything", client)
            #expect(page.matches == ["Encounter/e", "Observation/o2"])
            #expect(
                Set(page.included) == [
                    "Patient/a", "Device/scale", "Location/room", "Organization/ward", "Organization/top",
                ])
            let pages = try await walk("Encounter/e/$everything?_count=1", client)
            #expect(pages.flatMap(\.all) == page.all)
        }
    }

    @Test func groupsComeWithTheirPatients() async throws {
        try await withChart { client in
            let page = try await get("Group/g/$everything", client)
            #expect(Set(page.matches) == Self.matches)
            #expect(Set(page.included) == Self.support)
            let all = try await get("Patient/$everything", client)
            #expect(
                Set(all.matches).isSuperset(of: Self.matches.union(["Patient/z", "Observation/oz"])))
            #expect(Set(all.included).isSuperset(of: ["Organization/top", "Medication/pill", "Device/pacer"]))
            let pages = try await walk("Patient/$everything?_count=4", client)
            #expect(pages.flatMap(\.all) == all.all)
        }
    }

    @Test func aGroupWithoutPatientsIsEmpty() async throws {
        try await withChart { client in
            _ = try await client.put(
                "Group/empty", #"{"resourceType":"Group","id":"empty","type":"person","actual":true}"#)
            for query in ["", "?_type=Patient,Observation", "?_since=2020-01-01T00:00:00Z", "?start=2020&_count=1"] {
                #expect(try await get("Group/empty/$everything" + query, client).all.isEmpty, "\(query)")
            }
        }
    }

    @Test func nobodyElsesContentIsTold() async throws {
        try await withChart { client in
            for path in ["Patient/a/$everything", "Encounter/e/$everything", "Group/g/$everything"] {
                let page = try await get(path, client)
                for other in ["Patient/z", "Observation/oz", "Device/pacer"] {
                    #expect(!page.all.contains(other), "\(path) has \(other)")
                }
            }
        }
    }

    @Test func operationsInTransactionsSeeWhatWasWritten() async throws {
        try await withChart { client in
            let transaction = """
                {"resourceType":"Bundle","type":"transaction","entry":[
                {"resource":\(Self.observation("fresh")),"request":{"method":"PUT","url":"Observation/fresh"}},
                {"request":{"method":"GET","url":"Patient/a/$everything?_type=Observation"}},
                {"request":{"method":"GET","url":"Observation/$lastn?patient=a&category:missing=true&max=9"}},
                {"request":{"method":"GET","url":"Patient/$meta"}}]}
                """
            let answer = try await client.post("", transaction)
            #expect(answer.status == 200, "\(answer.text)")
            let entries = try answer.json["entry"]?.items ?? []
            for entry in entries.dropFirst().prefix(2) {
                let ids = (entry["resource"]?["entry"]?.items ?? []).compactMap { $0["resource"]?["id"]?.string }
                #expect(ids.contains("fresh"), "\(answer.text)")
            }
        }
    }

    @Test func pageLinksAreGoodForTheirOwnResultOnly() async throws {
        try await withChart { client in
            _ = try await client.put("Patient/b", #"{"resourceType":"Patient","id":"b"}"#)
            let page = try await client.get("Patient/a/$everything?_count=2&_type=Observation,Patient").json
            let next = page["link"]?.items.first { $0["relation"]?.string == "next" }?["url"]?.string ?? ""
            let cursor = next.split(separator: "_cursor=").last.map(String.init) ?? ""
            let types = "_type=Observation,Patient"
            for path in ["Patient/a/$everything?_count=3&\(types)", "Patient/a/$everything?\(types)"] {
                #expect(try await client.get("\(path)&_cursor=\(cursor)").status == 200, "\(path)")
            }
            let changed = (cursor.first == "A" ? "B" : "A") + cursor.dropFirst()
            let searched = try await client.get("Observation?_count=1").json["link"]?.items
                .first { $0["relation"]?.string == "next" }?["url"]?.string?.split(separator: "_cursor=").last
            for path in [
                "Patient/b/$everything?\(types)&_cursor=\(cursor)", "Patient/a/$everything?_cursor=\(cursor)",
                "Patient/$everything?\(types)&_cursor=\(cursor)",
                "Patient/a/$everything?\(types)&_cursor=\(changed)",
                "Patient/a/$everything?\(types)&_cursor=\(searched ?? "")x",
                "Patient/a/$everything?\(types)&_cursor=\(searched ?? "x")",
                "Observation?_count=1&_cursor=\(cursor)",
            ] {
                let answer = try await client.get(path)
                #expect(answer.status == 400 && answer.isOutcome, "\(path)")
            }
        }
    }

    @Test func wrongCallsAreRefused() async throws {
        try await withChart { client in
            _ = try await client.put("Patient/gone", #"{"resourceType":"Patient","id":"gone"}"#)
            _ = try await client.delete("Patient/gone")
            #expect(try await client.get("Patient/gone/$everything").status == 410)
            for path in [
                "Patient/none/$everything", "Encounter/none/$everything", "Group/none/$everything",
                "Encounter/$everything", "Observation/o1/$everything",
            ] {
                #expect(try await client.get(path).status == 404, "\(path)")
            }
            for query in [
                "_count=0", "_count=-1", "_count=x", "_type=Nothing", "_since=yesterday", "start=2024-13", "foo=1",
                "_cursor=abc", "_cursor=", "start=2024-02-01&end=2024-01-01", "_since=2024&_since=2025",
            ] where query != "_cursor=" {
                let answer = try await client.get("Patient/a/$everything?\(query)")
                #expect(answer.status == 400, "\(query)")
                #expect(answer.isOutcome)
            }
            #expect(try await client.send("DELETE", "Patient/a/$everything").status == 405)
        }
    }
}
