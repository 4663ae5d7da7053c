/// The HTTP workloads, with values from the loaded data.
struct HTTPWorkloads {
    let corpus: Corpus
    let postgres: Postgres
    /// Requests of a search that both sides choose from, and that statements are taken down for.
    private static let variantCount = 64
    /// The same for writes: many, so that what is written spreads over the patients as real growth does.
    private static let writeVariantCount = 1000
    private static let readableCount = 20_000

    /// Patients that a search by name answers at most. One, where databases of different size are compared: a small
    /// one has no page full of equal names, and the time would be that of writing the answer.
    private let namesOnPage: Int

    init(postgres: Postgres, namesOnPage: Int = 20) {
        self.postgres = postgres
        self.namesOnPage = namesOnPage
        corpus = Corpus(postgres)
    }

    /// In the order of measuring: what only reads comes first, on the data as it was loaded.
    static let names = [
        "read", "search-code", "search-category", "search-date", "search-name", "search-identifier", "mix-samurai",
        "mix-mock", "create", "transaction",
    ]

    /// Nil for a name that is none of these.
    func make(_ name: String) throws -> Workload? {
        switch name {
        case "read": try read()
        case "create": try create()
        case "transaction": transaction()
        case "search-code": try patientAndCode()
        case "search-category": try patientAndCategory()
        case "search-date": try codeAndDate()
        case "search-name": try patientName()
        case "search-identifier": try identifier()
        case "mix-samurai":
            try mix(
                name, "24 search shapes", SearchMixes(values: SampledValues(postgres: postgres)).samurai(),
                connections: 8)
        case "mix-mock":
            try mix(
                name, "29 search shapes", SearchMixes(values: SampledValues(postgres: postgres)).mockHealth(),
                connections: 64)
        default: nil
        }
    }

    // MARK: - Reads and writes

    private func read() throws -> Workload {
        let ids = try IDSpace.fill(table: "observation", count: Self.readableCount, in: postgres)
        let requests = ids.range.map { HTTPRequest("GET", "/fhir/Observation/" + ids.id($0)) }
        return Workload(
            name: "read", title: "read by id", connectionCount: 32, requests: requests, expectedStatus: 200,
            samples: Array(requests.prefix(4)), ids: ids, goal: 0.45, measuresOpenLoop: true)
    }

    private func create() throws -> Workload {
        let requests = try corpus.newObservations(Self.writeVariantCount).map {
            HTTPRequest("POST", "/fhir/Observation", body: $0)
        }
        return Workload(
            name: "create", title: "create Observation", connectionCount: 32, requests: requests, expectedStatus: 201,
            samples: requests, goal: 0.80)
    }

    /// The small transaction of Blaze's load test: a patient and an observation that refers to it by urn:uuid.
    private func transaction() -> Workload {
        var random = FastRandom(seed: 7)
        let requests = (0..<Self.writeVariantCount).map { _ in
            HTTPRequest("POST", "/fhir", body: Self.smallTransaction(&random))
        }
        return Workload(
            name: "transaction", title: "transaction of 2", connectionCount: 32, requests: requests,
            expectedStatus: 200, samples: requests)
    }

    private static func smallTransaction(_ random: inout FastRandom) -> String {
        let year = 1920 + random.index(below: 100)
        let gender = random.index(below: 2) == 0 ? "female" : "male"
        let pressure = 90 + random.index(below: 90)
        let urn = "urn:uuid:4b0c9d3e-7a52-4c57-9a37-5d1f6f1c2a10"
        return """
            {"resourceType":"Bundle","type":"transaction","entry":[\
            {"fullUrl":"\(urn)","resource":{"resourceType":"Patient","gender":"\(gender)","birthDate":"\(year)-05-17"},\
            "request":{"method":"POST","url":"Patient"}},\
            {"resource":{"resourceType":"Observation","status":"final",\
            "code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"subject":{"reference":"\(urn)"},\
            "valueQuantity":{"value":\(pressure),"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},\
            "request":{"method":"POST","url":"Observation"}}]}
            """
    }

    // MARK: - Searches

    private func patientAndCode() throws -> Workload {
        search(
            "code", "patient + code, newest 10",
            try corpus.patientsWithCodes(Self.variantCount).map {
                "Observation?patient=\(HTTPRequest.escape($0.patient))&code=\(HTTPRequest.escape($0.code))"
                    + "&_sort=-date&_count=10"
            })
    }

    /// The last one asks for a patient that does not exist.
    private func patientAndCategory() throws -> Workload {
        let patients = try corpus.patientsWithCodes(Self.variantCount - 1).map(\.patient) + ["Patient/nobody"]
        return search(
            "category", "patient + category, 50",
            patients.map { "Observation?patient=\(HTTPRequest.escape($0))&category=laboratory&_count=50" })
    }

    private func codeAndDate() throws -> Workload {
        search(
            "date", "code + date ≥, newest 20",
            try corpus.codesWithDates(Self.variantCount).map {
                "Observation?code=\(HTTPRequest.escape($0.code))&date=ge\($0.date)&_sort=-date&_count=20"
            })
    }

    /// Five letters are about what someone types before looking.
    private func patientName() throws -> Workload {
        search(
            "name", "patient name prefix, \(namesOnPage)",
            try corpus.namePrefixes(Self.variantCount, letters: 5).map {
                "Patient?name=\(HTTPRequest.escape($0))&_count=\(namesOnPage)"
            })
    }

    private func identifier() throws -> Workload {
        search(
            "identifier", "patient identifier",
            try corpus.identifiers(Self.variantCount).map { "Patient?identifier=\(HTTPRequest.escape($0))" })
    }

    private func mix(_ name: String, _ title: String, _ shapes: [RequestShape], connections: Int) -> Workload {
        var workload = Workload(
            name: name, title: title, connectionCount: connections, shapes: shapes, expectedStatus: 200,
            samples: shapes)
        workload.goal = 0.40
        // With eight connections on the machine's cores; at 64 the tail is mostly queueing.
        if connections == 8 { workload.worstShapeGoal = 40 }
        return workload
    }

    private func search(_ name: String, _ title: String, _ targets: [String]) -> Workload {
        let requests = targets.map { HTTPRequest("GET", "/fhir/" + $0) }
        return Workload(
            name: "search-" + name, title: title, connectionCount: 8, requests: requests, expectedStatus: 200,
            samples: requests, measuresOpenLoop: false)
    }
}
