import FHIRModel
import Foundation
import JSONTape
import Testing

@Suite("Reading and writing models")
struct ModelTests {
    @Test(arguments: [
        (#"{"resourceType":"Patient","colour":"red"}"#, FHIRModelError.Code.unknownProperty, "Patient.colour"),
        (
            #"{"resourceType":"Patient","contact":[{"name":{"text":"a"}},{"name":{"famly":"b"}}]}"#, .unknownProperty,
            "Patient.contact[1].name.famly"
        ),
        (#"{"resourceType":"Patient","deceasedString":"x"}"#, .unknownProperty, "Patient.deceasedString"),
        (#"{"resourceType":"Patient","_contact":[{"id":"x"}]}"#, .unknownProperty, "Patient._contact"),
        (#"{"resourceType":"Patient","active":"true"}"#, .wrongKind, "Patient.active"),
        (#"{"resourceType":"Patient","name":{"text":"a"}}"#, .wrongKind, "Patient.name"),
        (#"{"resourceType":"Patient","name":["a"]}"#, .wrongKind, "Patient.name[0]"),
        (#"{"resourceType":"Patient","name":[{"given":[1]}]}"#, .wrongKind, "Patient.name[0].given[0]"),
        (#"{"resourceType":"Patient","name":[null]}"#, .wrongKind, "Patient.name[0]"),
        (#"{"resourceType":"Patient","birthDate":["2020"]}"#, .wrongKind, "Patient.birthDate"),
        (#"{"resourceType":"Patient","birthDate":"2020-02-30"}"#, .invalidValue, "Patient.birthDate"),
        (#"{"resourceType":"Patient","deceasedDateTime":"soon"}"#, .invalidValue, "Patient.deceased"),
        (#"{"resourceType":"Patient","multipleBirthInteger":1.5}"#, .invalidValue, "Patient.multipleBirth"),
        (#"{"resourceType":"Patient","_birthDate":{"nope":1}}"#, .unknownProperty, "Patient.birthDate.nope"),
        (#"{"resourceType":"Patient","contained":[{"id":"x"}]}"#, .wrongResourceType, "Patient.contained[0]"),
        (#"{"resourceType":"Patient","contained":[{"resourceType":"X"}]}"#, .wrongResourceType, "Patient.contained[0]"),
        (
            #"{"resourceType":"Patient","contained":[{"resourceType":"Slot","start":1}]}"#, .wrongKind,
            "Patient.contained[0].start"
        ),
        (#"{"resourceType":"Slot"}"#, .wrongResourceType, "Patient"),
        (#"{"id":"x"}"#, .wrongResourceType, "Patient"),
        (#"["x"]"#, .wrongKind, "Patient"),
        (#"{"resourceType":"Patient""#, .invalidJSON, ""),
        (#"{"resourceType":"Patient","name":[]}"#, .invalidJSON, ""),
    ])
    func errorsSayWhatAndWhere(text: String, code: FHIRModelError.Code, expression: String) throws {
        let error = try #require(throws: FHIRModelError.self) { try Patient(json: Array(text.utf8)) }
        #expect(error.code == code)
        #expect(error.expression == expression)
    }

    @Test func modelsAreWrittenInTheStandardsOrder() throws {
        var patient = Patient()
        var name = HumanName()
        name.family = "Chalmers"
        name.given = ["Peter", "James"]
        patient.name = [name]
        patient.deceased = .boolean(false)
        patient.id = "example"
        patient.maritalStatus = CodeableConcept()
        patient.maritalStatus?.text = "married"
        patient.birthDate = FHIRDate("1974-12-25")
        let text = String(decoding: patient.json, as: UTF8.self)
        #expect(
            text == #"{"resourceType":"Patient","id":"example","#
                + #""name":[{"family":"Chalmers","given":["Peter","James"]}],"#
                + #""birthDate":"1974-12-25","deceasedBoolean":false,"maritalStatus":{"text":"married"}}"#)
        #expect(try Patient(json: patient.json) == patient)
    }

    @Test func choicesAreEnums() throws {
        let text = #"{"resourceType":"Observation","valueQuantity":{"value":7.20},"component":[{"valueString":"a"}]}"#
        let observation = try Observation(json: Array(text.utf8))
        guard case .quantity(let quantity) = observation.value else {
            Issue.record("not a quantity")
            return
        }
        #expect(quantity.value?.text == "7.20")
        #expect(observation.component.first?.value == .string("a"))
    }

    @Test func copiesAreIndependent() {
        var first = Observation()
        first.code = CodeableConcept()
        var second = first
        second.code?.text = "changed"
        #expect(first.code?.text == nil)
        #expect(second.code?.text == "changed")
        #expect(first != second)
        #expect(Set([first, second, first]).count == 2)
    }

    @Test func resourcesOfAnyType() throws {
        let text =
            #"{"resourceType":"Bundle","type":"collection","entry":["#
            + #"{"resource":{"resourceType":"Patient","id":"p"}},"#
            + #"{"resource":{"resourceType":"Goal","id":"g","startDate":"2020"}}]}"#
        let bundle = try FHIRBundle(json: Array(text.utf8))
        #expect(bundle.entry.map { $0.resource?.type } == ["Patient", "Goal"])
        #expect(bundle.entry.map { $0.resource?.id } == ["p", "g"])
        #expect(bundle.entry[0].resource?.as(Patient.self)?.id == "p")
        #expect(bundle.entry[0].resource?.as(Slot.self) == nil)
        #expect(bundle.entry[1].resource?.as(Patient.self) == nil)
        #expect(String(decoding: bundle.json, as: UTF8.self) == text)
        #expect(throws: FHIRModelError(.wrongResourceType)) { try AnyResource(json: Array(#"{"id":"x"}"#.utf8)) }
    }

    @Test func codableGoesByTheJSON() throws {
        let text =
            #"{"active":true,"birthDate":"1970","multipleBirthInteger":2,"name":[{"given":["Ann"]}],"#
            + #""resourceType":"Patient"}"#
        let patient = try JSONDecoder().decode(Patient.self, from: Data(text.utf8))
        #expect(patient.birthDate?.parts.year == 1970)
        #expect(patient.multipleBirth == .integer(2))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(patient), as: UTF8.self) == text)
        #expect(throws: FHIRModelError.self) {
            try JSONDecoder().decode(Period.self, from: Data(#"{"begin":"2020"}"#.utf8))
        }
        let quantity = try JSONDecoder().decode(Quantity.self, from: Data(#"{"value":1.5,"unit":"mg"}"#.utf8))
        #expect(quantity.value == FHIRDecimal("1.5"))
    }

    @Test func valuesAreSmall() {
        print(
            "sizes in bytes: Extension \(MemoryLayout<Extension>.size), Patient \(MemoryLayout<Patient>.size),",
            "Observation \(MemoryLayout<Observation>.size), Encounter \(MemoryLayout<Encounter>.size),",
            "ElementDefinition \(MemoryLayout<ElementDefinition>.size), AnyResource \(MemoryLayout<AnyResource>.size)")
        #expect(MemoryLayout<Extension>.size <= 96)
        #expect(MemoryLayout<Observation.Value?>.size <= 17 + MemoryLayout<FHIRDateTime>.size)
    }

    /// The parser allows 64 levels; the stack of a thread of a pool has to hold a value nested as deep.
    @Test func deepestNestingFitsASmallStack() async throws {
        let depth = 31
        let open = String(repeating: #"{"url":"u","extension":["#, count: depth)
        let text = open + #"{"url":"u"}"# + String(repeating: "]}", count: depth)
        typealias Continuation = CheckedContinuation<Int, any Error>
        let byteCount = try await withCheckedThrowingContinuation { (continuation: Continuation) in
            let thread = Thread {
                continuation.resume(with: Result { try Extension(json: Array(text.utf8)).json.count })
            }
            thread.stackSize = 512 << 10
            thread.start()
        }
        #expect(byteCount == text.utf8.count)
    }
}
