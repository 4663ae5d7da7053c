@testable import ClinicMoney
import Testing

@Suite struct ExactDecimalTests {
    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("1.50", "1.5"), ("0.001", "0.001"), ("1e2", "100"), ("1.5e-3", "0.0015"),
        ("12E1", "120"), ("-3.70", "-3.7"), ("100", "100"), ("1.000", "1"),
    ])
    func textsAreRead(_ text: String, _ expected: String) throws {
        #expect(try #require(ExactDecimal(text)).text == expected)
    }

    @Test(arguments: ["", "-", "a", "1e999", "1e64", "1234567890123456789", "0.0000000000001", "1.2.e"])
    func whatIsNoMoneyIsRefused(_ text: String) {
        #expect(ExactDecimal(text) == nil)
    }

    @Test(
        "half away from zero",
        arguments: [
            ("0.005", 2, 1), ("0.0049", 2, 0), ("-0.005", 2, -1), ("2.675", 2, 268), ("1.005", 2, 101), ("2.5", 0, 3),
            ("-2.5", 0, -3), ("3.5", 0, 4), ("1.2345", 3, 1235), ("7", 3, 7000), ("-0.0049999", 2, 0),
        ])
    func rounding(_ text: String, _ decimals: Int, _ expected: Int) throws {
        #expect(try #require(ExactDecimal(text)).rounded(toDecimals: decimals) == expected)
    }

    @Test func overflowIsRefusedAndNeverTraps() throws {
        let large = try #require(ExactDecimal("999999999999999999"))
        let small = try #require(ExactDecimal("0.000000000001"))
        #expect(throws: (any Error).self) { try large.rounded(toDecimals: 4) }
        #expect(throws: (any Error).self) { try large.times(large).times(large) }
        #expect(throws: (any Error).self) { try large.times(small).times(small).times(small).plus(large) }
        #expect(try large.times(small).text == "999999.999999999999")
    }

    @Test func currenciesHaveTheirDecimals() {
        #expect(Currency("EUR").exponent == 2)
        #expect(Currency("JPY").exponent == 0)
        #expect(Currency("KWD").exponent == 3)
        #expect(Currency("CLF").exponent == 4)
        #expect(Amount(5, Currency("KWD")).text == "0.005")
        #expect(Amount(-150, Currency("EUR")).text == "-1.50")
    }
}
