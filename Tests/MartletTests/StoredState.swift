import FHIRServerTesting
import JSONTape
import Testing

/// What the server has, read from the outside and held against what was acknowledged.
struct StoredState {
    let http: TestClient
    let ledger: Ledger.Entries

    /// Every acknowledged write is there, none twice.
    func check() async throws {
        #expect(ledger.surprises.isEmpty, "\(ledger.surprises.prefix(5))")
        try await checkResources()
        for client in WriteLoad.clients { try await checkVersions(client) }
        try await checkResults()
    }

    private func checkResources() async throws {
        let patients = try await all("Patient")
        let total = try await http.get("Patient?_total=accurate&_count=1").json["total"]?.integer
        #expect(total == patients.count)
        var ids: [String: [String]] = [:]
        for patient in patients {
            for identifier in patient["identifier"]?.items ?? [] {
                ids[identifier["value"]?.string ?? "", default: []].append(patient["id"]?.string ?? "")
            }
        }
        let doubles = ids.filter { $0.value.count > 1 }
        #expect(doubles.isEmpty, "stored twice: \(doubles.count)")
        let missing = ledger.resources.filter { ids[$0.key] != [$0.value] }
        #expect(missing.isEmpty, "acknowledged but not found by search: \(missing.count)")
        for sender in WriteLoad.senders { #expect(ids[WriteLoad.patient(sender)]?.count == 1) }
        for id in ledger.resources.values {
            let answer = try await http.get("Patient/\(id)")
            #expect(answer.status == 200, "acknowledged but not readable: \(id)")
        }
    }

    /// The history holds every version once, with the content that was acknowledged under its number; more only by
    /// those updates of which no answer came.
    private func checkVersions(_ client: Int) async throws {
        let history = try await all("Patient/\(WriteLoad.updated(client))/_history")
        var contents: [Int: Int] = [:]
        for version in history {
            let number = try #require(version["meta"]?["versionId"]?.string.flatMap { Int($0) })
            let content = try #require(version["multipleBirthInteger"]?.integer)
            #expect(contents.updateValue(content, forKey: number) == nil, "version \(number) is there twice")
        }
        #expect(Set(contents.keys) == Set(1...max(contents.count, 1)), "versions without a gap")
        #expect(Set(contents.values).count == contents.count, "an update was applied twice")
        let acknowledged = ledger.versions[client, default: [:]]
        #expect(acknowledged.allSatisfy { contents[$0.key] == $0.value }, "an acknowledged version is lost")
        #expect(contents.count - acknowledged.count <= ledger.openUpdates[client, default: 0])
    }

    private func checkResults() async throws {
        var counts: [String: Int] = [:]
        let reports = try await all("DiagnosticReport")
        for report in reports {
            let names = Set((report["identifier"]?.items ?? []).compactMap { $0["value"]?.string })
            for name in names { counts[name, default: 0] += 1 }
        }
        let doubles = counts.filter { $0.value > 1 }
        #expect(doubles.isEmpty, "stored twice: \(doubles.count)")
        let missing = ledger.accepted.filter { counts[$0] != 1 }
        #expect(missing.isEmpty, "acknowledged but not stored: \(missing.count)")
        // A message is stored whole or not at all.
        for type in ["Observation", "ServiceRequest"] {
            let total = try await http.get("\(type)?_total=accurate&_count=1").json["total"]?.integer
            #expect(total == reports.count, "\(type)")
        }
    }

    /// Every resource of a search or history, page by page.
    private func all(_ path: String) async throws -> [JSONNode] {
        var found: [JSONNode] = []
        var next: String? = "\(path)?_count=1000"
        while let path = next {
            let answer = try await http.get(path)
            try #require(answer.status == 200, "\(answer.text)")
            let bundle = try answer.json
            found += (bundle["entry"]?.items ?? []).compactMap { $0["resource"] }
            let link = bundle["link"]?.items.first { $0["relation"]?.string == "next" }?["url"]?.string
            next = link.map { String($0.dropFirst(http.base.count + 1)) }
        }
        return found
    }
}
