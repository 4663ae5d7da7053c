import FHIRServer
import FHIRServerTesting
import JSONTape
import Testing

/// JSON and XML in and out, from outside (R4 http.html#mime-type, xml.html, json.html).
@Suite struct FormatChecks {
    private static let json = "application/fhir+json; charset=utf-8"
    private static let xml = "application/fhir+xml; charset=utf-8"
    private static let patient = """
        <Patient xmlns="http://hl7.org/fhir"><id value="x"/><active value="true"/><name><family value="A&amp;B"/>\
        <given value="C"/></name><birthDate value="1970-03"/></Patient>
        """

    private func put(
        _ path: String, _ xml: String, _ client: TestClient, type: String = "application/fhir+xml",
        headers: [(String, String)] = []
    ) async throws -> TestResponse {
        try await client.send("PUT", path, body: Array(xml.utf8), headers: [("Content-Type", type)] + headers)
    }

    @Test("C18: what cannot be read or written is refused by the right status", .check("C18"))
    func refusals() async throws {
        try await TestServer.with { server in
            let client = server.client
            for format in ["json", "xml"] {
                let accept = [("Accept", "application/fhir+\(format)")]
                let expected = format == "json" ? Self.json : Self.xml
                let unknown = try await client.get("Nonsense/1", headers: accept)
                #expect(unknown.status == 404 && unknown[header: "Content-Type"] == expected)
                let broken = try await client.send(
                    "POST", "Patient", body: Array("{".utf8),
                    headers: [("Content-Type", "application/fhir+json")] + accept)
                #expect(broken.status == 400 && broken[header: "Content-Type"] == expected)
                let brokenXML = try await client.send(
                    "POST", "Patient", body: Array("<Patient".utf8),
                    headers: [("Content-Type", "application/fhir+xml")] + accept)
                #expect(brokenXML.status == 400 && brokenXML[header: "Content-Type"] == expected)
                let invalid = try await put(
                    "Patient/x", Self.patient.replacing("1970-03", with: "soon"), client, headers: accept)
                #expect(invalid.status == 422 && invalid.text.contains("Patient.birthDate"))
                let text = try await client.send(
                    "POST", "Patient", body: Array("x".utf8), headers: [("Content-Type", "text/plain")] + accept)
                #expect(text.status == 415 && text[header: "Content-Type"] == expected)
            }
            for accept in ["image/png", "text/html", "application/fhir+xml; fhirVersion=3.0", "application/json;q=0"] {
                let refused = try await client.get("Patient/x", headers: [("Accept", accept)])
                #expect(refused.status == 406 && refused.isOutcome)
            }
            for type in ["application/fhir+xml; fhirVersion=3.0", "application/fhir+xml; charset=utf-16", "image/png"] {
                let refused = try await put(
                    "Patient/x", Self.patient, client, type: type, headers: [("Accept", "application/json")])
                #expect(refused.status == 415 && refused.isOutcome)
            }
            #expect(try await client.get("Patient/x").status == 404)
        }
    }

    @Test("C18: hostile and broken XML is a 400 that says where", .check("C18"))
    func brokenXML() async throws {
        let head = "<Patient xmlns=\"http://hl7.org/fhir\">"
        let cases: [(String, String, String)] = [
            (
                "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>\(head)<id value=\"&e;\"/></Patient>",
                "xml-document-type", "line 1"
            ),
            ("\(head)\n<id value=\"&e;\"/></Patient>", "xml-unknown-entity", "line 2"),
            ("\(head)\n\n<colour value=\"red\"/></Patient>", "xml-unknown-element", "line 3"),
            ("\(head)<active value=\"true\" colour=\"red\"/></Patient>", "xml-unknown-attribute", "line 1"),
            ("<Patient><active value=\"true\"/></Patient>", "xml-wrong-namespace", "line 1"),
            ("\(head)\n some text\n</Patient>", "xml-misplaced-text", "line 3"),
            ("\(head)\n<active value=\"maybe\"/></Patient>", "xml-invalid-value", "line 2"),
            ("\(head)<active value=\"\"/></Patient>", "xml-empty", "line 1"),
            (head + String(repeating: "<extension url=\"u\">", count: 5_000), "xml-too-deep", "line 1"),
            ("", "malformed", "no body"),
        ]
        try await TestServer.with { server in
            for (xml, code, place) in cases {
                let response = try await put("Patient/x", xml, server.client, headers: [("Accept", "application/json")])
                #expect(response.status == 400 && response.issueCodes == [code], "\(code) \(response.text)")
                #expect(response.text.contains(place), "\(response.text)")
            }
            // What the rules of the standard refuse is told with the place in the XML.
            let invalid = try await put(
                "Patient/x", "\(head)\n  <id value=\"x\"/>\n  <birthDate value=\"soon\"/>\n</Patient>", server.client,
                headers: [("Accept", "application/json")])
            #expect(invalid.status == 422 && invalid.text.contains("line 3"), "\(invalid.text)")
            #expect(try await server.client.get("Patient/x").status == 404)
        }
    }

    @Test("C19: _format beats Accept, in every spelling", .check("C19"))
    func negotiation() async throws {
        try await TestServer.with { server in
            let client = server.client
            #expect(try await client.put("Patient/x", Patients.named("A", id: "x")).status == 201)
            for name in [
                "json", "application/json", "application/fhir+json", "application/fhir%2Bjson", "text/json",
                "application/json+fhir", "application/fhir%2Bjson;fhirVersion=4.0",
            ] {
                let response = try await client.get(
                    "Patient/x?_format=\(name)", headers: [("Accept", "application/fhir+xml")])
                #expect(response.status == 200 && response[header: "Content-Type"] == Self.json, "\(name)")
                #expect(try response.json["id"]?.string == "x")
            }
            for name in [
                "xml", "application/xml", "application/fhir+xml", "application/fhir%2Bxml", "text/xml",
                "application/xml+fhir",
            ] {
                let response = try await client.get(
                    "Patient/x?_format=\(name)", headers: [("Accept", "application/json")])
                #expect(response.status == 200 && response[header: "Content-Type"] == Self.xml, "\(name)")
                #expect(response.text.contains("<Patient xmlns=\"http://hl7.org/fhir\"><id value=\"x\"/>"))
            }
            for accept in ["application/json", "application/fhir+json", "application/json+fhir", "*/*"] {
                let response = try await client.get("Patient/x", headers: [("Accept", accept)])
                #expect(response[header: "Content-Type"] == Self.json, "\(accept)")
                #expect(response[header: "Vary"]?.contains("Accept") == true)
            }
            for accept in ["application/xml", "application/fhir+xml", "text/xml", "image/png, application/xml;q=0.5"] {
                let response = try await client.get("Patient/x", headers: [("Accept", accept)])
                #expect(response[header: "Content-Type"] == Self.xml, "\(accept)")
            }
            let pretty = try await client.get("Patient/x?_format=xml&_pretty=true")
            #expect(pretty.text.contains("<Patient xmlns=\"http://hl7.org/fhir\">\n  <id value=\"x\"/>\n"))
            let form = try await client.form("Patient/_search", "_id=x&_format=xml")
            #expect(form.status == 200 && form[header: "Content-Type"] == Self.xml, "\(form.text)")
            let head = try await client.send("HEAD", "Patient/x?_format=xml")
            let whole = try await client.get("Patient/x?_format=xml")
            #expect(head[header: "Content-Length"] == whole[header: "Content-Length"])
        }
    }

    @Test("C19: everything that is answered can be answered in XML", .check("C19"))
    func everythingInXML() async throws {
        try await TestServer.with { server in
            let client = server.client
            let put = try await put("Patient/x", Self.patient, client)
            #expect(put.status == 201 && put[header: "Content-Type"] == Self.xml && put[header: "ETag"] == "W/\"1\"")
            for (path, root) in [
                ("Patient/x", "Patient"), ("Patient/x/_history/1", "Patient"), ("Patient?_id=x", "Bundle"),
                ("Patient/x/_history", "Bundle"), ("_history", "Bundle"), ("metadata", "CapabilityStatement"),
                ("Patient/none", "OperationOutcome"), ("Nonsense", "OperationOutcome"),
            ] {
                let response = try await client.get(path, headers: [("Accept", "application/fhir+xml")])
                #expect(response[header: "Content-Type"] == Self.xml, "\(path)")
                #expect(response.text.contains("<\(root) xmlns=\"http://hl7.org/fhir\">"), "\(response.text)")
            }
            let searched = try await client.get("Patient?_id=x&_format=xml").text
            #expect(searched.contains("<resource><Patient><id value=\"x\"/>"))
            let bundle = """
                <Bundle xmlns="http://hl7.org/fhir"><type value="transaction"/><entry>\
                <resource>\(Self.patient)</resource>\
                <request><method value="PUT"/><url value="Patient/x"/></request></entry></Bundle>
                """
            let answer = try await client.send(
                "POST", "", body: Array(bundle.utf8),
                headers: [("Content-Type", "text/xml; charset=utf-8"), ("Accept", "text/xml")])
            #expect(answer.status == 200 && answer.text.contains("<type value=\"transaction-response\"/>"))
        }
    }

    @Test("C13: a FHIRPath Patch may come as XML", .check("C13"))
    func patch() async throws {
        let patch = """
            <Parameters xmlns="http://hl7.org/fhir"><parameter><name value="operation"/>\
            <part><name value="type"/><valueCode value="replace"/></part>\
            <part><name value="path"/><valueString value="Patient.birthDate"/></part>\
            <part><name value="value"/><valueDate value="1971"/></part></parameter></Parameters>
            """
        try await TestServer.with { server in
            #expect(try await put("Patient/x", Self.patient, server.client).status == 201)
            let patched = try await server.client.send(
                "PATCH", "Patient/x", body: Array(patch.utf8), headers: [("Content-Type", "application/fhir+xml")])
            #expect(patched.status == 200 && patched.text.contains("<birthDate value=\"1971\"/>"), "\(patched.text)")
        }
    }

    @Test("C24: decimals keep their digits in JSON and in XML, whichever they came in", .check("C24"))
    func decimals() async throws {
        let digits = [
            "0.010", "1.00", "100.00", "1.2E+2", "-0.0", "1e-3", "123456789012345678901234567890",
            "0.123456789012345678901234567890",
        ]
        try await TestServer.with { server in
            for text in digits {
                let xml = """
                    <Observation xmlns="http://hl7.org/fhir"><id value="o"/><status value="final"/>\
                    <code><text value="x"/></code><valueQuantity><value value="\(text)"/></valueQuantity></Observation>
                    """
                #expect(try await put("Observation/o", xml, server.client).status < 300)
                for path in ["Observation/o", "Observation/o/_history", "Observation?_id=o"] {
                    let json = try await server.client.get(path, headers: [("Accept", "application/fhir+json")])
                    #expect(json.text.contains("\"value\":\(text)}"), "\(path) \(json.text)")
                    let back = try await server.client.get(path, headers: [("Accept", "application/fhir+xml")])
                    #expect(back.text.contains("<value value=\"\(text)\"/>"), "\(path) \(back.text)")
                }
                let json = """
                    {"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},\
                    "valueQuantity":{"value":\(text)}}
                    """
                let unchanged = try await server.client.put("Observation/o", json)
                #expect(unchanged.status == 200)
            }
        }
    }

    @Test("C31: a body without charset is UTF-8, and a byte order mark is no harm", .check("C31"))
    func characters() async throws {
        let name = "Zoë 😀 \u{5D0} ﬁ"
        try await TestServer.with { server in
            let client = server.client
            let xml = Self.patient.replacing("A&amp;B", with: name)
            for mark in ["", "\u{FEFF}", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"] {
                for type in [
                    "application/fhir+xml", "application/xml", "text/xml",
                    """
                    application/fhir+xml; charset=\"UTF-8\"
                    """,
                ] {
                    #expect(try await put("Patient/x", mark + xml, client, type: type).status < 300, "\(type)")
                    #expect(try await client.get("Patient/x?_format=xml").text.contains("<family value=\"\(name)\"/>"))
                    #expect(try await client.get("Patient/x?_format=json").text.contains("\"family\":\"\(name)\""))
                }
            }
            for type in [
                "application/fhir+json", "application/json", "text/json",
                """
                application/fhir+json;charset=UTF-8
                """,
            ] {
                let json = "\u{FEFF}" + Patients.named(name, id: "x")
                let put = try await client.put("Patient/x", json, headers: [("Content-Type", type)])
                #expect(put.status == 200, "\(type)")
            }
            let latin =
                Array("<Patient xmlns=\"http://hl7.org/fhir\"><language value=\"".utf8) + [0xE4]
                + Array("\"/></Patient>".utf8)
            let declared = Array("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>".utf8) + latin
            for body in [latin, declared] {
                let response = try await client.send(
                    "POST", "Patient", body: body, headers: [("Content-Type", "application/fhir+xml")])
                #expect(response.status == 400)
            }
            for type in ["application/fhir+json; charset=ISO-8859-1", "application/fhir+xml; charset=windows-1252"] {
                let response = try await client.send("POST", "Patient", body: latin, headers: [("Content-Type", type)])
                #expect(response.status == 415)
            }
        }
    }

    @Test("C20: errors of every kind are OperationOutcomes in the form asked for", .check("C20"))
    func errorsAreOutcomes() async throws {
        try await TestServer.with {
            $0.needsToken = true
        } _: { server in
            for (format, expected) in [("json", Self.json), ("xml", Self.xml)] {
                for path in ["Patient/x", "Nonsense/1", "/nowhere", "metadata/x"] {
                    let response = try await server.client.get(
                        path, headers: [("Accept", "application/fhir+\(format)")])
                    #expect(response.status >= 400 && response[header: "Content-Type"] == expected, "\(path)")
                    if format == "xml" {
                        #expect(response.text.contains("<OperationOutcome xmlns=\"http://hl7.org/fhir\"><issue>"))
                        #expect(response.text.contains("<severity value=\""))
                    } else {
                        #expect(response.isOutcome)
                    }
                }
            }
        }
        try await TestServer.with {
            $0.configuration.limits.bodyByteCount = 1_000
        } _: { server in
            let large = try await put("Patient/x", String(repeating: " ", count: 2_000), server.client)
            #expect(large.status == 413 && large.text.contains("<OperationOutcome"))
        }
    }
}
