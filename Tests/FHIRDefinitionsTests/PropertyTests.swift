import Testing

@testable import FHIRDefinitions

@Suite("JSON properties")
struct PropertyTests {
    let definitions = FHIRDefinitions.r4

    private func property(_ key: String, _ type: String) throws -> Property? {
        definitions.property(named: key, of: try #require(definitions.type(named: type)))
    }

    @Test(arguments: [
        ("Patient", "value"), ("Patient", ""), ("Patient", "_"), ("Patient", "__birthDate"), ("Patient", "deceased"),
        ("Patient", "_name"), ("Patient", "birthdate"), ("Patient", "deceasedString"), ("Patient", "deceasedDatetime"),
        ("Observation", "value[x]"), ("Observation", "_valueQuantity"), ("Extension", "_url"), ("Period", "_id"),
        ("Narrative", "_div"), ("string", "value"), ("Patient.contact", "birthDate"), ("Patient", "resourceType"),
    ])
    func unknownPropertiesAreNil(type: String, key: String) throws {
        #expect(try property(key, type) == nil)
    }

    @Test(arguments: [
        ("Patient", "birthDate", "Patient.birthDate", "date", false),
        ("Patient", "_birthDate", "Patient.birthDate", "date", true),
        ("Patient", "_id", "Patient.id", "id", true),
        ("Patient", "deceasedDateTime", "Patient.deceased[x]", "dateTime", false),
        ("Patient", "_deceasedBoolean", "Patient.deceased[x]", "boolean", true),
        ("Patient", "contact", "Patient.contact", "Patient.contact", false),
        ("Patient.contact", "gender", "Patient.contact.gender", "code", false),
        ("Observation", "valueQuantity", "Observation.value[x]", "Quantity", false),
        ("Observation.component", "valueSampledData", "Observation.component.value[x]", "SampledData", false),
        (
            "Observation.component", "referenceRange", "Observation.component.referenceRange",
            "Observation.referenceRange", false
        ),
        ("Questionnaire.item", "item", "Questionnaire.item.item", "Questionnaire.item", false),
        ("Extension", "valueBase64Binary", "Extension.value[x]", "base64Binary", false),
        ("Bundle.entry", "resource", "Bundle.entry.resource", "Resource", false),
        ("string", "extension", "string.extension", "Extension", false),
        ("Element", "id", "Element.id", "string", false),
    ])
    func propertiesAreFound(type: String, key: String, path: String, value: String, isCompanion: Bool) throws {
        let property = try #require(try property(key, type))
        #expect(definitions[property.element].path == path)
        #expect(definitions.name(of: property.type) == value)
        #expect(property.isCompanion == isCompanion)
    }

    @Test func everyElementOfEveryTypeIsFound() throws {
        var count = 0
        for (number, type) in definitions.types.enumerated() {
            let owner = TypeID(rawValue: UInt16(number))
            for position in type.elements {
                let element = definitions.elements[position]
                if type.kind == .primitive, element.name == "value" { continue }
                #expect(!element.types.isEmpty, "\(element.path)")
                for candidate in element.types {
                    var key = element.name
                    let name = definitions.name(of: candidate.type)
                    if element.isChoice { key += name.prefix(1).uppercased() + name.dropFirst() }
                    let expected = Property(
                        element: ElementID(rawValue: UInt16(position)), type: candidate.type, isCompanion: false)
                    #expect(definitions.property(named: key, of: owner) == expected, "\(type.name) \(key)")
                    let isPrimitive = definitions[candidate.type].kind == .primitive && name != "xhtml"
                    let companion = definitions.property(named: "_" + key, of: owner)
                    #expect((companion != nil) == (isPrimitive && !element.isAttribute), "\(type.name) _\(key)")
                    count += 1
                }
            }
        }
        print("\(count) properties looked up")
        #expect(count > 8000)
    }

    @Test func resourceTypesAreFoundByBytes() {
        let found = Array("Observation".utf8).withUnsafeBufferPointer { definitions.resourceType(utf8: $0) }
        #expect(found.map(definitions.name) == "Observation")
    }
}
