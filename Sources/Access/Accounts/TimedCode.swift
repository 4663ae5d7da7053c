import Crypto

/// Codes of the second factor that change every 30 seconds: TOTP (RFC 6238) of six digits over HMAC-SHA-1, the one
/// form that all authenticator apps know.
package enum TimedCode {
    static let stepSeconds: Int64 = 30
    /// Clocks may differ by one step either way (RFC 6238 §5.2).
    static let tolerance: Int64 = 1

    /// A secret of 160 bits (RFC 4226 §4).
    package static func makeSecret() -> [UInt8] { RandomToken.bytes(20) }

    /// The code of a step, which is the time in seconds since 1970 divided by 30.
    package static func code(_ secret: [UInt8], step: Int64) -> String {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> Int64(56 - 8 * $0)) }
        let digest = Array(
            HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret)))
        let offset = Int(digest[19] & 15)
        let value = digest[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let text = String(value % 1_000_000)
        return String(repeating: "0", count: 6 - text.count) + text
    }

    /// The step of which this is the code, around now; nil if it is that of none.
    static func step(of code: String, _ secret: [UInt8], nowSeconds: Int64) -> Int64? {
        let now = nowSeconds / stepSeconds
        let typed = Array(code.utf8)
        var found: Int64?
        for step in (now - tolerance)...(now + tolerance)
        where RandomToken.areEqual(Array(Self.code(secret, step: step).utf8), typed) {
            found = step
        }
        return found
    }

    /// What authenticator apps read: `otpauth://totp/Martlet:a@b.example?secret=…&issuer=Martlet`.
    static func address(_ secret: [UInt8], email: EmailAddress) -> String {
        let label = email.text.utf8.map { byte -> String in
            let isPlain =
                byte == 0x2D || byte == 0x2E || byte == 0x5F || (0x30...0x39).contains(byte)
                || (0x61...0x7A).contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + RandomToken.hexadecimal([byte]).uppercased()
        }
        return "otpauth://totp/Martlet:\(label.joined())?secret=\(base32(secret))&issuer=Martlet"
    }

    /// Base 32 without padding (RFC 4648 §6).
    package static func base32(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        var output: [UInt8] = []
        var bits = 0
        var bitCount = 0
        for byte in bytes {
            bits = (bits << 8 | Int(byte)) & 0xFFFF
            bitCount += 8
            while bitCount >= 5 {
                bitCount -= 5
                output.append(alphabet[bits >> bitCount & 31])
            }
        }
        if bitCount > 0 { output.append(alphabet[bits << (5 - bitCount) & 31]) }
        return String(decoding: output, as: UTF8.self)
    }
}

/// Codes that stand in for the second factor where its device is lost; each works once.
enum RecoveryCode {
    static let count = 10

    /// 80 random bits, in groups that can be read out: `k3tq-7yza-…`.
    static func make() -> String {
        let text = TimedCode.base32(RandomToken.bytes(10)).lowercased()
        return stride(from: 0, to: 16, by: 4).map { start in
            String(text.dropFirst(start).prefix(4))
        }.joined(separator: "-")
    }

    static func hash(_ typed: String) -> [UInt8] {
        RandomToken.hash("recovery " + typed.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) })
    }
}
