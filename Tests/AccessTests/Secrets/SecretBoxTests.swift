import Access
import Crypto
import FHIRStoreTesting
import Foundation
import Testing

@Suite struct SecretBoxTests {
    @Test func secretsOpenWhereTheyWereSealedAndNowhereElse() throws {
        let box = SecretBox(key: Array(0..<32))
        let secret = Array("JBSWY3DPEHPK3PXP".utf8)
        let sealed = try box.seal(secret, for: "totp Person/1")
        #expect(try box.open(sealed, for: "totp Person/1") == secret)
        #expect(try box.seal(secret, for: "totp Person/1") != sealed)
        #expect(throws: (any Error).self) { try box.open(sealed, for: "totp Person/2") }
        #expect(throws: (any Error).self) { try SecretBox.temporary().open(sealed, for: "totp Person/1") }
        #expect(throws: (any Error).self) { try box.open([], for: "totp Person/1") }
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: (any Error).self) { try box.open(changed, for: "totp Person/1") }
        }
        #expect(box.code(of: "a", for: "form") != box.code(of: "a", for: "link"))
    }

    @Test func theKeyIsMadeOnceAndKept() throws {
        let directory = NSTemporaryDirectory() + "martlet-" + RandomToken.uuid()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let first = try SecretKeyFile.load(text: nil, path: nil, dataDirectory: directory)
        let sealed = try first.seal([1, 2, 3], for: "a")
        let second = try SecretKeyFile.load(text: nil, path: nil, dataDirectory: directory)
        #expect(try second.open(sealed, for: "a") == [1, 2, 3])
        let path = directory + "/secret.key"
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let third = try SecretKeyFile.load(text: nil, path: path, dataDirectory: "/nowhere")
        #expect(try third.open(sealed, for: "a") == [1, 2, 3])
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(throws: SecretKeyFile.Failure.self) {
            try SecretKeyFile.load(text: nil, path: nil, dataDirectory: directory)
        }
        #expect(throws: SecretKeyFile.Failure.self) {
            try SecretKeyFile.load(text: "too short", path: nil, dataDirectory: directory)
        }
        #expect(throws: SecretKeyFile.Failure.self) {
            try SecretKeyFile.load(text: nil, path: directory + "/missing", dataDirectory: directory)
        }
    }

    @Test func passwordsAreHashedByArgon2id() async throws {
        let hasher = PasswordHasher()
        let hash = try await hasher.hash("Blauer Himmel 77")
        #expect(hash.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(try await hasher.verify("Blauer Himmel 77", hash))
        #expect(try await !hasher.verify("blauer Himmel 77", hash))
        #expect(try await !hasher.verify("", "no hash"))
        #expect(try await hasher.hash("Blauer Himmel 77") != hash)
        #expect(!hasher.isOutdated(hash))
        #expect(PasswordHasher(cost: .init(memoryKibibytes: 64)).isOutdated(hash))
    }

    @Test(arguments: [
        "password12", "Password123!", "P@ssw0rd2024", "qwertyuiop", "1q2w3e4r5t", "letmein1234", "welcome2023",
        "adminadmin", "iloveyou!!", "MartletMartlet", "hospital2025", "PasswordAdmin1", "0123456789", "1234567890",
        "summer2024!", "zzzzzzzzzzzz", "dragondragon",
    ])
    func commonPasswordsAreRefused(_ password: String) {
        #expect(throws: AccountError.self) { try PasswordRules.check(password, email: nil) }
    }

    @Test(arguments: [
        "Blauer Himmel 77", "correct staple ocean", "tr0ub4dor&3x", "ein langer satz ohne ziffern", "9f8a7c6b5d4e",
        "пароль-от-клиники", "ünïcödé wörds",
    ])
    func otherPasswordsAreTaken(_ password: String) throws {
        try PasswordRules.check(password, email: EmailAddress("ada@clinic.example"), known: ["Ada", "Berg"])
    }
}
