package import FHIRServer
import HTTPTypes
package import Logging

/// The door of accounts and tokens: finds who answers an address, and turns what they throw into answers.
package struct AuthServer: PageReceiving {
    private let routes: [String: [AuthRoute]]
    private let logger: Logger

    package init(routes: [AuthRoute], logger: Logger) {
        self.routes = Dictionary(grouping: routes, by: \.path)
        self.logger = logger
    }

    package func takes(path: Substring) -> Bool {
        path.hasPrefix("/auth/") || path.hasPrefix("/.well-known/") || path.hasPrefix("/fhir/.well-known/")
    }

    package func answer(_ request: PageRequest) async -> PageAnswer {
        do {
            let candidates = routes[request.path] ?? routes[Self.withoutLastSegment(request.path)] ?? []
            guard !candidates.isEmpty else { throw AuthError(404, "not_found", "nothing lives at this address") }
            let wanted = request.method == .head ? .get : request.method
            guard let route = candidates.first(where: { $0.method == wanted }) else {
                var answer = AuthError(405, "method_not_allowed", "this address takes another method").answer
                answer.fields[.allow] = candidates.map(\.method.rawValue).joined(separator: ", ")
                return answer
            }
            return try await route.handler(request)
        } catch let error as AuthError {
            return error.answer
        } catch {
            // The kind only: the text of an error may hold what was sent.
            logger.error("request failed", metadata: ["route": "/auth", "reason": "\(type(of: error))"])
            return AuthError(500, "server_error", "the request could not be answered").answer
        }
    }

    private static func withoutLastSegment(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return path }
        return path[...slash] + "*"
    }
}
