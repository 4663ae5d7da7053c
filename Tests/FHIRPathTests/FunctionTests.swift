import Testing

@testable import FHIRPath

/// What functions and operators give, error paths first.
@Suite struct FunctionTests {
    @Test(arguments: [
        ("(1|2).not()", FHIRPathError.Code.notSingle), ("(1|2).single()", .notSingle), ("(1|2) + 1", .notSingle),
        ("(1|2) < 3", .notSingle), ("(1|2) is Integer", .notSingle), ("(1|2) in (1|2)", .notSingle),
        ("('a'|'b').length()", .notSingle), ("iif(1|2, true)", .notSingle), ("('a'|'b').iif(true, 1)", .notSingle),
        ("-'a'", .wrongType), ("'a' - 'b'", .wrongType), ("1 < 'a'", .wrongType), ("1 + 'a'", .wrongType),
        ("(true|'x').allTrue()", .wrongType), ("1.length()", .wrongType), ("'a'.abs()", .wrongType),
        ("(1|2).first()['a']", .wrongType), ("@2020 + 1 'kg'", .wrongType), ("@2020 + 1 'a'", .wrongType),
        ("@T10 + 1 day", .wrongType), ("1.substring('a')", .wrongType), ("%nothing", .unknownVariable),
        ("defineVariable('resource', 1)", .unknownVariable), ("1.conformsTo('http://example.org/p')", .unknownProfile),
        ("'a'.matches('(')", .invalidPattern), ("1.2.round(-1)", .wrongArguments), ("1.join()", .wrongType),
    ])
    func fails(_ text: String, _ code: FHIRPathError.Code) throws {
        let error = #expect(throws: FHIRPathError.self) { try PathHarness.texts(text) }
        #expect(error?.code == code, "\(text)")
        #expect(error?.offset != nil || code == .notSingle, "\(text)")
    }

    @Test(arguments: [
        // Existence
        ("{}.empty()", "true"), ("1.exists()", "true"), ("(1|2|3).exists($this > 2)", "true"),
        ("{}.all(false)", "true"),
        ("(1|2).all($this > 1)", "false"), ("{}.allTrue()", "true"), ("{}.anyTrue()", "false"),
        ("(true|false).anyFalse()", "true"), ("(true|false).allFalse()", "false"), ("(1|2).subsetOf(2|1|3)", "true"),
        ("(1|2).supersetOf({})", "true"), ("(1).combine(1).count()", "2"), ("(1).combine(1).distinct()", "1"),
        ("(1).combine(1).isDistinct()", "false"), ("(1|1.0|'1').count()", "2"),
        // Filtering and projection
        ("(1|2|3).where($this mod 2 = 1)", "1, 3"), ("('a'|'b').select($index)", "0, 1"), ("(1|2|3)[1]", "2"),
        ("(1|2)[5]", ""), ("(1|2)[{}]", ""), ("(1|'a'|2.0).ofType(Integer)", "1"),
        ("1.repeat(iif($this < 4, $this + 1, {}))", "2, 3, 4"),
        ("(1|2|3).aggregate($this + $total, 0)", "6"), ("(1|2|3|4|5|6|7|8|9|10|11|12).intersect(11|3|40)", "3, 11"),
        // Subsetting and combining
        ("(1|2|3).first()", "1"), ("(1|2|3).last()", "3"), ("(1|2|3).tail()", "2, 3"), ("(1|2|3).skip(-1)", "1, 2, 3"),
        ("(1|2|3).take(0)", ""), ("(1|2|3).exclude(2)", "1, 3"), ("(1|2) | (2|3)", "1, 2, 3"),
        // Sorting
        ("(3|1|2).sort()", "1, 2, 3"), ("(3|1|2).sort(-$this)", "3, 2, 1"), ("(3|1|2).sort($this desc)", "3, 2, 1"),
        ("('b'|'a').sort($this asc)", "a, b"), ("(2|1).sort(1)", "2, 1"),
        // Conditions and variables
        ("iif({}, 1, 2)", "2"), ("iif(true, 1, 1 + 'a')", "1"), ("coalesce({}, 2, 3)", "2"),
        ("defineVariable('x', 4).select(%x + 1)", "5"), ("(1|2).defineVariable('x').select(%x.count())", "2, 2"),
        ("defineVariable('x', 1).select(%x) | defineVariable('x', 2).select(%x)", "1, 2"),
        // Logic
        ("true and {}", ""), ("false and {}", "false"), ("{} or true", "true"), ("{} or false", ""),
        ("true xor {}", ""),
        ("{} implies true", "true"), ("{} implies false", ""), ("false implies {}", "true"), ("true implies {}", ""),
        ("true and 'foo'", "true"), ("{}.not()", ""),
        // Equality
        ("1 = 1.0", "true"), ("1.0 ~ 1.01", "true"), ("1.10 = 1.1", "true"), ("'a' = 'A'", "false"),
        ("'a b' ~ 'A  B'", "true"),
        ("(1|2) = (2|1)", "false"), ("(1|2) ~ (2|1)", "true"), ("{} = {}", ""), ("{} ~ {}", "true"),
        ("1 = 'a'", "false"),
        ("'e\\u0301' = '\\u00e9'", "false"), ("{} in (1|2)", ""), ("1 in {}", "false"), ("(1|2) contains 2", "true"),
        // Arithmetic
        ("0.1 + 0.2", "0.3"), ("1.0 - 0.10", "0.90"), ("1 / 3", "0.3333333333333333333333333333"), ("1 / 0", ""),
        ("7 div 2", "3"),
        ("-7 div 2", "-3"), ("-7 mod 2", "-1"), ("5.5 mod 2", "1.5"), ("1.5 * 2", "3.0"),
        ("2 'g' + 500 'mg'", "2.5 'g'"),
        ("1 'g' * 2", "2 'g'"), ("6 'm' / 2 's' = 3 'm/s'", "true"), ("4 'm' / 2 'm'", "2 '1'"), ("1 'g' + 1 's'", ""),
        ("'a' + {}", ""), ("'a' & {}", "a"), ("1 & 'a'", "1a"),
        // Math
        ("(-5.5).abs()", "5.5"), ("1.1.ceiling()", "2"), ("(-1.1).floor()", "-2"), ("1.9.truncate()", "1"),
        ("2.345.round(2)", "2.35"),
        ("(-2.5).round()", "-3"), ("1.5.round(4)", "1.5"), ("81.sqrt()", "9.0"), ("(-1).sqrt()", ""),
        ("2.power(10)", "1024"),
        ("1.1.power(2)", "1.21"), ("2.power(-1)", "0.5"), ("100.log(10)", "2.0"), ("0.ln()", ""),
        ("1.exp() > 2.718", "true"),
    ])
    func gives(_ text: String, _ expected: String) throws {
        #expect(try PathHarness.line(text) == expected, "\(text)")
    }

    @Test(arguments: [
        ("'abcabc'.indexOf('c')", "2"), ("'abcabc'.lastIndexOf('b')", "4"), ("'äöü'.indexOf('ü')", "2"),
        ("'a'.indexOf('')", "0"),
        ("'a'.indexOf('b')", "-1"), ("'äöü'.substring(1, 1)", "ö"), ("'abc'.substring(3)", ""),
        ("'abc'.substring(1, 0)", ""),
        ("'abc'.startsWith('ab')", "true"), ("'abc'.endsWith('bc')", "true"), ("'abc'.contains('')", "true"),
        ("'äö'.upper()", "ÄÖ"), ("'😀a'.length()", "2"), ("'ab'.toChars()", "a, b"), ("' a '.trim()", "a"),
        ("'   '.trim().length()", "0"),
        ("'a,b,,c'.split(',').count()", "4"), ("'a,b'.split(',').join('-')", "a-b"), ("{}.join(',')", ""),
        ("'abc'.replace('b', '')", "ac"),
        ("'abc'.replace('', 'x')", "xaxbxcx"), ("'aaa'.replace('aa', 'b')", "ba"), ("'abc'.matches('b')", "true"),
        ("'abc'.matches('^b$')", "false"), ("'abc'.matchesFull('b')", "false"), ("'a\\nb'.matches('a.b')", "true"),
        ("'2020-01'.matches('^\\\\d{4}-\\\\d{2}$')", "true"), ("'x1'.matches('^[\\\\w-]+$')", "true"),
        ("'é'.matches('^\\\\p{L}$')", "true"),
        ("'a]'.matches('^[a\\\\]]+$')", "true"), ("'ab12'.replaceMatches('([a-z]+)(\\\\d+)', '$2-$1')", "12-ab"),
        (
            "'11/30/1972'.replaceMatches('\\\\b(?<m>\\\\d{1,2})/(?<d>\\\\d{1,2})/(?<y>\\\\d{2,4})\\\\b', "
                + "'${y}-${m}-${d}')",
            "1972-11-30"
        ),
        ("'aaa'.replaceMatches('a*?', '-')", "-a-a-a-"), ("'abab'.replaceMatches('(?:ab)+', 'x')", "x"),
        ("'a$'.replaceMatches('\\\\$', '$$1')", "a$1"),
        ("'abc'.replaceMatches('', 'x')", "abc"), ("'aXbX'.replaceMatches('(a|aX)(b|Xb)?', '<$0>')", "<aXb>X"),
        ("'aa'.encode('hex')", "6161"), ("'6161'.decode('hex')", "aa"), ("'6'.decode('hex')", ""),
        ("'any+?'.encode('base64')", "YW55Kz8="),
        ("'YW55Kz8='.decode('base64')", "any+?"), ("'??>'.encode('urlbase64')", "Pz8-"),
        ("'Pz8-'.decode('urlbase64')", "??>"),
        ("'/w=='.decode('base64')", ""), ("'a'.encode('rot13')", ""),
        ("'<a & \"b\">'.escape('html')", "&lt;a &amp; &quot;b&quot;&gt;"),
        ("'&lt;&#233;&#x41;&x'.unescape('html')", "<éA&x"), ("'a\\n\"'.escape('json')", "a\\n\\\""),
        ("'a\\\\n'.unescape('json')", "a\n"),
    ])
    func strings(_ text: String, _ expected: String) throws {
        #expect(try PathHarness.line(text) == expected, "\(text)")
    }

    @Test(arguments: [
        ("'1'.toInteger()", "1"), ("'1.0'.toInteger()", ""), ("'2147483648'.toInteger()", ""),
        ("true.toInteger()", "1"), ("'+7'.toInteger()", "7"),
        ("'1.50'.toDecimal()", "1.50"), ("'a'.toDecimal()", ""), ("'1.'.toDecimal()", ""), ("'T'.toBoolean()", "true"),
        ("2.toBoolean()", ""),
        ("1.0.toBoolean()", "true"), ("'2015-02'.toDate()", "2015-02"), ("'2015-02-30'.toDate()", ""),
        ("@2015-02-04T10:00.toDate()", "2015-02-04"),
        ("@2015.toDateTime()", "2015"), ("'10:30'.toTime()", "10:30"), ("'25:00'.toTime()", ""),
        ("'1 day'.toQuantity()", "1 day"),
        ("'1 \\'wk\\''.toQuantity()", "1 'wk'"), ("'1 wk'.toQuantity()", ""), ("1000 'mg'.toQuantity('g')", "1 'g'"),
        ("1 'mg'.toQuantity('s')", ""),
        ("1.toQuantity()", "1 '1'"), ("{}.convertsToInteger()", ""), ("'x'.convertsToInteger()", "false"),
        ("1.convertsToString()", "true"),
        ("1.type().name", "Integer"), ("1.type().namespace", "System"), ("@2015.type().name", "Date"),
        ("1 'g' is Quantity", "true"),
        ("1 is System.Integer", "true"), ("1 is FHIR.integer", "false"), ("1.is(System.Nothing)", "false"),
        ("(1 as Integer)", "1"), ("1.as(String)", ""),
    ])
    func conversions(_ text: String, _ expected: String) throws {
        #expect(try PathHarness.line(text) == expected, "\(text)")
    }
}
