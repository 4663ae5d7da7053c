import FHIRDefinitions
import FHIRFormats

/// Makes requests of all kinds; the same for the same seed and index.
///
/// Most are sound, so that they get through to what answers them; some have one thing wrong, few much.
struct RequestMaker {
    let definitions: FHIRDefinitions
    private var random: Randomness
    private var values: ValueMaker
    private var queries: QueryMaker
    private let strangeness: Int

    init(definitions: FHIRDefinitions, seed: UInt64, index: Int) {
        self.definitions = definitions
        random = Randomness(seed: seed, index: index)
        strangeness = random.pick([0, 0, 0, 0, 0, 0, 3, 3, 10, 40])
        values = ValueMaker(
            definitions: definitions, random: Randomness(seed: random.next(), index: 0), strangeness: strangeness)
        queries = QueryMaker(
            definitions: definitions,
            values: ValueMaker(
                definitions: definitions, random: Randomness(seed: random.next(), index: 1), strangeness: strangeness))
    }

    private var patches: PatchMaker { PatchMaker(definitions: definitions, values: values) }

    mutating func request() -> FuzzRequest {
        let type = values.type()
        let name = definitions.name(of: type)
        var request: FuzzRequest
        switch random.below(100) {
        case 0..<32:
            request = FuzzRequest("/fhir/\(name)?\(queries.query(type))")
            if random.chance(25) { request = page(request) }
        case 32..<37: request = formSearch(type, name)
        case 37..<42: request = compartmentSearch()
        case 42..<46:
            request = FuzzRequest("/fhir?\(queries.query(type))&_type=\(name)\(values.isStrange() ? ",x" : "")")
        case 46..<53: request = read(name)
        case 53..<70: request = write(type, name)
        case 70..<76: request = patch(type, name)
        case 76..<84:
            var maker = BundleMaker(definitions: definitions, values: values, queries: queries, patches: patches)
            request = FuzzRequest("POST", "/fhir")
            request.kind = "bundle"
            request.body = maker.bundle()
            request.add("Content-Type", "application/fhir+json")
            asXML(&request)
        case 84..<96:
            var maker = OperationMaker(definitions: definitions, values: values, queries: queries)
            request = maker.request()
        default: request = odd(name)
        }
        HeaderMaker.add(to: &request, queries.criteria(type), strangeness, &random)
        if request.body != nil, random.chance(strangeness) { Damage.apply(to: &request.body!, &random) }
        if random.chance(strangeness / 5) {
            // Right after the first slash or later, so that it stays a request.
            let place = 1 + random.below(request.target.count - 1)
            request.target.insert(
                random.pick([0x25, 0x2F, 0x3F, 0x26, 0x3D, 0xC3, 0xFF, 0x7F, 0x22, 0x5C, 0x3B, 0x23]), at: place)
        }
        return request
    }

    /// A search in small pages, whose links are followed.
    private mutating func page(_ request: FuzzRequest) -> FuzzRequest {
        var request = request
        request.target += Array("&_count=\(1 + random.below(3))".utf8)
        request.follow = Randomness(seed: random.next(), index: 0)
        return request
    }

    private mutating func formSearch(_ type: TypeID, _ name: String) -> FuzzRequest {
        let place = random.pick(["\(name)/", "\(name)/", "\(name)/", "", "Patient/f1/\(name)/"])
        let inAddress = random.chance(20) ? "?" + queries.query(type) : ""
        var request = FuzzRequest("POST", "/fhir/\(place)_search\(inAddress)")
        request.kind = "form"
        request.body = Array((queries.query(type) + (place.isEmpty ? "&_type=\(name)" : "")).utf8)
        let contentType = values.isStrange() ? "text/plain" : "application/x-www-form-urlencoded"
        request.add("Content-Type", contentType)
        return request
    }

    private mutating func compartmentSearch() -> FuzzRequest {
        let focus =
            values.isStrange() ? "Group" : random.pick(["Patient", "Patient", "Encounter", "Practitioner", "Device"])
        let target = random.pick(["Observation", "Condition", "Encounter", "Procedure", "Appointment", "Account"])
        let odd = ["Nothing", "%2A", "_history", "Medication"]
        let type = definitions.resourceType(named: target) ?? values.type()
        let isAll = random.chance(15)
        let query = isAll ? "_count=2" : queries.query(type)
        let name = values.isStrange() ? random.pick(odd) : isAll ? "*" : target
        var request = FuzzRequest("/fhir/\(focus)/\(values.id())/\(name)?\(query)")
        request.kind = "compartment"
        return random.chance(20) ? page(request) : request
    }

    private mutating func read(_ name: String) -> FuzzRequest {
        let id = values.id()
        let version = values.isStrange() ? values.strange() : random.pick(["1", "2", "1", "3"])
        let address = random.pick([
            "\(name)/\(id)", "\(name)/\(id)", "\(name)/\(id)/_history/\(version)", "\(name)/\(id)/_history",
            "\(name)/_history", "_history",
        ])
        let isHistory = address.hasSuffix("_history")
        var parameters: [String] = []
        if isHistory, random.chance(60) { parameters.append("_count=\(random.below(4))") }
        if isHistory, random.chance(20) { parameters.append("_since=" + values.date()) }
        if isHistory, random.chance(15) { parameters.append("_at=" + values.date()) }
        if isHistory, random.chance(15) {
            parameters.append("_sort=" + random.pick(["_lastUpdated", "-_lastUpdated"]))
        }
        if random.chance(15) { parameters.append("_summary=" + random.pick(["true", "text", "data", "false"])) }
        if random.chance(10) { parameters.append("_elements=id,status,identifier") }
        if random.chance(10) { parameters.append("_format=" + random.pick(["xml", "json"])) }
        if address == "_history", random.chance(20) { parameters.append("_type=\(name)") }
        if values.isStrange() { parameters.append(queries.query(values.type())) }
        let query = parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&")
        var request = FuzzRequest(random.chance(15) ? "HEAD" : "GET", "/fhir/\(address)\(query)")
        request.kind = isHistory ? "history" : "read"
        if isHistory, random.chance(40) { request.follow = Randomness(seed: random.next(), index: 0) }
        return request
    }

    private mutating func write(_ type: TypeID, _ name: String) -> FuzzRequest {
        let id = values.id()
        let criteria = queries.criteria(type)
        var request: FuzzRequest
        switch random.below(12) {
        case 0: request = FuzzRequest("DELETE", "/fhir/\(name)/g\(random.below(4))")
        case 1: request = FuzzRequest("DELETE", "/fhir/\(name)?\(criteria)&_id=g\(random.below(4))")
        case 2...5: request = FuzzRequest("POST", "/fhir/\(name)")
        case 6: request = FuzzRequest("PUT", "/fhir/\(name)?\(criteria)")
        case 7: request = FuzzRequest("PUT", "/fhir/\(name)/g\(random.below(4))")
        default: request = FuzzRequest("PUT", "/fhir/\(name)/\(id)")
        }
        request.kind = request.method.lowercased()
        if request.method == "DELETE" { return request }
        let bodyID = String(decoding: request.target, as: UTF8.self).split(separator: "/").dropFirst(2).first
        var maker = ResourceMaker(
            definitions: definitions, random: Randomness(seed: random.next(), index: 1), strangeness: strangeness)
        let own = values.isStrange() ? values.type() : type
        request.body = maker.resource(own, id: request.method == "PUT" ? bodyID.map(String.init) : nil)
        if name == "Binary", random.chance(40) {
            request.body = random.pick([[0x41], [], [0, 0xFF, 0x80], Array("<a/>".utf8)])
            request.add("Content-Type", random.pick(["text/plain", "image/png", "application/xml; a=\"b;c\"", "x/y"]))
            return request
        }
        let types = [
            "application/fhir+json", "application/json; charset=utf-8", "text/json",
            "application/fhir+json;fhirVersion=4.0",
        ]
        request.add("Content-Type", random.pick(types))
        asXML(&request)
        return request
    }

    private mutating func patch(_ type: TypeID, _ name: String) -> FuzzRequest {
        let address = random.chance(80) ? "\(name)/\(values.id())" : "\(name)?\(queries.criteria(type))"
        var request = FuzzRequest("PATCH", "/fhir/\(address)")
        request.kind = "patch"
        var maker = patches
        let types = ["application/json-patch+json", "application/merge-patch+json", "application/fhir+json"]
        let kind = random.below(3)
        request.body =
            kind == 0 ? maker.jsonPatch(type) : kind == 1 ? maker.mergePatch(type) : maker.pathPatch(type)
        request.add("Content-Type", values.isStrange() ? random.pick(types + ["x"]) : types[kind])
        if kind == 2 { asXML(&request) }
        return request
    }

    /// Every now and then the same in XML, where it has a form in XML.
    private mutating func asXML(_ request: inout FuzzRequest) {
        guard random.chance(12), let body = request.body,
            let xml = XMLResourceWriter(definitions: definitions).xml(json: body)
        else { return }
        request.body = xml
        request.headers.removeAll { $0.name == "Content-Type" }
        request.add("Content-Type", random.pick(["application/fhir+xml", "application/fhir+xml", "text/xml"]))
        if random.chance(40 * min(strangeness, 1)) { HostileXML.apply(to: &request.body!, &random) }
    }

    private mutating func odd(_ name: String) -> FuzzRequest {
        let method = random.pick(["GET", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND", "HEAD"])
        let address = random.pick([
            "/", "/fhir/", "/fhir", "/fhir/metadata", "/fhir/metadata?mode=\(values.strange())", "/fhir//\(name)",
            "/fhir/\(name)//", "/fhir/\(name)/f1/f2/f3/f4", "/fhir/../fhir/\(name)", "/FHIR/\(name)",
            "/fhir/\(name.lowercased())", "/metrics", "/health/live", "/health/ready", "/fhir/metadata?_summary=true",
            "/fhir/\(values.strange())/\(values.strange())", "/\(values.strange())", "/fhir/_search",
            "/fhir/\(name)/_search", "/fhir/_history", "/.well-known/smart-configuration", "*", "/fhir?", "/fhir/?&",
            "/fhir/\(name)/" + String(repeating: "a", count: random.below(9000)), "/fhir/metadata?_format=xml",
        ])
        var request = FuzzRequest(method, address)
        request.kind = "odd"
        if random.chance(30) {
            var maker = ResourceMaker(
                definitions: definitions, random: Randomness(seed: random.next(), index: 2), strangeness: strangeness)
            request.body = maker.resource(values.type(), id: nil)
        }
        return request
    }
}
