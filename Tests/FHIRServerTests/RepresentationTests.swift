import FHIRServerTesting
import JSONTape
import Testing

@Suite struct RepresentationTests {
    private func observation(_ value: String) -> String {
        """
        {"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},\
        "valueQuantity":{"value":\(value)}}
        """
    }

    static let decimalsKeepTheirDigitsCases: [String] = [
        "0.010", "1.00", "100.00", "1.2E+2", "-0.0", "1e-3", "123456789012345678901234567890.123456789",
    ]

    @Test("C24: decimals keep their digits", .check("C24"))
    func decimalsKeepTheirDigits() async throws {
        try await TestServer.with { server in
            for text in Self.decimalsKeepTheirDigitsCases {
                #expect(try await server.client.put("Observation/o", observation(text)).status < 300)
                let read = try await server.client.get("Observation/o")
                #expect(try read.json["valueQuantity"]?["value"]?.numberText == text)
                let history = try await server.client.get("Observation/o/_history")
                #expect(history.text.contains("\"value\":\(text)}"))
            }
        }
    }

    static let comesBackAsSentCases: [String] = [
        #"{"resourceType":"Patient","id":"a","_birthDate":{"extension":[{"url":"urn:x","valueCode":"unknown"}]}}"#,
        #"{"resourceType":"Patient","id":"a","name":[{"given":["A",null],"_given":[null,{"id":"x"}]}]}"#,
        #"{"resourceType":"Patient","id":"a","birthDate":"1970"}"#,
        #"{"resourceType":"Patient","id":"a","birthDate":"1970-03"}"#,
        #"{"resourceType":"Patient","id":"a","deceasedDateTime":"2015-02-07T13:28:17.100+05:30"}"#,
        #"{"resourceType":"Patient","id":"a","deceasedDateTime":"2016-12-31T23:59:60Z"}"#,
        #"{"resourceType":"Patient","id":"a","name":[{"family":"🦜 é ‏א"}]}"#,
        #"{"resourceType":"Patient","id":"a","modifierExtension":[{"url":"urn:x","valueBoolean":true}]}"#,
    ]

    @Test("C25, C26, C28, C30: what was sent comes back", .check("C25", "C26", "C28", "C30"))
    func comesBackAsSent() async throws {
        try await TestServer.with { server in
            for json in Self.comesBackAsSentCases {
                #expect(try await server.client.put("Patient/a", json).status < 300)
                let read = try await server.client.get("Patient/a").text
                let without = read.replacing(#/"meta":{"versionId":"[0-9]*","lastUpdated":"[^"]*"},/#, with: "")
                #expect(without == json)
            }
        }
    }

    @Test("C30: keys may come in any order", .check("C30"))
    func keysMayComeInAnyOrder() async throws {
        try await TestServer.with { server in
            let put = try await server.client.put(
                "Patient/a", #"{"birthDate":"1970","id":"a","resourceType":"Patient"}"#)
            #expect(put.status == 201)
            #expect(put.text.hasPrefix(#"{"resourceType":"Patient","id":"a","meta":{"#))
        }
    }

    @Test("C31: a byte order mark is tolerated", .check("C31"))
    func aByteOrderMarkIsTolerated() async throws {
        try await TestServer.with { server in
            let put = try await server.client.put("Patient/a", "\u{FEFF}" + Patients.named("A", id: "a"))
            #expect(put.status == 201)
        }
    }
}
