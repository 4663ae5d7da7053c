import FHIRDefinitions
import JSONTape
import Testing

@testable import FHIRSearch

@Suite struct SearchIndexerTests {
    private let indexer = SearchIndexer(definitions: .r4, baseURLs: ["https://clinic.example/fhir/"])

    private func entries(_ json: String) throws -> (entries: IndexEntries, index: TypeIndex) {
        let node = JSONNode(try Document.parse(json, limits: .fhir))
        let name = try #require(node["resourceType"]?.string)
        let type = try #require(FHIRDefinitions.r4.resourceType(named: name))
        let id = node["id"]?.string ?? "1"
        return (indexer.entries(for: node, type: type, id: id), indexer.index(of: type))
    }

    private func seed(_ index: TypeIndex, _ code: String) throws -> KeySeed {
        let parameter = try #require(index.parameters[code])
        return index.slots[try #require(parameter.slots.first)].seed
    }

    private func has(_ entries: IndexEntries, _ key: UInt64) -> Bool {
        entries.keys.contains(Int64(bitPattern: key))
    }

    @Test func codingLeavesFourKeysAndCaseIsFolded() throws {
        let (entries, index) = try entries(
            #"{"resourceType":"Observation","code":{"coding":[{"system":"http://loinc.org","code":"Abc-1"}]}}"#)
        let seed = try seed(index, "code").value
        #expect(has(entries, XXHash64.hash("abc-1", seed: seed + 1)))
        #expect(has(entries, XXHash64.hash("http://loinc.org|abc-1", seed: seed + 2)))
        #expect(has(entries, XXHash64.hash("http://loinc.org", seed: seed + 3)))
        #expect(!has(entries, XXHash64.hash("abc-1", seed: seed + 4)))
        // Observation.code is mandatory, so its presence is no news.
        #expect(entries.keys.count == 3)
    }

    @Test func codingWithoutSystemIsMarkedSo() throws {
        let (entries, index) = try entries(
            #"{"resourceType":"Patient","identifier":[{"value":"A\u0042"}],"gender":"male"}"#)
        let seed = try seed(index, "identifier").value
        #expect(has(entries, XXHash64.hash("ab", seed: seed + 1)))
        #expect(has(entries, XXHash64.hash("ab", seed: seed + 4)))
        #expect(has(entries, try self.seed(index, "identifier").presenceKey))
        #expect(has(entries, XXHash64.hash("male", seed: try self.seed(index, "gender").value + 1)))
        #expect(has(entries, XXHash64.hash("false", seed: try self.seed(index, "deceased").value + 1)))
    }

    @Test(arguments: [
        (#""deceasedBoolean":true"#, "true"), (#""deceasedBoolean":false"#, "false"),
        (#""deceasedDateTime":"2020""#, "true"), (#""active":true"#, "false"),
    ])
    func deceasedIsExistsAndNotFalse(member: String, expected: String) throws {
        let (entries, index) = try entries(#"{"resourceType":"Patient",\#(member)}"#)
        #expect(has(entries, XXHash64.hash(expected, seed: try seed(index, "deceased").value + 1)))
    }

    @Test(arguments: [
        "Patient/23", "Patient/23/_history/4", "https://clinic.example/fhir/Patient/23",
        "https://clinic.example/fhir/Patient/23/_history/1",
    ])
    func patientGoesIntoTheSubjectColumn(reference: String) throws {
        let (entries, _) = try entries(
            #"{"resourceType":"Observation","subject":{"reference":"\#(reference)"}}"#)
        #expect(entries.subject == Int64(bitPattern: XXHash64.hash("Patient/23")))
        #expect(entries.keys.isEmpty)
    }

    @Test(arguments: [
        ("Group/7", "Group/7"), ("urn:uuid:3f", "urn:uuid:3f"),
        ("http://other.example/fhir/Patient/23/_history/2", "http://other.example/fhir/Patient/23"),
        ("https://clinic.example/fhirs/Patient/23", "https://clinic.example/fhirs/Patient/23"),
    ])
    func otherTargetsAreKeys(reference: String, target: String) throws {
        let (entries, index) = try entries(
            #"{"resourceType":"Observation","subject":{"reference":"\#(reference)"}}"#)
        #expect(entries.subject == nil)
        let seed = try seed(index, "subject")
        #expect(has(entries, XXHash64.hash(target) ^ seed.referenceConstant))
        #expect(has(entries, seed.presenceKey))
    }

    @Test(arguments: ["#p1", "23", "Nothing/23", "patient/23"])
    func otherTextPointsAtNothing(reference: String) throws {
        let (entries, index) = try entries(
            #"{"resourceType":"Observation","subject":{"reference":"\#(reference)"}}"#)
        #expect(entries.subject == nil)
        #expect(entries.keys == [Int64(bitPattern: try seed(index, "subject").presenceKey)])
    }

    @Test func identifierOfAReference() throws {
        let (entries, index) = try entries(
            #"{"resourceType":"Observation","subject":{"identifier":{"system":"urn:x","value":"7"}}}"#)
        let seed = try seed(index, "subject")
        #expect(has(entries, XXHash64.hash("urn:x|7", seed: seed.identifier + 2)))
        #expect(has(entries, XXHash64.hash("7", seed: seed.identifier + 1)))
    }

    @Test func canonicalsAreFoundWithAndWithoutVersion() throws {
        let (entries, index) = try entries(
            #"{"resourceType":"QuestionnaireResponse","questionnaire":"http://x.example/q|2#f"}"#)
        let constant = try seed(index, "questionnaire").referenceConstant
        #expect(has(entries, XXHash64.hash("http://x.example/q") ^ constant))
        #expect(has(entries, XXHash64.hash("http://x.example/q|2") ^ constant))
    }

    @Test func partsOfNamesAreStoredOnce() throws {
        let (entries, index) = try entries(
            #"{"resourceType":"Patient","name":[{"family":"Müller","given":["Änne","B."],"prefix":["Dr."]}]}"#)
        let family = try #require(index.parameters["family"]).slots[0]
        #expect(entries.strings.count == 4)
        let entry = try #require(entries.strings.first { $0.parameter == index.slots[family].number })
        #expect(String(decoding: entry.norm, as: UTF8.self) == "muller")
        #expect(entry.key == Int64(bitPattern: XXHash64.hash("Müller", seed: index.slots[family].seed.value + 9)))
    }

    @Test(
        arguments: [
            (#""effectiveDateTime":"1970""#, 0, 365 * 86_400_000_000),
            (#""effectivePeriod":{"start":"1970-01-01"}"#, 0, Int64.max),
            (#""effectivePeriod":{"end":"1970-01-01"}"#, Int64.min, 86_400_000_000),
            (#""effectiveTiming":{"event":["1970-01-02","1970-01-01"]}"#, 0, 172_800_000_000),
            (
                #""effectiveTiming":{"repeat":{"boundsPeriod":{"start":"1970-01-01","end":"1970-01-01"}}}"#, 0,
                86_400_000_000
            ),
            (#""effectiveInstant":"1970-01-01T00:00:00.001Z""#, 1000, 2000),
        ] as [(String, Int64, Int64)])
    func mainDateGoesIntoColumns(member: String, low: Int64, high: Int64) throws {
        let (entries, _) = try entries(#"{"resourceType":"Observation",\#(member)}"#)
        #expect(entries.dateLow == low)
        #expect(entries.dateHigh == high)
    }

    @Test(arguments: [
        (#"{"value":5.40,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"}"#, "5.40", "5.40", 1),
        (#"{"value":5,"comparator":"<"}"#, "-Infinity", "49999999999995e-13", 0),
        (#"{"value":5,"comparator":">=","unit":"mm Hg","system":"u","code":"mm[Hg]"}"#, "5", "Infinity", 3),
    ])
    func mainQuantityGoesIntoColumns(quantity: String, low: String, high: String, unitCount: Int) throws {
        let (entries, _) = try entries(#"{"resourceType":"Observation","valueQuantity":\#(quantity)}"#)
        #expect(entries.quantityLow == low)
        #expect(entries.quantityHigh == high)
        #expect(entries.keys.count == unitCount)
    }

    @Test func componentsAreCombinedPerRepetition() throws {
        let (entries, index) = try entries(
            #"""
            {"resourceType":"Observation","component":[
              {"code":{"coding":[{"system":"s","code":"a"}]},"valueQuantity":{"value":1,"code":"u"}},
              {"code":{"coding":[{"system":"s","code":"b"}]},"valueQuantity":{"value":2,"code":"u"}}]}
            """#)
        let parameter = try #require(index.parameters["component-code-value-quantity"])
        guard case .slot(let number)? = parameter.alternatives.first else {
            Issue.record("no slot")
            return
        }
        let slot = index.slots[number]
        let code = XXHash64.hash("s|a", seed: 2)
        let key = Int64(bitPattern: XXHash64.combine(code, 0, seed: slot.seed.value))
        let rows = entries.numbers.filter { $0.parameter == slot.number && $0.key == key }
        #expect(rows.map(\.low) == ["1"])
    }

    @Test func absentOrExtendedOnlyElementsArePresentNowhere() throws {
        let (entries, _) = try entries(
            #"""
            {"resourceType":"Observation","status":"final","category":[{"extension":[{"url":"u","valueCode":"c"}]}],
             "_effectiveDateTime":{"extension":[{"url":"u","valueCode":"unknown"}]},"subject":{"id":"x"}}
            """#)
        #expect(entries.keys.count == 1)
        #expect(entries.dateLow == nil)
    }

    @Test func metaIsIndexedForEveryType() throws {
        let (entries, index) = try entries(
            #"""
            {"resourceType":"Basic","meta":{"profile":["http://p.example/x|1"],"source":"urn:s",
             "tag":[{"system":"t","code":"c"}],"security":[{"code":"R"}]}}
            """#)
        #expect(has(entries, XXHash64.hash("t|c", seed: try seed(index, "_tag").value + 2)))
        #expect(has(entries, XXHash64.hash("r", seed: try seed(index, "_security").value + 4)))
        #expect(has(entries, XXHash64.hash("urn:s", seed: try seed(index, "_source").value + 6)))
        #expect(has(entries, XXHash64.hash("http://p.example/x", seed: try seed(index, "_profile").value + 6)))
    }

    @Test func filtersSelectRepetitions() throws {
        let (entries, index) = try entries(
            #"""
            {"resourceType":"Patient","telecom":[{"system":"phone","value":"1"},{"system":"email","value":"A@b"}]}
            """#)
        #expect(has(entries, XXHash64.hash("1", seed: try seed(index, "phone").value + 1)))
        #expect(!has(entries, XXHash64.hash("a@b", seed: try seed(index, "phone").value + 1)))
        #expect(has(entries, XXHash64.hash("a@b", seed: try seed(index, "email").value + 1)))
        #expect(has(entries, XXHash64.hash("a@b", seed: try seed(index, "telecom").value + 1)))
    }

    @Test(arguments: [
        (#""effectiveDateTime":"2020-01-01""#, false), (#""effectiveDateTime":"2020-01""#, true),
        (#""effectivePeriod":{"start":"2020-01-01T10:00:00Z","end":"2020-01-01T11:00:00Z"}"#, false),
        (#""effectivePeriod":{"start":"2020-01-01"}"#, true), (#""effectivePeriod":{"end":"2020-01-01"}"#, true),
    ])
    func mainDatesOverADayAreMarked(member: String, isMarked: Bool) throws {
        let (entries, index) = try entries(#"{"resourceType":"Observation",\#(member)}"#)
        #expect(has(entries, try seed(index, "date").longSpanKey) == isMarked)
    }
}
