/// Lets so many tests use databases of the shared cluster at once; the others wait their turn.
///
/// Swift Testing starts every test at the same time, and each brings a dozen connections.
package actor DatabaseTurns {
    private static let shared = DatabaseTurns(count: 12)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(count: Int) {
        free = count
    }

    /// Runs `body` when it is its turn.
    package static func take<Result>(_ body: () async throws -> Result) async throws -> Result {
        await shared.begin()
        do {
            let result = try await body()
            await shared.end()
            return result
        } catch {
            await shared.end()
            throw error
        }
    }

    private func begin() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func end() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}
