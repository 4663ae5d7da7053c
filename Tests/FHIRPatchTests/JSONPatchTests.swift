import FHIRPatch
import Testing

@Suite struct JSONPatchTests {
    private static let patient = """
        {"resourceType":"Patient","id":"a","meta":{"versionId":"3"},"active":true,
         "name":[{"family":"Meier","given":["Ilse","Maria"]},{"family":"Huber"}],
         "extension":[{"url":"urn:x","valueDecimal":1.50}],"a/b":1,"m~n":2}
        """

    /// RFC 6902 §4, each with what the resource holds afterwards.
    @Test(arguments: [
        (#"[{"op":"add","path":"/gender","value":"female"}]"#, #""gender":"female""#),
        (#"[{"op":"add","path":"/active","value":false}]"#, #""active":false"#),
        (#"[{"op":"add","path":"/name/0/given/1","value":"Anna"}]"#, #"["Ilse","Anna","Maria"]"#),
        (#"[{"op":"add","path":"/name/0/given/-","value":"Anna"}]"#, #"["Ilse","Maria","Anna"]"#),
        (#"[{"op":"add","path":"/name/0/given/2","value":"Anna"}]"#, #"["Ilse","Maria","Anna"]"#),
        (#"[{"op":"remove","path":"/name/0"}]"#, #""name":[{"family":"Huber"}]"#),
        (#"[{"op":"replace","path":"/name/1/family","value":"Maier"}]"#, #"{"family":"Maier"}"#),
        (#"[{"op":"move","from":"/name/1","path":"/name/0"}]"#, #""name":[{"family":"Huber"},{"family":"Meier""#),
        (#"[{"op":"move","from":"/name/0/given","path":"/name/1/given"}]"#, #"{"family":"Huber","given":["Ilse","#),
        (#"[{"op":"copy","from":"/name/1/family","path":"/name/0/text"}]"#, #""text":"Huber""#),
        (#"[{"op":"test","path":"/extension/0/valueDecimal","value":15E-1}]"#, #""valueDecimal":1.50"#),
        (#"[{"op":"test","path":"/extension/0","value":{"valueDecimal":1.5,"url":"urn:\u0078"}}]"#, "urn:x"),
        (#"[{"op":"test","path":"/a~1b","value":1},{"op":"replace","path":"/m~0n","value":1.00}]"#, #""m~n":1.00"#),
        (#"[{"op":"add","path":"/extension/-","value":{"url":"u","valueDecimal":1.2E+3}}]"#, "1.2E+3"),
        (
            #"[{"op":"add","path":"/contact","value":[]},{"op":"add","path":"/contact/-","value":{"gender":"male"}}]"#,
            #""contact":[{"gender":"male"}]"#
        ),
        (#"[{"op":"test","path":"/meta/versionId","value":"3","extra":1}]"#, #""active":true"#),
        (#"[{"op":"move","from":"/active","path":"/active"}]"#, #""active":true"#),
        ("[]", #""family":"Meier""#),
    ]) func `operations do what the standard says`(_ patch: String, _ expected: String) throws {
        #expect(try PatchHarness.apply(patch, as: .jsonPatch, to: Self.patient).contains(expected))
    }

    @Test func `what a patch empties goes`() throws {
        let patch = #"[{"op":"remove","path":"/name/1/family"},{"op":"remove","path":"/extension/0"}]"#
        let text = try PatchHarness.apply(patch, as: .jsonPatch, to: Self.patient)
        #expect(!text.contains("extension") && text.contains(#"["Ilse","Maria"]}]"#))
    }

    @Test(arguments: [
        ("{}", PatchError.Code.malformed), ("[1]", .malformed), (#"[{"op":"add"}]"#, .malformed),
        (#"[{"op":"delete","path":"/active"}]"#, .malformed), (#"[{"op":"add","path":"/gender"}]"#, .malformed),
        (#"[{"op":"remove","path":"active"}]"#, .malformed), (#"[{"op":"remove","path":"/a~2b"}]"#, .malformed),
        (#"[{"op":"copy","path":"/x"}]"#, .malformed), (#"[{"op":"remove","path":""}]"#, .malformed),
        (#"[{"op":"move","from":"/name","path":"/name/0/x"}]"#, .malformed),
        (#"[{"op":"remove","path":"/gender"}]"#, .pathNotFound),
        (#"[{"op":"replace","path":"/gender","value":"male"}]"#, .pathNotFound),
        (#"[{"op":"add","path":"/x/y","value":1}]"#, .pathNotFound),
        (#"[{"op":"add","path":"/active/y","value":1}]"#, .pathNotFound),
        (#"[{"op":"add","path":"/name/3","value":{}}]"#, .pathNotFound),
        (#"[{"op":"remove","path":"/name/-"}]"#, .pathNotFound),
        (#"[{"op":"remove","path":"/name/01"}]"#, .pathNotFound),
        (#"[{"op":"remove","path":"/name/-1"}]"#, .pathNotFound),
        (#"[{"op":"remove","path":"/name/99999999999999999999"}]"#, .pathNotFound),
        (#"[{"op":"test","path":"/active","value":false}]"#, .testFailed),
        (#"[{"op":"test","path":"/active","value":"true"}]"#, .testFailed),
        (#"[{"op":"test","path":"/name/0/given","value":["Maria","Ilse"]}]"#, .testFailed),
        (#"[{"op":"test","path":"/gender","value":null}]"#, .pathNotFound),
        (#"[{"op":"replace","path":"/id","value":"b"}]"#, .protectedElement),
        (#"[{"op":"remove","path":"/id"}]"#, .protectedElement),
        (#"[{"op":"replace","path":"/resourceType","value":"Person"}]"#, .protectedElement),
        (#"[{"op":"replace","path":"/meta/versionId","value":"4"}]"#, .protectedElement),
        (#"[{"op":"replace","path":"","value":{"resourceType":"Patient","id":"b"}}]"#, .protectedElement),
        (#"[{"op":"replace","path":"","value":[1]}]"#, .protectedElement),
        (#"[{"op":"add","path":"/gender","value":null}]"#, .invalidOutcome),
        (#"[{"op":"add","path":"/gender","value":""}]"#, .invalidOutcome),
        (#"[{"op":"replace","path":"/name","value":[]}]"#, .invalidOutcome),
    ]) func `faults are told apart`(_ patch: String, _ code: PatchError.Code) throws {
        #expect(try PatchHarness.failure(patch, as: .jsonPatch, to: Self.patient) == code)
    }

    @Test func `an error says which operation failed`() throws {
        let patch = #"[{"op":"test","path":"/active","value":true},{"op":"remove","path":"/gender"}]"#
        let error = #expect(throws: PatchError.self) {
            try PatchHarness.apply(patch, as: .jsonPatch, to: Self.patient)
        }
        #expect(error?.message.hasPrefix("operation 1 (remove /gender)") == true)
    }

    /// Each `copy` could double what the one before made.
    @Test func `growth has a limit`() throws {
        let seed = #"{"op":"add","path":"/extension","value":[{"url":"u","valueString":"x"}]}"#
        let widen = #"{"op":"copy","from":"/extension","path":"/extension/0/extension"}"#
        for count in [40, 200] {
            let patch = "[" + ([seed] + Array(repeating: widen, count: count)).joined(separator: ",") + "]"
            let code = try PatchHarness.failure(patch, as: .jsonPatch, to: Self.patient)
            #expect(code == .tooCostly || code == .invalidOutcome)
        }
        let many = "[" + Array(repeating: seed, count: 10_001).joined(separator: ",") + "]"
        #expect(try PatchHarness.failure(many, as: .jsonPatch, to: Self.patient) == .tooCostly)
    }
}

@Suite struct MergePatchTests {
    private static let patient = #"""
        {"resourceType":"Patient","id":"a","active":true,"birthDate":"1970","maritalStatus":{"text":"x","id":"m"}}
        """#

    /// RFC 7386 §2
    @Test(arguments: [
        (#"{"active":false}"#, #""active":false"#, "true"),
        (#"{"birthDate":null}"#, #""active":true"#, "birthDate"),
        (#"{"gender":null}"#, #""active":true"#, "gender"),
        (#"{"maritalStatus":{"text":"y"}}"#, #"{"text":"y","id":"m"}"#, #""text":"x""#),
        (#"{"maritalStatus":{"text":null,"id":null}}"#, #""active":true"#, "maritalStatus"),
        (#"{"name":[{"family":"a"}]}"#, #""name":[{"family":"a"}]"#, "null"),
        (#"{"contact":{"gender":null,"id":"x"}}"#, #""contact":{"id":"x"}"#, "gender"),
        (#"{"resourceType":"Patient","id":"a","active":false}"#, #""active":false"#, "true"),
        ("{}", #""active":true"#, "null"),
    ]) func `members are merged`(_ patch: String, _ expected: String, _ absent: String) throws {
        for format in [PatchFormat.mergePatch, .resource] {
            let text = try PatchHarness.apply(patch, as: format, to: Self.patient)
            #expect(text.contains(expected) && !text.contains(absent), "\(text)")
        }
    }

    @Test(
        arguments: [
            ("[]", PatchError.Code.malformed), (#"{"id":"b"}"#, .protectedElement),
            (#"{"id":null}"#, .protectedElement),
            (#"{"resourceType":"Person"}"#, .protectedElement), (#"{"name":[]}"#, .invalidOutcome),
            (#"{"name":[null]}"#, nil), (#"{"gender":""}"#, .invalidOutcome),
        ] as [(String, PatchError.Code?)]) func `faults are told apart`(
            _ patch: String, _ code: PatchError.Code?
        ) throws
    {
        #expect(try PatchHarness.failure(patch, as: .mergePatch, to: Self.patient) == code)
    }

    @Test func `a JSON Patch needs its own type`() throws {
        #expect(try PatchHarness.failure("[]", as: .resource, to: Self.patient) == .wrongFormat)
    }
}
