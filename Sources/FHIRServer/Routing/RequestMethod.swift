/// The HTTP methods that the server tells apart (R4 http.html).
package enum RequestMethod: String, Sendable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"
    case other = "OTHER"

    package init(name: String) {
        self = RequestMethod(rawValue: name) ?? .other
    }

    /// Whether the method only looks: GET and HEAD.
    package var isRead: Bool { self == .get || self == .head }
}
