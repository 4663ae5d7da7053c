import FHIRSearch
import FHIRServer
import HTTPTypes

/// Parameters of a request, as RFC 6749 §3.1 and §3.2 want them read: each at most once, empty ones as if they were not
/// there, unknown ones ignored.
struct OAuthForm: Sendable {
    private var values: [String: String] = [:]

    /// Parameters of the body, which is a form.
    init(body request: PageRequest) throws {
        let type = request.fields[.contentType].map { $0.prefix { $0 != ";" && $0 != " " }.lowercased() }
        guard type == "application/x-www-form-urlencoded" else {
            throw AuthError(400, "invalid_request", "the body is application/x-www-form-urlencoded")
        }
        try self.init(QueryItems(parsing: String(decoding: request.body, as: UTF8.self)))
    }

    init(_ items: QueryItems) throws {
        for item in items.items {
            guard values.updateValue(item.value, forKey: item.name) == nil else {
                throw AuthError(400, "invalid_request", "a parameter is given twice")
            }
            guard !item.value.utf8.contains(0) else {
                throw AuthError(400, "invalid_request", "a parameter holds the character U+0000")
            }
        }
    }

    /// Nil for one that is missing or empty.
    subscript(name: String) -> String? {
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }

    /// As `subscript`, or `invalid_request`.
    func require(_ name: String) throws -> String {
        guard let value = self[name] else { throw AuthError(400, "invalid_request", "\(name) is missing") }
        return value
    }
}
