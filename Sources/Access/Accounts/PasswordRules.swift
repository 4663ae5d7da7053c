/// What a password has to be: long, not one of those that are tried first, nothing that is known of its owner
/// (NIST SP 800-63B §3.1.1.2). No rules of composition, no expiry.
package enum PasswordRules {
    package static let leastLength = 10
    package static let greatestByteCount = 512

    /// Throws `AccountError.Code.weakPassword`, saying what is wanted.
    ///
    /// - Parameter known: what is known of the owner: names, the e-mail.
    package static func check(_ password: String, email: EmailAddress?, known: [String] = []) throws(AccountError) {
        guard password.count >= leastLength else {
            throw AccountError(.weakPassword, "a password has at least \(leastLength) characters")
        }
        guard password.utf8.count <= greatestByteCount, !password.utf8.contains(0) else {
            throw AccountError(.weakPassword, "a password has at most \(greatestByteCount) bytes")
        }
        let folded = password.lowercased()
        guard Set(folded).count >= 4, !isRun(folded) else {
            throw AccountError(.weakPassword, "a password is not made of few characters, or of a row of them")
        }
        if CommonPasswords.contains(folded) {
            throw AccountError(.weakPassword, "this password is one of those that are tried first")
        }
        let bare = letters(folded)
        let email = email.map { [$0.text, String($0.local)] } ?? []
        let words = known.flatMap { $0.split(separator: " ").map(String.init) + [$0] }
        let owned = (email + words).map { letters($0.lowercased()) }
        // A password is weak that is what is known and digits, not one that has a short name somewhere in it.
        if owned.contains(where: { !$0.isEmpty && ($0 == bare || folded == $0) }) {
            throw AccountError(.weakPassword, "a password is not one's name or e-mail")
        }
    }

    private static func letters(_ text: String) -> String { text.filter { $0.isLetter } }

    /// Whether the characters follow on one another: `abcdefghij`, `9876543210`.
    private static func isRun(_ text: String) -> Bool {
        let values = text.unicodeScalars.map { Int($0.value) }
        let steps = zip(values.dropFirst(), values).map { $0 - $1 }
        let jumps = steps.count { abs($0) != 1 }
        return jumps <= 1
    }
}
