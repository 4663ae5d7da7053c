import FHIRServer
import HTTPTypes
import JSONTape

/// What was sent to an address of accounts: a form, or a JSON object of the same names.
struct AccountInput {
    /// Whether it came as a form, as browsers send it without a script.
    let isForm: Bool
    private let form: QueryItems
    private let json: JSONNode?

    /// Throws `AuthError` (415, 400) for a body of another kind.
    init(_ request: PageRequest) throws {
        let type = (request.fields[.contentType] ?? "").split(separator: ";").first.map {
            $0.filter { $0 != " " }.lowercased()
        }
        switch type {
        case "application/x-www-form-urlencoded":
            guard let text = String(validating: request.body, as: UTF8.self) else {
                throw AuthError(400, "invalid_request", "the form is not UTF-8")
            }
            isForm = true
            form = QueryItems(parsing: text)
            json = nil
        case "application/json", "application/fhir+json":
            guard let document = try? Document.parse(request.body), JSONNode(document).isObject else {
                throw AuthError(400, "invalid_request", "the body is no JSON object")
            }
            isForm = false
            form = QueryItems()
            json = JSONNode(document)
        case nil where request.body.isEmpty:
            isForm = false
            form = QueryItems()
            json = nil
        default:
            throw AuthError(
                415, "invalid_request", "the body is application/json or application/x-www-form-urlencoded")
        }
        if form.hasNUL { throw AuthError(400, "invalid_request", "the form holds the character U+0000") }
    }

    /// A text; nil where it is missing, empty or no text.
    subscript(name: String) -> String? {
        let text = isForm ? form.first(name) : json?[named: name]?.string
        return text?.isEmpty == false && text?.utf8.contains(0) == false ? text : nil
    }

    /// A text that has to be there; throws `AuthError` (400).
    func required(_ name: String) throws -> String {
        guard let text = self[name] else { throw AuthError(400, "invalid_request", "\(name) is missing") }
        return text
    }

    /// A value of JSON that is no text.
    func object(_ name: String) -> JSONNode? {
        json?[named: name].flatMap { $0.isObject || $0.isArray ? $0 : nil }
    }
}
