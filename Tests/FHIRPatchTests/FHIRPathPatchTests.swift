import FHIRPatch
import Testing

@Suite struct FHIRPathPatchTests {
    private static let patient = """
        {"resourceType":"Patient","id":"a","active":true,
         "identifier":[{"system":"urn:x","value":"1"},{"system":"urn:y","value":"2","use":"old"}],
         "managingOrganization":{"reference":"Organization/o"},
         "generalPractitioner":[{"reference":"#g"}],
         "contained":[{"resourceType":"Practitioner","id":"g","language":"de"}],
         "name":[{"use":"official","family":"Meier","given":["Ilse","Maria"],"_given":[null,{"id":"g2"}]},
          {"use":"old","family":"Huber"}],
         "birthDate":"1970-01-01","_birthDate":{"extension":[{"url":"urn:time","valueTime":"10:00:00"}]},
         "multipleBirthInteger":2,"contact":[{"gender":"male"},{"gender":"female","name":{"text":"F"}}],
         "extension":[{"url":"urn:e","valueQuantity":{"value":1.50,"unit":"mg"}},{"url":"urn:f","valueCode":"c"}]}
        """

    /// One operation as Parameters; `parts` are members of the parts besides type and path.
    private static func patch(_ type: String, _ path: String, _ parts: String...) -> String {
        let all =
            [#"{"name":"type","valueCode":"\#(type)"}"#, #"{"name":"path","valueString":"\#(path)"}"#] + parts
        return #"{"resourceType":"Parameters","parameter":[{"name":"operation","part":["#
            + all.joined(separator: ",") + "]}]}"
    }

    private static func value(_ member: String) -> String { #"{"name":"value",\#(member)}"# }
    private static func name(_ name: String) -> String { #"{"name":"name","valueString":"\#(name)"}"# }
    private static func number(_ name: String, _ value: Int) -> String {
        #"{"name":"\#(name)","valueInteger":\#(value)}"#
    }

    /// `value[x]` of Parameters takes no Extension, so it comes in parts.
    private static let extensionValue =
        #"{"name":"value","part":[{"name":"url","valueUri":"u"},{"name":"value","valueCode":"c"}]}"#

    static let effects: [(String, String)] = [
        (patch("delete", "Patient.birthDate"), #""multipleBirthInteger":2"#),
        (patch("delete", "Patient.gender"), #""active":true"#),
        (patch("delete", "name[0].given[0]"), #""given":["Maria"],"_given":[{"id":"g2"}]"#),
        (patch("delete", "Patient.name.where(use = 'old')"), #""_given":[null,{"id":"g2"}]}]"#),
        (patch("delete", "Patient.extension('urn:e')"), #""extension":[{"url":"urn:f","valueCode":"c"}]"#),
        (
            patch("replace", "Patient.extension('urn:e').value", value(#""valueString":"s""#)),
            #"{"url":"urn:e","valueString":"s"}"#
        ),
        (
            patch("replace", "Patient.extension('urn:e').value.value", value(#""valueDecimal":1.20"#)),
            #"{"value":1.20,"unit":"mg"}"#
        ),
        (patch("replace", "Patient.extension.value.ofType(code)", value(#""valueCode":"d""#)), #""valueCode":"d""#),
        (patch("replace", "Patient.multipleBirth", value(#""valueBoolean":true"#)), #""multipleBirthBoolean":true"#),
        (patch("replace", "Patient.birthDate", value(#""valueDate":"1971""#)), #""birthDate":"1971""#),
        (
            patch(
                "replace", "Patient.name.where(use = 'official' and family = 'Meier').given.last()",
                value(#""valueString":"Anna""#)), #"["Ilse","Anna"]"#
        ),
        (
            patch("replace", "Patient.name.given.first()", value(#""valueString":"Anna""#)),
            #"["Anna","Maria"],"_given":[null,{"id":"g2"}]"#
        ),
        (
            patch("replace", "Patient.contact.where(name.text = 'F').gender", value(#""valueCode":"other""#)),
            #"{"gender":"other","name":{"text":"F"}}"#
        ),
        (patch("replace", "Patient.active", value(#""valueBoolean":false"#)), #""active":false"#),
        (patch("add", "Patient", name("gender"), value(#""valueCode":"male""#)), #""gender":"male""#),
        (patch("add", "Patient", name("identifier"), value(#""valueIdentifier":{"value":"3"}"#)), #",{"value":"3"}]"#),
        (patch("add", "Patient", name("deceased"), value(#""valueBoolean":true"#)), #""deceasedBoolean":true"#),
        (
            patch("add", "Patient", name("telecom"), value(#""valueContactPoint":{"value":"1"}"#)),
            #""telecom":[{"value":"1"}]"#
        ),
        (
            patch(
                "add", "Patient.birthDate", name("extension"), extensionValue),
            #"{"url":"u","valueCode":"c"}]}"#
        ),
        (
            patch("add", "Patient.active", name("extension"), extensionValue),
            #""_active":{"extension":[{"url":"u","valueCode":"c"}]}"#
        ),
        (
            patch(
                "add", "Patient", name("contact"),
                #"{"name":"value","part":[{"name":"gender","valueCode":"male"},"#
                    + #"{"name":"telecom","valueContactPoint":{"value":"1"}},"#
                    + #"{"name":"telecom","valueContactPoint":{"value":"2"}},"#
                    + #"{"name":"name","part":[{"name":"given","valueString":"x"}]}]}"#
            ),
            #"{"gender":"male","telecom":[{"value":"1"},{"value":"2"}],"name":{"given":["x"]}}"#
        ),
        (
            patch(
                "add", "Patient", name("contained"),
                #"{"name":"value","resource":{"resourceType":"Organization","id":"o"}}"#),
            #""language":"de"},{"resourceType":"Organization","id":"o"}]"#
        ),
        (
            patch("insert", "Patient.name[0].given", number("index", 0), value(#""valueString":"Anna""#)),
            #"["Anna","Ilse","Maria"],"_given":[null,null,{"id":"g2"}]"#
        ),
        (
            patch("insert", "Patient.telecom", number("index", 0), value(#""valueContactPoint":{"value":"1"}"#)),
            #""telecom":[{"value":"1"}]"#
        ),
        (
            patch("insert", "Patient.identifier", number("index", 2), value(#""valueIdentifier":{"value":"3"}"#)),
            #",{"value":"3"}]"#
        ),
        (
            patch("move", "Patient.name[0].given", number("source", 1), number("destination", 0)),
            #"["Maria","Ilse"],"_given":[{"id":"g2"},null]"#
        ),
        (
            patch(
                "insert", "Patient.birthDate.extension", number("index", 1), extensionValue),
            #""valueTime":"10:00:00"},{"url":"u","valueCode":"c"}]"#
        ),
        (
            patch("insert", "Patient.active.extension", number("index", 0), extensionValue),
            #""_active":{"extension":[{"url":"u","valueCode":"c"}]}"#
        ),
        (#"{"resourceType":"Parameters"}"#, #""birthDate":"1970-01-01""#),
        // What no simple path says.
        (
            patch("delete", "Patient.name.where(use = 'old' or use = 'nickname')"),
            #""_given":[null,{"id":"g2"}]}]"#
        ),
        (
            patch("delete", "Patient.identifier.where(value.toInteger() > 1 and use.exists())"),
            #""identifier":[{"system":"urn:x","value":"1"}]"#
        ),
        (
            patch("replace", "Patient.name.given.where($this.startsWith('Ma'))", value(#""valueString":"Anna""#)),
            #"["Ilse","Anna"]"#
        ),
        (
            patch(
                "replace", "(Patient.name | Patient.contact.name).where(text.exists()).text",
                value(#""valueString":"G""#)), #"{"gender":"female","name":{"text":"G"}}"#
        ),
        (
            patch("replace", "Patient.descendants().where($this = 'Huber')", value(#""valueString":"Maier""#)),
            #"{"use":"old","family":"Maier"}"#
        ),
        (
            patch("replace", "iif(active, name.skip(1).family, name[0].family)", value(#""valueString":"X""#)),
            #"{"use":"old","family":"X"}"#
        ),
        (
            patch("replace", "Patient.multipleBirth as integer", value(#""valueInteger":3"#)),
            #""multipleBirthInteger":3"#
        ),
        (
            patch("replace", "Patient.extension.value.where($this is Quantity).unit", value(#""valueString":"g""#)),
            #"{"value":1.50,"unit":"g"}"#
        ),
        (
            patch("replace", "Patient.generalPractitioner.resolve().language", value(#""valueCode":"en""#)),
            #"{"resourceType":"Practitioner","id":"g","language":"en"}"#
        ),
        (
            patch(
                "add", "Patient.contained.where($this is Practitioner)", name("gender"), value(#""valueCode":"male""#)),
            #""id":"g","language":"de","gender":"male"}"#
        ),
        (
            patch("add", "%resource.name.repeat($this).where(use = 'old')", name("text"), value(#""valueString":"T""#)),
            #"{"use":"old","family":"Huber","text":"T"}"#
        ),
        // The same element twice is one.
        (
            patch(
                "replace", "Patient.name.select(%resource.gender | %resource.active)", value(#""valueBoolean":false"#)),
            #""active":false"#
        ),
        (
            patch(
                "insert", "Patient.name.where(use = 'old')", number("index", 0),
                value(#""valueHumanName":{"text":"x"}"#)),
            #"{"text":"x"},{"use":"old","family":"Huber"}]"#
        ),
        (
            patch("insert", "Patient.name[0]", number("index", 1), value(#""valueHumanName":{"text":"x"}"#)),
            #"{"text":"x"},{"use":"old","family":"Huber"}]"#
        ),
        (
            patch("move", "Patient.identifier.where(value.exists())", number("source", 1), number("destination", 0)),
            #"[{"system":"urn:y","value":"2","use":"old"},{"system":"urn:x","value":"1"}]"#
        ),
    ]

    @Test(arguments: effects) func `operations change what they name`(_ patch: String, _ expected: String) throws {
        let text = try PatchHarness.apply(patch, as: .resource, to: Self.patient)
        #expect(text.contains(expected), "\(text)")
    }

    @Test func `a primitive goes with its extensions`() throws {
        let text = try PatchHarness.apply(Self.patch("delete", "Patient.birthDate"), as: .resource, to: Self.patient)
        #expect(!text.contains("birthDate") && !text.contains("urn:time"))
        let replaced = try PatchHarness.apply(
            Self.patch("replace", "Patient.multipleBirth", Self.value(#""valueBoolean":true"#)), as: .resource,
            to: Self.patient)
        #expect(!replaced.contains("multipleBirthInteger"))
        let inner = try PatchHarness.apply(
            Self.patch("delete", "Patient.birthDate.extension('urn:time')"), as: .resource, to: Self.patient)
        #expect(inner.contains(#""birthDate":"1970-01-01""#) && !inner.contains("_birthDate"))
    }

    static let faults: [(String, PatchError.Code)] = [
        (patch("remove", "Patient.active"), .malformed), (patch("add", "Patient", name("gender")), .malformed),
        (patch("replace", "Patient.active"), .malformed),
        (patch("insert", "Patient.name", value(#""valueCode":"x""#)), .malformed),
        (patch("move", "Patient.name", number("source", 0)), .malformed),
        (patch("delete", "Patient.active", #"{"name":"nonsense","valueString":"x"}"#), .malformed),
        (patch("add", "Patient", name("gender"), #"{"name":"value"}"#), .malformed),
        (#"{"resourceType":"Parameters","parameter":[{"name":"x"}]}"#, .malformed),
        (patch("delete", "Patient.name"), .pathAmbiguous), (patch("delete", "Patient.name.given"), .pathAmbiguous),
        (patch("replace", "Patient.gender", value(#""valueCode":"male""#)), .pathNotFound),
        (patch("replace", "Patient.nonsense", value(#""valueCode":"male""#)), .pathNotFound),
        (patch("replace", "Patient.name[7]", value(#""valueHumanName":{"text":"x"}"#)), .pathNotFound),
        (patch("add", "Patient.photo[0]", name("title"), value(#""valueString":"x""#)), .pathNotFound),
        (
            patch("insert", "Patient.identifier", number("index", 3), value(#""valueIdentifier":{"value":"3"}"#)),
            .pathNotFound
        ),
        (patch("move", "Patient.identifier", number("source", 2), number("destination", 0)), .pathNotFound),
        (patch("add", "Patient", name("birthDate"), value(#""valueDate":"1971""#)), .alreadyThere),
        (patch("add", "Patient", name("multipleBirth"), value(#""valueBoolean":true"#)), .alreadyThere),
        (patch("add", "Patient", name("gender"), value(#""valueIdentifier":{"value":"3"}"#)), .wrongType),
        (patch("add", "Patient", name("deceased"), value(#""valueString":"yes""#)), .wrongType),
        (patch("add", "Patient", name("name"), value(#""valueIdentifier":{"value":"3"}"#)), .wrongType),
        (patch("insert", "Patient.active", number("index", 0), value(#""valueBoolean":true"#)), .wrongType),
        (patch("delete", "Patient.nonsense"), .pathNotFound), (patch("delete", "Observation.status"), .pathNotFound),
        (patch("delete", "Patient.name | Patient.contact"), .pathAmbiguous),
        (patch("delete", "Patient.name["), .invalidPath), (patch("delete", "Patient..name"), .invalidPath),
        (patch("delete", "'x"), .invalidPath), (patch("delete", "Patient.name.nonsense()"), .invalidPath),
        (patch("delete", "Patient.name.where()"), .invalidPath), (patch("delete", ""), .invalidPath),
        (patch("delete", "Patient.name.ofType(Nonsense)"), .invalidPath),
        (patch("delete", "Patient.name.where(%x = 1)"), .invalidPath),
        (patch("delete", "Patient.name.single()"), .pathFailed),
        (patch("delete", "Patient.name.where(given > 1)"), .pathFailed),
        (patch("delete", "Patient.name.count()"), .pathFailed), (patch("delete", "Patient.active.not()"), .pathFailed),
        (patch("delete", "Patient.birthDate.value"), .pathFailed),
        (patch("delete", "Patient.managingOrganization.resolve().name"), .pathFailed),
        (patch("insert", "Patient", number("index", 0), value(#""valueString":"x""#)), .pathNotFound),
        (patch("insert", "Patient.nonsense", number("index", 0), value(#""valueString":"x""#)), .pathNotFound),
        (
            patch("insert", "Patient.contact.telecom", number("index", 0), value(#""valueContactPoint":{}"#)),
            .pathAmbiguous
        ),
        (
            patch("move", "Patient.name | Patient.contact", number("source", 0), number("destination", 1)),
            .pathAmbiguous
        ),
        (patch("move", "Patient.name.skip(1)", number("source", 0), number("destination", 1)), .pathNotFound),
        (patch("move", "Patient.name.skip(5)", number("source", 0), number("destination", 0)), .pathNotFound),
        (patch("delete", "Patient"), .protectedElement), (patch("delete", "Patient.id"), .protectedElement),
        (patch("replace", "Patient.id", value(#""valueId":"b""#)), .protectedElement),
    ]

    @Test(arguments: faults) func `faults are told apart`(_ patch: String, _ code: PatchError.Code) throws {
        #expect(try PatchHarness.failure(patch, as: .resource, to: Self.patient) == code)
    }

    private static func parts(_ patches: [String]) -> String {
        let operations = patches.map { $0.split(separator: #""parameter":["#, maxSplits: 1)[1].dropLast(2) }
        return #"{"resourceType":"Parameters","parameter":[\#(operations.joined(separator: ","))]}"#
    }

    @Test func `each operation sees what those before it made`() throws {
        let all = Self.parts([
            Self.patch("add", "Patient", Self.name("telecom"), Self.value(#""valueContactPoint":{"value":"1"}"#)),
            Self.patch(
                "add", "Patient.telecom.where(value = '1')", Self.name("rank"), Self.value(#""valuePositiveInt":2"#)),
            Self.patch("delete", "Patient.telecom.where(rank > 1).value"),
            Self.patch("delete", "Patient.telecom.rank"),
            // Emptied, and still there until the end.
            Self.patch("add", "Patient.telecom[0]", Self.name("use"), Self.value(#""valueCode":"home""#)),
            Self.patch("delete", "Patient.identifier[0]"), Self.patch("delete", "Patient.identifier[0]"),
            Self.patch("delete", "Patient.contact[1].name.text"),
        ])
        let text = try PatchHarness.apply(all, as: .resource, to: Self.patient)
        #expect(text.contains(#""telecom":[{"use":"home"}]"#), "\(text)")
        #expect(!text.contains("identifier") && text.contains(#"{"gender":"female"}"#), "\(text)")
    }

    @Test func `errors quote the path and its place`() throws {
        let patch = Self.parts([
            Self.patch("delete", "Patient.gender"), Self.patch("delete", "Patient.name.where(use = )"),
        ])
        let error = try #require(throws: PatchError.self) {
            try PatchHarness.apply(patch, as: .resource, to: Self.patient)
        }
        #expect(error.expression == "Parameters.parameter[1]")
        #expect(error.message.contains("Patient.name.where(use = )") && error.message.contains("character 26"))
    }

    @Test func `paths have limits in number, steps and size`() throws {
        let deep = "Patient" + String(repeating: ".repeat(children())", count: 6)
        var limits = PatchLimits()
        #expect(
            try PatchHarness.failure(
                Self.patch("delete", "Patient.name.where(\(String(repeating: "x", count: 5000)))"), as: .resource,
                to: Self.patient) == .tooCostly)
        limits.pathStepCount = 100
        let walk = Self.patch("delete", deep)
        #expect(try PatchHarness.failure(walk, as: .resource, to: Self.patient, limits: limits) == .tooCostly)
        // Each alone stays within the limit.
        let walks = Self.parts(Array(repeating: Self.patch("delete", "Patient.descendants().where(false)"), count: 9))
        limits.pathStepCount = 200
        #expect(try PatchHarness.failure(walks, as: .resource, to: Self.patient, limits: limits) == .tooCostly)
        limits = PatchLimits()
        limits.rewrittenByteCount = 4000
        let change = Self.patch("replace", "Patient.active", Self.value(#""valueBoolean":false"#))
        #expect(try PatchHarness.failure(change, as: .resource, to: Self.patient, limits: limits) == nil)
        let changes = Self.parts(Array(repeating: change, count: 20))
        #expect(try PatchHarness.failure(changes, as: .resource, to: Self.patient, limits: limits) == .tooCostly)
    }

    @Test func `the number of operations has a limit`() throws {
        let one =
            #"{"name":"operation","part":[{"name":"type","valueCode":"delete"},{"name":"path","valueString":"x"}]}"#
        let all = Array(repeating: one, count: 1_001).joined(separator: ",")
        let patch = #"{"resourceType":"Parameters","parameter":[\#(all)]}"#
        #expect(try PatchHarness.failure(patch, as: .resource, to: Self.patient) == .tooCostly)
    }

    @Test func `patches of bundles come as Parameters or Binary`() throws {
        // [{"op":"remove","path":"/active"}]
        let data = "W3sib3AiOiJyZW1vdmUiLCJwYXRoIjoiL2FjdGl2ZSJ9XQ=="
        let binary = #"{"resourceType":"Binary","contentType":"application/json-patch+json","data":"\#(data)"}"#
        #expect(try !PatchHarness.applyBundled(binary, to: Self.patient).contains("active"))
        #expect(try !PatchHarness.applyBundled(Self.patch("delete", "active"), to: Self.patient).contains("active"))
        for wrong in [
            #"{"resourceType":"Patient"}"#, binary.replacing("json-patch", with: "fhir"),
            binary.replacing("W3", with: "?"),
        ] {
            #expect(throws: PatchError.self) { try PatchHarness.applyBundled(wrong, to: Self.patient) }
        }
    }
}
