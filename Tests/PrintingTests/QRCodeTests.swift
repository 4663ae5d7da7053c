import Foundation
import Testing

@testable import Printing

@Suite struct QRCodeTests {
    static let texts = [
        "1", "0123456789", "HTTPS://PAY.EXAMPLE/INV-2026-000147", "amount=1503.38&currency=NPR&nonce=9f3c",
        "भुक्तानी १५०३.३८", "zażółć gęślą jaźń", String(repeating: "x", count: 2331),
    ]

    /// The text as a decoder by others reads it; the picture is what is read, not the modules.
    @Test(arguments: texts, [1, 3, 8])
    func othersReadIt(_ text: String, _ moduleSize: Int) throws {
        let png = try QRCode.png(text: text, moduleSize: max(moduleSize, text.count > 500 ? 3 : 2))
        guard let read = try OutsideReader.read("zbarimg", ["--quiet", "--raw"], file: png) else { return }
        #expect(read == text + "\n")
    }

    /// Version 1 with its three finders (ISO/IEC 18004, 6.3.3).
    @Test func hasFinders() throws {
        let code = try QRCode("A")
        #expect(code.sideCount == 21)
        let finder = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
        for (column, row) in [(0, 0), (14, 0), (0, 14)] {
            for (y, line) in finder.enumerated() {
                let modules = (0..<7).map { code.isDark(column: column + $0, row: row + y) ? "1" : "0" }.joined()
                #expect(modules == line)
            }
        }
        #expect(!code.isDark(column: 7, row: 7))
        // Level M is 00 in the two upper format bits, which the mask 10101… turns to 10 (6.9.1).
        #expect(code.isDark(column: 0, row: 8) && !code.isDark(column: 1, row: 8))
    }

    @Test func pixelsAreTheModules() throws {
        let code = try QRCode("A")
        let png = try code.png(moduleSize: 2, quietZone: 1)
        #expect(Array(png[16..<24]) == [0, 0, 0, 46, 0, 0, 0, 46])
        // One bit of grey (PNG specification, 11.2.2).
        #expect(Array(png[24..<26]) == [1, 0])
        #expect(try code.png(moduleSize: 2, quietZone: 1) == png)
        var dark = 0
        for row in 0..<21 { for column in 0..<21 where code.isDark(column: column, row: row) { dark += 1 } }
        #expect(code.darkRuns().reduce(0) { $0 + $1.count } == dark)
    }

    @Test func tooMuchTextIsRefused() {
        #expect { try QRCode(String(repeating: "x", count: 2332)) } throws: {
            ($0 as? PrintError)?.code == .textTooLong
        }
        #expect { try QRCode(String(repeating: "x", count: 200_000)) } throws: {
            ($0 as? PrintError)?.code == .textTooLong
        }
    }

    @Test(arguments: ["", "a\0b"])
    func textsWithoutCodeAreRefused(_ text: String) {
        #expect { try QRCode(text) } throws: { ($0 as? PrintError)?.code == .invalid }
    }

    @Test(arguments: [(0, 4), (65, 4), (1, -1), (1, 33), (Int.max, 4)])
    func sizesHaveBounds(_ moduleSize: Int, _ quietZone: Int) throws {
        let code = try QRCode("A")
        #expect { try code.png(moduleSize: moduleSize, quietZone: quietZone) } throws: {
            ($0 as? PrintError)?.code == .invalid
        }
    }

    @Test func manyAtATime() async throws {
        let expected = try Self.texts.map { try QRCode.png(text: $0, moduleSize: 1) }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<64 {
                group.addTask {
                    try QRCode.png(text: Self.texts[index % Self.texts.count], moduleSize: 1)
                        == expected[index % expected.count]
                }
            }
            for try await isEqual in group { #expect(isEqual) }
        }
    }
}
