import Testing

@testable import FHIRTerminology

/// Lines of publishers' files, made for these tests in the publishers' shapes.
@Suite struct DistributionTests {
    @Test func linesThatAreNothing() {
        #expect(LOINCTable(header: "a,b,c") == nil)
        #expect(LOINCTable(header: "LOINC_NUM,LONG_COMMON_NAME")?.concept(",x") == nil)
        #expect(LOINCTable.hierarchy("PATH_TO_ROOT,SEQUENCE,IMMEDIATE_PARENT,CODE,CODE_TEXT") == nil)
        #expect(LOINCTable.hierarchy("a,b") == nil)
        #expect(SNOMEDRelease.file(header: "id\tname") == nil)
        var release = SNOMEDRelease()
        for file in [SNOMEDRelease.File.concepts, .descriptions, .relationships] {
            let isTaken = release.add("1\t2", from: file)
            #expect(!isTaken)
        }
        var order = ICD10Order()
        for line in ["", "A00", "xxxxx A00     0 Cholera", "00001 A00     x Cholera", "00001 A       0 Cholera"] {
            #expect(order.concept(line) == nil, "\(line)")
        }
    }

    @Test(arguments: [
        ("a,b,c", ["a", "b", "c"]), ("", [""]), (",", ["", ""]), (#""a,b",c"#, ["a,b", "c"]),
        (#""a""b",c"#, [#"a"b"#, "c"]),
        (#""","""#, ["", ""]), (#"a"b,c"#, [#"a"b"#, "c"]), (#""a"#, ["a"]),
    ])
    func commas(line: String, fields: [String]) {
        #expect(SeparatedLine.commas(line) == fields)
    }

    @Test func loinc() throws {
        let table = try #require(
            LOINCTable(header: #""LOINC_NUM","COMPONENT","CLASS","STATUS","SHORTNAME","LONG_COMMON_NAME""#))
        let line = #""1-8","Glucose","CHEM","DEPRECATED","Gluc","Glucose, in ""blood""""#
        let concept = try #require(table.concept(line))
        #expect(concept.code == "1-8" && concept.display == #"Glucose, in "blood""# && concept.isInactive)
        #expect(concept.designations.map(\.value) == ["Gluc"])
        let properties = concept.properties.map { "\($0.name)=\($0.value)" }
        #expect(properties == ["COMPONENT=Glucose", "CLASS=CHEM", "STATUS=DEPRECATED"])
        let link = try #require(LOINCTable.hierarchy(#""LP1.LP2",1,"LP2","1-8","Glucose""#))
        #expect(link.code == "1-8" && link.parent == "LP2" && link.text == "Glucose")
    }

    @Test func snomed() {
        var release = SNOMEDRelease()
        let synonym = "900000000000013009"
        let lines: [(String, SNOMEDRelease.File)] = [
            ("10\t20240101\t1\tm\t900000000000074008", .concepts),
            ("11\t20230101\t0\tm\t900000000000073002", .concepts),
            ("1\t20240101\t1\tm\t10\ten\t900000000000003001\tDisease (disorder)\tc", .descriptions),
            ("2\t20240101\t1\tm\t10\ten\t\(synonym)\tDisease\tc", .descriptions),
            ("8\t20240101\t1\tm\t10\ten\t900000000000550004\tWhat ails.\tc", .descriptions),
            ("3\t20240101\t0\tm\t10\ten\t\(synonym)\tOld\tc", .descriptions),
            ("4\t20240101\t1\tm\t11\tsv\t\(synonym)\tSjukdom\tc", .descriptions),
            ("5\t20240101\t1\tm\t11\t10\t0\t116680003\tc\tm", .relationships),
            ("6\t20240101\t0\tm\t11\t12\t0\t116680003\tc\tm", .relationships),
            ("7\t20240101\t1\tm\t11\t99\t0\t363698007\tc\tm", .relationships),
        ]
        for (line, file) in lines {
            let isTaken = release.add(line, from: file)
            #expect(isTaken)
        }
        #expect(release.newest == "20240101")
        let concepts = release.finish()
        #expect(concepts.map(\.code) == ["10", "11"])
        #expect(concepts[0].display == "Disease" && !concepts[0].isInactive && concepts[0].designations.count == 2)
        #expect(concepts[1].display == "Sjukdom" && concepts[1].isInactive && concepts[1].parents == ["10"])
        #expect(concepts[1].properties.last == .init(name: "363698007", value: "99"))
    }

    @Test func icd10() {
        func line(_ number: String, _ code: String, _ flag: String, _ short: String, _ long: String) -> String {
            func fill(_ text: String, _ width: Int) -> String {
                text + String(repeating: " ", count: width - text.count)
            }
            return "\(number) \(fill(code, 7)) \(flag) \(fill(short, 60)) \(long)"
        }
        var order = ICD10Order()
        let concepts = [
            line("00001", "A00", "0", "Cholera", "Cholera"),
            line("00002", "A000", "1", "Chol 01", "Cholera, biovar 01"),
            line("00003", "A001", "1", "Chol", "Cholera, eltor"), line("00004", "A01", "0", "Typhoid", "Typhoid fever"),
        ].compactMap { order.concept($0) }
        #expect(concepts.map(\.code) == ["A00", "A00.0", "A00.1", "A01"])
        #expect(concepts.map(\.parents) == [[], ["A00"], ["A00"], []])
        #expect(concepts[1].display == "Cholera, biovar 01" && concepts[1].designations.map(\.value) == ["Chol 01"])
        #expect(concepts[1].properties == [.init(name: "billable", value: "true")])
    }
}
