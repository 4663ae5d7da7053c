internal import FoundationEssentials
package import Logging

/// Looks every other second whether the certificates of open doors were replaced, and takes up the new ones.
package struct CertificateWatch: Sendable {
    private static let interval: Duration = .seconds(2)

    private let doors: [ServerTLS]
    private let logger: Logger

    package init(_ doors: [ServerTLS], logger: Logger) {
        self.doors = doors
        self.logger = logger
    }

    /// Returns when it is cancelled.
    package func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval)
            look()
        }
    }

    /// Looks now, as after a signal.
    package func look() {
        for door in doors {
            switch door.renew() {
            case .unchanged: break
            case .renewed:
                let end = Date(timeIntervalSince1970: TimeInterval(door.expiry))
                logger.notice(
                    "certificate renewed",
                    metadata: ["file": "\(door.files.certificate)", "expires": "\(end.formatted(.iso8601))"])
            case .refused(let failure):
                logger.error(
                    "certificate refused, the one before stays in force",
                    metadata: ["file": "\(door.files.certificate)", "reason": "\(failure)"])
            }
        }
    }
}
