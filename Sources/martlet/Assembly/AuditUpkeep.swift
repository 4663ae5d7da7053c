import FHIRFormats
import FHIRStore
import Logging

/// What the record of who did what needs while the server runs: entries are chained, and old ones deleted.
struct AuditUpkeep: Sendable {
    let audit: AuditTrail
    /// For how long records are kept; nil for ever.
    let years: Int?
    let logger: Logger

    /// Runs until it is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await audit.keepChained(logger: logger) }
            guard let years else { return }
            group.addTask {
                while !Task.isCancelled {
                    do {
                        let count = try await audit.purge(before: audit.now.years(ago: years))
                        if count > 0 { logger.info("old records deleted", metadata: ["count": "\(count)"]) }
                    } catch {
                        logger.warning("old records could not be deleted", metadata: ["reason": "\(type(of: error))"])
                    }
                    try? await Task.sleep(for: .seconds(86_400))
                }
            }
        }
    }
}

extension Instant {
    /// The time this many Julian years before.
    func years(ago count: Int) -> Instant {
        Instant(microsecondsSince1970: microsecondsSince1970 - Int64(count) * 31_557_600_000_000)
    }
}
