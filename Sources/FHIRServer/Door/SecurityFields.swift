import HTTPTypes

/// Header fields that keep browsers from doing more with an answer than to show or save it.
struct SecurityFields: Sendable {
    /// For answers to clients of the API.
    private let api: [HTTPField]
    /// Where an answer is only for whoever asked.
    private let unkept = HTTPField(name: .cacheControl, value: "no-store")
    private let transport: HTTPField?
    private let demandsToken: Bool

    /// - Parameters:
    ///   - isSecure: whether clients reach the server by https.
    ///   - demandsToken: whether answers are for those who have a token.
    init(isSecure: Bool, demandsToken: Bool) {
        // RFC 6797 §6.1: a year, the least that browsers take for good.
        transport = isSecure ? HTTPField(name: .strictTransportSecurity, value: "max-age=31536000") : nil
        self.demandsToken = demandsToken
        // The content of a Binary may be anything, a page with a script as well: it must not run as ours.
        api = [
            HTTPField(name: .xContentTypeOptions, value: "nosniff"),
            HTTPField(name: .contentSecurityPolicy, value: "default-src 'none'; frame-ancestors 'none'"),
            HTTPField(name: .referrerPolicy, value: "no-referrer"),
        ]
    }

    /// Adds them to an answer of the API, which has none of them.
    ///
    /// - Parameter mayBeKept: whether it is the same for everybody.
    func add(to fields: inout HTTPFields, mayBeKept: Bool) {
        for field in api { fields.append(field) }
        if demandsToken, !mayBeKept { fields.append(unkept) }
        if let transport { fields.append(transport) }
    }

    /// Adds to a page what it does not say itself.
    func complete(_ fields: inout HTTPFields) {
        for field in api where fields[field.name] == nil { fields.append(field) }
        if fields[.cacheControl] == nil { fields.append(unkept) }
        if let transport { fields.append(transport) }
    }
}

extension HTTPField.Name {
    // Force unwrapped: the text is a valid field name.
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
