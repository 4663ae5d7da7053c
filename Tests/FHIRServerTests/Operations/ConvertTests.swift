import FHIRServerTesting
import JSONTape
import Testing

/// `$convert` between formats (R4 resource-operation-convert.html).
@Suite struct ConvertTests {
    private static let json = """
        {"resourceType":"Observation","id":"o","status":"final","code":{"text":"a < b & \\"c\\""},\
        "_effectiveDateTime":{"extension":[{"url":"urn:e","valueCode":"unknown"}]},\
        "valueQuantity":{"value":6.30,"unit":"mmol/L"},\
        "note":[{"text":"one"},{"text":"two"}]}
        """
    private static let xml = """
        <?xml version="1.0" encoding="UTF-8"?><Observation xmlns="http://hl7.org/fhir"><id value="o"/>\
        <status value="final"/><code><text value="a &lt; b &amp; &quot;c&quot;"/></code>\
        <effectiveDateTime><extension url="urn:e"><valueCode value="unknown"/></extension></effectiveDateTime>\
        <valueQuantity><value value="6.30"/><unit value="mmol/L"/></valueQuantity>\
        <note><text value="one"/></note><note><text value="two"/></note></Observation>
        """
    private static let fhirJSON = "application/fhir+json"
    private static let fhirXML = "application/fhir+xml"

    private func convert(
        _ client: TestClient, _ body: String, _ type: String, to accept: String?, query: String = ""
    ) async throws -> TestResponse {
        let headers = [("Content-Type", type)] + (accept.map { [("Accept", $0)] } ?? [])
        return try await client.send("POST", "$convert" + query, body: Array(body.utf8), headers: headers)
    }

    @Test func resourcesChangeTheirFormat() async throws {
        try await TestServer.with { server in
            let client = server.client
            let toXML = try await convert(client, Self.json, Self.fhirJSON, to: Self.fhirXML)
            #expect(toXML.status == 200 && toXML[header: "Content-Type"]?.hasPrefix(Self.fhirXML) == true)
            #expect(toXML.text == Self.xml)
            let toJSON = try await convert(client, Self.xml, Self.fhirXML, to: Self.fhirJSON)
            #expect(toJSON.status == 200 && toJSON[header: "Content-Type"]?.hasPrefix(Self.fhirJSON) == true)
            #expect(toJSON.text == Self.json)
            let byQuery = try await convert(client, Self.json, Self.fhirJSON, to: nil, query: "?_format=xml")
            #expect(byQuery.text == Self.xml)
            // Without a wish it is the format of the body.
            #expect(try await convert(client, Self.xml, Self.fhirXML, to: nil).text == Self.xml)
            let pretty = try await convert(
                client, Self.json, Self.fhirJSON, to: Self.fhirXML, query: "?_pretty=true")
            #expect(pretty.text.contains("\n  <status value=\"final\"/>"))
            #expect(try await client.get("Observation/o").status == 404)
        }
    }

    @Test func parametersCarryTheResourceOrAreIt() async throws {
        try await TestServer.with { server in
            let client = server.client
            let call = #"{"resourceType":"Parameters","parameter":[{"name":"input","resource":\#(Self.json)}]}"#
            #expect(try await convert(client, call, Self.fhirJSON, to: Self.fhirXML).text == Self.xml)
            let xml = """
                <Parameters xmlns="http://hl7.org/fhir"><parameter><name value="input"/><resource>\
                <Basic><code><text value="t"/></code></Basic></resource></parameter></Parameters>
                """
            #expect(
                try await convert(client, xml, Self.fhirXML, to: Self.fhirJSON).text
                    == #"{"resourceType":"Basic","code":{"text":"t"}}"#)
            let parameters = #"{"resourceType":"Parameters","parameter":[{"name":"exact","valueBoolean":true}]}"#
            let converted = try await convert(client, parameters, Self.fhirJSON, to: Self.fhirXML)
            #expect(converted.text.contains(#"<parameter><name value="exact"/><valueBoolean value="true"/>"#))
            let bundle = """
                {"resourceType":"Bundle","type":"batch","entry":[{"resource":\(Self.json),\
                "request":{"method":"POST","url":"$convert"}}]}
                """
            let batch = try await client.post("", bundle)
            #expect(try batch.json["entry"]?.items.first?["resource"]?["id"]?.string == "o")
        }
    }

    @Test func whatCannotBeConvertedIsRefused() async throws {
        try await TestServer.with { server in
            let client = server.client
            let cases: [(String, String, String, Int)] = [
                (Self.json, "text/plain", Self.fhirXML, 415), (Self.json, Self.fhirJSON, "text/turtle", 406),
                (Self.json, Self.fhirXML, Self.fhirJSON, 400), (Self.xml, Self.fhirJSON, Self.fhirXML, 400),
                ("", Self.fhirJSON, Self.fhirXML, 400), ("[]", Self.fhirJSON, Self.fhirXML, 400),
                (#"{"resourceType":"Nonsense"}"#, Self.fhirJSON, Self.fhirXML, 400),
                (#"{"resourceType":"Parameters"}"#, Self.fhirJSON, Self.fhirXML, 400),
                (#"{"resourceType":"Patient","nonsense":1}"#, Self.fhirJSON, Self.fhirXML, 400),
                (#"{"resourceType":"Observation","code":{"text":"x"}}"#, Self.fhirJSON, Self.fhirXML, 400),
                ("<Patient xmlns=\"http://hl7.org/fhir\"><nonsense/></Patient>", Self.fhirXML, Self.fhirJSON, 400),
                (
                    #"{"resourceType":"Parameters","parameter":[{"name":"input","valueString":"x"}]}"#, Self.fhirJSON,
                    Self.fhirXML, 400
                ),
            ]
            for (body, type, accept, status) in cases {
                let answer = try await convert(client, body, type, to: accept)
                #expect(answer.status == status, "\(body): \(answer.status) \(answer.text)")
                #expect(answer.text.contains("OperationOutcome"), "\(body)")
            }
            #expect(try await client.get("$convert").status == 405)
            #expect(try await client.post("Patient/$convert", Self.json).status == 404)
            let statement = try await client.get("metadata").text
            #expect(statement.contains("http://hl7.org/fhir/OperationDefinition/Resource-convert"))
        }
    }
}
