import FHIRDefinitions
import Testing

@Suite("Search parameters and compartments")
struct SearchParameterTests {
    let definitions = FHIRDefinitions.r4

    private func parameter(_ code: String, _ type: String) throws -> SearchParameterDefinition? {
        definitions.searchParameter(code, of: try #require(definitions.type(named: type)))
    }

    @Test func unknownCodesAreNil() throws {
        #expect(try parameter("nope", "Patient") == nil)
        #expect(try parameter("birthdate", "Observation") == nil)
        #expect(try parameter("_text", "Bundle") == nil, "Bundle is no DomainResource")
        #expect(try parameter("part-agree", "Patient") == nil, "an example of the standard")
    }

    @Test func countsByType() {
        let counts = Dictionary(grouping: definitions.searchParameters, by: \.type).mapValues(\.count)
        print("search parameters: \(definitions.searchParameters.count)", counts)
        #expect(definitions.searchParameters.count == 1385)
        #expect(counts[.composite] == 46)
        #expect(counts[.special] == 2)
        #expect(definitions.searchParameters.map(\.index) == Array(definitions.searchParameters.indices))
        #expect(definitions.searchParameters.map(\.url) == definitions.searchParameters.map(\.url).sorted())
        #expect(definitions.searchParameters.allSatisfy { !$0.expression.isEmpty || $0.code.hasPrefix("_") })
    }

    @Test func ownAndInheritedParameters() throws {
        let patient = try #require(definitions.resourceType(named: "Patient"))
        let codes = definitions.searchParameters(of: patient).map(\.code)
        #expect(Set(codes).count == codes.count)
        #expect(Set(codes).isSuperset(of: ["birthdate", "name", "family", "_id", "_lastUpdated", "_text", "_content"]))
        #expect(codes.firstIndex(of: "birthdate")! < codes.firstIndex(of: "_id")!)  // both required to be there above
        for code in codes {
            #expect(definitions.searchParameter(code, of: patient)?.code == code)
        }
    }

    @Test func sharedDefinitionKeepsItsExpression() throws {
        let birthDate = try #require(try parameter("birthdate", "Patient"))
        #expect(birthDate.type == .date)
        #expect(birthDate.url == "http://hl7.org/fhir/SearchParameter/individual-birthdate")
        #expect(birthDate.expression == "Patient.birthDate | Person.birthDate | RelatedPerson.birthDate")
        #expect(birthDate.bases.map(definitions.name) == ["Patient", "Person", "RelatedPerson"])
        #expect(birthDate.comparators.contains("ge"))
        #expect(birthDate.multipleOr && birthDate.multipleAnd)
    }

    @Test func referenceTargets() throws {
        let patient = try #require(try parameter("patient", "Observation"))
        #expect(patient.targets.map(definitions.name).contains("Patient"))
        #expect(try #require(try parameter("focus", "Observation")).targets.isEmpty)
    }

    @Test func compositesNameTheirComponents() throws {
        let composite = try #require(try parameter("code-value-quantity", "Observation"))
        #expect(composite.type == .composite)
        #expect(composite.expression == "Observation")
        #expect(!composite.multipleOr)
        let parts = composite.components.map { definitions.searchParameters[$0.definition].code }
        #expect(parts == ["code", "value-quantity"])
        #expect(composite.components.map(\.expression) == ["code", "value.as(Quantity)"])
    }

    @Test func compartments() throws {
        #expect(
            definitions.compartments.map(\.code) == [
                "Device", "Encounter", "Patient", "Practitioner", "RelatedPerson",
            ])
        let patient = try #require(definitions.compartments.first { $0.code == "Patient" })
        let type = definitions.resourceType(named:)
        #expect(patient.parameters(for: try #require(type("Observation"))) == ["subject", "performer"])
        let allergy = try #require(type("AllergyIntolerance"))
        #expect(patient.parameters(for: allergy) == ["patient", "recorder", "asserter"])
        #expect(patient.parameters(for: try #require(type("Binary"))).isEmpty)
        #expect(patient.members.count == 66)
    }
}
