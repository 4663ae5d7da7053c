import FHIRDefinitions
import FHIRSearch
import Testing

@Suite struct CompartmentTests {
    private let definitions = FHIRDefinitions.r4

    private var builder: PredicateBuilder { PredicateBuilder(indexer: SearchIndexer(definitions: definitions), now: 0) }

    private func type(_ name: String) throws -> TypeID { try #require(definitions.resourceType(named: name)) }

    private func compartment(_ focus: String, _ type: String) throws -> SearchPredicate? {
        builder.compartment(try self.type(focus), id: "23", in: try self.type(type))
    }

    /// No definition may be passed over silently: it would leave resources out.
    @Test func everyParameterOfTheDefinitionsLeadsToThePredicate() throws {
        let indexer = SearchIndexer(definitions: definitions)
        let builder = PredicateBuilder(indexer: indexer, now: 0)
        #expect(
            definitions.compartments.map(\.code) == ["Device", "Encounter", "Patient", "Practitioner", "RelatedPerson"])
        for compartment in definitions.compartments {
            let focus = try type(compartment.code)
            for member in compartment.members {
                for code in member.parameters where code != "{def}" {
                    let place = Comment(
                        rawValue: "\(compartment.code): \(definitions.name(of: member.resource)).\(code)")
                    let index = indexer.index(of: member.resource)
                    let parameter = try #require(index.parameters[code], place)
                    #expect(!builder.links(of: parameter, in: index, to: focus).isEmpty, place)
                }
                let predicate = try #require(builder.compartment(focus, id: "23", in: member.resource))
                #expect(predicate != .never && predicate != .always)
            }
        }
    }

    @Test func typesOutsideAreTold() throws {
        #expect(try compartment("Patient", "Organization") == nil)
        #expect(try compartment("Organization", "Patient") == nil)
        #expect(builder.compartmentTypes(try type("Organization")).isEmpty)
        let types = builder.compartmentTypes(try type("Patient")).map { definitions.name(of: $0) }
        #expect(types.contains("Observation") && types.contains("Patient") && !types.contains("Medication"))
    }

    @Test func theFocusBelongsToItsCompartment() throws {
        #expect(try compartment("Encounter", "Encounter") == .ids(["23"]))
        guard case .any(let ways)? = try compartment("Patient", "Patient") else {
            Issue.record("a patient is found by id and by link")
            return
        }
        #expect(ways.contains(.ids(["23"])))
    }
}
