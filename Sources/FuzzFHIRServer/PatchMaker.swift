import FHIRDefinitions
import Foundation

/// Patches in all formats, of elements that the type has.
struct PatchMaker {
    let definitions: FHIRDefinitions
    var values: ValueMaker

    /// RFC 6902.
    mutating func jsonPatch(_ type: TypeID) -> [UInt8] {
        let operations = (0..<1 + values.random.below(4)).map { _ in
            let name =
                values.isStrange()
                ? "x" : values.random.pick(["add", "add", "remove", "replace", "move", "copy", "test"])
            return #"{"op":"\#(name)","path":"\#(pointer(type))","from":"\#(pointer(type))","value":\#(value())}"#
        }
        return Array("[\(operations.joined(separator: ","))]".utf8)
    }

    private mutating func pointer(_ type: TypeID) -> String {
        if values.isStrange() {
            let parts = ["99999999999999999999", "", "~0", "~1", "~2", "resourceType", "00", "-1", "é", "id", "meta"]
            return (0..<values.random.below(5)).map { _ in "/" + values.random.pick(parts) }.joined()
        }
        let element = values.random.pick(Array(definitions.elements(of: type)))
        var text = "/" + element.name
        if element.isRepeating { text += "/" + values.random.pick(["0", "-", "0", "1"]) }
        if values.random.chance(40), let child = element.types.first.map({ definitions.elements(of: $0.type) }),
            let name = child.randomElement(using: &values.random)?.name
        {
            text += "/" + name
        }
        return text
    }

    private mutating func value() -> String {
        let odd = ["null", "1e400", "\"\"", "[]", "{}", "[null]", "[[[[1]]]]", #"{"a":{}}"#]
        return values.random.pick(
            values.isStrange()
                ? odd
                : [
                    "true", "1", "1.50", "\"a\"", #"{"family":"a"}"#,
                    #"[{"given":["a",null],"_given":[null,{"id":"x"}]}]"#,
                    #"{"reference":"Patient/f1"}"#, #""2020-01-01""#, #"{"text":"a"}"#, #"[{"value":"1"}]"#,
                    #"{"coding":[{"system":"a","code":"b"}]}"#, #""active""#, #"{"system":"a","value":"1"}"#,
                ])
    }

    /// RFC 7386.
    mutating func mergePatch(_ type: TypeID) -> [UInt8] {
        var members: [String: String] = [:]
        for _ in 0..<1 + values.random.below(3) {
            let name = values.random.pick(Array(definitions.elements(of: type))).name
            members[values.isStrange() ? "x" : name] = values.random.chance(40) ? "null" : value()
        }
        if values.random.chance(30) { members["language"] = "\"en\"" }
        let list = members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
        return Array("{\(list.joined(separator: ","))}".utf8)
    }

    /// R4 fhirpatch.html.
    mutating func pathPatch(_ type: TypeID) -> [UInt8] {
        let operations = (0..<1 + values.random.below(3)).map { _ in operation(type) }
        return Array(#"{"resourceType":"Parameters","parameter":[\#(operations.joined(separator: ","))]}"#.utf8)
    }

    private static let strangePaths = [
        "a(", "Patient.name[99999999999999999999]", "%resource", "Patient.ofType(x)", "", "'", "1 + 1", "Patient.",
        String(repeating: "name.", count: 300) + "x", String(repeating: "(", count: 500), "Patient.name.where(use=",
    ]

    private mutating func operation(_ type: TypeID) -> String {
        let kind = values.isStrange() ? "x" : values.random.pick(["add", "insert", "delete", "replace", "move"])
        let element = values.random.pick(Array(definitions.elements(of: type)))
        let root = definitions.name(of: type)
        var path = kind == "add" ? root : "\(root).\(element.name)"
        if kind == "add", values.random.chance(20) { path += ".\(element.name)" }
        path += values.random.pick(["", "", "", "[0]", ".first()", ".where(use = 'official')", ".last()"])
        if values.isStrange() { path = values.random.pick(Self.strangePaths) }
        let value = values.random.pick([
            #""valueString":"a""#, #""valueBoolean":true"#, #""valueHumanName":{"family":"a"}"#,
            #""valueCode":"active""#,
            #""part":[{"name":"text","valueString":"a"}]"#, #""valueReference":{"reference":"Patient/f1"}"#,
            #""valueCodeableConcept":{"text":"a"}"#, #""valueIdentifier":{"value":"1"}"#, #""valueDate":"2020""#,
        ])
        let parts = [
            #"{"name":"type","valueCode":"\#(kind)"}"#, #"{"name":"path","valueString":"\#(path)"}"#,
            kind == "add" ? #"{"name":"name","valueString":"\#(element.name)"}"# : "",
            kind == "add" || kind == "replace" || kind == "insert" ? #"{"name":"value",\#(value)}"# : "",
            kind == "insert" ? #"{"name":"index","valueInteger":\#(values.random.below(2))}"# : "",
            kind == "move" ? #"{"name":"source","valueInteger":\#(values.random.below(3))}"# : "",
            kind == "move" ? #"{"name":"destination","valueInteger":\#(values.random.below(3))}"# : "",
        ]
        return #"{"name":"operation","part":[\#(parts.filter { !$0.isEmpty }.joined(separator: ","))]}"#
    }
}

enum Base64 {
    static func text(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
