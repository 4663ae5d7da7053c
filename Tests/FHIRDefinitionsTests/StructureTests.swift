import Testing

@testable import FHIRDefinitions

@Suite("Types and elements")
struct StructureTests {
    let definitions = FHIRDefinitions.r4

    private func element(_ path: String) throws -> ElementDefinition {
        try #require(definitions.elements.first { $0.path == path })
    }

    private func typeNames(_ path: String) throws -> [String] {
        try element(path).types.map { definitions.name(of: $0.type) }
    }

    @Test func loadingIsMeasured() {
        let time = ContinuousClock().measure { _ = FHIRDefinitions(.embedded) }
        print("definitions loaded in \(time): \(definitions.types.count) types, \(definitions.elements.count) elements")
    }

    @Test func unknownTypesAreNil() {
        #expect(definitions.type(named: "Patiens") == nil)
        #expect(definitions.type(named: "") == nil)
        #expect(definitions.resourceType(named: "HumanName") == nil)
        #expect(definitions.resourceType(named: "DomainResource") == nil)
        #expect(definitions.resourceType(named: "Patient.contact") == nil)
    }

    @Test func concreteResourceTypesAreSorted() {
        let names = definitions.resourceTypes.map(definitions.name)
        #expect(names.count == 146)
        #expect(names == names.sorted())
        #expect(names.first == "Account")
        #expect(names.last == "VisionPrescription")
        for type in definitions.resourceTypes {
            #expect(definitions.resourceType(named: definitions.name(of: type)) == type)
        }
    }

    @Test func everyTypeIsFoundByItsName() {
        for (number, type) in definitions.types.enumerated() {
            #expect(definitions.type(named: type.name) == TypeID(rawValue: UInt16(number)))
            if let base = type.base { #expect(Int(base.rawValue) < number) }
        }
    }

    @Test func kindsAndBasesFollowTheStandard() throws {
        let patient = try #require(definitions.type(named: "Patient"))
        let contact = try #require(definitions.type(named: "Patient.contact"))
        let age = try #require(definitions.type(named: "Age"))
        let domainResource = try #require(definitions.type(named: "DomainResource"))
        let element = try #require(definitions.type(named: "Element"))
        let resource = try #require(definitions.type(named: "Resource"))
        #expect(definitions[patient].kind == .resource)
        #expect(definitions[contact].kind == .backbone)
        #expect(definitions[domainResource].isAbstract)
        #expect(definitions.isKind(patient, of: domainResource))
        #expect(definitions.isKind(patient, of: resource))
        #expect(!definitions.isKind(patient, of: element))
        #expect(definitions.isKind(contact, of: element))
        #expect(definitions[age].base.map(definitions.name) == "Quantity")
        #expect(definitions.types.count { $0.kind == .primitive } == 20)
        #expect(definitions.type(named: "Timing.repeat").flatMap { definitions[$0].base } == element)
    }

    @Test func elementsStandInTheStandardsOrder() throws {
        let patient = try #require(definitions.type(named: "Patient"))
        let names = definitions.elements(of: patient).map(\.name)
        #expect(
            names == [
                "id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension",
                "identifier", "active", "name", "telecom", "gender", "birthDate", "deceased", "address",
                "maritalStatus", "multipleBirth", "photo", "contact", "communication", "generalPractitioner",
                "managingOrganization", "link",
            ])
        #expect(definitions.elements(of: patient).map(\.order) == Array(names.indices))
        #expect(definitions.elements(of: patient).allSatisfy { $0.owner == patient })
    }

    @Test(arguments: [
        ("Patient.deceased[x]", ["boolean", "dateTime"]),
        (
            "Observation.value[x]",
            [
                "Quantity", "CodeableConcept", "string", "boolean", "integer", "Range", "Ratio", "SampledData", "time",
                "dateTime", "Period",
            ]
        ),
        ("Observation.component.referenceRange", ["Observation.referenceRange"]),
        ("Questionnaire.item.item", ["Questionnaire.item"]),
        ("Bundle.entry.resource", ["Resource"]),
        ("Bundle.entry.link", ["Bundle.link"]),
        ("Patient.id", ["id"]),
        ("Bundle.id", ["id"]),
        ("Period.id", ["string"]),
        ("Extension.url", ["uri"]),
        ("Narrative.div", ["xhtml"]),
    ])
    func typesOfElements(path: String, types: [String]) throws {
        #expect(try typeNames(path) == types)
    }

    @Test func extensionsTakeFiftyTypes() throws {
        #expect(try element("Extension.value[x]").types.count == 50)
    }

    @Test func cardinalitiesAndFlags() throws {
        let status = try element("Observation.status")
        #expect((status.min, status.max) == (1, 1))
        #expect(status.isSummary && status.isModifier)
        let name = try element("Patient.name")
        #expect(name.max == nil && name.isRepeating && name.isSummary && !name.isModifier)
        #expect(try !element("Patient.contact").isSummary)
        #expect(try element("SubstanceAmount.amount[x]").isChoice)
        #expect(try element("Patient.modifierExtension").isModifier)
        #expect(try element("Patient.contact.id").isAttribute)
        #expect(try !element("Patient.id").isAttribute)
    }

    @Test func referenceTargetsAndProfiles() throws {
        let subject = try element("Observation.subject").types[0]
        #expect(subject.targets.map(definitions.name) == ["Patient", "Group", "Device", "Location"])
        #expect(try element("Observation.focus").types[0].targets.isEmpty)
        let low = try element("Range.low").types[0]
        #expect(low.profiles == ["http://hl7.org/fhir/StructureDefinition/SimpleQuantity"])
    }

    @Test func bindings() throws {
        let gender = try #require(try element("Patient.gender").binding)
        #expect(gender.strength == .required)
        #expect(gender.valueSet == "http://hl7.org/fhir/ValueSet/administrative-gender")
        let language = try #require(try element("Patient.language").binding)
        #expect(language.strength == .preferred)
        #expect(language.maximumValueSet == "http://hl7.org/fhir/ValueSet/all-languages")
    }

    @Test func invariants() throws {
        let observation = try #require(definitions.type(named: "Observation"))
        #expect(definitions[observation].invariants.map(\.key).suffix(2) == ["obs-6", "obs-7"])
        let rule = try #require(try element("Patient.contact").invariants.last)
        #expect(rule.key == "pat-1")
        #expect(rule.severity == .error)
        #expect(rule.expression == "name.exists() or telecom.exists() or address.exists() or organization.exists()")
        #expect(definitions.invariants[rule.index].key == "pat-1")
        #expect(definitions.invariants.allSatisfy { !$0.key.contains("#") })
        #expect(definitions.invariants.contains { $0.severity == .warning })
    }

    @Test func patternsOfPrimitives() throws {
        let id = try #require(definitions.type(named: "id"))
        #expect(definitions[id].pattern == "[A-Za-z0-9\\-\\.]{1,64}")
    }
}
