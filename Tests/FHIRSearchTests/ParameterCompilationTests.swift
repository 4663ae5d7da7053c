import FHIRDefinitions
import Testing

@testable import FHIRSearch

@Suite struct ParameterCompilationTests {
    private let indexer = SearchIndexer(definitions: .r4)

    /// Parameters that have no meaning for an index of this kind: no expression, a search of its own, or an
    /// expression that names an element which R4 does not have.
    private static let withoutIndex: [String: String] = [
        "_content": "full text, no expression",
        "_text": "full text, no expression",
        "_query": "named queries, no expression",
        "_filter": "a language of its own",
        "near": "special, distances",
    ]

    @Test func everyParameterOfEveryTypeCompiles() {
        var compiledCount = 0
        for type in FHIRDefinitions.r4.resourceTypes {
            let index = indexer.index(of: type)
            compiledCount += index.parameters.count
            for (code, error) in index.failures where Self.withoutIndex[code] == nil {
                Issue.record("\(index.name).\(code): \(error.message)")
            }
        }
        print("search parameters compiled, over all types: \(compiledCount)")
        #expect(compiledCount > 2000)
    }

    @Test func numbersAndSeedsOfParametersAreDistinct() {
        var urls: [Int32: String] = [:]
        for parameter in FHIRDefinitions.r4.searchParameters {
            let number = KeySeed(url: parameter.url).parameterNumber
            #expect(urls[number] == nil, "\(parameter.url) and \(urls[number] ?? "") share a number")
            urls[number] = parameter.url
        }
    }

    @Test func aliasesShareSlots() throws {
        let observation = indexer.index(of: try #require(FHIRDefinitions.r4.resourceType(named: "Observation")))
        let patient = try #require(observation.parameters["patient"])
        let subject = try #require(observation.parameters["subject"])
        #expect(patient.slots == subject.slots)
        #expect(patient.refersTo == FHIRDefinitions.r4.resourceType(named: "Patient"))
        let code = try #require(observation.parameters["code"]).slots
        let componentCode = try #require(observation.parameters["component-code"]).slots
        #expect(Set(try #require(observation.parameters["combo-code"]).slots) == Set(code + componentCode))
        let person = indexer.index(of: try #require(FHIRDefinitions.r4.resourceType(named: "Patient")))
        let name = try #require(person.parameters["name"])
        #expect(name.slots.count == 3)
        #expect(Set(name.slots).isSuperset(of: person.parameters["family"]?.slots ?? [-1]))
    }

    @Test(arguments: [
        ("Observation", IndexPlan(hasSubject: true, dateParameter: "date", quantityParameter: "value-quantity")),
        ("Patient", IndexPlan(hasSubject: false, dateParameter: "birthdate", quantityParameter: nil)),
        ("Encounter", IndexPlan(hasSubject: true, dateParameter: "date", quantityParameter: nil)),
        ("Condition", IndexPlan(hasSubject: true, dateParameter: "onset-date", quantityParameter: nil)),
        ("Appointment", IndexPlan(hasSubject: false, dateParameter: "date", quantityParameter: nil)),
        ("Slot", IndexPlan(hasSubject: false, dateParameter: "start", quantityParameter: nil)),
        ("Invoice", IndexPlan(hasSubject: true, dateParameter: "date", quantityParameter: "totalnet")),
        ("MedicationRequest", IndexPlan(hasSubject: true, dateParameter: "authoredon", quantityParameter: nil)),
    ])
    func planOfColumns(typeName: String, plan: IndexPlan) throws {
        let type = try #require(FHIRDefinitions.r4.resourceType(named: typeName))
        #expect(IndexPlan.plan(for: type, in: .r4) == plan)
    }

    @Test(arguments: ["Patient.name.", "Patient.name.foo('x')", "Patient.where(", "a and b", "(Patient.name"])
    func malformedExpressionsAreRefused(expression: String) {
        #expect(throws: SearchError.self) { try SearchPathParser.parse(expression) }
    }
}
