import Access
import FHIRServerTesting
import JSONTape
import Testing

/// Visits and other resources that apps are told at their launch (SMART App Launch 2.2, "Scopes for requesting context
/// data").
@Suite struct LaunchContextTests {
    private static let scope = "openid launch/patient launch/encounter patient/*.rs offline_access"

    /// Ada has two visits, Ben has one.
    private static func with(
        _ body: @Sendable (AuthHouse, SampleApp) async throws -> Void
    ) async throws {
        try await AuthHouse.with { house in
            for id in ["ada", "ben"] {
                _ = try await house.client.put("Patient/\(id)", #"{"resourceType":"Patient","id":"\#(id)"}"#)
            }
            for (id, patient, day) in [("old", "ada", "2026-03-01"), ("new", "ada", "2026-04-01"), ("his", "ben", "")] {
                let period = day.isEmpty ? "" : #","period":{"start":"\#(day)"}"#
                let visit = """
                    {"resourceType":"Encounter","id":"\(id)","status":"finished",
                    "class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB",
                    "display":"<ambulatory>"},"subject":{"reference":"Patient/\(patient)"}\(period)}
                    """
                #expect(try await house.client.put("Encounter/\(id)", visit).status == 201)
            }
            let person = try await house.addPerson("ada@example.org", patient: "ada")
            var app = try await SampleApp.make(house, person: person, ceiling: scope + " launch user/*.rs")
            app.scope = scope
            try await body(house, app)
        }
    }

    @Test func visitsOfOthersCannotBeChosen() async throws {
        try await Self.with { _, app in
            let page = try await app.open()
            #expect(page.status == 200)
            #expect(SampleApp.values(of: "encounter", in: page.text) == ["new", "old", ""])
            #expect(page.text.contains("2026-04-01, &lt;ambulatory&gt;, finished"))
            let ticket = try SampleApp.ticket(page)
            for other in ["his", "nothing", "../x"] {
                let refused = try await app.submit(
                    "/auth/authorize/encounter", [("ticket", ticket), ("encounter", other)])
                #expect(refused.status == 403, "\(other)")
            }
            // Consent comes behind the choice, not in its place.
            let items = [("ticket", ticket), ("decision", "allow"), ("scope", "patient/*.rs")]
            let early = try await app.submit("/auth/authorize/consent", items)
            #expect(try SampleApp.answer(early)["error"] == "access_denied")
        }
    }

    @Test func theChosenVisitIsTold() async throws {
        try await Self.with { _, app in
            let ticket = try SampleApp.ticket(try await app.open())
            let page = try await app.submit("/auth/authorize/encounter", [("ticket", ticket), ("encounter", "old")])
            #expect(page.text.contains("2026-03-01"))
            let code = try #require(try SampleApp.answer(try await app.allow(page))["code"])
            let tokens = try await app.redeem(code).json
            #expect(tokens["patient"]?.string == "ada")
            #expect(tokens["encounter"]?.string == "old")
            #expect(tokens["scope"]?.string == Self.scope)
            #expect(tokens["need_patient_banner"]?.bool == true)
            // So it stays with the next tokens.
            let next = try await app.refresh(try #require(tokens["refresh_token"]?.string)).json
            #expect(next["encounter"]?.string == "old")
            let access = try JSONNode.claims(try #require(next["access_token"]?.string))
            #expect(access["encounter"]?.string == "old")
        }
    }

    /// What nobody chose was not granted, and the app reads that in the scope.
    @Test func whoChoosesNoVisitGoesOnWithoutIt() async throws {
        try await Self.with { house, app in
            let ticket = try SampleApp.ticket(try await app.open())
            let page = try await app.submit("/auth/authorize/encounter", [("ticket", ticket), ("encounter", "")])
            let code = try #require(try SampleApp.answer(try await app.allow(page))["code"])
            let tokens = try await app.redeem(code).json
            #expect(tokens["encounter"] == nil)
            #expect(tokens["scope"]?.string == "openid launch/patient patient/*.rs offline_access")
            // Without any visit nothing is asked.
            #expect(try await house.client.delete("Encounter/his").status < 300)
            var other = app
            other.cookie = try await house.signIn(try await house.addPerson("ben@example.org", patient: "ben"))
            let straight = try await other.open()
            #expect(straight.text.contains("name=\"decision\""))
            let given = try #require(try SampleApp.answer(try await other.allow(straight))["code"])
            #expect(try await other.redeem(given).json["patient"]?.string == "ben")
        }
    }

    @Test func staffChooseThePatientFirst() async throws {
        try await Self.with { house, app in
            var app = app
            app.scope = "openid launch/encounter user/*.rs"
            app.cookie = try await house.signIn(try await house.addPerson("nurse@example.org", roles: ["nurse"]))
            let search = try await app.open()
            let ticket = try SampleApp.ticket(search)
            let early = try await app.submit("/auth/authorize/encounter", [("ticket", ticket), ("encounter", "his")])
            #expect(early.status == 400)
            let visits = try await app.submit("/auth/authorize/patient", [("ticket", ticket), ("patient", "ben")])
            #expect(SampleApp.values(of: "encounter", in: visits.text) == ["his", ""])
            let next = try SampleApp.ticket(visits)
            let page = try await app.submit("/auth/authorize/encounter", [("ticket", next), ("encounter", "his")])
            let code = try #require(try SampleApp.answer(try await app.allow(page))["code"])
            let tokens = try await app.redeem(code).json
            #expect(tokens["patient"]?.string == "ben")
            #expect(tokens["encounter"]?.string == "his")
        }
    }

    @Test func silentRequestsAreNotShownChoices() async throws {
        try await Self.with { _, app in
            var silent = app
            silent.changes = ["prompt": "none"]
            let response = try await silent.open()
            #expect(try SampleApp.answer(response)["error"] == "interaction_required")
        }
    }

    private static let wrongContexts = [
        #"{}"#, #"[{}]"#, #"["Observation/one"]"#, #"[{"reference":"Observation/none"}]"#,
        #"[{"reference":"http://elsewhere/Observation/one"}]"#, #"[{"reference":"Patient/ada"}]"#,
        #"[{"reference":"Encounter/new","role":"launch"}]"#, #"[{"canonical":"http://example.org/q"}]"#,
        #"[{"identifier":{"value":"1"}}]"#, #"[{"reference":"Observation/one","type":"Patient"}]"#,
        #"[{"canonical":"http://example.org/q","type":"Thing"}]"#, #"[{"reference":"Observation/one","role":"own"}]"#,
        #"[{"reference":"Observation/one","more":1}]"#,
    ]

    /// What else the app is about comes from the EHR, as far as its user may see it.
    @Test func launchesFromTheEHRTellMore() async throws {
        try await Self.with { house, app in
            let observation = """
                {"resourceType":"Observation","id":"one","status":"final","code":{"text":"weight"},
                "subject":{"reference":"Patient/ada"}}
                """
            #expect(try await house.client.put("Observation/one", observation).status == 201)
            var app = app
            app.cookie = try await house.signIn(try await house.addPerson("nurse@example.org", roles: ["nurse"]))
            app.scope = "openid user/*.rs"
            let bearer = try #require(try await app.tokens()["access_token"]?.string)
            let open = { (context: String) in
                let body = #"{"client":"app","encounter":"new","intent":"plan","fhirContext":\#(context)}"#
                return try await house.client.send(
                    "POST", "/auth/launch", body: Array(body.utf8),
                    headers: [("Content-Type", "application/json"), ("Authorization", "Bearer \(bearer)")])
            }
            for context in Self.wrongContexts { #expect(try await open(context).status == 400, "\(context)") }
            let resources = [
                #"{"reference":"Observation/one"}"#, #"{"canonical":"http://example.org/q","type":"Questionnaire"}"#,
                #"{"reference":"Patient/ben","role":"https://example.org/mother"}"#,
            ]
            let answer = try await open("[\(resources.joined(separator: ","))]")
            #expect(answer.status == 200, "\(answer.text)")
            app.changes = ["launch": try #require(try answer.json["launch"]?.string)]
            // An app may be opened either way: then the EHR's visit is the one meant.
            app.scope = "launch launch/patient launch/encounter openid patient/*.rs"
            let tokens = try await app.tokens()
            #expect(tokens["patient"]?.string == "ada")
            #expect(tokens["encounter"]?.string == "new")
            #expect(tokens["intent"]?.string == "plan")
            let told = tokens["fhirContext"]?.items ?? []
            #expect(told.map { $0["reference"]?.string } == ["Observation/one", nil, "Patient/ben"])
            #expect(told.last?["role"]?.string == "https://example.org/mother")
            // Whoever asks about the token is told the same ("Token Introspection").
            try await house.add(
                OAuthClient(
                    id: "api", name: "API", proof: .secret(ClientSecret.hash("a secret of the api")),
                    grants: [.clientCredentials], scope: ["system/*.rs"]))
            let access = try #require(tokens["access_token"]?.string)
            let question = "client_id=api&client_secret=a+secret+of+the+api&token=\(access)"
            let found = try await house.client.form("/auth/introspect", question).json
            #expect(found["active"]?.bool == true)
            #expect(found["encounter"]?.string == "new")
            #expect(found["intent"]?.string == "plan")
            #expect(found["fhirContext"]?.count == 3)
        }
    }
}
