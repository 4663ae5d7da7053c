import FHIRDefinitions
import Testing

@Suite("Codes of value sets")
struct ValueSetTests {
    let definitions = FHIRDefinitions.r4

    @Test(arguments: ["mimetypes", "ucum-units", "currencies", "jurisdiction", "nope"])
    func codesOfOpenValueSetsAreNotKnown(name: String) {
        let url = "http://hl7.org/fhir/ValueSet/\(name)"
        #expect(definitions.codes(ofValueSet: url) == nil)
        #expect(Array("a".utf8).withUnsafeBufferPointer { definitions.contains($0, valueSet: url) } == nil)
    }

    @Test func genders() throws {
        let url = "http://hl7.org/fhir/ValueSet/administrative-gender"
        let codes = try #require(definitions.codes(ofValueSet: url + "|4.0.1"))
        #expect(codes.groups.map(\.system) == ["http://hl7.org/fhir/administrative-gender"])
        #expect(codes.codes == ["male", "female", "other", "unknown"])
        #expect(codes.contains("male") && !codes.contains("Male"))
        #expect(codes.contains("male", system: "http://hl7.org/fhir/administrative-gender"))
        #expect(!codes.contains("male", system: "urn:x"))
        for code in ["male", "female", "mal", "malee"] {
            let found = Array(code.utf8).withUnsafeBufferPointer { definitions.contains($0, valueSet: url) }
            #expect(found == codes.contains(code))
        }
        #expect(UnsafeBufferPointer<UInt8>(start: nil, count: 0).isEmpty)
        #expect(definitions.contains(UnsafeBufferPointer(start: nil, count: 0), valueSet: url) == false)
    }

    @Test func severalSystems() throws {
        let codes = try #require(definitions.codes(ofValueSet: "http://hl7.org/fhir/ValueSet/marital-status"))
        #expect(codes.contains("M", system: "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus"))
        #expect(codes.contains("UNK", system: "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"))
    }

    @Test func filtersOverAHierarchy() throws {
        let url = "http://terminology.hl7.org/ValueSet/v3-ActEncounterCode"
        let codes = try #require(definitions.codes(ofValueSet: url)).codes
        #expect(Set(codes).isSuperset(of: ["AMB", "EMER", "IMP", "ACUTE", "VR"]))
        #expect(!codes.contains("_ActEncounterCode"), "the composition excludes it")
    }

    @Test func nestedValueSets() throws {
        let codes = try #require(definitions.codes(ofValueSet: "http://hl7.org/fhir/ValueSet/all-types")).codes
        #expect(Set(codes).isSuperset(of: ["Patient", "HumanName", "Any"]))
    }

    @Test func everyRequiredBindingOfACodeIsKnownOrListedHere() {
        var open: Set<String> = []
        for element in definitions.elements {
            guard let binding = element.binding, binding.strength == .required else { continue }
            if definitions.codes(ofValueSet: binding.valueSet) == nil { open.insert(binding.valueSet) }
        }
        let names = open.map { $0.split(separator: "/").last ?? "" }.sorted()
        #expect(names == ["LL379-9", "currencies", "mimetypes", "ucum-units"])
    }
}
