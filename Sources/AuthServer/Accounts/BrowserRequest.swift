import Access
import FHIRServer
import HTTPTypes

/// What a request says of the browser that sent it, if it is one.
extension PageRequest {
    /// The value of a cookie; nil if there is none.
    func cookie(_ name: String) -> String? {
        for field in fields[values: .cookie] {
            for part in field.split(separator: ";") {
                let pair = part.drop { $0 == " " }
                if pair.hasPrefix(name + "=") { return String(pair.dropFirst(name.utf8.count + 1)) }
            }
        }
        return nil
    }

    var sessionCookie: String? { cookie(Sessions.cookie) }

    /// Whether a person looks at the answer: browsers ask for HTML, programs do not.
    var wantsPage: Bool { fields[.accept]?.lowercased().contains("text/html") == true }

    var isSecure: Bool { base.hasPrefix("https://") }

    /// Where this server is reached: the address of the FHIR API without its last part.
    var site: String { base.hasSuffix("/fhir") ? String(base.dropLast(5)) : base }

    /// The bearer token; nil if there is none.
    var bearer: String? {
        guard let parts = fields[.authorization]?.split(separator: " ", maxSplits: 1), parts.count == 2,
            parts[0].lowercased() == "bearer"
        else { return nil }
        return String(parts[1])
    }

    /// A `Set-Cookie` that scripts do not see, and other sites cannot have sent along with a form.
    ///
    /// - Parameter value: nil to take the cookie away.
    func setCookie(_ name: String, _ value: String?) -> String {
        var text = "\(name)=\(value ?? ""); Path=/; HttpOnly; SameSite=Lax"
        if isSecure { text += "; Secure" }
        if value == nil { text += "; Max-Age=0" }
        return text
    }

    /// Refuses what another site has a browser send: what browsers say of a request's origin, they say of all that
    /// changes something (Fetch §3.2, Fetch Metadata). Programs say nothing of it.
    func requireOwnOrigin() throws {
        if let site = fields[.secFetchSite]?.lowercased(), site != "same-origin", site != "none" {
            throw AuthError(403, "cross_site", "requests from other sites are refused")
        }
        if let origin = fields[.origin], origin.lowercased() != self.site.lowercased() {
            throw AuthError(403, "cross_site", "requests from other sites are refused")
        }
    }

    /// Where to go after signing in: an address of this server, without host; anything else becomes `standard`.
    static func ownAddress(_ next: String?, standard: String = "/auth/account") -> String {
        guard let next, next.utf8.count <= 4096, next.hasPrefix("/"), !next.hasPrefix("//"),
            next.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") })
        else { return standard }
        return next
    }
}

extension HTTPField.Name {
    // Force unwrapped: the texts are valid field names.
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    static let frameOptions = HTTPField.Name("X-Frame-Options")!
}
