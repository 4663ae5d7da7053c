import FHIRServerTesting
import Testing

@Suite struct QuantitySearchChecks {
    private static let ucum = "http://unitsofmeasure.org"

    private static func observation(_ id: String, _ quantity: String) -> (String, String) {
        ("Observation/\(id)", #""status":"final","code":{"text":"x"},"valueQuantity":{\#(quantity)}"#)
    }

    private static func risk(_ id: String, _ predictions: String) -> (String, String) {
        (
            "RiskAssessment/\(id)",
            #""status":"final","subject":{"reference":"Patient/p"},"prediction":[\#(predictions)]"#
        )
    }

    private static func probability(_ value: String) -> String { #"{"probabilityDecimal":\#(value)}"# }

    private static func charge(_ id: String, _ factor: String) -> (String, String) {
        (
            "ChargeItem/\(id)",
            #""status":"billable","code":{"text":"x"},"subject":{"reference":"Patient/p"},"factorOverride":\#(factor)"#
        )
    }

    @Test("C55: a number stands for the range that its precision implies", .check("C55"))
    func numbersByPrecision() async throws {
        let values = [
            ("a", "94.999"), ("b", "95"), ("c", "99.49"), ("d", "99.5"), ("e", "99.995"), ("f", "100"), ("g", "100.00"),
            ("h", "100.0049"), ("i", "100.005"), ("j", "100.49"), ("k", "100.5"), ("l", "104.99"), ("m", "105"),
        ]
        try await ValueSearch.with(values.map { Self.charge($0.0, $0.1) }) { client in
            try await client.expect(
                "ChargeItem",
                [
                    ("factor-override=100", "d e f g h i j"), ("factor-override=100.00", "e f g h"),
                    ("factor-override=1e2", "b c d e f g h i j k l"), ("factor-override=1.00e2", "d e f g h i j"),
                    ("factor-override=eq100", "d e f g h i j"), ("factor-override=ne100", "a b c k l m"),
                    ("factor-override=gt100", "h i j k l m"), ("factor-override=lt100", "a b c d e"),
                    ("factor-override=ge100", "f g h i j k l m"), ("factor-override=le100", "a b c d e f g"),
                    ("factor-override=gt100.00", "h i j k l m"), ("factor-override=sa100", "h i j k l m"),
                    ("factor-override=eb100", "a b c d e"), ("factor-override=ap100", "a b c d e f g h i j k l m"),
                    ("factor-override=ap86", ""), ("factor-override=ap87", "a b"),
                    ("factor-override=100.00,105", "e f g h l m"), ("factor-override:missing=true", ""),
                ])
            try await client.expectRefused(
                "ChargeItem",
                [
                    "factor-override=abc", "factor-override=gt", "factor-override=1.2.3", "factor-override=1e",
                    "factor-override=0x1",
                ]
                .filter { $0 != "factor-override=" })
        }
    }

    @Test("C55: signs, zero, exponents and ranges", .check("C55"))
    func numbersOfAllKinds() async throws {
        let range = #"{"probabilityRange":{"low":{"value":10},"high":{"value":20}}}"#
        let open = #"{"probabilityRange":{"low":{"value":1000}}}"#
        let resources = [
            Self.risk("minus", Self.probability("-5.4")), Self.risk("zero", Self.probability("0")),
            Self.risk("small", Self.probability("1e-7")), Self.risk("range", range), Self.risk("open", open),
            Self.risk("two", Self.probability("3") + "," + Self.probability("7")),
            ("RiskAssessment/none", #""status":"final","subject":{"reference":"Patient/p"}"#),
        ]
        try await ValueSearch.with(resources) { client in
            try await client.expect(
                "RiskAssessment",
                [
                    ("probability=-5.4", "minus"), ("probability=-5", "minus"), ("probability=-4", ""),
                    ("probability=-5.40", "minus"), ("probability=lt-5", "minus"),
                    ("probability=gt-6", "minus open range small two zero"),
                    ("probability=0", "small zero"), ("probability=0.0000001", "small"), ("probability=1e-7", "small"),
                    ("probability=0.00000010", "small"), ("probability=ap0", "small zero"),
                    ("probability=ap-5.4", "minus"), ("probability=gt15", "open range"),
                    ("probability=lt15", "minus range small two zero"),
                    ("probability=sa9", "open range"), ("probability=eb21", "minus range small two zero"),
                    ("probability=ge20", "open range"), ("probability=gt20", "open"), ("probability=15", ""),
                    ("probability=1e1", ""), ("probability=gt99999", "open"), ("probability=3", "two"),
                    ("probability=7", "two"),
                    ("probability=ne3", "minus open range small zero"), ("probability:missing=true", "none"),
                    ("probability:missing=false", "minus open range small two zero"),
                ])
        }
    }

    @Test("C56: number, number|system|code and number||code", .check("C56"))
    func quantityForms() async throws {
        let resources = [
            Self.observation("mg", #""value":5.4,"unit":"mg","system":"\#(Self.ucum)","code":"mg""#),
            Self.observation("words", #""value":5.4,"unit":"milligram","system":"\#(Self.ucum)","code":"mg""#),
            Self.observation("plain", #""value":5.4,"unit":"mg""#),
            Self.observation("other", #""value":5.4,"system":"http://units.example","code":"mg""#),
            Self.observation("bare", #""value":5.4"#),
            Self.observation("mL", #""value":5.4,"unit":"mL","system":"\#(Self.ucum)","code":"mL""#),
            Self.observation("fine", #""value":5.404,"unit":"mg","system":"\#(Self.ucum)","code":"mg""#),
            Self.observation("far", #""value":5.45,"unit":"mg","system":"\#(Self.ucum)","code":"mg""#),
        ]
        try await ValueSearch.with(resources) { client in
            try await client.expect(
                "Observation",
                [
                    ("value-quantity=5.4|\(Self.ucum)|mg", "fine mg words"),
                    ("value-quantity=5.4||mg", "fine mg other plain words"),
                    ("value-quantity=5.4", "bare fine mL mg other plain words"),
                    ("value-quantity=5.40|\(Self.ucum)|mg", "fine mg words"),
                    ("value-quantity=5.400|\(Self.ucum)|mg", "mg words"), ("value-quantity=5.4||milligram", "words"),
                    ("value-quantity=5.4|http://units.example|mg", "other"),
                    ("value-quantity=5.4|http://units.example|ug", ""),
                    ("value-quantity=gt5.4|\(Self.ucum)|mg", "far fine"),
                    ("value-quantity=ge5.4||mg", "far fine mg other plain words"),
                    ("value-quantity=le5.4||mg", "mg other plain words"), ("value-quantity=lt5.4", ""),
                    ("value-quantity=ne5.4|\(Self.ucum)|mg", "far"),
                    ("value-quantity=ap5|\(Self.ucum)|mg", "far fine mg words"),
                    ("value-quantity=sa5.4", "far fine"), ("value-quantity=eb5.404|\(Self.ucum)|mg", "mg words"),
                    ("value-quantity=5.4|\(Self.ucum)|nonsense", ""),
                    ("value-quantity=5.4||", "bare fine mL mg other plain words"),
                ])
            try await client.expectRefused(
                "Observation",
                [
                    "value-quantity=x", "value-quantity=5.4|mg", "value-quantity=5.4|a|b|c",
                    "value-quantity=5.4|\(Self.ucum)|",
                    "value-quantity=|\(Self.ucum)|mg",
                ])
        }
    }

    @Test("C56: stored comparators are open ranges", .check("C56"))
    func comparators() async throws {
        let resources = ["<", "<=", ">", ">="].enumerated().map { index, comparator in
            Self.observation(
                ["lt", "le", "gt", "ge"][index],
                #""value":5,"comparator":"\#(comparator)","unit":"mg","system":"\#(Self.ucum)","code":"mg""#)
        }
        try await ValueSearch.with(
            resources + [Self.observation("exact", #""value":5,"code":"mg","system":"\#(Self.ucum)""#)]
        ) { client in
            for unit in ["", "|\(Self.ucum)|mg", "||mg"] {
                try await client.expect(
                    "Observation",
                    [
                        ("value-quantity=5\(unit)", "exact"), ("value-quantity=lt5\(unit)", "le lt"),
                        ("value-quantity=le5\(unit)", "exact ge le lt"),
                        ("value-quantity=gt5\(unit)", "ge gt"), ("value-quantity=ge5\(unit)", "exact ge gt le"),
                        ("value-quantity=gt4\(unit)", "exact ge gt le lt"), ("value-quantity=lt4\(unit)", "le lt"),
                        ("value-quantity=gt900\(unit)", "ge gt"), ("value-quantity=sa5\(unit)", "gt"),
                        ("value-quantity=eb5\(unit)", "lt"),
                        ("value-quantity=ne5\(unit)", "ge gt le lt"),
                    ])
            }
            try await client.expect(
                "Observation",
                [("value-quantity=gt900000|\(Self.ucum)|ug", "ge gt"), ("value-quantity=eb0.005|\(Self.ucum)|g", "lt")])
        }
    }

    @Test("C57: units of UCUM that compare find each other", .check("C57"))
    func canonicalUnits() async throws {
        func ucum(_ id: String, _ value: String, _ code: String) -> (String, String) {
            Self.observation(id, #""value":\#(value),"unit":"\#(code)","system":"\#(Self.ucum)","code":"\#(code)""#)
        }
        let resources = [
            ucum("mg", "5.4", "mg"), ucum("g", "0.0054", "g"), ucum("ug", "5400", "ug"), ucum("kg", "1", "kg"),
            ucum("cel", "37", "Cel"), ucum("far", "98.6", "[degF]"), ucum("k", "310.15", "K"),
            ucum("bpm", "60", "/min"),
            ucum("hz", "1", "Hz"), ucum("ph", "7.4", "[pH]"), ucum("ph2", "7.5", "[pH]"), ucum("iu", "5", "[IU]/L"),
            ucum("arb", "5", "[arb'U]/L"),
            Self.observation("literal", #""value":5.4,"system":"http://x.example","code":"mg""#),
        ]
        try await ValueSearch.with(resources) { client in
            try await client.expect(
                "Observation",
                [
                    ("value-quantity=5400|\(Self.ucum)|ug", "g mg ug"), ("value-quantity=5400||ug", "g mg ug"),
                    ("value-quantity=5.4|\(Self.ucum)|mg", "g mg ug"), ("value-quantity=5.4||mg", "g literal mg ug"),
                    ("value-quantity=0.0054||g", "g mg ug"), ("value-quantity=gt5000|\(Self.ucum)|ug", "g kg mg ug"),
                    ("value-quantity=lt1|\(Self.ucum)|g", "g mg ug"),
                    ("value-quantity=eb0.5|\(Self.ucum)|kg", "g mg ug"),
                    ("value-quantity=ne5400|\(Self.ucum)|ug", "kg"), ("value-quantity=ap6000||ug", "g mg ug"),
                    ("value-quantity=37|\(Self.ucum)|Cel", "cel far k"), ("value-quantity=98.6||[degF]", "cel far k"),
                    ("value-quantity=gt36.9||Cel", "cel far k"), ("value-quantity=gt37||Cel", ""),
                    ("value-quantity=ge37||Cel", "cel far k"),
                    ("value-quantity=1||Hz", "bpm hz"), ("value-quantity=60|\(Self.ucum)|/min", "bpm hz"),
                    ("value-quantity=gt7.4|\(Self.ucum)|[pH]", "ph2"), ("value-quantity=7.4||[pH]", "ph"),
                    ("value-quantity=5000|\(Self.ucum)|m[IU]/L", "iu"),
                    ("value-quantity=5|\(Self.ucum)|[arb'U]/L", "arb"),
                ])
        }
    }

    @Test("C57: canonical units in components and composites", .check("C57", "C64"))
    func canonicalComponents() async throws {
        func component(_ code: String, _ value: String, _ unit: String) -> String {
            #"""
            {"code":{"coding":[{"system":"http://loinc.org","code":"\#(code)"}]},
            "valueQuantity":{"value":\#(value),"system":"\#(Self.ucum)","code":"\#(unit)"}}
            """#
        }
        let members =
            #""status":"final","code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},"component":"#
        let resources = [
            (
                "Observation/a",
                members + "[" + component("8480-6", "120", "mm[Hg]") + "," + component("8462-4", "80", "mm[Hg]") + "]"
            ),
            (
                "Observation/b",
                members + "[" + component("8480-6", "16", "kPa") + "," + component("8462-4", "9", "kPa") + "]"
            ),
        ]
        try await ValueSearch.with(resources) { client in
            try await client.expect(
                "Observation",
                [
                    ("component-code-value-quantity=http://loinc.org|8480-6$120|\(Self.ucum)|mm[Hg]", "a b"),
                    ("component-code-value-quantity=8480-6$gt119|\(Self.ucum)|mm[Hg]", "a b"),
                    ("component-code-value-quantity=8480-6$120.00||mm[Hg]", "a"),
                    ("component-code-value-quantity=8462-4$gt75||mm[Hg]", "a"),
                    ("component-code-value-quantity=8462-4$lt75||mm[Hg]", "b"),
                    ("combo-code-value-quantity=8462-4$lt10.0||kPa", "b"),
                    ("combo-code-value-quantity=8480-6$lt10.0||kPa", ""),
                    ("component-code-value-quantity=8480-6$gt100", "a"),
                    ("combo-value-quantity=gt118||mm[Hg]", "a b"), ("component-value-quantity=9||kPa", "b"),
                    ("component-value-quantity=67.5||mm[Hg]", "b"),
                    ("component-code-value-quantity=8480-6$80||mm[Hg]", ""),
                ])
        }
    }
}
