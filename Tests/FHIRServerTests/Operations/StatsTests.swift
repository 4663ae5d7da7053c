import FHIRServerTesting
import JSONTape
import Testing

/// `Observation/$stats` (R4 observation-operation-stats.html).
@Suite struct StatsTests {
    private static func observation(
        _ id: String, _ value: String, code: String = "g", unit: String = "mmol/L", day: String = "2024-01-01",
        status: String = "final", more: String = ""
    ) -> String {
        """
        {"resourceType":"Observation","id":"\(id)","status":"\(status)",\
        "code":{"coding":[{"system":"s","code":"\(code)"}]},\
        "subject":{"reference":"Patient/a"},"effectiveDateTime":"\(day)",\
        "valueQuantity":{"value":\(value),"unit":"\(unit)",\
        "system":"http://unitsofmeasure.org","code":"\(unit)"}\(more)}
        """
    }

    private func withObservations(_ observations: [String], _ body: (TestClient) async throws -> Void) async throws {
        try await TestServer.with { server in
            _ = try await server.client.put("Patient/a", Patients.named("a", id: "a"))
            for observation in observations {
                let id = JSONNode(try Document.parse(observation))["id"]?.string ?? ""
                let answer = try await server.client.put("Observation/\(id)", observation)
                #expect(answer.status == 201, "\(answer.text)")
            }
            try await body(server.client)
        }
    }

    private func results(_ response: TestResponse, _ name: String = "statistics") throws -> [JSONNode] {
        #expect(response.status == 200, "\(response.text)")
        return (try response.json["parameter"]?.items ?? []).filter { $0["name"]?.string == name }
            .compactMap { $0["resource"] }
    }

    /// Value and unit of the components of a statistic.
    private func values(_ observation: JSONNode?, _ statistic: String) -> [String] {
        (observation?["component"]?.items ?? [])
            .filter { $0["code"]?["coding"]?.items.first?["code"]?.string == statistic }
            .map { component in
                let quantity = component["valueQuantity"]
                let reason = component["dataAbsentReason"]?["coding"]?.items.first?["code"]?.string
                return quantity.map {
                    "\($0["value"]?.numberText ?? "?") \($0["code"]?.string ?? $0["unit"]?.string ?? "")"
                }
                    ?? "absent: \(reason ?? "?")"
            }
    }

    private static let all = [
        "average", "maximum", "minimum", "count", "total-count", "median", "std-dev", "sum", "variance", "20-percent",
        "80-percent", "4-lower", "4-upper", "4-dev", "5-1", "5-2", "5-3", "5-4", "skew", "kurtosis", "regression",
    ]
    private static let everyStatistic = all.map { "statistic=\($0)" }.joined(separator: "&")

    /// Against values that were calculated by hand.
    @Test func everyStatisticIsRight() async throws {
        let observations = ["2.0", "4", "4.00", "4", "5", "5", "7", "9"].enumerated().map { position, value in
            Self.observation("o\(position)", value, day: "2024-01-01T0\(position):00:00Z")
        }
        try await withObservations(observations) { client in
            let answer = try await client.get(
                "Observation/$stats?subject=Patient/a&code=g&system=s&\(Self.everyStatistic)")
            let result = try results(answer).first
            #expect(result?["status"]?.string == "final")
            #expect(result?["subject"]?["reference"]?.string == "Patient/a")
            #expect(result?["code"]?["coding"]?.items.first?["code"]?.string == "g")
            #expect(result?["component"]?.items.count == Self.all.count + 1)
            let expected: [(String, [String])] = [
                ("average", ["5 mmol/L"]), ("maximum", ["9 mmol/L"]), ("minimum", ["2.0 mmol/L"]), ("count", ["8 1"]),
                ("total-count", ["8 1"]), ("median", ["4.5 mmol/L"]), ("sum", ["40.00 mmol/L"]),
                ("variance", ["4.57142857142857 (mmol/L)2"]), ("std-dev", ["2.13808993529940 mmol/L"]),
                ("20-percent", ["4 mmol/L"]), ("80-percent", ["6.2 mmol/L"]), ("4-lower", ["4 mmol/L"]),
                ("4-upper", ["5.5 mmol/L"]), ("4-dev", ["0.75 mmol/L"]), ("5-1", ["4 mmol/L"]), ("5-2", ["4 mmol/L"]),
                ("5-3", ["5 mmol/L"]), ("5-4", ["6.2 mmol/L"]), ("skew", ["0.65625 1"]), ("kurtosis", ["2.78125 1"]),
                ("regression", ["0.80952380952381 (mmol/L)/h", "2.16666666666667 mmol/L"]),
            ]
            for (statistic, wanted) in expected {
                let found = values(result, statistic)
                #expect(found.count == wanted.count, "\(statistic)")
                for (left, right) in zip(found, wanted) { #expect(isEqual(left, right), "\(statistic): \(left)") }
            }
        }
    }

    /// Numbers as numbers, to the last digit but one: trailing zeros tell of the way of calculation only.
    private func isEqual(_ left: String, _ right: String) -> Bool {
        let (left, right) = (left.split(separator: " "), right.split(separator: " "))
        guard left.count == right.count, left.last == right.last, let a = left.first.flatMap({ Double($0) }),
            let b = right.first.flatMap({ Double($0) })
        else { return false }
        return abs(a - b) <= abs(b) * 1e-13
    }

    @Test func onlyValidValuesCount() async throws {
        let observations = [
            Self.observation("a", "1", day: "2024-01-01"), Self.observation("b", "2", day: "2024-01-02"),
            Self.observation("c", "4", day: "2024-02-01"),
            Self.observation("wrong", "100", status: "entered-in-error"),
            Self.observation("odd", "100", more: #","modifierExtension":[{"url":"http://x","valueBoolean":true}]"#),
            #"""
            {"resourceType":"Observation","id":"less","status":"final","code":{"coding":[{"system":"s","code":"g"}]},
            "subject":{"reference":"Patient/a"},"valueQuantity":{"value":0.5,"comparator":"<",
            "system":"http://unitsofmeasure.org","code":"mmol/L"}}
            """#,
            #"""
            {"resourceType":"Observation","id":"none","status":"final","code":{"coding":[{"system":"s","code":"g"}]},
            "subject":{"reference":"Patient/a"},"dataAbsentReason":{"text":"lost"}}
            """#,
            Self.observation("mg", "90", unit: "mg/dL"), Self.observation("other", "50", code: "k"),
        ]
        try await withObservations(observations) { client in
            let base = "Observation/$stats?subject=Patient/a&statistic=count&statistic=sum&statistic=total-count"
            let result = try results(try await client.get(base + "&code=g")).first
            #expect(values(result, "count") == ["3 1"] && values(result, "sum") == ["7 mmol/L"])
            #expect(values(result, "total-count") == ["7 1"])
            #expect(result?["note"] != nil)
            let two = try results(try await client.get(base + "&code=g,k"))
            #expect(two.count == 2 && values(two.last, "sum") == ["50 mmol/L"])
            let january = try await client.post(
                "Observation/$stats",
                #"""
                {"resourceType":"Parameters","parameter":[{"name":"subject","valueUri":"Patient/a"},
                {"name":"coding","valueCoding":{"system":"s","code":"g","display":"Glucose"}},
                {"name":"period","valuePeriod":{"start":"2024-01-01","end":"2024-01-31"}},
                {"name":"statistic","valueCode":"sum"},{"name":"include","valueBoolean":true},
                {"name":"limit","valuePositiveInt":2}]}
                """#)
            let first = try results(january).first
            #expect(values(first, "sum") == ["3 mmol/L"])
            #expect(first?["effectivePeriod"]?["end"]?.string == "2024-01-31")
            #expect(first?["code"]?["coding"]?.items.first?["display"]?.string == "Glucose")
            #expect(try results(january, "source").count == 2)
            let lastHour = try results(try await client.get(base + "&code=g&duration=1")).first
            #expect(values(lastHour, "count") == ["0 1"] && values(lastHour, "sum") == ["absent: unknown"])
            let nobody = try await client.get(
                "Observation/$stats?subject=Patient/nobody&code=g&statistic=average&statistic=count")
            #expect(values(try results(nobody).first, "count") == ["0 1"])
        }
    }

    @Test func comparableUnitsAreCountedInTheMostFrequent() async throws {
        let observations = [
            Self.observation("a", "5400", unit: "ug"), Self.observation("b", "5.4", unit: "mg"),
            Self.observation("c", "0.6", unit: "mg"), Self.observation("d", "1", unit: "mmol"),
            Self.observation("t1", "37.0", code: "t", unit: "Cel"),
            Self.observation("t2", "39.0", code: "t", unit: "Cel"),
            Self.observation("t3", "100.4", code: "t", unit: "[degF]"),
        ]
        try await withObservations(observations) { client in
            let base = "Observation/$stats?subject=Patient/a&statistic=count&statistic=sum&statistic=average"
            let mass = try results(try await client.get(base + "&code=g")).first
            #expect(values(mass, "count") == ["3 1"])
            #expect(isEqual(values(mass, "sum").first ?? "", "11.4 mg"))
            #expect(mass?["note"] != nil)
            let temperature = try results(try await client.get(base + "&code=t")).first
            #expect(values(temperature, "count") == ["3 1"])
            #expect(isEqual(values(temperature, "average").first ?? "", "38 Cel"))
            #expect(temperature?["note"] == nil)
        }
    }

    @Test func oneValueHasNoDeviation() async throws {
        try await withObservations([Self.observation("a", "1e-3")]) { client in
            let result = try results(
                try await client.get("Observation/$stats?subject=Patient/a&code=g&\(Self.everyStatistic)")
            ).first
            for statistic in ["std-dev", "variance", "skew", "kurtosis"] {
                #expect(values(result, statistic) == ["absent: not-applicable"], "\(statistic)")
            }
            #expect(values(result, "average").first.map { isEqual($0, "0.001 mmol/L") } == true)
        }
    }

    @Test func panelsAreToldByTheirParts() async throws {
        func pressure(_ id: String, _ systolic: Int, _ diastolic: Int) -> String {
            let parts = [("sys", systolic), ("dia", diastolic)].map { code, value in
                """
                {"code":{"coding":[{"system":"s","code":"\(code)"}]},"valueQuantity":{"value":\(value),"unit":"mmHg",\
                "system":"http://unitsofmeasure.org","code":"mm[Hg]"}}
                """
            }
            return """
                {"resourceType":"Observation","id":"\(id)","status":"final",\
                "code":{"coding":[{"system":"s","code":"bp"}]},\
                "subject":{"reference":"Patient/a"},"effectiveDateTime":"2024-01-01",\
                "component":[\(parts.joined(separator: ","))]}
                """
        }
        let panel = """
            {"resourceType":"Observation","id":"panel","status":"final",\
            "code":{"coding":[{"system":"s","code":"lytes"}]},\
            "subject":{"reference":"Patient/a"},"effectiveDateTime":"2024-01-01",\
            "hasMember":[{"reference":"Observation/k"},{"reference":"Observation/na"}]}
            """
        let observations = [
            pressure("p1", 120, 80), pressure("p2", 140, 90), Self.observation("k", "4", code: "k"),
            Self.observation("na", "140", code: "na"), panel,
        ]
        try await withObservations(observations) { client in
            let base = "Observation/$stats?subject=Patient/a&statistic=average&statistic=count"
            let parts = try results(try await client.get(base + "&code=bp"))
            #expect(parts.map { $0["code"]?["coding"]?.items.first?["code"]?.string } == ["dia", "sys"])
            #expect(parts.flatMap { values($0, "count") } == ["2 1", "2 1"])
            #expect(isEqual(values(parts.first, "average").first ?? "", "85 mm[Hg]"))
            let systolic = try results(try await client.get(base + "&code=sys"))
            #expect(systolic.count == 1 && isEqual(values(systolic.first, "average").first ?? "", "130 mm[Hg]"))
            let members = try results(try await client.get(base + "&code=lytes"))
            #expect(members.map { $0["code"]?["coding"]?.items.first?["code"]?.string } == ["k", "na"])
        }
    }

    @Test func wrongCallsAreRefused() async throws {
        try await withObservations([]) { client in
            for query in [
                "", "subject=Patient/a", "subject=Patient/a&code=g", "subject=Patient/a&statistic=average",
                "code=g&statistic=average", "subject=Patient/a&code=g&statistic=mode",
                "subject=a%20b&code=g&statistic=sum",
                "subject=Patient/a&code=g&statistic=sum&duration=-1",
                "subject=Patient/a&code=g&statistic=sum&duration=x",
                "subject=Patient/a&code=g&statistic=sum&duration=1e300",
                "subject=Patient/a&code=g&statistic=sum&limit=0",
                "subject=Patient/a&code=g&statistic=sum&period=2024", "subject=Patient/a&code=g&statistic=sum&x=1",
                "subject=Patient/a&subject=Patient/b&code=g&statistic=sum",
            ] {
                let answer = try await client.get("Observation/$stats?\(query)")
                #expect(answer.status == 400, "\(query) \(answer.text)")
                #expect(answer.isOutcome)
            }
        }
    }
}
