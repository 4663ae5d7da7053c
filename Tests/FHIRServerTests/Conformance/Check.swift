import Glibc
import Synchronization
import Testing

/// Marks a test as one of the black-box checks `C01`…`C77` of the FHIR API; the suite prints at its end which of
/// them hold.
///
///     @Test("C12: a patch that fails changes nothing", .check("C12")) func …
struct Check: TestTrait, SuiteTrait, TestScoping {
    let names: [String]

    @concurrent func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        ConformanceTable.shared.begin(names)
        let failed = Mutex(false)
        let watcher = IssueHandlingTrait.compactMapIssues { issue in
            failed.withLock { $0 = true }
            return issue
        }
        defer { if failed.withLock({ $0 }) { ConformanceTable.shared.fail(names) } }
        do {
            try await watcher.provideScope(for: test, testCase: testCase, performing: function)
        } catch {
            failed.withLock { $0 = true }
            throw error
        }
    }
}

extension Trait where Self == Check {
    static func check(_ names: String...) -> Check { Check(names: names) }
}

/// Which checks were run and which failed; printed when the test process ends.
private final class ConformanceTable: Sendable {
    static let shared = ConformanceTable()

    private struct State {
        var run: Set<String> = []
        var failed: Set<String> = []
    }

    private let state = Mutex(State())

    private init() {
        // Tests run in any order, so only the end of the process knows that all have run.
        atexit { ConformanceTable.shared.print() }
    }

    func begin(_ names: [String]) {
        state.withLock { $0.run.formUnion(names) }
    }

    func fail(_ names: [String]) {
        state.withLock { $0.failed.formUnion(names) }
    }

    private func print() {
        let (run, failed) = state.withLock { ($0.run, $0.failed) }
        let names = (1...77).map { $0 < 10 ? "C0\($0)" : "C\($0)" }
        Swift.print("conformance checks that hold: \(run.subtracting(failed).count) of \(names.count)")
        for row in stride(from: 0, to: names.count, by: 11) {
            let cells = names[row..<min(row + 11, names.count)].map { name in
                name + (failed.contains(name) ? " FAILS" : run.contains(name) ? " ok   " : " -    ")
            }
            Swift.print("  " + cells.joined(separator: " "))
        }
    }
}
