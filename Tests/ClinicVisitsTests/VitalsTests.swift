import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// `Observation/$record-vitals` and `$trend`.
@Suite struct VitalsTests {
    private static let patient = Visits.parameter("patient", reference: "Patient/p")

    private static func reading(_ code: String, _ value: String, _ unit: String?, time: String? = nil) -> String {
        let quantity = unit.map { #","unit":"\#($0)","system":"http://unitsofmeasure.org","code":"\#($0)""# } ?? ""
        let at = time.map { #",{"name":"time","valueDateTime":"\#($0)"}"# } ?? ""
        return """
            {"name":"readings","part":[
             {"name":"code","valueCodeableConcept":{"coding":[{"system":"http://loinc.org","code":"\(code)"}]}},
             {"name":"value","valueQuantity":{"value":\(value)\(quantity)}}\(at)]}
            """
    }

    @Test(
        "limits and units",
        arguments: [
            ("8867-4", "72", "/min", "200 none"),
            ("8867-4", "72", "mm[Hg]", "422 unit-mismatch"),
            ("8867-4", "72", nil, "422 unit-missing"),
            ("8867-4", "400", "/min", "422 hard-limit"),
            ("8867-4", "190", "/min", "409 soft-limit"),
            ("8310-5", "98.6", "[degF]", "200 none"),
            ("8310-5", "98.6", "Cel", "422 hard-limit"),
            ("2708-6", "101", "%", "422 hard-limit"),
        ] as [(String, String, String?, String)])
    func limits(code: String, value: String, unit: String?, expected: String) async throws {
        try await ClinicServer.with { server in
            try await server.client.store(Visits.patient("p"))
            let readings = [Self.patient, Self.reading(code, value, unit)]
            let response = try await server.client.call("Observation/$record-vitals", readings)
            #expect(response.refusal == expected, "\(response.text)")
            let count = try await server.count("SELECT count(*) FROM observation")
            #expect(count == (expected.hasPrefix("200") ? 1 : 0))
            guard expected.hasPrefix("409") else { return }
            let confirmed = try await server.client.call(
                "Observation/$record-vitals", readings + [Visits.parameter("confirm", bool: true)], key: "k")
            #expect(confirmed.status == 200)
            let interpretation = confirmed.content?["entry"]?.items.first?["resource"]?["interpretation"]
            #expect(interpretation?.items.first?["coding"]?.items.first?["code"]?.string == "HH")
            #expect(try await server.count("SELECT count(*) FROM clinic_event WHERE name = 'vitals.critical'") == 1)
        }
    }

    @Test func pressureIsOneResourceInFixedUnits() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await client.store(Visits.patient("p"))
            try await client.store(Visits.patient("q"))
            try await client.store(Visits.waiting("e", patient: "p", arrived: "2026-01-01T09:00:00Z"))
            let time = "2026-01-01T09:05:00Z"
            let readings = [
                Self.patient, Visits.parameter("encounter", reference: "Encounter/e"),
                Self.reading("8480-6", "120", "mm[Hg]", time: time),
                Self.reading("8310-5", "98.6", "[degF]", time: time),
                Self.reading("8462-4", "80", "mm[Hg]", time: time),
                Self.reading("29463-7", "154.3", "[lb_av]", time: time),
            ]
            let answer = try await client.call("Observation/$record-vitals", readings, key: "k")
            #expect(answer.status == 200, "\(answer.text)")
            let found = (answer.content?["entry"]?.items ?? []).compactMap { $0["resource"] }
            #expect(found.count == 3)
            let panel = try #require(found.first { $0["component"] != nil })
            #expect(panel["code"]?["coding"]?.items.first?["code"]?.string == "85354-9")
            #expect(panel["component"]?.count == 2)
            #expect(
                panel["meta"]?["profile"]?.items.first?.string == "http://hl7.org/fhir/StructureDefinition/vitalsigns")
            #expect(panel["encounter"]?["reference"]?.string == "Encounter/e")
            let temperature = try #require(
                found.first { $0["code"]?["coding"]?.items.first?["code"]?.string == "8310-5" })
            #expect(temperature["valueQuantity"]?["value"]?.numberText == "37")
            #expect(temperature["valueQuantity"]?["code"]?.string == "Cel")
            let again = try await client.call("Observation/$record-vitals", readings, key: "k")
            #expect(again.text == answer.text)
            #expect(try await server.count("SELECT count(*) FROM observation") == 3)
            let wrong = try await client.call(
                "Observation/$record-vitals",
                [
                    Visits.parameter("patient", reference: "Patient/q"), readings[1],
                    Self.reading("8867-4", "70", "/min"),
                ])
            #expect(wrong.refusal == "422 wrong-patient")
            #expect(try await client.call("Observation/$record-vitals", [Self.patient]).status == 400)
        }
    }

    @Test func limitsAreDataOfTheClinic() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await client.store(Visits.patient("p"))
            let set = try await client.call(
                "$clinic-setting-set",
                [
                    Visits.parameter("name", code: "vitals.limits"),
                    Visits.parameter("value", string: #"{\"8867-4\":{\"hard\":[10,20]}}"#),
                ])
            #expect(set.status == 200, "\(set.text)")
            let reading = [Self.patient, Self.reading("8867-4", "72", "/min")]
            #expect(try await client.call("Observation/$record-vitals", reading).refusal == "422 hard-limit")
        }
    }

    @Test func aTrendHasOneUnit() async throws {
        try await ClinicServer.with { server in
            let client = server.client
            try await client.store(Visits.patient("p"))
            for (id, value, unit, day) in [
                ("a", "70", "kg", "01"), ("b", "154.3", "[lb_av]", "02"), ("c", "71", "kg", "03"),
                ("d", "5", "cm", "04"), ("e", "72", "kg", "05"),
            ] {
                try await client.store(
                    """
                    {"resourceType":"Observation","id":"\(id)","status":"final","subject":{"reference":"Patient/p"},
                     "code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},
                      "effectiveDateTime":"2026-01-\(day)",
                     "valueQuantity":{"value":\(value),"unit":"\(unit)",
                      "system":"http://unitsofmeasure.org","code":"\(unit)"}}
                    """)
            }
            let code =
                #"{"name":"code","valueCodeableConcept":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]}}"#
            let trend = try await client.call("Observation/$trend", [Self.patient, code])
            let entries = trend.content?["entry"]?.items ?? []
            #expect(entries.compactMap { $0["resource"]?["id"]?.string } == ["a", "b", "c", "e", "d"], "\(trend.text)")
            #expect(
                entries.compactMap { $0["search"]?["mode"]?.string } == ["match", "match", "match", "match", "include"])
            let pounds = entries[1]["resource"]?["valueQuantity"]
            #expect(pounds?["code"]?.string == "kg")
            #expect(pounds?["value"]?.numberText?.hasPrefix("69.98") == true)
            #expect(pounds?["extension"]?.items.first?["valueQuantity"]?["value"]?.numberText == "154.3")
            let later = try await client.get("Observation/$trend?patient=Patient/p&code=29463-7&from=2026-01-03")
            #expect(later.status == 200 && later.content?["total"]?.integer == 2, "\(later.text)")
        }
    }
}
