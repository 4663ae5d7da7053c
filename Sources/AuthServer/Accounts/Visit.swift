import Access
import FHIRServer
import HTTPTypes

/// A request to an address of accounts, with what its answer needs.
struct Visit: Sendable {
    /// Cookie by which forms are told from forged ones before anybody has signed in.
    static let formCookie = "martlet_form"

    let request: PageRequest
    /// What was posted; nil where the request only looks.
    let input: AccountInput?
    /// Value of the form cookie, made now if the browser had none.
    let formSecret: String
    /// Why what was posted was refused, for the page that is shown again.
    var failure: AuthError?

    init(_ request: PageRequest, _ input: AccountInput? = nil) {
        self.request = request
        self.input = input
        let known = request.cookie(Self.formCookie).flatMap { $0.utf8.count == 64 ? $0 : nil }
        formSecret = known ?? RandomToken.make()
    }

    /// Whether the answer is a page rather than JSON.
    var wantsPage: Bool { request.wantsPage && input?.isForm != false }

    /// A value of the form, or of the address.
    func value(_ name: String) -> String? { input?[name] ?? request.query.first(name) }

    func required(_ name: String) throws -> String {
        guard let input else { throw AuthError(400, "invalid_request", "\(name) is missing") }
        return try input.required(name)
    }

    /// Where to go afterwards; never another site.
    var next: String { PageRequest.ownAddress(value("next")) }

    var agent: String { request.fields[.userAgent] ?? "" }
    var address: String { request.remoteAddress ?? "" }
}

/// What came of something that was posted.
struct ActionResult: Sendable {
    enum Place: Sendable {
        case page(Page)
        case redirect(String)
    }

    var status: Int
    /// Members of the JSON object.
    var members: [(name: String, value: ActionValue)]
    /// What browsers see instead.
    var place: Place
    var cookies: [String] = []

    init(_ members: [(name: String, value: ActionValue)], _ place: Place, status: Int = 200) {
        self.status = status
        self.members = members
        self.place = place
    }
}

enum ActionValue: Sendable {
    case text(String)
    case texts([String])
}
