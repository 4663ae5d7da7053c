import FHIRDefinitions
import JSONTape

/// Bundles of requests, and of other types.
struct BundleMaker {
    let definitions: FHIRDefinitions
    var values: ValueMaker
    var queries: QueryMaker
    var patches: PatchMaker

    mutating func bundle() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("resourceType", "Bundle")
        let isStrange = values.isStrange()
        let types = ["transaction", "transaction", "batch"]
        writer.member("type", values.random.pick(isStrange ? ["searchset", "document", "x", "history"] : types))
        let count = 1 + values.random.below(values.random.chance(5) ? 60 : 10)
        writer.key("entry")
        writer.beginArray()
        for index in 0..<count { entry(index, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static let patchTypes = ["application/json-patch+json", "application/merge-patch+json"]

    private mutating func entry(_ index: Int, to writer: inout JSONWriter) {
        let type = values.type()
        let name = definitions.name(of: type)
        // Others than those of the corpus, each once, so that a transaction has no two writes of one resource.
        let id = values.random.chance(80) ? "b\(values.random.below(3))-\(index)" : values.id()
        let methods = ["GET", "GET", "POST", "POST", "PUT", "PUT", "PUT", "PATCH", "DELETE", "HEAD"]
        let method = values.isStrange() ? "X" : values.random.pick(methods)
        writer.beginObject()
        if method == "POST" || method == "PUT" || values.isStrange() {
            writer.member("fullUrl", fullURL(index, name, id))
        }
        switch method {
        case "POST", "PUT":
            var maker = ResourceMaker(
                definitions: definitions, random: Randomness(seed: values.random.next(), index: 0),
                strangeness: values.strangeness)
            writer.key("resource")
            writer.raw(maker.resource(type, id: method == "PUT" ? id : nil))
        case "PATCH":
            writer.key("resource")
            writer.raw(patch(type))
        default: break
        }
        writer.key("request")
        writer.beginObject()
        writer.member("method", method)
        writer.member("url", url(method, type, name, id))
        conditions(method, to: &writer)
        writer.endObject()
        writer.endObject()
    }

    private mutating func fullURL(_ index: Int, _ name: String, _ id: String) -> String {
        values.random.pick([
            "urn:uuid:5e1b4a6a-53c0-4a1c-9d2a-1111111111\(index % 8)\(index / 8 % 10)", "urn:oid:1.2.\(index)",
            "http://127.0.0.1/fhir/\(name)/\(id)", values.isStrange() ? "x" : "http://elsewhere.example/\(name)/\(id)",
        ])
    }

    private mutating func patch(_ type: TypeID) -> [UInt8] {
        guard values.random.chance(50) else { return patches.pathPatch(type) }
        let isJSONPatch = values.random.chance(50)
        let data = Base64.text(isJSONPatch ? patches.jsonPatch(type) : patches.mergePatch(type))
        let contentType = Self.patchTypes[isJSONPatch ? 0 : 1]
        return Array(#"{"resourceType":"Binary","contentType":"\#(contentType)","data":"\#(data)"}"#.utf8)
    }

    private mutating func url(_ method: String, _ type: TypeID, _ name: String, _ id: String) -> String {
        if values.isStrange() {
            return values.random.pick([
                "$x", "", "?_type=Patient", "Nothing/1", values.strange(), "\(name)/\(id)/_history/1", "/\(name)/\(id)",
            ])
        }
        let criteria = "\(name)?\(queries.criteria(type))"
        switch method {
        case "POST":
            return values.random.pick([name, name, name, "\(name)/_search", "\(name)/f1/$meta"])
        case "GET", "HEAD":
            return values.random.pick([
                "\(name)/\(values.id())", "\(name)?\(queries.query(type))", "\(name)/f1/_history", "\(name)/_history/",
                "\(name)/f1/_history/1", "\(name)/f1/$meta", "metadata", "Patient/f1/\(name)?\(queries.query(type))",
                "?_type=\(name)", "_history?_count=2", "http://127.0.0.1/fhir/\(name)/f1", "Patient/f1/$everything",
            ])
        default: return values.random.chance(25) ? criteria : "\(name)/\(id)"
        }
    }

    private mutating func conditions(_ method: String, to writer: inout JSONWriter) {
        let wanted: [String: [String]] = [
            "PUT": ["ifMatch", "ifNoneMatch"], "PATCH": ["ifMatch"], "DELETE": ["ifMatch"], "POST": ["ifNoneExist"],
            "GET": ["ifNoneMatch", "ifModifiedSince"],
        ]
        for key in wanted[method] ?? [] where values.random.chance(12) {
            writer.key(named: key)
            let odd = ["W/\"99999999999999999999\"", "\"", "name=x&y", "1", "%27"]
            switch key {
            case "ifNoneExist": writer.string(queries.criteria(values.type()))
            case "ifModifiedSince": writer.string(values.random.pick(["2020-01-01T00:00:00Z", "2050", "x"]))
            default: writer.string(values.random.pick(values.isStrange() ? odd : ["W/\"1\"", "W/\"2\"", "*"]))
            }
        }
    }
}

extension ValueMaker {
    private static let common = [
        "Patient", "Observation", "Encounter", "Basic", "Group", "List", "Composition", "Binary", "Appointment", "Slot",
        "ValueSet", "Location", "QuestionnaireResponse", "Organization",
    ]

    /// A resource type; some come often, so that there is something to find.
    mutating func type() -> TypeID {
        if random.chance(60), let type = definitions.resourceType(named: random.pick(Self.common)) { return type }
        return random.pick(definitions.resourceTypes)
    }
}
