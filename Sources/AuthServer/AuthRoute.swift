package import FHIRServer

/// One address of signing in and what answers it.
package struct AuthRoute: Sendable {
    package typealias Handler = @Sendable (PageRequest) async throws -> PageAnswer

    package var method: RequestMethod
    /// Whole path; the last segment may be `*`, which stands for any one segment.
    package var path: String
    package var handler: Handler

    package init(_ method: RequestMethod, _ path: String, _ handler: @escaping Handler) {
        self.method = method
        self.path = path
        self.handler = handler
    }
}
