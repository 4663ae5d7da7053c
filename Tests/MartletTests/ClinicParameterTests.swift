import FHIRServerTesting
import Glibc
import JSONTape
import Testing

/// Search parameters of the clinic's package, which is loaded at the first start.
@Suite struct ClinicParameterTests {
    /// A resource, and searches that find it and do not.
    private static let cases: [(json: String, finds: String, misses: String)] = [
        (
            #""resourceType":"Person","active":true"#, "Person?active=true", "Person?active=false"
        ),
        (
            #""resourceType":"CommunicationRequest","status":"active","about":[{"reference":"Appointment/a"}]"#,
            "CommunicationRequest?about=Appointment/a", "CommunicationRequest?about=Appointment/b"
        ),
        (
            #""resourceType":"Procedure","status":"completed","subject":{"reference":"Patient/p"},"#
                + #""bodySite":[{"coding":[{"system":"http://snomed.info/sct","code":"368209003"}]}]"#,
            "Procedure?body-site=http://snomed.info/sct|368209003", "Procedure?body-site=1"
        ),
        (
            #""resourceType":"Specimen","request":[{"reference":"ServiceRequest/s"}]"#,
            "Specimen?request=ServiceRequest/s", "Specimen?request=s2"
        ),
        (
            #""resourceType":"Basic","code":{"coding":[{"system":"urn:x","code":"stock-balance"}]},"extension":["#
                + #"{"url":"urn:martlet:stock-location","valueReference":{"reference":"Location/l"}},"#
                + #"{"url":"urn:martlet:stock-item","valueReference":{"reference":"Medication/m"}}]"#,
            "Basic?code=stock-balance&location=Location/l&item=Medication/m",
            "Basic?code=stock-balance&location=Location/m"
        ),
        (
            #""resourceType":"ChargeItemDefinition","url":"urn:price:1","status":"active","code":{"coding":[{"#
                + #""system":"urn:x","code":"visit"}]}"#,
            "ChargeItemDefinition?code=visit", "ChargeItemDefinition?code=urn:y|visit"
        ),
    ]

    @Test func eachFindsWhatItNames() async throws {
        let folder = try MartletProcess.makeFolder()
        let server = try await MartletProcess.serve(folder)
        let http = TestClient(port: server.httpPort)
        for (json, finds, misses) in Self.cases {
            let type = finds.prefix { $0 != "?" }
            let stored = try await http.put("\(type)/x", #"{"id":"x",\#(json)}"#)
            #expect(stored.status == 201, "\(stored.text)")
            func total(_ search: String) async throws -> Int? {
                let answer = try await http.get(
                    search.replacing("|", with: "%7C"), headers: [("Prefer", "handling=strict")])
                #expect(answer.status == 200 || answer.text.contains("indexing"), "\(search): \(answer.text)")
                return try answer.json["total"]?.integer
            }
            // What was stored before the package was loaded is indexed in the background.
            try await wait(for: finds) { try await total(finds) == 1 }
            #expect(try await total(misses) == 0)
        }
        let capabilities = try await http.get("metadata").text
        #expect(capabilities.contains("urn:martlet:searchparameter:communicationrequest-about"))
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }
}
