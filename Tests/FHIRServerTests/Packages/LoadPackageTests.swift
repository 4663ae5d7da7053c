import Archives
import FHIRServerTesting
import FHIRStore
import FHIRStoreTesting
import JSONTape
import Testing

@Suite("$load-package")
struct LoadPackageTests {
    private static let types =
        TestStore.commonTypes + [
            "CodeSystem", "ConceptMap", "NamingSystem", "Questionnaire", "SearchParameter", "StructureDefinition",
            "ValueSet",
        ]

    private static let profile = #"""
        "url": "https://clinic.example/StructureDefinition/patient", "name": "ClinicPatient", "kind": "resource",
        "abstract": false, "type": "Patient", "derivation": "constraint",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
        "differential": {"element": [{"id": "Patient.birthDate", "path": "Patient.birthDate", "min": 1}]}
        """#

    private static func package(version: String = "1.0.0") -> TestPackage {
        var package = TestPackage()
        package.version = version
        package.add("StructureDefinition", id: "patient", #""version": "\#(version)", "# + profile)
        package.add(
            "CodeSystem", id: "colours",
            #""url": "https://clinic.example/CodeSystem/colours", "version": "\#(version)", "content": "complete", "#
                + #""concept": [{"code": "red"}, {"code": "blue"}]"#)
        package.add(
            "ValueSet", id: "colours",
            #""url": "https://clinic.example/ValueSet/colours", "version": "\#(version)", "#
                + #""compose": {"include": [{"system": "https://clinic.example/CodeSystem/colours"}]}"#)
        return package
    }

    private static func load(
        _ client: TestClient, _ archive: [UInt8], _ query: String = "", type: String = "application/gzip"
    ) async throws -> TestResponse {
        try await client.send(
            "POST", "$load-package\(query)", body: archive, headers: [("Content-Type", type)])
    }

    @Test func definitionsBecomeResourcesOfThisServer() async throws {
        try await TestServer.with {
            $0.types = Self.types
        } _: { server in
            let client = server.client
            var package = Self.package()
            package.manifest += #", "dependencies": {"hl7.fhir.r4.core": "4.0.1", "clinic.example.base": "2.0.x"}"#
            package.add(
                "SearchParameter", id: "nickname",
                #""url": "https://clinic.example/SearchParameter/nickname", "name": "Nickname", "#
                    + #""description": "x", "code": "nickname", "base": ["Patient"], "type": "string", "#
                    + #""expression": "Patient.name.where(use='nickname').given""#)
            package.add(
                "SearchParameter", id: "family",
                #""url": "https://clinic.example/SearchParameter/family", "name": "Family", "#
                    + #""description": "x", "code": "family", "base": ["Patient"], "type": "string", "#
                    + #""expression": "Patient.name.family""#)
            package.files.append(("other.json", #"{"resourceType": "ImplementationGuide", "id": "x"}"#))
            package.files.append((".index.json", #"{"index-version": 1, "files": []}"#))
            package.files.append(("example/Patient-a.json", #"{"resourceType": "Patient", "id": "a"}"#))
            let answer = try await Self.load(client, package.archive)
            #expect(answer.status == 200, "\(answer.text)")
            let parameters = try answer.json["parameter"]?.items ?? []
            #expect(parameters.first { $0["name"]?.string == "result" }?["valueCode"]?.string == "loaded")
            #expect(parameters.first { $0["name"]?.string == "resources" }?["valueInteger"]?.integer == 5)
            let outcome = parameters.first { $0["name"]?.string == "outcome" }?["resource"]
            let codes = (outcome?["issue"]?.items ?? []).compactMap {
                $0["details"]?["coding"]?.items.first?["code"]?.string
            }
            #expect(codes.sorted() == ["missing-dependency", "search-parameter-unused"], "\(answer.text)")

            let found = try await client.get(
                "StructureDefinition?url=https://clinic.example/StructureDefinition/patient"
            ).json
            #expect(found["total"]?.integer == 1)
            let definition = try #require(found["entry"]?.items.first?["resource"])
            #expect(definition["meta"]?["source"]?.string == "urn:martlet:package:clinic.example.forms#1.0.0")
            #expect(definition["id"]?.string?.hasPrefix("patient-") == true)
            let bySource = try await client.get("ValueSet?_source=urn:martlet:package:clinic.example.forms%231.0.0")
                .json
            #expect(bySource["total"]?.integer == 1)
            // What is in force at once: the code system for :in, the parameter for searches.
            _ = try await client.put(
                "Observation/o",
                #"""
                {"resourceType": "Observation", "id": "o", "status": "final",
                 "code": {"coding": [{"system": "https://clinic.example/CodeSystem/colours", "code": "red"}]}}
                """#
            )
            let matches = try await client.get("Observation?code:in=https://clinic.example/ValueSet/colours").json
            #expect(matches["total"]?.integer == 1)
            while try await server.store.reindexStep() != .idle {}
            _ = try await client.put(
                "Patient/p",
                #"{"resourceType": "Patient", "id": "p", "name": [{"use": "nickname", "given": ["Bo"]}]}"#)
            let named = try await client.get("Patient?nickname=bo")
            #expect(try named.json["total"]?.integer == 1, "\(named.text)")
            #expect(try await client.get("Patient/a").status == 404)
        }
    }

    @Test func versionsLieSideBySideAndLoadingTwiceChangesNothing() async throws {
        try await TestServer.with {
            $0.types = Self.types
        } _: { server in
            let client = server.client
            for (version, result) in [
                ("1.0.0", "loaded"), ("1.0.0", "unchanged"), ("1.1.0", "loaded"), ("1.0.0", "unchanged"),
            ] {
                let answer = try await Self.load(client, Self.package(version: version).archive)
                #expect(answer.text.contains(#""valueCode":"\#(result)""#), "\(answer.text)")
            }
            let url = "https://clinic.example/ValueSet/colours"
            #expect(try await client.get("ValueSet?url=\(url)").json["total"]?.integer == 2)
            #expect(try await client.get("ValueSet?url=\(url)&version=1.1.0").json["total"]?.integer == 1)
            #expect(try await client.get("ValueSet/_history").json["total"]?.integer == 2)

            // The same version with other content is refused, unless it is to be replaced.
            var other = Self.package()
            other.files.removeLast()
            other.add(
                "NamingSystem", id: "mrn",
                #"""
                "name": "MRN", "kind": "identifier", "date": "2026-01-01", "uniqueId": [{"type": "uri",
                 "value": "urn:x"}]
                """#
            )
            let refused = try await Self.load(client, other.archive)
            #expect(refused.status == 409 && refused.issueCodes == ["package-other-content"])
            let replaced = try await Self.load(client, other.archive, "?replace=true")
            #expect(replaced.text.contains(#""valueCode":"replaced""#), "\(replaced.text)")
            #expect(try await client.get("ValueSet?url=\(url)").json["total"]?.integer == 1)
            #expect(try await client.get("NamingSystem").json["total"]?.integer == 1)
            let packages = try await server.store.loadedPackages()
            #expect(packages.map(\.version) == ["1.1.0", "1.0.0"])
            #expect(packages.map(\.resourceCount) == [3, 3])
        }
    }

    @Test func whatBreaksRulesIsLeftOutAndSaid() async throws {
        try await TestServer.with {
            $0.types = Self.types
        } _: { server in
            var package = Self.package()
            package.add("ValueSet", id: "z", #""url": "urn:x", "colour": 1"#)
            let answer = try await Self.load(server.client, package.archive)
            #expect(answer.status == 200 && answer.text.contains("left-out"), "\(answer.text)")
            #expect(answer.text.contains("package/ValueSet-z.json") && answer.text.contains("ValueSet.colour"))
            #expect(try await server.client.get("ValueSet").json["total"]?.integer == 1)
            #expect(try await Self.load(server.client, package.archive).text.contains("unchanged"))
        }
    }

    @Test func examplesComeWhereAskedFor() async throws {
        try await TestServer.with {
            $0.types = Self.types
        } _: { server in
            let client = server.client
            _ = try await client.put("Patient/taken", #"{"resourceType": "Patient", "id": "taken", "active": true}"#)
            var package = Self.package()
            package.files.append(("example/Patient-a.json", #"{"resourceType": "Patient", "id": "a"}"#))
            package.files.append(("example/Patient-taken.json", #"{"resourceType": "Patient", "id": "taken"}"#))
            package.add("Questionnaire", id: "q", #""url": "https://clinic.example/Questionnaire/q""#)
            _ = try await Self.load(client, package.archive)
            #expect(try await client.get("Patient/a").status == 404)
            let answer = try await Self.load(client, package.archive, "?examples=true")
            #expect(answer.text.contains("example-exists"), "\(answer.text)")
            #expect(try await client.get("Patient/a").status == 200)
            #expect(try await client.get("Patient/taken").json["active"]?.bool == true)
            #expect(try await client.get("Questionnaire/q").status == 200)
            let again = try await Self.load(client, package.archive, "?examples=true")
            #expect(again.text.contains(#""valueCode":"unchanged""#))
        }
    }

    @Test func parametersMayHoldThePackage() async throws {
        try await TestServer.with {
            $0.types = Self.types
        } _: { server in
            let text = Self.base64(Self.package().archive)
            let answer = try await server.client.post(
                "$load-package",
                #"{"resourceType": "Parameters", "parameter": [{"name": "package", "valueBase64Binary": "\#(text)"}]}"#)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(try await server.client.get("CodeSystem").json["total"]?.integer == 1)
            let declared = try await server.client.get("metadata").json
            let operations = declared["rest"]?.items.first?["operation"]?.items.compactMap { $0["name"]?.string } ?? []
            #expect(operations.contains("load-package"))
            for (body, status) in [
                (#"{"resourceType": "Parameters"}"#, 400),
                (#"{"resourceType": "Parameters", "parameter": [{"name": "package", "valueString": "x"}]}"#, 400),
            ] {
                #expect(try await server.client.post("$load-package", body).status == status)
            }
        }
    }

    @Test func whatIsNoPackageIsRefusedAndChangesNothing() async throws {
        try await TestServer.with {
            $0.types = Self.types
        } _: { server in
            let client = server.client
            for (name, archive, status, code) in Self.hostile() {
                let answer = try await Self.load(client, archive)
                #expect(answer.status == status, "\(name): \(answer.status) \(answer.text)")
                #expect(answer.issueCodes.contains(code), "\(name): \(answer.text)")
            }
            for type in ["StructureDefinition", "CodeSystem", "ValueSet"] {
                #expect(try await client.get(type).json["total"]?.integer == 0, "\(type)")
            }
            #expect(try await server.store.loadedPackages().isEmpty)
            #expect(try await Self.load(client, Self.package().archive, type: "image/png").status == 415)
            #expect(try await Self.load(client, Self.package().archive, "?examples=perhaps").status == 400)
            #expect(try await client.get("$load-package").status == 405)
            #expect(try await Self.load(client, Self.package().archive).status == 200)
        }
    }

    private static func hostile() -> [(name: String, archive: [UInt8], status: Int, code: String)] {
        var cases: [(name: String, archive: [UInt8], status: Int, code: String)] = []
        func add(_ name: String, _ status: Int, _ code: String, _ change: (inout TestPackage) -> Void) {
            var package = Self.package()
            change(&package)
            cases.append((name, package.archive, status, code))
        }
        add("R5", 422, "package-other-version") { $0.manifest = #""fhirVersions": ["5.0.0"]"# }
        add("R4B", 422, "package-other-version") { $0.manifest = #""fhirVersions": ["4.3.0"]"# }
        add("R3 by dependency", 422, "package-other-version") {
            $0.manifest = #""dependencies": {"hl7.fhir.r3.core": "3.0.2"}"#
        }
        add("no name", 422, "package-invalid-manifest") { $0.name = "" }
        add("odd name", 422, "package-invalid-manifest") { $0.name = "a b" }
        add("broken JSON", 422, "package-invalid-resource") { $0.files.append(("ValueSet-z.json", "{")) }
        add("empty value", 422, "package-invalid-resource") { $0.add("ValueSet", id: "z", #""url": "x", "name": """#) }
        add("no id", 422, "package-invalid-resource") {
            $0.files.append(("ValueSet-z.json", #"{"resourceType": "ValueSet", "url": "urn:x", "status": "draft"}"#))
        }
        add("no url", 422, "package-invalid-resource") { $0.add("ValueSet", id: "z", #""name": "Z""#) }
        add("twice", 422, "package-invalid-resource") {
            $0.files.append(("again.json", $0.files[0].content))
        }
        add("path", 400, "package-unsafe-entry") { $0.files.append(("../../etc/x.json", "{}")) }
        var link = TarWriter()
        link.entry("package/package.json", [], type: "2")
        cases.append(("link", GzipWriter.compress(link.bytes) ?? [], 400, "package-unsafe-entry"))
        var bomb = TarWriter()
        bomb.file("package/package.json", Array(repeating: UInt8(ascii: " "), count: 65 << 20))
        cases.append(("bomb", GzipWriter.compress(bomb.bytes, level: 1) ?? [], 413, "package-too-large"))
        var bare = TarWriter()
        bare.file("package/x.json", #"{"a": 1}"#.utf8)
        cases.append(("no manifest", bare.bytes, 422, "package-invalid-manifest"))
        cases.append(("text", Array("no archive".utf8), 400, "package-not-an-archive"))
        cases.append(("cut", Array(Self.package().archive.dropLast(40)), 400, "package-not-an-archive"))
        return cases
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 { text.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : "=") }
        }
        return text
    }
}
