import Testing

@testable import UCUM

@Suite("Decimals of units")
struct DecimalTests {
    @Test(arguments: [
        ("2", "3", "6"), ("0.1", "0.1", "0.01"), ("-2.5", "4", "-10"), ("0", "5", "0"),
        ("99999999999999999999", "99999999999999999999", "9999999999999999999800000000000000000001e0"),
    ])
    func products(_ left: String, _ right: String, _ expected: String) throws {
        let product = try #require(UnitDecimal(left)) * #require(UnitDecimal(right))
        // The last has 40 digits and is rounded to 38, which end in zeros.
        let wanted = try #require(UnitDecimal(expected))
        #expect(product.text(digits: 19) == wanted.text(digits: 19))
    }

    @Test(
        arguments: [
            ("1", "3", "0.3333333333333333333333333333333333"), ("2", "3", "0.6666666666666666666666666666666667"),
            ("1", "8", "0.125"), ("-10", "4", "-2.5"), ("0", "7", "0"), ("1", "6022136700000000000000000", nil),
            ("99999999999999999999999999999999999999", "3", "33333333333333333333333333333333330000"),
        ] as [(String, String, String?)])
    func quotients(_ left: String, _ right: String, _ expected: String?) throws {
        let quotient = try #require(UnitDecimal(left)) / #require(UnitDecimal(right))
        if let expected { #expect(quotient.text(digits: 34) == expected) }
        let back = try quotient * #require(UnitDecimal(right))
        #expect(back.text(digits: 30) == UnitDecimal(left)?.text(digits: 30))
    }

    @Test(arguments: [
        ("1", "2", "3"), ("0.1", "0.2", "0.3"), ("5", "-5", "0"), ("-7", "3", "-4"), ("3", "-7", "-4"),
        ("37", "273.15", "310.15"),
        ("1e30", "1", "1000000000000000000000000000001"), ("1e90", "1", "1e90"), ("1", "1e90", "1e90"),
        ("0", "-2", "-2"),
        ("99999999999999999999999999999999999999", "1", "100000000000000000000000000000000000000"),
    ])
    func sums(_ left: String, _ right: String, _ expected: String) throws {
        let sum = try #require(UnitDecimal(left)) + #require(UnitDecimal(right))
        #expect(sum.text(digits: 38) == expected)
        #expect(try #require(UnitDecimal(right)) + #require(UnitDecimal(left)) == sum)
    }

    @Test(arguments: [
        ("100", "100"), ("1e2", "100"), ("1E-2", "0.01"), ("000.50", "0.5"), ("-0", "0"), ("+5", "5"),
        ("1.5e50", "15e49"),
        ("123456789012345678901234567890123456789012", "1234567890123456789012345678901235e8"),
    ])
    func texts(_ text: String, _ expected: String) throws {
        let shown = try #require(UnitDecimal(text)).text(digits: 34)
        #expect(shown == expected || UnitDecimal(shown) == UnitDecimal(expected))
    }
}
