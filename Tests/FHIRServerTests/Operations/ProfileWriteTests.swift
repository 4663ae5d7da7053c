import FHIRServerTesting
import JSONTape
import Testing

/// Profiles of the standard on writes and in `$validate`.
@Suite struct ProfileWriteTests {
    private static func heartRate(
        _ unit: String, profile: String = "http://hl7.org/fhir/StructureDefinition/heartrate"
    )
        -> String
    {
        #"{"resourceType":"Observation","meta":{"profile":["\#(profile)"]},"#
            + #""status":"final","category":[{"coding":[{"system":"#
            + #""http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],"#
            + #""code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"#
            + #""subject":{"display":"x"},"effectiveDateTime":"2024-01-01","valueQuantity":{"value":44,"#
            + #""unit":"beats","system":"http://unitsofmeasure.org","code":"\#(unit)"}}"#
    }

    @Test func aResourceThatBreaksAProfileItNamesIsRefused() async throws {
        try await TestServer.with { server in
            let client = server.client
            let refused = try await client.post("Observation", Self.heartRate("mm"))
            #expect(refused.status == 422 && refused.isOutcome)
            let issue = try #require(try refused.json["issue"]?.items.first)
            #expect(issue["severity"]?.string == "error")
            #expect(issue["expression"]?.items.first?.string == "Observation.value.code")
            #expect(try await client.total("Observation", "") == 0)

            #expect(try await client.post("Observation", Self.heartRate("/min")).status == 201)
            let unknown = Self.heartRate("mm", profile: "http://example.org/none")
            #expect(try await client.post("Observation", unknown).status == 201)
            let report = try await client.post("Observation/$validate", unknown.replacing("\"mm\"", with: "\"/min\""))
            let severities = try report.json["issue"]?.items.compactMap { $0["severity"]?.string } ?? []
            #expect(report.status == 200 && severities.contains("warning") && !severities.contains("error"))
        }
    }

    @Test func validateTakesAProfileOfTheStandard() async throws {
        try await TestServer.with { server in
            let client = server.client
            let base = "http://hl7.org/fhir/StructureDefinition/"
            let bare = #"{"resourceType":"Observation","status":"final","code":{"text":"x"}}"#
            let broken = try await client.post("Observation/$validate?profile=\(base)vitalsigns", bare)
            let places = try broken.json["issue"]?.items.compactMap { $0["expression"]?.items.first?.string } ?? []
            #expect(broken.status == 200 && places.contains("Observation.subject"))
            let kept = try await client.post(
                "Observation/$validate?profile=\(base)vitalsigns", Self.heartRate("/min"))
            #expect(try kept.json["issue"]?.items.contains { $0["severity"]?.string == "error" } == false)
        }
    }
}
