import FHIRServerTesting
import FHIRStoreTesting
import JSONTape
import PostgreSQL
import Testing

/// Many entries, and many bundles at once.
@Suite struct TransactionScaleChecks {
    private typealias Bundles = RequestBundles

    @Test("C41: five thousand entries are taken, links and conditions included", .check("C41"))
    func manyEntries() async throws {
        try await TestServer.with { server in
            let client = server.client
            var entries: [String] = []
            for number in 0..<500 {
                let urn = "urn:uuid:00000000-0000-4000-8000-\(100_000_000_000 + number)"
                entries.append(
                    Bundles.entry(
                        "POST", "Patient", Bundles.patient("\(number)"), fullURL: urn,
                        conditions: ["ifNoneExist": "identifier=urn:mrn|\(number)"]))
                for _ in 0..<9 { entries.append(Bundles.entry("POST", "Observation", Bundles.observation(of: urn))) }
            }
            for status in ["201", "200"] {
                let response = try await client.post("", Bundles.bundle("transaction", entries))
                #expect(response.status == 200, "\(response.text.prefix(300))")
                let statuses = try response.entryStatuses
                #expect(statuses.count == 5_000)
                #expect(statuses.enumerated().allSatisfy { $1 == ($0 % 10 == 0 ? status : "201") })
            }
            #expect(try await client.total("Patient") == 500)
            #expect(try await client.total("Observation") == 9_000)
            let chained = try await client.total("Observation", "subject:Patient.identifier=urn:mrn%7C499")
            #expect(chained == 18)
        }
    }

    @Test("C41: bundles that write the same resources at once end well, all of them or with 409", .check("C41", "C32"))
    func conflicts() async throws {
        try await TestServer.with { server in
            let client = server.client
            let count = 120
            func bundle(_ writer: Int) -> String {
                let order = writer % 2 == 0 ? Array(0..<count) : Array((0..<count).reversed())
                let entries = order.map { number in
                    Bundles.entry(
                        "PUT", "Patient/p\(number)", Bundles.patient("\(writer)", id: "p\(number)"))
                }
                return Bundles.bundle("transaction", entries)
            }
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for writer in 0..<6 {
                    group.addTask { try await client.post("", bundle(writer)).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.allSatisfy { $0 == 200 || $0 == 409 }, "\(statuses)")
            let successes = statuses.count { $0 == 200 }
            #expect(successes > 0)
            // Each success is a version of each resource, and the last one's are all its own.
            var last: Set<String> = []
            for number in [0, count / 2, count - 1] {
                let patient = try await client.get("Patient/p\(number)")
                #expect(patient.versionID == "\(successes)")
                last.insert(try patient.json["identifier"]?.items.first?["value"]?.string ?? "")
            }
            #expect(last.count == 1)
        }
    }

    @Test("C41: equal conditions in bundles at once create one resource", .check("C41", "C35"))
    func conflictingConditions() async throws {
        try await TestServer.with { server in
            let client = server.client
            func bundle(_ writer: Int) -> String {
                let numbers = writer % 2 == 0 ? Array(0..<20) : Array((0..<20).reversed())
                return Bundles.bundle(
                    "transaction",
                    numbers.flatMap { number in
                        let urn = "urn:uuid:00000000-0000-4000-8000-\(100_000_000_000 + number)"
                        return [
                            Bundles.entry(
                                "POST", "Patient", Bundles.patient("\(number)"), fullURL: urn,
                                conditions: ["ifNoneExist": "identifier=urn:mrn|\(number)"]),
                            Bundles.entry("POST", "Observation", Bundles.observation(of: urn)),
                        ]
                    })
            }
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for writer in 0..<8 { group.addTask { try await client.post("", bundle(writer)).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.allSatisfy { $0 == 200 || $0 == 409 }, "\(statuses)")
            #expect(try await client.total("Patient") == 20)
            #expect(try await client.total("Observation") == 20 * statuses.count { $0 == 200 })
        }
    }

    @Test("C42: a bundle whose connection breaks is there whole or not at all", .check("C42"))
    func brokenConnections() async throws {
        try await TestServer.with { server in
            let client = server.client
            var whole = 0
            for number in 0..<4 {
                let entries = (0..<600).map { _ in Bundles.entry("POST", "Patient", Bundles.patient("\(number)")) }
                async let response = client.post("", Bundles.bundle("transaction", entries))
                for _ in 0..<number * 4 { try await Self.breakTransactions(server) }
                let status = try await response.status
                #expect(status == 200 || status == 503, "\(status)")
                let total = try await client.total("Patient", "identifier=urn:mrn%7C\(number)")
                // Without an answer of its own, the commit may have come through all the same.
                #expect(total == 600 || total == 0 && status != 200, "\(status): \(total ?? -1)")
                if total == 600 { whole += 1 }
            }
            #expect(whole > 0)
        }
    }

    /// Ends the connections that have written something and not committed it yet.
    private static func breakTransactions(_ server: TestServer) async throws {
        let statement = SQLStatement(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
            """)
        _ = try await server.test.database.read(statement)
        try await Task.sleep(for: .milliseconds(20))
    }
}
