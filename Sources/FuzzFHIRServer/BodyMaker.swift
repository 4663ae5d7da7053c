import FHIRDefinitions
import JSONTape

/// Bodies that are no single resource: bundles, patches, Parameters; and bytes that are nearly any of them.
struct BodyMaker {
    let definitions: FHIRDefinitions
    var random: Randomness
    private var values: ValueMaker
    private var queries: QueryMaker

    init(definitions: FHIRDefinitions, random: Randomness) {
        self.definitions = definitions
        var random = random
        values = ValueMaker(definitions: definitions, random: Randomness(seed: random.next(), index: 0))
        queries = QueryMaker(definitions: definitions, values: values)
        self.random = random
    }

    mutating func resource(_ type: TypeID, id: String?) -> [UInt8] {
        var maker = ResourceMaker(definitions: definitions, random: Randomness(seed: random.next(), index: 1))
        return maker.resource(type, id: id)
    }

    mutating func type() -> TypeID {
        let common = ["Patient", "Observation", "Encounter", "Basic", "Group", "List", "Composition", "Binary"]
        if random.chance(60), let type = definitions.resourceType(named: random.pick(common)) { return type }
        return random.pick(definitions.resourceTypes)
    }

    // MARK: - Bundles

    mutating func bundle() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("resourceType", "Bundle")
        writer.member(
            "type", random.pick(["transaction", "transaction", "batch", "batch", "searchset", "document", "x"]))
        writer.key("entry")
        writer.beginArray()
        for index in 0..<random.below(12) { entry(index, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private mutating func entry(_ index: Int, to writer: inout JSONWriter) {
        let type = type()
        let name = definitions.name(of: type)
        let id = values.id()
        let method = random.pick(["GET", "GET", "POST", "POST", "PUT", "PUT", "PATCH", "DELETE", "HEAD", "X"])
        writer.beginObject()
        if random.chance(60) {
            writer.member(
                "fullUrl",
                random.pick([
                    "urn:uuid:5e1b4a6a-53c0-4a1c-9d2a-11111111111\(index % 8)", "urn:oid:1.2.\(index)",
                    "http://127.0.0.1/fhir/\(name)/\(id)", "\(name)/\(id)", "x",
                ]))
        }
        let hasResource =
            method == "POST" || method == "PUT" ? !random.chance(3) : method == "PATCH" || random.chance(3)
        if hasResource {
            writer.key("resource")
            let isPatch = method == "PATCH"
            let body =
                isPatch
                ? (random.chance(50) ? pathPatch() : binaryPatch()) : resource(type, id: random.chance(70) ? id : nil)
            writer.raw(body)
        }
        writer.key("request")
        writer.beginObject()
        writer.member("method", method)
        let address: [String] = [
            name, "\(name)/\(id)", "\(name)/\(id)", "\(name)/\(id)/_history/1", "\(name)?\(queries.query(type))",
            "\(name)/\(id)/_history", "\(name)/\(id)/$meta", "$x", "metadata", "/\(name)/\(id)", "", "?_type=Patient",
            "http://127.0.0.1/fhir/\(name)/\(id)", "Nothing/1", values.strange(),
        ]
        let usual =
            method == "POST" ? name : random.chance(30) ? "\(name)?identifier=a|\(random.below(4))" : "\(name)/\(id)"
        writer.member("url", random.chance(65) ? usual : random.pick(address))
        for key in ["ifMatch", "ifNoneMatch", "ifNoneExist", "ifModifiedSince"] where random.chance(10) {
            let etags = ["W/\"1\"", "*", "1", "W/\"99999999999999999999\"", "\"", "identifier=a|1", "name=x&y"]
            writer.key(named: key)
            writer.string(random.pick(etags))
        }
        writer.endObject()
        writer.endObject()
    }

    // MARK: - Patches

    private mutating func binaryPatch() -> [UInt8] {
        let data = random.pick(["W10=", "W3sib3AiOiJyZW1vdmUiLCJwYXRoIjoiL2lkIn1d", "x", "/w=="])
        let type = random.pick(["application/json-patch+json", "text/plain"])
        return Array(#"{"resourceType":"Binary","contentType":"\#(type)","data":"\#(data)"}"#.utf8)
    }

    mutating func jsonPatch() -> [UInt8] {
        let operations = (0..<random.below(5)).map { _ in
            let name = random.pick(["add", "remove", "replace", "move", "copy", "test", "x"])
            return #"{"op":"\#(name)","path":"\#(pointer())","from":"\#(pointer())","value":\#(value())}"#
        }
        return Array("[\(operations.joined(separator: ","))]".utf8)
    }

    private mutating func pointer() -> String {
        let parts = [
            "name", "0", "-", "given", "identifier", "extension", "99999999999999999999", "", "~0", "~1", "~2", "id",
            "meta",
            "resourceType", "status", "active", "00", "-1", "é",
        ]
        return (0..<random.below(5)).map { _ in "/" + random.pick(parts) }.joined()
    }

    private mutating func value() -> String {
        random.pick([
            "null", "true", "1", "1e400", "\"a\"", "\"\"", "[]", "{}", "[null]", #"{"family":"a"}"#,
            #"[{"given":["a",null]}]"#,
            #"{"reference":"Patient/f1"}"#, #""2020-01-01""#, #"[[[[1]]]]"#,
        ])
    }

    mutating func mergePatch() -> [UInt8] {
        let names = ["name", "identifier", "status", "id", "meta", "resourceType", "active", "gender", "text", "x"]
        let members = (0..<random.below(4)).map { _ in "\"\(random.pick(names))\":\(value())" }
        return Array("{\(Array(Set(members)).sorted().joined(separator: ","))}".utf8)
    }

    /// R4 fhirpatch.html.
    mutating func pathPatch() -> [UInt8] {
        let paths = [
            "Patient", "Patient.name", "Patient.name[0]", "Patient.name.where(use='official')", "Patient.name.first()",
            "a(",
            "Patient.name[99999999999999999999]", "Observation.value", "Resource.id", "%resource", "Patient.ofType(x)",
            "", "'",
            String(repeating: "name.", count: 300) + "x", String(repeating: "(", count: 500),
        ]
        let operations = (0..<1 + random.below(3)).map { _ in
            let type = random.pick(["add", "insert", "delete", "replace", "move", "x"])
            let name = random.pick(["name", "active", "identifier", "value", "x", ""])
            let kinds = [
                #""valueString":"a""#, #""valueBoolean":true"#, #""valueHumanName":{"family":"a"}"#, #""part":[]"#,
            ]
            return #"{"name":"operation","part":[{"name":"type","valueCode":"\#(type)"},"#
                + #"{"name":"path","valueString":"\#(random.pick(paths))"},{"name":"name","valueString":"\#(name)"},"#
                + #"{"name":"index","valueInteger":\#(random.below(3) - 1)},"#
                + #"{"name":"value",\#(random.pick(kinds))}]}"#
        }
        return Array(#"{"resourceType":"Parameters","parameter":[\#(operations.joined(separator: ","))]}"#.utf8)
    }

    // MARK: - Operations

    mutating func parameters() -> [UInt8] {
        let names = [
            "meta", "start", "end", "_since", "_type", "_count", "code", "statistic", "duration", "persist", "query",
            "x", "",
        ]
        let kinds = [
            #""valueMeta":{"tag":[{"system":"a","code":"b"}]}"#, #""valueDate":"2020""#, #""valueInstant":"x""#,
            #""valueString":"a""#, #""valueInteger":3"#, #""valueBoolean":true"#, #""valueCode":"average""#,
            #""resource":{"resourceType":"Patient"}"#, #""part":[{"name":"a"}]"#, #""valueCoding":{"code":"a"}"#,
        ]
        let parts = (0..<random.below(4)).map { _ in #"{"name":"\#(random.pick(names))",\#(random.pick(kinds))}"# }
        return Array(#"{"resourceType":"Parameters","parameter":[\#(parts.joined(separator: ","))]}"#.utf8)
    }

    mutating func graphQL() -> [UInt8] {
        let queries = [
            "{Patient(id:\"f1\"){id name{family}}}", "{PatientList(name:\"a\"){id}}", "{id}",
            "{a:id b:id ...F} fragment F on X{id}",
            "{" + String(repeating: "a{", count: 2000), "query Q($x:ID!){Patient(id:$x){id}}", "{Patient{id",
            "mutation{a}",
            "{PatientConnection(_count:1){edges{resource{id}}}}", "{name @first{family @flatten}}", "{x(\u{0})}", "",
        ]
        return Array(random.pick(queries).utf8)
    }

    // MARK: - XML and damage

    mutating func xml(_ type: TypeID) -> [UInt8] {
        let name = definitions.name(of: type)
        let space = random.pick(["http://hl7.org/fhir", "http://hl7.org/fhir", "x"])
        let inner = random.pick([
            "<id value=\"f1\"/>", "<active value=\"true\"/>", "<text><status value=\"generated\"/></text>", "<x/>",
            "text",
            "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>", "&e;", "<![CDATA[a]]>", "<?a b?>", "<!-- -->",
            "<identifier><value value=\"a\"/></identifier>", String(repeating: "<a>", count: 3000), "&#0;", "&#x1F600;",
        ])
        return Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?><\(name) xmlns=\"\(space)\">\(inner)</\(name)>".utf8)
    }

    /// Changes a few bytes.
    mutating func damage(_ bytes: inout [UInt8]) {
        for _ in 0..<1 + random.below(4) {
            let place = random.below(bytes.count + 1)
            switch random.below(7) {
            case 0:
                bytes.insert(
                    random.pick([0, 0x1F, 0x22, 0x5C, 0x7F, 0x80, 0xC0, 0xED, 0xFF, 0x7B, 0x5D, 0x2C]), at: place)
            case 1: if place < bytes.count { bytes[place] ^= 1 << UInt8(random.below(8)) }
            case 2: if place < bytes.count { bytes.remove(at: place) }
            case 3: bytes.removeLast(bytes.count - place)
            case 4:
                bytes.insert(
                    contentsOf: Array(random.pick(["\\u0000", "\\ud800", "null", "{}", "1e99999", "\"\":"]).utf8),
                    at: place)
            case 5: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + random.below(60))], at: place)
            default:
                bytes.insert(
                    contentsOf: [UInt8](repeating: random.pick([0x5B, 0x7B, 0x20, 0x30]), count: random.below(3000)),
                    at: place)
            }
        }
    }
}
