/// What handing out tokens has to know of sessions of browsers.
package protocol SessionDirectory: Sendable {
    /// Who signed in with the browser that sent this value of the cookie; nil if nobody did.
    func account(cookie: String) async throws -> SignedInAccount?

    /// Notes that a session is in use; false if it has ended.
    func extend(session id: String) async throws -> Bool
}

extension Sessions: SessionDirectory {}
