import FHIRServerTesting
import Glibc
import JSONTape
import Testing

/// `martlet load terminology` beside a server that runs, from files made in the publishers' shapes, and what the server
/// then knows.
@Suite struct LoadTerminologyTests {
    @Test func systemsFromFiles() async throws {
        let folder = try MartletProcess.makeFolder()
        let files = try TerminologyFiles(folder)
        let server = try await MartletProcess.serve(folder)
        let http = TestClient(port: server.httpPort)
        let icd = "http://hl7.org/fhir/sid/icd-10-cm"
        #expect(try await http.get("CodeSystem/$lookup?system=\(icd)&code=A00").status == 404)

        // What cannot be read is told, and nothing of it is kept.
        for (arguments, text) in [
            (["--system", "icd-11", files.icd], "icd-11"), (["--system", "loinc", folder + "/none"], "does not exist"),
            (["--system", "loinc", files.icd], "none of the files"),
            (["--system", "icd-10-cm", files.loinc], "no concepts"),
            (["--system", "snomed", files.icd], "no concepts"), (["--system", "icd-10-cm"], "files"),
        ] {
            let run = try await Self.load(arguments, folder)
            #expect(run.status != 0 && run.output.contains(text), "\(arguments): \(run.output)")
        }
        #expect(try await http.get("CodeSystem/$lookup?system=\(icd)&code=A00").status == 404)

        let terminal = try await MartletProcess.runOnTerminal(
            ["load", "terminology", "--data-dir", folder + "/data", "--system", "icd-10-cm", files.icd])
        #expect(terminal.status == 0 && terminal.output.contains("] 100 %"), "\(terminal.output)")
        for (arguments, count) in [
            (["--system", "icd-10-cm", "--version", "2024", files.icd], 4),
            (["--system", "loinc", "--version", "2.77", files.loinc, files.loincHierarchy], 4),
            (["--system", "snomed", files.snomed], 4),
            // Again, in the place of the same version.
            (["--system", "snomed", files.snomed], 4),
        ] {
            let run = try await Self.load(arguments, folder)
            #expect(run.status == 0 && run.output.contains(#""concepts":\#(count),"#), "\(arguments): \(run.output)")
            #expect(!run.output.contains("\r") && !run.output.contains("%"), "\(run.output)")
        }
        try await Self.askICD(http, icd)
        try await Self.askLOINC(http)
        try await Self.askSNOMED(http)
        try await Self.search(http)
        let systems = try await http.get("metadata?mode=terminology").json["codeSystem"]?.items ?? []
        let versions = systems.first { $0["uri"]?.string == icd }?["version"]?.items.map { $0["code"]?.string }
        #expect(versions == ["2024"])
        #expect(systems.count { $0["uri"]?.string == "http://loinc.org" } == 1)
        server.send(SIGTERM)
        #expect(try await server.ended() == 0)
    }

    private static func load(_ arguments: [String], _ folder: String) async throws -> (status: Int32, output: String) {
        try await MartletProcess.run(
            ["load", "terminology", "--data-dir", folder + "/data"] + arguments, in: folder)
    }

    private static func value(_ answer: TestResponse, _ name: String) throws -> String? {
        #expect(answer.status == 200, "\(answer.text)")
        let found = try answer.json["parameter"]?.items.first { $0["name"]?.string == name }
        let flag = found?["valueBoolean"]?.bool.map { $0 ? "true" : "false" }
        return flag ?? found?["valueString"]?.string ?? found?["valueCode"]?.string
    }

    private static func codes(_ answer: TestResponse) throws -> [String?] {
        #expect(answer.status == 200, "\(answer.text)")
        return try answer.json["expansion"]?["contains"]?.items.map { $0["code"]?.string } ?? []
    }

    private static func askICD(_ http: TestClient, _ icd: String) async throws {
        let found = try await http.get("CodeSystem/$lookup?system=\(icd)&code=A00.0")
        #expect(try value(found, "display") == "Cholera, biovar cholerae" && value(found, "version") == "2024")
        for (query, isRight) in [
            ("code=A00.0", "true"), ("code=A000", "false"), ("code=A00.0&display=Measles", "false"),
            ("code=A00.0&display=cholera,%20biovar%20CHOLERAE", "true"),
        ] {
            let answer = try await http.get("CodeSystem/$validate-code?url=\(icd)&\(query)")
            #expect(try value(answer, "result") == isRight, "\(query)")
        }
        for (left, right, outcome) in [
            ("A00", "A00.1", "subsumes"), ("A00.1", "A00", "subsumed-by"), ("A00", "A00", "equivalent"),
            ("A00.0", "A00.1", "not-subsumed"),
        ] {
            let answer = try await http.get("CodeSystem/$subsumes?system=\(icd)&codeA=\(left)&codeB=\(right)")
            #expect(try value(answer, "outcome") == outcome)
        }
    }

    private static func askLOINC(_ http: TestClient) async throws {
        let path = "ValueSet/$expand?url=http://loinc.org/vs"
        #expect(try codes(try await http.get(path)) == ["1-8", "2-6", "3-4", "LP1"])
        #expect(try codes(try await http.get(path + "&filter=gluc%20serum")) == ["1-8"])
        #expect(try codes(try await http.get(path + "&count=1&offset=1")) == ["2-6"])
        #expect(try codes(try await http.get(path + "&activeOnly=true&filter=urea")) == ["2-6"])
        let whole = try await http.get("CodeSystem/$lookup?system=http://loinc.org&code=2-6&property=CLASS")
        #expect(whole.text.contains(#""valueString":"CHEM, \n\"x\"""#), "\(whole.text)")
        let answer = try await http.get("CodeSystem/$subsumes?system=http://loinc.org&codeA=LP1&codeB=1-8")
        #expect(try value(answer, "outcome") == "subsumes")
    }

    private static func askSNOMED(_ http: TestClient) async throws {
        let isA = "ValueSet/$expand?url=http://snomed.info/sct?fhir_vs=isa/"
        #expect(try codes(try await http.get(isA + "20")) == ["20", "30", "40"])
        #expect(try codes(try await http.get(isA + "20&filter=mell")) == ["30"])
        #expect(try codes(try await http.get(isA + "20&activeOnly=true")) == ["20", "30"])
        let found = try await http.get("CodeSystem/$lookup?system=http://snomed.info/sct&code=30")
        #expect(try value(found, "display") == "Diabetes mellitus")
        #expect(try value(found, "version") == "http://snomed.info/sct/900000000000207008/version/20240101")
        let check = "ValueSet/$validate-code?url=http://snomed.info/sct?fhir_vs=isa/20&system=http://snomed.info/sct"
        #expect(try value(try await http.get(check + "&code=30"), "result") == "true")
        #expect(try value(try await http.get(check + "&code=10"), "result") == "false")
    }

    private static func search(_ http: TestClient) async throws {
        for code in ["10", "20", "30", "99"] {
            let body = """
                {"resourceType":"Condition","id":"c\(code)","subject":{"display":"x"},\
                "code":{"coding":[{"system":"http://snomed.info/sct","code":"\(code)"}]}}
                """
            #expect(try await http.put("Condition/c\(code)", body).status == 201)
        }
        for (query, expected) in [
            ("code:below=http://snomed.info/sct%7C20", ["c20", "c30"]),
            ("code:above=http://snomed.info/sct%7C20", ["c10", "c20"]),
            ("code:in=http://snomed.info/sct?fhir_vs=isa/20", ["c20", "c30"]),
            ("code:not-in=http://snomed.info/sct?fhir_vs=isa/20", ["c10", "c99"]),
        ] {
            let answer = try await http.get("Condition?_sort=_id&\(query)")
            let ids = try answer.json["entry"]?.items.compactMap { $0["resource"]?["id"]?.string } ?? []
            #expect(ids.sorted() == expected, "\(query): \(answer.text)")
        }
    }
}

/// Files as the publishers make them, with four concepts each.
private struct TerminologyFiles {
    let icd: String
    let loinc: String
    let loincHierarchy: String
    /// A folder.
    let snomed: String

    init(_ folder: String) throws {
        icd = folder + "/icd10cm_order_2024.txt"
        loinc = folder + "/Loinc.csv"
        loincHierarchy = folder + "/ComponentHierarchyBySystem.csv"
        snomed = folder + "/Terminology"
        func order(_ number: Int, _ code: String, _ flag: Int, _ text: String) -> String {
            func fill(_ text: String, _ width: Int) -> String {
                text + String(repeating: " ", count: width - text.count)
            }
            return "0000\(number) \(fill(code, 7)) \(flag) \(fill(text, 60)) \(text)\n"
        }
        try Self.write(
            order(1, "A00", 0, "Cholera") + order(2, "A000", 1, "Cholera, biovar cholerae")
                + order(3, "A001", 1, "Cholera, biovar eltor") + order(4, "A01", 0, "Typhoid fever"), to: icd)
        // With a mark of byte order, and a line end in a field.
        try Self.write(
            #"""
            \#u{FEFF}"LOINC_NUM","COMPONENT","CLASS","STATUS","LONG_COMMON_NAME"\#r
            "1-8","Glucose","CHEM","ACTIVE","Glucose in Serum"\#r
            "2-6","Urea","CHEM, \#n""x""","ACTIVE","Urea in Serum"\#r
            "3-4","Urea","CHEM","DEPRECATED","Urea, old"\#r

            """#, to: loinc)
        try Self.write(
            """
            PATH_TO_ROOT,SEQUENCE,IMMEDIATE_PARENT,CODE,CODE_TEXT
            ,1,,LP1,Sugars
            LP1,1,LP1,1-8,Glucose in Serum

            """, to: loincHierarchy)
        try #require(mkdir(snomed, 0o755) == 0)
        func table(_ name: String, _ columns: String, _ lines: [String]) throws {
            let text = ([columns] + lines).map { $0.split(separator: " ").joined(separator: "\t") + "\r\n" }.joined()
            try Self.write(text.replacing("_", with: " "), to: "\(snomed)/sct2_\(name)_Snapshot_INT_20240101.txt")
        }
        try table(
            "Concept", "id effectiveTime active moduleId definitionStatusId",
            [10, 20, 30].map { "\($0) 20240101 1 900 900000000000074008" } + ["40 20230101 0 900 900000000000074008"])
        let texts = [(10, "Finding"), (20, "Disease"), (30, "Diabetes_mellitus"), (40, "Old_disease")]
        try table(
            "Description", "id effectiveTime active moduleId conceptId languageCode typeId term caseSignificanceId",
            texts.map { "1\($0.0) 20240101 1 900 \($0.0) en 900000000000013009 \($0.1) 900" }
                + texts.map { "2\($0.0) 20240101 1 900 \($0.0) en 900000000000003001 \($0.1)_(x) 900" })
        try table(
            "Relationship",
            "id effectiveTime active moduleId sourceId destinationId relationshipGroup typeId "
                + "characteristicTypeId modifierId",
            [(20, 10), (30, 20), (40, 20)].map { "3 20240101 1 900 \($0.0) \($0.1) 0 116680003 900 900" })
        // Files of releases that hold nothing of concepts.
        try table("Refset", "id effectiveTime active refsetId", ["1 20240101 1 900"])
    }

    private static func write(_ text: String, to path: String) throws {
        let file = try #require(fopen(path, "w"))
        defer { fclose(file) }
        let bytes = Array(text.utf8)
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }
}
