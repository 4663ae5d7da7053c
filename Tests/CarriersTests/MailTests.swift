import Foundation
import Testing

@testable import Carriers

@Suite struct MailTests {
    private func mail(subject: String = "Reminder", text: String = "Hello.\n") throws -> Mail {
        Mail(
            from: try MailAddress("clinic@clinic.example", name: "Sagarmatha Clinic"),
            to: [try MailAddress("sita@mail.example")], subject: subject, text: text, messageID: "n1@clinic.example",
            dateSeconds: 1_777_881_600)
    }

    private func lines(_ mail: Mail) throws -> [String] {
        String(decoding: try mail.rendered(), as: UTF8.self).components(separatedBy: "\r\n")
    }

    @Test func plainMailIsAsExpected() throws {
        let text = String(decoding: try mail().rendered(), as: UTF8.self)
        #expect(
            text
                == [
                    "Date: Mon, 4 May 2026 08:00:00 +0000", "From: Sagarmatha Clinic <clinic@clinic.example>",
                    "To: sita@mail.example", "Message-ID: <n1@clinic.example>", "Subject: Reminder",
                    "MIME-Version: 1.0",
                    "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 7bit", "", "Hello.", "",
                ].joined(separator: "\r\n"))
    }

    @Test(arguments: [
        "a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\0b", "a\u{1B}b", "\u{7F}",
    ])
    func lineEndsInHeadersAreRefused(_ text: String) throws {
        let invalid: (any Error) -> Bool = { ($0 as? CarrierError)?.code == .invalid }
        var mail = try mail(subject: text)
        #expect(throws: CarrierError.self) { try mail.rendered() }
        mail.subject = ""
        mail.headers = [.init("X-Kind", text)]
        #expect { try mail.rendered() } throws: { invalid($0) }
        mail.headers = [.init(text, "x")]
        #expect { try mail.rendered() } throws: { invalid($0) }
        mail.headers = []
        mail.messageID = text
        #expect { try mail.rendered() } throws: { invalid($0) }
        #expect { try MailAddress("a@b.example", name: text) } throws: { invalid($0) }
        #expect { try MailAddress(text + "@b.example") } throws: { invalid($0) }
        #expect { try MailAddress("a@" + text) } throws: { invalid($0) }
    }

    @Test(arguments: ["From", "bcc", "CONTENT-TYPE", "Content-Disposition", "Subject", "a b", "a:b", "", "ż"])
    func ownHeadersCannotBeSet(_ name: String) throws {
        var mail = try mail()
        mail.headers = [.init(name, "x")]
        #expect { try mail.rendered() } throws: { ($0 as? CarrierError)?.code == .invalid }
    }

    @Test(arguments: [
        "", "a", "@", "a@", "@b", "a@b@c", "a b@c.example", "a@b c", "<a@b.example>", "a@b.example,c@d.example", ".a@b",
        "a..b@c", "a@-b.example", "a@b-.example", "a@b..example", "ż@b.example", "a@ż.example", "\"a\"@b.example",
        "a@[", "a@[]", "a@[::1>]", String(repeating: "a", count: 65) + "@b.example",
    ])
    func otherAddressesAreRefused(_ address: String) {
        #expect { try MailAddress(address) } throws: { ($0 as? CarrierError)?.code == .invalid }
    }

    @Test(arguments: [
        "a@b", "a.b+c@d.example", "o'neil@x-y.example", "a@[192.0.2.1]", "a@[IPv6:2001:db8::1]", "0@0.example",
    ])
    func addressesAreTaken(_ address: String) throws {
        #expect(try MailAddress(address).address == address)
    }

    /// Decodes encoded words as RFC 2047 tells receivers to.
    private func decoded(_ lines: [String], field: String) -> String {
        guard let start = lines.firstIndex(where: { $0.hasPrefix(field + ":") }) else { return "" }
        let rest = lines[(start + 1)...].prefix { $0.hasPrefix(" ") }
        let words = ([String(lines[start].dropFirst(field.count + 1))] + rest).joined()
            .split(separator: " ")
        return words.map { word in
            guard word.hasPrefix("=?UTF-8?B?"), word.hasSuffix("?=") else { return String(word) }
            // Each must be whole characters by itself (RFC 2047 §5).
            return Data(base64Encoded: String(word.dropFirst(10).dropLast(2)))
                .flatMap { String(data: $0, encoding: .utf8) } ?? "broken"
        }.joined()
    }

    @Test(arguments: [
        "Zażółć gęślą jaźń", "सीता शर्मा को भेटघाट भोलि बिहान १० बजे छ, कृपया समयमै आउनुहोस्", "=?UTF-8?Q?no?=",
        String(repeating: "long ", count: 60), "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦 family", "تذكير بموعدك",
    ])
    func subjectsOfAnyLanguage(_ subject: String) throws {
        let lines = try lines(try mail(subject: subject))
        let header = lines.prefix { !$0.isEmpty }
        #expect(header.allSatisfy { $0.utf8.count <= 76 && $0.utf8.allSatisfy { 0x20...0x7E ~= $0 } })
        #expect(decoded(lines, field: "Subject") == subject)
    }

    @Test func namesAreQuotedOrEncoded() throws {
        var mail = try mail()
        mail.from = try MailAddress("a@b.example", name: "Wiśniewski, Łukasz")
        mail.to = [
            try MailAddress("c@d.example", name: "O\"Hara \\ Sons, Ltd."), try MailAddress("e@f.example", name: ""),
        ]
        let lines = try lines(mail)
        #expect(lines.contains("To: \"O\\\"Hara \\\\ Sons, Ltd.\" <c@d.example>,"))
        #expect(lines.contains(" <e@f.example>"))
        let from = try #require(lines.first { $0.hasPrefix("From: ") })
        #expect(from.hasSuffix(" <a@b.example>"))
        #expect(decoded([String(from.dropLast(14))], field: "From") == "Wiśniewski, Łukasz")
    }

    /// What a receiver makes of the body.
    private func body(_ mail: Mail) throws -> (encoding: String, text: String, lines: [String]) {
        let lines = try lines(mail)
        let start = try #require(lines.firstIndex(of: ""))
        let name = "Content-Transfer-Encoding: "
        let encoding = try #require(lines[..<start].first { $0.hasPrefix(name) }).dropFirst(name.count)
        let content = Array(lines[(start + 1)...])
        switch encoding {
        case "base64":
            let data = try #require(Data(base64Encoded: content.joined()))
            return (String(encoding), String(decoding: data, as: UTF8.self), content)
        case "quoted-printable":
            var bytes: [UInt8] = []
            var rest = Array(content.joined(separator: "\r\n").replacingOccurrences(of: "=\r\n", with: "").utf8)[...]
            while let byte = rest.first {
                if byte == UInt8(ascii: "="), rest.count > 2 {
                    let digits = String(decoding: rest.dropFirst().prefix(2), as: UTF8.self)
                    bytes.append(try #require(UInt8(digits, radix: 16)))
                    rest = rest.dropFirst(3)
                } else {
                    bytes.append(byte)
                    rest = rest.dropFirst()
                }
            }
            return (String(encoding), String(decoding: bytes, as: UTF8.self), content)
        default: return (String(encoding), content.joined(separator: "\r\n"), content)
        }
    }

    static let bodies: [(String, String)] = [
        ("Hello.\nSecond line.", "7bit"), ("", "7bit"), (".\n..\n.leading dots", "7bit"),
        ("Żółć: see you tomorrow at ten, please bring your papers.", "quoted-printable"),
        ("trailing space \nand = signs\t\n" + String(repeating: "x", count: 200), "quoted-printable"),
        ("a\0b", "quoted-printable"), ("\r\rmixed\r\nends\n\n", "7bit"),
        (String(repeating: "भोलि बिहान १० बजे। ", count: 40), "base64"),
        (String(repeating: "é", count: 25) + String(repeating: "abcdef", count: 25), "quoted-printable"),
    ]

    @Test(arguments: bodies)
    func bodiesComeOutAsTheyWere(_ text: String, _ encoding: String) throws {
        let body = try body(mail(text: text))
        #expect(body.encoding == encoding)
        #expect(body.lines.allSatisfy { $0.utf8.count <= 78 })
        var expected = text.replacingOccurrences(of: "\r\n", with: "\n").replacingOccurrences(of: "\r", with: "\n")
        if !expected.isEmpty, !expected.hasSuffix("\n") { expected += "\n" }
        #expect(body.text == expected.replacingOccurrences(of: "\n", with: "\r\n"))
    }

    @Test func nobodyAndTooMuchAreRefused() throws {
        var mail = try mail(text: String(repeating: "x", count: (1 << 20) + 1))
        #expect(throws: CarrierError.self) { try mail.rendered() }
        mail.text = ""
        mail.to = []
        #expect(throws: CarrierError.self) { try mail.rendered() }
    }

    @Test(
        arguments: [
            (0, "Thu, 1 Jan 1970 00:00:00 +0000"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"),
            (1_767_225_599, "Wed, 31 Dec 2025 23:59:59 +0000"),
        ] as [(Int64, String)])
    func datesAreInUTC(_ seconds: Int64, _ text: String) {
        #expect(MailDate.text(seconds) == text)
    }
}
