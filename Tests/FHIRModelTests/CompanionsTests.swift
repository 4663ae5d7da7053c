import FHIRModel
import JSONTape
import Testing

@Suite("Companions of primitives")
struct CompanionsTests {
    private func roundTrip<Model: FHIRModelType>(_ type: Model.Type, _ text: String) throws -> (Model, String) {
        let model = try type.init(json: Array(text.utf8))
        return (model, String(decoding: model.json, as: UTF8.self))
    }

    @Test(arguments: [
        #"{"resourceType":"Patient","birthDate":"1970-03-30","_birthDate":{"id":"a","extension":[{"url":"u"}]}}"#,
        #"{"resourceType":"Patient","_birthDate":{"extension":[{"url":"u","valueCode":"unknown"}]}}"#,
        #"{"resourceType":"Patient","_deceasedBoolean":{"extension":[{"url":"u"}]}}"#,
        #"{"resourceType":"Patient","deceasedBoolean":true,"_deceasedBoolean":{"id":"x"}}"#,
    ])
    func companionsOfSingleValuesStay(text: String) throws {
        #expect(try roundTrip(Patient.self, text).1 == text)
    }

    @Test(arguments: [
        #"{"given":["Ann",null,"Bea"],"_given":[null,{"id":"b"},{"extension":[{"url":"u"}]}]}"#,
        #"{"given":[null,"Ann"],"_given":[{"id":"a"},null]}"#,
        #"{"given":["Ann",null],"_given":[null,{"id":"b"}]}"#,
        #"{"given":["Ann","Bea"],"_given":[{"id":"a"}]}"#,
        #"{"_given":[{"id":"a"},{"id":"b"}]}"#,
        #"{"given":[null,null],"_given":[{"id":"a"},{"id":"b"}]}"#,
    ])
    func arraysStayAligned(text: String) throws {
        #expect(try roundTrip(HumanName.self, text).1 == text)
    }

    @Test func valuesAreWithoutNulls() throws {
        let text = #"{"_given":[null,{"id":"b"}],"given":["Ann",null]}"#
        let name = try roundTrip(HumanName.self, text).0
        #expect(name.given == ["Ann"])
        #expect(name.companions[entry: "given"]?.nulls == [1])
        #expect(name.companions[entry: "given"]?.companions.last??.id == "b")
    }

    @Test func companionsCanBeSet() throws {
        var patient = Patient()
        #expect(patient.companions.isEmpty)
        var companion = Companion()
        companion.id = "x"
        patient.active = true
        patient.companions["active"] = companion
        #expect(patient.companions["active"]?.id == "x")
        #expect(patient.companions.properties == ["active"])
        let text = String(decoding: patient.json, as: UTF8.self)
        #expect(text == #"{"resourceType":"Patient","active":true,"_active":{"id":"x"}}"#)
        patient.companions["active"] = nil
        #expect(patient.companions.isEmpty)
    }
}
