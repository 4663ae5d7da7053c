/// Header fields: conditions that fit the method, formats, preferences; and odd ones.
enum HeaderMaker {
    private static let strange: [(String, [String])] = [
        ("If-Match", ["\"1\"", "1", "W/\"", "W/\"99999999999999999999\"", "a", ",", "W/\"1\", W/\"2\""]),
        ("If-None-Match", ["\"", "W/\"x\"", "W/\"1\",*"]),
        (
            "If-Modified-Since",
            ["Sat, 01 Jan 2050 00:00:00 GMT", "Sat, 99 Foo 0000 25:61:61 GMT", "x", "Sunday, 06-Nov-94 08:49:37 GMT"]
        ),
        ("If-None-Exist", ["identifier=", "?name=a", "%27=%27", "nothing=1", "_count=0", ""]),
        ("Prefer", ["handling=strict", "return=x;;,=", "respond-async", ""]),
        (
            "Accept",
            ["text/html", "*/*;q=0", "application/fhir+json;q=1.5", ";", "text/*, x/y", "application/fhir+xml"]
        ),
        ("Accept-Encoding", ["br", "gzip;q=0", "*"]), ("Content-Encoding", ["gzip", "identity", "x"]),
        ("X-Request-Id", ["a", "%27", "é"]), ("Idempotency-Key", ["a", ""]),
        ("Authorization", ["Bearer x", "Basic", ""]),
        (
            "Content-Type",
            ["application/fhir+json", "x", "", "application/fhir+xml", "multipart/form-data; boundary=a"]
        ),
        ("Accept-Charset", ["utf-16"]), ("Range", ["bytes=0-1"]), ("Expect", ["100-continue", "x"]),
    ]

    static func add(
        to request: inout FuzzRequest, _ criteria: String, _ strangeness: Int, _ random: inout Randomness
    ) {
        if random.chance(15) { request.add("Prefer", "handling=lenient") }
        if random.chance(10) { request.add("Accept", random.pick(["application/fhir+xml", "application/fhir+json"])) }
        if random.chance(8) { request.add("Accept-Encoding", "gzip") }
        if random.chance(8) { request.add("Connection", "close") }
        switch request.method {
        case "PUT", "PATCH", "DELETE":
            if random.chance(12) { request.add("If-Match", random.pick(["W/\"1\"", "W/\"2\"", "W/\"3\""])) }
            if request.method == "PUT", random.chance(5) { request.add("If-None-Match", "*") }
            if random.chance(20) { request.add("Prefer", "return=" + random.pick(["minimal", "OperationOutcome"])) }
        case "POST":
            if request.kind == "post", random.chance(20) { request.add("If-None-Exist", criteria) }
            if request.kind.hasPrefix("$"), random.chance(20) { request.add("Idempotency-Key", "k\(random.below(5))") }
        default:
            if random.chance(12) { request.add("If-None-Match", random.pick(["W/\"1\"", "*", "W/\"2\", W/\"1\""])) }
            if random.chance(6) { request.add("If-Modified-Since", "Sat, 21 Nov 2026 00:00:00 GMT") }
            if random.chance(3) {
                request.add("Range", random.pick(["bytes=0-0", "bytes=1-", "bytes=-1", "bytes=9-"]))
            }
        }
        guard random.chance(strangeness) else { return }
        for _ in 0..<1 + random.below(3) {
            let (name, candidates) = random.pick(strange)
            if random.chance(20) { request.headers.removeAll { $0.name == name } }
            request.add(name, random.pick(candidates))
        }
    }
}
