import FHIRPatch
import Testing

@Suite struct FHIRPathPatchTests {
    private static let patient = """
        {"resourceType":"Patient","id":"a","active":true,
         "identifier":[{"system":"urn:x","value":"1"},{"system":"urn:y","value":"2","use":"old"}],
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
            #""contained":[{"resourceType":"Organization","id":"o"}]"#
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
        (#"{"resourceType":"Parameters"}"#, #""birthDate":"1970-01-01""#),
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
        (patch("delete", "Patient.name.where(use = 'old' or use = 'x')"), .pathNotSupported),
        (patch("delete", "Patient.managingOrganization.resolve().name"), .pathNotSupported),
        (patch("delete", "Patient.name | Patient.contact"), .pathNotSupported),
        (patch("delete", "Patient.name["), .pathNotSupported), (patch("delete", "Patient..name"), .pathNotSupported),
        (patch("delete", "'x"), .pathNotSupported),
        (
            patch("insert", "Patient.name[0]", number("index", 0), value(#""valueHumanName":{"text":"x"}"#)),
            .pathNotSupported
        ),
        (patch("delete", "Patient"), .protectedElement), (patch("delete", "Patient.id"), .protectedElement),
        (patch("replace", "Patient.id", value(#""valueId":"b""#)), .protectedElement),
    ]

    @Test(arguments: faults) func `faults are told apart`(_ patch: String, _ code: PatchError.Code) throws {
        #expect(try PatchHarness.failure(patch, as: .resource, to: Self.patient) == code)
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
