import JSONTape
import Testing

@testable import FHIRProfiles

@Suite("Snapshot generator")
struct SnapshotGeneratorTests {
    // MARK: - What a snapshot says

    @Test func profileOfAProfileTightensItsBase() throws {
        let base = Definitions.profile("base", elements: [#"{"path": "Patient.name", "min": 1, "max": "3"}"#])
        let derived = Definitions.profile(
            "derived", base: Definitions.url("base"),
            elements: [
                #"{"path": "Patient.name", "max": "2", "mustSupport": true}"#,
                #"{"path": "Patient.name.family", "min": 1}"#,
                #"""
                {"path": "Patient", "constraint": [{"key": "x-1", "severity": "error", "human": "h",
                 "expression": "true"}]}
                """#,
            ])
        let snapshot = try Definitions(base, derived).snapshot("derived")
        #expect(snapshot.issues.isEmpty)
        let name = try #require(snapshot["Patient.name"])
        #expect(name["min"]?.integer == 1 && name["max"]?.string == "2" && name["mustSupport"]?.bool == true)
        #expect(name["base"]?["max"]?.string == "*")
        let family = try #require(snapshot["Patient.name.family"])
        #expect(family["min"]?.integer == 1 && family["base"]?["path"]?.string == "HumanName.family")
        // What the type has besides comes along.
        #expect(snapshot["Patient.name.given"] != nil && snapshot["Patient.name.period"] != nil)
        let constraint = snapshot["Patient"]?["constraint"]?.items.last
        #expect(constraint?["key"]?.string == "x-1")
        #expect(constraint?["source"]?.string == Definitions.url("derived"))
    }

    @Test func slicesBeginAsTheirElementAndGoTheirOwnWay() throws {
        let profile = Definitions.profile(
            "sliced",
            elements: [
                #"""
                {"id": "Patient.identifier", "path": "Patient.identifier", "min": 1,
                 "slicing": {"discriminator": [{"type": "value", "path": "system"}], "rules": "open"}}
                """#,
                #"{"id": "Patient.identifier.value", "path": "Patient.identifier.value", "min": 1}"#,
                #"{"id": "Patient.identifier:mrn", "path": "Patient.identifier", "sliceName": "mrn", "max": "1"}"#,
                #"""
                {"id": "Patient.identifier:mrn.system", "path": "Patient.identifier.system", "min": 1,
                 "fixedUri": "urn:mrn"}
                """#,
                #"{"id": "Patient.identifier:other", "path": "Patient.identifier", "sliceName": "other"}"#,
                #"{"id": "Patient.identifier:mrn/old", "path": "Patient.identifier", "sliceName": "mrn/old"}"#,
                #"{"id": "Patient.identifier:mrn/old.use", "path": "Patient.identifier.use", "fixedCode": "old"}"#,
            ])
        let snapshot = try Definitions(profile).snapshot("sliced")
        #expect(snapshot.issues.isEmpty, "\(snapshot.issues)")
        #expect(snapshot["Patient.identifier"]?["slicing"] != nil)
        #expect(snapshot["Patient.identifier:mrn"]?["slicing"] == nil)
        // The minimum is that of all slices together.
        #expect(snapshot["Patient.identifier:mrn"]?["min"]?.integer == 0)
        #expect(snapshot["Patient.identifier:mrn"]?["max"]?.string == "1")
        #expect(snapshot["Patient.identifier:other"]?["max"]?.string == "*")
        #expect(snapshot["Patient.identifier:mrn.value"]?["min"]?.integer == 1)
        #expect(snapshot["Patient.identifier:mrn.system"]?["fixedUri"]?.string == "urn:mrn")
        #expect(snapshot["Patient.identifier.system"]?["fixedUri"] == nil)
        #expect(snapshot["Patient.identifier:other.system"]?["fixedUri"] == nil)
        #expect(snapshot["Patient.identifier:mrn/old.system"]?["fixedUri"]?.string == "urn:mrn")
        let ids = snapshot.ids.filter { $0.hasPrefix("Patient.identifier:") && !$0.contains(".value") }
        let slices = ids.filter { !$0.dropFirst(8).contains(".") }
        #expect(slices == ["Patient.identifier:mrn", "Patient.identifier:mrn/old", "Patient.identifier:other"])
    }

    @Test func pathsWithoutIDsContinueTheSliceBeforeThem() throws {
        let profile = Definitions.profile(
            "plain", type: "Observation",
            elements: [
                #"""
                {"path": "Observation.component", "slicing": {"discriminator": [{"type": "pattern",
                 "path": "code"}], "rules": "open"}}
                """#,
                #"{"path": "Observation.component", "sliceName": "a"}"#,
                #"{"path": "Observation.component.code", "patternCodeableConcept": {"text": "a"}}"#,
                #"{"path": "Observation.component", "sliceName": "b"}"#,
                #"{"path": "Observation.component.code", "patternCodeableConcept": {"text": "b"}}"#,
                #"{"path": "Observation.note", "max": "0"}"#,
            ])
        let snapshot = try Definitions(profile).snapshot("plain")
        #expect(snapshot["Observation.component:a.code"]?["patternCodeableConcept"]?["text"]?.string == "a")
        #expect(snapshot["Observation.component:b.code"]?["patternCodeableConcept"]?["text"]?.string == "b")
        #expect(snapshot["Observation.component.code"]?["patternCodeableConcept"] == nil)
        #expect(snapshot["Observation.note"]?["max"]?.string == "0")
    }

    @Test func shortcutsAreSlicesByType() throws {
        let profile = Definitions.profile(
            "typed", type: "Observation",
            elements: [
                #"{"id": "Observation.valueQuantity", "path": "Observation.valueQuantity", "min": 0}"#,
                #"{"id": "Observation.valueQuantity.code", "path": "Observation.valueQuantity.code", "min": 1}"#,
                #"""
                {"id": "Observation.value[x]:valueString", "path": "Observation.value[x]",
                 "sliceName": "valueString", "maxLength": 9}
                """#,
            ])
        let snapshot = try Definitions(profile).snapshot("typed")
        #expect(snapshot.issues.isEmpty, "\(snapshot.issues)")
        let choice = try #require(snapshot["Observation.value[x]"])
        #expect(choice["slicing"]?["discriminator"]?.items.first?["type"]?.string == "type")
        // R4: naming one type forbids no other.
        #expect((choice["type"]?.count ?? 0) == 11)
        #expect(snapshot["Observation.value[x]:valueQuantity"]?["type"]?.items.first?["code"]?.string == "Quantity")
        #expect(snapshot["Observation.value[x]:valueQuantity.code"]?["path"]?.string == "Observation.value[x].code")
        #expect(snapshot["Observation.value[x]:valueQuantity.code"]?["min"]?.integer == 1)
        #expect(snapshot["Observation.value[x]:valueString"]?["maxLength"]?.integer == 9)
    }

    @Test func extensionsBringTheirProfiles() throws {
        let nickname = Definitions.extension("nickname", valueType: "string")
        let profile = Definitions.profile(
            "extended",
            elements: [
                #"""
                {"path": "Patient.extension", "sliceName": "nickname", "min": 1, "type": [{"code": "Extension",
                 "profile": ["\#(Definitions.url("nickname"))"]}]}
                """#,
                #"{"path": "Patient.extension.value[x]", "maxLength": 20}"#,
                #"""
                {"path": "Patient.birthDate.extension", "sliceName": "time", "type": [{"code": "Extension",
                 "profile": ["http://hl7.org/fhir/StructureDefinition/patient-birthTime"]}]}
                """#,
            ])
        let snapshot = try Definitions(nickname, profile).snapshot("extended")
        #expect(snapshot.issues.isEmpty, "\(snapshot.issues)")
        #expect(snapshot["Patient.extension"]?["slicing"]?["discriminator"]?.items.first?["path"]?.string == "url")
        #expect(snapshot["Patient.extension:nickname.url"]?["fixedUri"]?.string == Definitions.url("nickname"))
        #expect(snapshot["Patient.extension:nickname.value[x]"]?["type"]?.count == 1)
        #expect(snapshot["Patient.extension:nickname.value[x]"]?["maxLength"]?.integer == 20)
        #expect(snapshot["Patient.birthDate.extension:time"]?["max"]?.string == "*")
        #expect(snapshot["Patient.birthDate.value"] != nil)
    }

    @Test func contentReferencesAreWalkedInto() throws {
        let profile = Definitions.profile(
            "nested", type: "Questionnaire",
            elements: [
                #"{"path": "Questionnaire.item.item.text", "min": 1}"#,
                #"{"path": "Questionnaire.item.item.item", "max": "0"}"#,
            ])
        let snapshot = try Definitions(profile).snapshot("nested")
        #expect(snapshot["Questionnaire.item.item"]?["contentReference"] == nil)
        #expect(snapshot["Questionnaire.item.item"]?["type"]?.items.first?["code"]?.string == "BackboneElement")
        #expect(snapshot["Questionnaire.item.item.text"]?["min"]?.integer == 1)
        #expect(snapshot["Questionnaire.item.text"]?["min"]?.integer == 0)
        #expect(snapshot["Questionnaire.item.item.item"]?["contentReference"]?.string == "#Questionnaire.item")
    }

    @Test func logicalModelsHaveElementsOfTheirOwn() throws {
        let model = #"""
            {"resourceType": "StructureDefinition", "url": "\#(Definitions.url("Visit"))", "name": "Visit",
             "status": "draft", "kind": "logical", "abstract": false, "type": "Visit", "derivation": "specialization",
             "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Element",
             "differential": {"element": [
               {"id": "Visit", "path": "Visit", "min": 0, "max": "*"},
               {"id": "Visit.when", "path": "Visit.when", "min": 1, "max": "1", "type": [{"code": "dateTime"}]},
               {"id": "Visit.part", "path": "Visit.part", "min": 0, "max": "*", "type": [{"code": "BackboneElement"}]},
               {"id": "Visit.part.name", "path": "Visit.part.name", "min": 1, "max": "1",
                "type": [{"code": "string"}]}]}}
            """#
        let snapshot = try Definitions(model).snapshot("Visit")
        #expect(snapshot["Visit.part.modifierExtension"] != nil)
        #expect(snapshot["Visit.part.name"]?["base"]?["path"]?.string == "Visit.part.name")
    }

    // MARK: - What a differential must not do

    @Test(arguments: [
        (#"{"path": "Patient.communication.language", "min": 0}"#, "has min 0, its base 1"),
        (#"{"path": "Patient.gender", "max": "2"}"#, "has max 2, its base 1"),
        (#"{"path": "Patient.gender", "max": "*"}"#, "has max *, its base 1"),
        (
            #"{"path": "Patient.gender", "type": [{"code": "Quantity"}]}"#,
            "has the type Quantity, which its base has not"
        ),
        (
            #"{"path": "Patient.gender", "binding": {"strength": "example", "valueSet": "urn:x"}}"#,
            "has a example binding, its base a required one"
        ),
        (#"{"path": "Patient.active", "isModifier": false}"#, "takes isModifier back"),
        (#"{"path": "Patient.colour", "min": 1}"#, "is no element of what it constrains"),
        (#"{"path": "Patient.name", "min": 3, "max": "2"}"#, "is demanded 3 times and allowed 2 times"),
        (#"{"path": "Patient.name", "sliceName": "a"}, {"path": "Patient.name", "sliceName": "b"}"#, "has slices"),
    ])
    func looserRulesAreReportedAndDoNotWin(element: String, message: String) throws {
        let snapshot = try Definitions(Definitions.profile("loose", elements: [element])).snapshot("loose")
        #expect(
            snapshot.issues.contains { $0.severity == .error && $0.message.contains(message) }, "\(snapshot.issues)")
        #expect(snapshot["Patient.gender"]?["max"]?.string == "1")
        #expect(snapshot["Patient.gender"]?["binding"]?["strength"]?.string == "required")
        #expect(snapshot["Patient.active"]?["isModifier"]?.bool == true)
        #expect(snapshot["Patient.colour"] == nil)
    }

    @Test func unknownProfilesOfTypesAreWarnings() throws {
        let profile = Definitions.profile(
            "lost",
            elements: [
                #"""
                {"path": "Patient.extension", "sliceName": "x", "type": [{"code": "Extension",
                 "profile": ["urn:lost"]}]}
                """#
            ])
        let snapshot = try Definitions(profile).snapshot("lost")
        #expect(snapshot.issues.map(\.severity) == [.warning])
        #expect(snapshot["Patient.extension:x"] != nil)
    }

    // MARK: - What has no snapshot

    @Test(arguments: [
        (#"{"resourceType": "Patient"}"#, SnapshotError.Code.invalidDefinition),
        (Definitions.profile("a", base: "urn:nowhere", elements: []), .unknownBase),
        (Definitions.profile("a", base: Definitions.url("a"), elements: []), .cyclic),
        (Definitions.profile("a", elements: [#"{"path": "Observation.code"}"#]), .invalidDefinition),
        (Definitions.profile("a", elements: [#"{"min": 1}"#]), .invalidDefinition),
        (
            Definitions.profile("a", elements: [#"{"path": "Patient.name"}"#, #"{"path": "Patient.name"}"#]),
            .invalidDefinition
        ),
        (
            Definitions.profile("a", base: "http://hl7.org/fhir/StructureDefinition/Group", elements: []),
            .invalidDefinition
        ),
        (
            Definitions.profile(
                "a", elements: (0..<5001).map { #"{"path": "Patient.name", "sliceName": "s\#($0)"}"# }), .tooLarge
        ),
        (
            Definitions.profile(
                "a", elements: [#"{"path": "Patient\#(String(repeating: ".extension", count: 60))"}"#]), .tooLarge
        ),
    ])
    func errorsSayWhy(definition: String, code: SnapshotError.Code) throws {
        let node = JSONNode(try Document.parse(definition))
        let generator = SnapshotGenerator(source: try Definitions(definition))
        let error = #expect(throws: SnapshotError.self) { try generator.generate(node) }
        #expect(error?.code == code, "\(error?.message ?? "")")
    }

    /// Profiles that walk into one another without end.
    @Test func cyclesByWayOfTypesEnd() throws {
        let first = Definitions.extension("first", inner: Definitions.url("second"))
        let second = Definitions.extension("second", inner: Definitions.url("first"))
        let definitions = try Definitions(first, second)
        let error = #expect(throws: SnapshotError.self) { try definitions.snapshot("first") }
        #expect(error?.code == .cyclic)
    }

    /// Each profile slices what the one before has sliced, and takes its children along: twice as much every time.
    @Test func growthWithoutBoundIsStopped() throws {
        var texts: [String] = []
        for level in 0..<20 {
            let base =
                level == 0 ? "http://hl7.org/fhir/StructureDefinition/Patient" : Definitions.url("level\(level - 1)")
            let path = "Patient.contact" + String(repeating: ".extension", count: level)
            texts.append(
                Definitions.profile(
                    "level\(level)", base: base,
                    elements: (0..<8).flatMap { slice in
                        [
                            #"{"path": "\#(path)", "slicing": {"rules": "open"}}"#,
                            #"{"path": "\#(path)", "sliceName": "s\#(slice)"}"#,
                            #"{"path": "\#(path).extension.value[x]", "min": 1}"#,
                        ].dropFirst(slice == 0 ? 0 : 1)
                    }))
        }
        let definitions = try Definitions(texts)
        do {
            _ = try definitions.snapshot("level19")
        } catch let error as SnapshotError {
            #expect(error.code == .tooLarge)
        }
    }
}
