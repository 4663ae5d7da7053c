import FHIRDefinitions

/// Makes requests of all kinds; the same for the same seed and index.
struct RequestMaker {
    let definitions: FHIRDefinitions
    private var random: Randomness
    private var values: ValueMaker
    private var queries: QueryMaker
    private var bodies: BodyMaker

    init(definitions: FHIRDefinitions, seed: UInt64, index: Int) {
        self.definitions = definitions
        random = Randomness(seed: seed, index: index)
        values = ValueMaker(definitions: definitions, random: Randomness(seed: random.next(), index: 0))
        queries = QueryMaker(
            definitions: definitions,
            values: ValueMaker(definitions: definitions, random: Randomness(seed: random.next(), index: 1)))
        bodies = BodyMaker(definitions: definitions, random: Randomness(seed: random.next(), index: 2))
    }

    mutating func request() -> FuzzRequest {
        let type = bodies.type()
        let name = definitions.name(of: type)
        var request: FuzzRequest
        switch random.below(100) {
        case 0..<36: request = FuzzRequest("/fhir/\(name)?\(queries.query(type))")
        case 36..<42: request = formSearch(type, name)
        case 42..<46: request = FuzzRequest("/fhir/\(name)/\(values.id())/\(compartment())?\(queries.query(type))")
        case 46..<49: request = FuzzRequest("/fhir?\(queries.query(type))&_type=\(name),Patient")
        case 49..<57: request = read(name)
        case 57..<76: request = write(type, name)
        case 76..<81: request = patch(name)
        case 81..<89:
            request = FuzzRequest("POST", "/fhir")
            request.body = bodies.bundle()
            request.headers.append(("Content-Type", "application/fhir+json"))
        case 89..<96: request = operation(name)
        default: request = odd(name)
        }
        addHeaders(to: &request)
        if request.body != nil, random.chance(8) { bodies.damage(&request.body!) }
        if random.chance(2) {
            // Right after the first slash or later, so that it stays a request.
            let place = 1 + random.below(request.target.count - 1)
            request.target.insert(
                random.pick([0x25, 0x2F, 0x3F, 0x26, 0x3D, 0xC3, 0xFF, 0x7F, 0x22, 0x5C, 0x3B, 0x23]), at: place)
        }
        return request
    }

    private mutating func formSearch(_ type: TypeID, _ name: String) -> FuzzRequest {
        let place = random.pick(["\(name)/", "\(name)/", "\(name)/", "", "Patient/f1/\(name)/"])
        let inAddress = random.chance(20) ? "?" + queries.query(type) : ""
        var request = FuzzRequest("POST", "/fhir/\(place)_search\(inAddress)")
        request.body = Array(queries.query(type).utf8)
        request.headers.append(("Content-Type", random.pick(["application/x-www-form-urlencoded", "text/plain"])))
        return request
    }

    private mutating func compartment() -> String {
        random.pick([
            "Observation", "Condition", "*", "Patient", "Encounter", "Nothing", "Device", "%2A", "$x", "_history",
        ])
    }

    private mutating func read(_ name: String) -> FuzzRequest {
        let id = values.id()
        let version = random.pick(["1", "2", "0", "99999999999999999999", "-1", "a", values.strange()])
        let address = random.pick([
            "\(name)/\(id)", "\(name)/\(id)", "\(name)/\(id)/_history", "\(name)/_history", "_history",
            "\(name)/\(id)/_history/\(version)",
        ])
        let query = random.chance(40) ? "?" + queries.query(bodies.type()) : ""
        return FuzzRequest(random.chance(15) ? "HEAD" : "GET", "/fhir/\(address)\(query)")
    }

    private mutating func write(_ type: TypeID, _ name: String) -> FuzzRequest {
        let id = values.id()
        var request: FuzzRequest
        switch random.below(9) {
        case 0: return FuzzRequest("DELETE", "/fhir/\(name)/\(id)")
        case 1: return FuzzRequest("DELETE", "/fhir/\(name)?\(queries.query(type))")
        case 2...4: request = FuzzRequest("POST", "/fhir/\(name)")
        case 5: request = FuzzRequest("PUT", "/fhir/\(name)?\(queries.query(type))")
        default: request = FuzzRequest("PUT", "/fhir/\(name)/\(id)")
        }
        let isXML = random.chance(8)
        let own = random.chance(95) ? type : bodies.type()
        request.body = isXML ? bodies.xml(own) : bodies.resource(own, id: request.method == "PUT" ? id : nil)
        let types = [
            "application/fhir+json", "application/json; charset=utf-8", "text/json",
            "application/fhir+json;fhirVersion=4.0",
        ]
        request.headers.append(("Content-Type", isXML ? "application/fhir+xml" : random.pick(types)))
        return request
    }

    private mutating func patch(_ name: String) -> FuzzRequest {
        let type = bodies.type()
        let address = random.chance(70) ? "\(name)/\(values.id())" : "\(name)?\(queries.query(type))"
        var request = FuzzRequest("PATCH", "/fhir/\(address)")
        let kind = random.below(4)
        request.body = kind == 0 ? bodies.jsonPatch() : kind == 1 ? bodies.mergePatch() : bodies.pathPatch()
        let types = ["application/json-patch+json", "application/merge-patch+json", "application/fhir+json"]
        request.headers.append(("Content-Type", random.chance(92) ? types[min(kind, 2)] : random.pick(types + ["x"])))
        return request
    }

    private mutating func operation(_ name: String) -> FuzzRequest {
        let operation = random.pick([
            "$meta", "$meta-add", "$meta-delete", "$everything", "$lastn", "$stats", "$document", "$graphql",
            "$graphql", "$validate",
            "$book", "$cancel", "$x", "$", "$%27", "$reindex",
        ])
        let place = random.pick([
            "", "\(name)/", "\(name)/\(values.id())/", "Patient/f1/", "Composition/f1/", "Observation/",
        ])
        guard random.chance(60) else {
            return FuzzRequest("/fhir/\(place)\(operation)?\(queries.query(bodies.type()))&query=%7Bid%7D")
        }
        var request = FuzzRequest("POST", "/fhir/\(place)\(operation)")
        let isGraphQL = operation == "$graphql" && random.chance(80)
        request.body = isGraphQL ? bodies.graphQL() : bodies.parameters()
        request.headers.append(("Content-Type", isGraphQL ? "application/graphql" : "application/fhir+json"))
        return request
    }

    private mutating func odd(_ name: String) -> FuzzRequest {
        let method = random.pick(["GET", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND", "HEAD"])
        let address = random.pick([
            "/", "/fhir/", "/fhir", "/fhir/metadata", "/fhir/metadata?mode=\(values.strange())", "/fhir//\(name)",
            "/fhir/\(name)//",
            "/fhir/\(name)/f1/f2/f3/f4", "/fhir/../fhir/\(name)", "/FHIR/\(name)", "/fhir/\(name.lowercased())",
            "/metrics", "/health/live",
            "/fhir/\(values.strange())/\(values.strange())", "/\(values.strange())", "/fhir/_search",
            "/fhir/\(name)/_search", "/fhir/_history",
            "/.well-known/smart-configuration", "/fhir/\(name)/" + String(repeating: "a", count: random.below(9000)),
            "*", "/fhir?", "/fhir/?&",
        ])
        var request = FuzzRequest(method, address)
        if random.chance(30) { request.body = bodies.resource(bodies.type(), id: nil) }
        return request
    }

    // MARK: - Header fields

    private static let fields: [(String, [String])] = [
        (
            "If-Match",
            ["W/\"1\"", "*", "\"1\"", "1", "W/\"", "W/\"99999999999999999999\"", "a", ",", "W/\"1\", W/\"2\""]
        ),
        ("If-None-Match", ["W/\"1\"", "*", "\"", "W/\"x\"", "W/\"1\",*"]),
        (
            "If-Modified-Since",
            ["Sat, 01 Jan 2050 00:00:00 GMT", "Sat, 99 Foo 0000 25:61:61 GMT", "x", "Sunday, 06-Nov-94 08:49:37 GMT"]
        ),
        (
            "If-None-Exist",
            [
                "identifier=a|1", "identifier=", "?name=a", "name:exact=a&name=b", "%27=%27", "_id=f1", "nothing=1",
                "_count=0",
            ]
        ),
        (
            "Prefer",
            [
                "return=minimal", "return=OperationOutcome", "handling=lenient", "handling=strict", "return=x;;,=",
                "respond-async",
            ]
        ),
        (
            "Accept",
            [
                "application/fhir+json", "application/fhir+xml", "text/html", "*/*;q=0", "application/fhir+json;q=1.5",
                ";", "text/*, x/y",
            ]
        ),
        ("Accept-Encoding", ["gzip", "br", "gzip;q=0", "*"]), ("Content-Encoding", ["gzip", "identity", "x"]),
        ("X-Request-Id", ["a", "%27", "é"]), ("Idempotency-Key", ["a", ""]),
        ("Authorization", ["Bearer x", "Basic", ""]),
        (
            "Content-Type",
            ["application/fhir+json", "x", "", "application/fhir+xml", "multipart/form-data; boundary=a"]
        ),
        ("Accept-Charset", ["utf-16"]), ("Range", ["bytes=0-1"]), ("Expect", ["100-continue", "x"]),
    ]

    private mutating func addHeaders(to request: inout FuzzRequest) {
        if random.chance(15) { request.headers.append(("Prefer", "handling=lenient")) }
        guard random.chance(35) else { return }
        for _ in 0..<1 + random.below(3) {
            let (name, candidates) = random.pick(Self.fields)
            if random.chance(20) { request.headers.removeAll { $0.name == name } }
            request.headers.append((name, random.pick(candidates)))
        }
    }
}
