import FHIRServerTesting
import JSONTape
import Testing

/// C78: whatever road leads to data, at its end stands only what the caller may see.
@Suite struct IsolationTests {
    private typealias Clinic = TwoTenants

    /// Every way of reading that speaks of a record, as paths below the base.
    private static func roads(_ record: TwoTenants.Record) -> [String] {
        let (type, id) = (record.type, record.id)
        let find = "identifier=urn:find%7C\(record.identifier)"
        let patient = "\(record.tenant)\(record.patient)-patient"
        var roads = [
            "\(type)/\(id)", "\(type)/\(id)/_history/1", "\(type)/\(id)/_history", "\(type)/_history?_count=500",
            "\(type)?_id=\(id)", "\(type)?_count=500", "\(type)?_total=accurate&_count=1",
            "\(type)?_total=estimate&_count=1",
            "\(type)?_summary=count", "\(type)?_sort=-_lastUpdated", "\(type)?_sort=_id&_count=2",
            "\(type)?_tag=urn:martlet:tenant%7Cb",
            "?_type=\(type)&_count=500", "_history?_type=\(type)&_count=500", "\(type)?_filter=_id%20eq%20\(id)",
            "\(type)/\(id)/$meta", "\(type)/$meta", "$meta", "\(type)?_elements=identifier",
            "\(type)/\(id)/$graphql?query=%7Bid%20resourceType%7D",
            "$graphql?query=%7B\(type)List(_count:500)%7Bid%7D%7D",
            "\(type)?_content=MARK", "\(type)?_text=MARK", "\(type)?_list=x", "\(type)?_contained=true",
        ]
        if type != "AuditEvent" {
            roads += ["\(type)?\(find)", "\(type)?identifier:contains=x", "\(type)?identifier:not=x&_count=500"]
        }
        if type == "Patient" {
            roads += [
                "Patient/\(id)/$everything", "Patient/\(id)/*", "Patient/\(id)/Observation", "Patient/\(id)/Encounter",
                "Patient?family:contains=MARK", "Patient?_has:Observation:patient:code=c",
                "Patient?_has:Encounter:patient:_id=\(record.tenant)\(record.patient)-encounter",
                "Patient?_revinclude=Observation:patient&_revinclude=Encounter:patient&_id=\(id)",
                "Patient?_revinclude=*", "Patient/$everything", "Patient?name:exact=x,\(record.mark.lowercased())",
                "Patient/\(id)/$graphql?query=%7BObservationList(_reference:subject)%7Bid%7D%7D",
            ]
        } else if type != "AuditEvent", type != "Appointment" {
            roads += [
                "\(type)?patient=\(patient)&_include=*", "\(type)?patient=\(patient)&_include:iterate=*",
                "\(type)?subject:Patient.family:contains=MARK&_count=500",
                "\(type)?patient.identifier=urn:find%7Cfind-\(patient)",
                "\(type)?patient.identifier:contains=\(patient)", "\(type)?_include=\(type):subject&\(find)",
            ]
        }
        if type == "Observation" {
            roads += [
                "Observation/$lastn?code=c&max=9", "Observation/$lastn?patient=\(patient)&category=vital-signs&max=9",
                "Observation/$stats?subject=Patient/\(patient)&code=urn:code%7Cc&statistic=count&statistic=maximum",
                "Observation?value-quantity=ge1&_count=500", "Observation?code=c&date=2026-05-04",
                "Observation?encounter.identifier=urn:find%7Cfind-\(record.tenant)\(record.patient)-encounter",
                "Observation?encounter._id=\(record.tenant)\(record.patient)-encounter&_include=Observation:encounter",
            ]
        }
        if type == "Encounter" {
            roads += ["Encounter/\(id)/$everything", "Encounter?_revinclude=Observation:encounter"]
        }
        return roads
    }

    /// Markers in an answer, each once.
    private static func marks(_ text: String) -> Set<String> {
        var found: Set<String> = []
        for piece in text.split(separator: "MARK.").dropFirst() {
            found.insert("MARK." + piece.prefix { $0.isLetter || $0.isNumber || $0 == "." })
        }
        return found
    }

    @Test(arguments: TwoTenants.Person.allCases)
    func `no road leads to what is out of reach`(_ person: TwoTenants.Person) async throws {
        try await TestServer.withTwoTenants { server in
            let client = server.client(person)
            let visible = Set(Clinic.records.filter { Clinic.sees(person, $0) }.map(\.mark))
            let hiddenIDs = Clinic.records.filter { !Clinic.sees(person, $0) }.map(\.id)
            for record in Clinic.records {
                for road in Self.roads(record) {
                    let answer = try await client.get(road)
                    #expect(answer.status < 500, "\(person) \(road) \(answer.text)")
                    let leaked = Self.marks(answer.text).subtracting(visible)
                    #expect(leaked.isEmpty, "\(person) \(road): \(leaked)")
                    // Ids that the client did not name itself.
                    if answer.status == 200 {
                        let told = hiddenIDs.filter { !road.contains($0) && answer.text.contains("/\($0)\"") }
                        let referred = told.filter { !Self.isReferredTo($0, by: person) }
                        #expect(referred.isEmpty, "\(person) \(road): \(referred)")
                    }
                }
            }
        }
    }

    /// What a visible resource refers to need not be visible.
    private static func isReferredTo(_ id: String, by person: TwoTenants.Person) -> Bool {
        TwoTenants.records.contains { TwoTenants.sees(person, $0) && TwoTenants.json($0).contains("/\(id)\"") }
    }

    @Test(arguments: TwoTenants.Person.allCases)
    func `what is visible is found, and totals agree with it`(_ person: TwoTenants.Person) async throws {
        try await TestServer.withTwoTenants { server in
            let client = server.client(person)
            for (type, records) in Dictionary(grouping: Clinic.records, by: \.type) {
                let visible = records.filter { Clinic.sees(person, $0) }
                let search = try await client.get("\(type)?_count=100")
                let count = try await client.get("\(type)?_summary=count")
                if visible.isEmpty, search.status == 403 {
                    #expect(search[header: "WWW-Authenticate"]?.contains("insufficient_scope") == true)
                    #expect(try await client.get("\(type)/\(records[0].id)").status == 403)
                    continue
                }
                #expect(search.status == 200, "\(person) \(type) \(search.text)")
                let page = try search.json
                let found = Set((page["entry"]?.items ?? []).compactMap { $0["resource"]?["id"]?.string })
                #expect(found == Set(visible.map(\.id)), "\(person) \(type)")
                #expect(page["total"]?.integer == visible.count)
                #expect(try count.json["total"]?.integer == visible.count)
                let history = try await client.get("\(type)/_history?_count=100")
                #expect(try history.json["total"]?.integer == visible.count, "\(person) \(type) \(history.text)")
                for record in records {
                    let isVisible = Clinic.sees(person, record)
                    for path in ["", "/_history/1", "/_history"] {
                        let answer = try await client.get("\(type)/\(record.id)\(path)")
                        #expect(answer.status == (isVisible ? 200 : 404), "\(person) \(type)/\(record.id)\(path)")
                    }
                }
            }
        }
    }

    @Test func `bundles are answered as if each entry came alone`() async throws {
        try await TestServer.withTwoTenants { server in
            for person in Clinic.Person.allCases {
                let visible = Set(Clinic.records.filter { Clinic.sees(person, $0) }.map(\.mark))
                let entries = Clinic.records.flatMap { record in
                    ["\(record.type)/\(record.id)", "\(record.type)?_id=\(record.id)"].map {
                        #"{"request":{"method":"GET","url":"\#($0)"}}"#
                    }
                }
                for kind in ["batch", "transaction"] {
                    let all = entries.joined(separator: ",")
                    let answer = try await server.client(person).post(
                        "", #"{"resourceType":"Bundle","type":"\#(kind)","entry":[\#(all)]}"#)
                    #expect(answer.status < 500)
                    #expect(Self.marks(answer.text).subtracting(visible).isEmpty, "\(person) \(kind)")
                    if kind == "batch" { #expect(Self.marks(answer.text) == visible, "\(person)") }
                }
            }
        }
    }

    /// C78 by its words: no token, too little of a scope, outside of the compartment.
    @Test func `tokens, scopes and compartments are told apart`() async throws {
        try await TestServer.withTwoTenants { server in
            for path in ["Patient", "Patient/a1-patient", "Patient/a1-patient/_history", "$graphql?query=%7Bx%7D"] {
                let none = try await server.client.get(path)
                #expect(none.status == 401)
                #expect(none[header: "WWW-Authenticate"]?.hasPrefix("Bearer ") == true)
                let wrong = try await server.client(token: "nonsense").get(path)
                #expect(wrong.status == 401)
                #expect(wrong[header: "WWW-Authenticate"]?.contains(#"error="invalid_token""#) == true)
            }
            let app = server.client(.appOfPatient)
            let closed = [
                "Encounter", "Encounter/a2-encounter", "Encounter/a2-encounter/_history",
                "Patient/a2-patient/Encounter",
            ]
            for path in closed {
                let answer = try await app.get(path)
                #expect(answer.status == 403, "\(path)")
                #expect(answer[header: "WWW-Authenticate"]?.contains(#"error="insufficient_scope""#) == true)
            }
            #expect(try await app.get("Observation/a1-observationvital").status == 404)
            #expect(try await app.get("Observation?patient=a1-patient").json["total"]?.integer == 0)
            #expect(try await app.get("Observation?patient=a2-patient").json["total"]?.integer == 2)
            #expect(try await app.post("Observation", Clinic.json(Clinic.records[3])).status == 403)
            #expect(try await app.get("metadata").status == 200)
        }
    }
}
