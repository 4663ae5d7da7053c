import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// `Patient/[id]/$timeline`, `$summary` and `$journey`.
@Suite struct RecordTests {
    private static func observation(
        _ id: String, _ date: String?, patient: String = "p", status: String = "final"
    ) -> String {
        let when = date.map { #","effectiveDateTime":"\#($0)""# } ?? ""
        return
            #"""
            {"resourceType":"Observation","id":"\#(id)","status":"\#(status)","code":{"text":"o"},
             "subject":{"reference":"Patient/\#(patient)"}\#(when)}
            """#
    }

    private static func patient(_ client: TestClient) async throws {
        try await client.store(
            #"{"resourceType":"Patient","id":"p","name":[{"family":"Doe"}],"birthDate":"1970-01-01","gender":"male"}"#)
    }

    private static func ids(_ response: TestResponse) -> [String] {
        (response.content?["entry"]?.items ?? []).compactMap { $0["resource"]?["id"]?.string }
    }

    @Test func aTimelineIsOneOrderedList() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await Self.patient(client)
            try await client.store(Self.observation("o1", "2026-01-01T10:00:00Z"))
            try await client.store(Self.observation("o2", "2026-01-03"))
            try await client.store(Self.observation("o3", "2026-01-03"))
            try await client.store(Self.observation("none", nil))
            try await client.store(Self.observation("wrong", "2026-01-03", status: "entered-in-error"))
            try await client.store(Self.observation("other", "2026-01-03", patient: "q"))
            try await client.store(
                #"""
                {"resourceType":"Procedure","id":"pr","status":"completed",
                 "subject":{"reference":"Patient/p"},"performedDateTime":"2026-01-03"}
                """#
            )
            try await client.store(
                #"""
                {"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"},
                 "onsetDateTime":"2026-01-02"}
                """#
            )
            // It began nobody knows when.
            try await client.store(
                #"""
                {"resourceType":"Procedure","id":"open","status":"completed",
                 "subject":{"reference":"Patient/p"},"performedPeriod":{"end":"2026-01-02"}}
                """#
            )
            let all = try await client.get("Patient/p/$timeline")
            #expect(Self.ids(all) == ["o3", "o2", "pr", "c", "o1", "open", "none"], "\(all.text)")
            // Page by page, while others write.
            var pages: [String] = []
            var next: String? = "\(client.base)/Patient/p/$timeline?count=2"
            var number = 0
            while let url = next, number < 10 {
                let page = try await client.get(String(url.dropFirst(client.base.count + 1)))
                #expect(page.status == 200, "\(page.text)")
                pages += Self.ids(page)
                next = page.content?["link"]?.items.first { $0["relation"]?.string == "next" }?["url"]?.string
                try await client.store(Self.observation("late\(number)", "2027-01-01"))
                number += 1
            }
            #expect(pages == ["o3", "o2", "pr", "c", "o1", "open", "none"])
            let one = try await client.get("Patient/p/$timeline?kind=Condition")
            #expect(Self.ids(one) == ["c"], "\(one.text)")
            let some = try await client.get("Patient/p/$timeline?kind=Procedure&kind=condition")
            #expect(Self.ids(some) == ["pr", "c", "open"])
            let part = try await client.get("Patient/p/$timeline?from=2026-01-02&to=2026-01-03")
            #expect(Self.ids(part) == ["c"])
            for wrong in ["kind=Slot", "cursor=x", "cursor=1.2", "count=0", "from=yesterday"] {
                let response = try await client.get("Patient/p/$timeline?\(wrong)")
                #expect(response.status == 400, "\(wrong) \(response.text)")
            }
            #expect(try await client.get("Patient/none/$timeline").status == 404)
        }
    }

    @Test func aSummaryHasTheRequiredSections() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await Self.patient(client)
            let empty = try await client.get("Patient/p/$summary")
            #expect(empty.status == 200, "\(empty.text)")
            #expect(empty.content?["type"]?.string == "document")
            #expect(empty.content?["identifier"] != nil && empty.content?["timestamp"] != nil)
            let composition = try #require(empty.content?["entry"]?.items.first?["resource"])
            #expect(composition["resourceType"]?.string == "Composition")
            #expect(composition["type"]?["coding"]?.items.first?["code"]?.string == "60591-5")
            let sections = composition["section"]?.items ?? []
            let codes = sections.compactMap { $0["code"]?["coding"]?.items.first?["code"]?.string }
            #expect(codes == ["10160-0", "48765-2", "11450-4"])
            #expect(sections.allSatisfy { $0["emptyReason"] != nil && $0["text"]?["div"] != nil })

            try await client.store(
                #"""
                {"resourceType":"AllergyIntolerance","id":"al","patient":{"reference":"Patient/p"},
                 "code":{"text":"<nuts>"},
                 "clinicalStatus":{"coding":[{"code":"active",
                  "system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"}]}}
                """#
            )
            try await client.store(#"{"resourceType":"Medication","id":"m","code":{"text":"pill"}}"#)
            try await client.store(
                #"""
                {"resourceType":"MedicationRequest","id":"mr","status":"active","intent":"order",
                 "subject":{"reference":"Patient/p"},"medicationReference":{"reference":"Medication/m"}}
                """#
            )
            try await client.store(
                #"""
                {"resourceType":"Immunization","id":"im","status":"completed",
                 "patient":{"reference":"Patient/p"},"vaccineCode":{"text":"flu"},
                 "occurrenceDateTime":"2025-10-01"}
                """#
            )
            let full = try await client.get("Patient/p/$summary")
            let entries = full.content?["entry"]?.items ?? []
            #expect(Set(Self.ids(full)).isSuperset(of: ["p", "al", "m", "mr", "im"]))
            let allergies = entries.first?["resource"]?["section"]?.items[1]
            #expect(allergies?["entry"]?.items.first?["reference"]?.string == "AllergyIntolerance/al")
            #expect(allergies?["text"]?["div"]?.string?.contains("&lt;nuts&gt;") == true)
            #expect(allergies?["emptyReason"] == nil)
            // It is a valid document.
            let bytes = String(decoding: full.body, as: UTF8.self)
            let valid = try await client.post("Bundle/$validate", bytes)
            #expect(!valid.text.contains("\"severity\":\"error\""), "\(valid.text)")
        }
    }

    @Test func aJourneyHasOneActiveStep() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await Self.patient(client)
            func states() async throws -> (active: String?, states: [String]) {
                let journey = try await client.get("Patient/p/$journey")
                let steps = (journey.content?["parameter"]?.items ?? []).filter { $0["name"]?.string == "step" }
                let states = steps.compactMap { step in
                    step["part"]?.items.first { $0["name"]?.string == "state" }?["valueCode"]?.string
                }
                #expect(states.count == 8, "\(journey.text)")
                #expect(states.filter { $0 == "active" }.count <= 1)
                return (journey.parameter("active")?["valueCode"]?.string, states)
            }
            #expect(try await states().active == "check-in")
            func visit(_ status: String, _ extra: String = "") -> String {
                """
                {"resourceType":"Encounter","id":"e","status":"\(status)",
                 "class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},
                 "subject":{"reference":"Patient/p"},"period":{"start":"2026-01-01T09:00:00Z"\(extra)}}
                """
            }
            try await client.store(visit("arrived"))
            #expect(try await states().active == "triage")
            try await client.store(visit("in-progress"))
            #expect(try await states().active == "consultation")
            try await client.store(
                #"""
                {"resourceType":"ServiceRequest","id":"s","status":"active","intent":"order",
                 "code":{"text":"lab"},"subject":{"reference":"Patient/p"},
                 "encounter":{"reference":"Encounter/e"}}
                """#
            )
            try await client.store(visit("finished", #","end":"2026-01-01T09:30:00Z""#))
            #expect(try await states().active == "tests")
            try await client.store(
                #"""
                {"resourceType":"ServiceRequest","id":"s","status":"completed","intent":"order",
                 "code":{"text":"lab"},"subject":{"reference":"Patient/p"},
                 "encounter":{"reference":"Encounter/e"}}
                """#
            )
            let end = try await states()
            #expect(end.active == nil)
            #expect(end.states == ["done", "done", "skipped", "done", "done", "skipped", "skipped", "done"])
            let other = try await client.get("Patient/p/$journey?encounter=Encounter/none")
            #expect(other.status == 400 || other.refusal == "422 unknown-reference")
        }
    }
}
