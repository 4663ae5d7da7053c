import FHIRFormats
import FHIRStoreTesting
import PostgreSQL
import Testing

@testable import FHIRStore

/// Jobs of several callers that are run as one.
@Suite("Jobs that are gathered")
struct JobGathererTests {
    private static func observation(_ value: String) -> String {
        #"""
        {"resourceType": "Observation", "status": "final", "code": {"text": "x"},
         "valueQuantity": {"value": \#(value), "unit": "g"}}
        """#
    }

    private static func job(_ test: TestStore, _ resources: [(id: String, value: String)]) throws -> StoreJob {
        var job = StoreJob()
        job.commands = try resources.map {
            test.store.createCommand(try test.unboundedInput(observation($0.value)), id: $0.id)
        }
        return job
    }

    /// What came of each job: versions, or the error's code.
    private static func run(_ test: TestStore, _ jobs: [StoreJob]) async -> [Result<[Int?], StoreError>] {
        await withTaskGroup(of: (Int, Result<[Int?], StoreError>).self) { group in
            for (index, job) in jobs.enumerated() {
                group.addTask {
                    do {
                        return (index, .success(try await test.store.runGathered(job).map { $0?.stamp.version }))
                    } catch let error as StoreError {
                        return (index, .failure(error))
                    } catch {
                        return (index, .failure(StoreError(.fault, "\(error)")))
                    }
                }
            }
            var outcomes: [Int: Result<[Int?], StoreError>] = [:]
            for await (index, outcome) in group { outcomes[index] = outcome }
            return jobs.indices.compactMap { outcomes[$0] }
        }
    }

    @Test("Each job takes effect by itself, whatever becomes of the others")
    func independence() async throws {
        try await TestStore.with(types: ["Observation"]) { test in
            let type = test.type("Observation")
            _ = try await test.store.update(try test.input(Self.observation("0")), id: "j7-1")
            let jobs = try (0..<60).map { number in
                // Of job 7 an id is taken; job 9 has more digits than a number may have.
                try Self.job(
                    test, (0..<3).map { ("j\(number)-\($0)", number == 9 && $0 == 2 ? "1e200000" : "\(number).\($0)") })
            }
            let outcomes = await Self.run(test, jobs)
            for (number, outcome) in outcomes.enumerated() {
                switch (number, outcome) {
                case (7, .failure(let error)): #expect(error.code == .stale)
                case (9, .failure(let error)): #expect(error.code == .invalidContent && error.commandIndex == 2)
                case (_, .success(let versions)): #expect(versions == [1, 1, 1])
                default: Issue.record("job \(number): \(outcome)")
                }
                for place in 0..<3 {
                    let version = try? await test.store.read(type, id: "j\(number)-\(place)")
                    #expect((version != nil) == (number != 9 && (number != 7 || place == 1)))
                }
            }
        }
    }

    @Test("Statements run in front of the writes and behind them, for each job")
    func statements() async throws {
        try await TestStore.with(types: ["Observation"]) { test in
            try await test.database.script("CREATE TABLE seen (job int PRIMARY KEY, before int, after int)")
            func statement(_ text: String, _ number: Int) -> (SQLStatement, SQLParameters) {
                var parameters = SQLParameters()
                parameters.append(int64: Int64(number))
                return (SQLStatement(text), parameters)
            }
            let jobs = try (0..<20).map { number in
                var job = try Self.job(test, [("s\(number)", "1")])
                let count = "(SELECT count(*) FROM observation WHERE id = 's' || $1::bigint)"
                job.statements = [
                    statement("INSERT INTO seen (job, before) VALUES ($1::bigint, \(count))", number)
                ]
                job.closing = [statement("UPDATE seen SET after = \(count) WHERE job = $1::bigint", number)]
                return job
            }
            for outcome in await Self.run(test, jobs) { #expect(try outcome.get() == [1]) }
            let rows = try await test.database.query(
                SQLStatement("SELECT count(*) FROM seen WHERE before = 0 AND after = 1"))
            #expect(rows.int64(0, 0) == 20)
        }
    }

    @Test("What changes something runs by itself, in the same way")
    func changes() async throws {
        try await TestStore.with(types: ["Observation"]) { test in
            var job = try Self.job(test, [("a", "1")])
            job.commands.append(test.store.updateCommand(try test.input(Self.observation("2")), id: "a"))
            #expect(try await test.store.runGathered(job).map { $0?.stamp.version } == [1, 2])
        }
    }
}
