import FHIRServerTesting
import Testing

@Suite struct SearchValueChecks {
    private static func place(_ id: String, _ latitude: String, _ longitude: String) -> (String, String) {
        ("Location/\(id)", #""position":{"latitude":\#(latitude),"longitude":\#(longitude)}"#)
    }

    @Test("near: places within a distance, in any unit of length")
    func near() async throws {
        let resources = [
            Self.place("oslo", "59.9139", "10.7522"), Self.place("drammen", "59.7439", "10.2045"),
            Self.place("bergen", "60.3913", "5.3221"), Self.place("fiji", "-16.5", "179.9"),
            Self.place("taveuni", "-16.8", "-179.95"),
            Self.place("pole", "89.9", "20"), Self.place("otherside", "89.9", "-160"),
            ("Location/none", #""name":"nowhere""#),
        ]
        try await ValueSearch.with(resources) { client in
            try await client.expect(
                "Location",
                [
                    ("near=59.9139|10.7522", "drammen oslo"), ("near=59.9139|10.7522|10", "oslo"),
                    ("near=59.9139|10.7522|0", "oslo"),
                    ("near=59.9139|10.7522|40|km", "drammen oslo"), ("near=59.9139|10.7522|36|km", "drammen oslo"),
                    ("near=59.9139|10.7522|35|km", "oslo"), ("near=59.9139|10.7522|36000|m", "drammen oslo"),
                    ("near=59.9139|10.7522|35000|m", "oslo"), ("near=59.9139|10.7522|23|mi", "drammen oslo"),
                    ("near=59.9139|10.7522|22|mi", "oslo"), ("near=59.9139|10.7522|23|[mi_i]", "drammen oslo"),
                    ("near=59.9139|10.7522|310", "bergen drammen oslo"), ("near=59.9139|10.7522|300", "drammen oslo"),
                    ("near=-16.5|179.9|40", "fiji taveuni"), ("near=-16.8|-179.95|40", "fiji taveuni"),
                    ("near=-16.5|179.9|30", "fiji"),
                    ("near=90|0|12", "otherside pole"), ("near=89.9|20|25", "otherside pole"),
                    ("near=89.9|20|20", "pole"),
                    ("near=0|0|30000", "bergen drammen fiji oslo otherside pole taveuni"), ("near=0|0|1", ""),
                    ("near=59.9139|10.7522|10,60.3913|5.3221|10", "bergen oslo"), ("near:missing=true", "none"),
                    ("near=59.9139|10.7522||", "drammen oslo"),
                ])
            try await client.expectRefused(
                "Location",
                [
                    "near=x", "near=59", "near=91|0", "near=0|181", "near=a|b", "near=1|2|x", "near=1|2|-1",
                    "near=1|2|3|kg",
                    "near=1|2|3|parsnip", "near=1|2|3|km|5", "near=||5", "near=1|2||km", "near:exact=1|2",
                ])
            let sorted = try await client.get("Location?_sort=near")
            #expect(sorted.isOutcome)
        }
    }

    @Test("C64: parts of a composite come from one repetition", .check("C64"))
    func composites() async throws {
        func component(_ code: String, _ value: String) -> String {
            #"{"code":{"coding":[{"system":"http://s.example","code":"\#(code)"}]},\#(value)}"#
        }
        func observation(_ id: String, _ parts: String...) -> (String, String) {
            (
                "Observation/\(id)",
                #"""
                "status":"final","code":{"coding":[{"system":"http://s.example","code":"panel"}]},
                "valueString":"Top $ value, with | signs","component":[\#(parts.joined(separator: ","))]
                """#
            )
        }
        func quantity(_ value: String) -> String { #""valueQuantity":{"value":\#(value),"unit":"u"}"# }
        func concept(_ code: String) -> String {
            #""valueCodeableConcept":{"coding":[{"system":"http://v.example","code":"\#(code)"}]}"#
        }
        let resources = [
            observation("a", component("x", quantity("1")), component("y", quantity("5"))),
            observation("b", component("x", quantity("5")), component("y", quantity("1"))),
            observation("c", component("x", concept("yes")), component("y", concept("no"))),
            observation("d", component("x", concept("no")), component("y", concept("yes"))),
            (
                "Observation/e",
                #"""
                "status":"final","code":{"coding":[{"system":"http://s.example","code":"alone"}]},
                "effectiveDateTime":"2020-05-01","valueDateTime":"2019-01-01"
                """#
            ),
        ]
        try await ValueSearch.with(resources) { client in
            try await client.expect(
                "Observation",
                [
                    ("component-code-value-quantity=x$1", "a"), ("component-code-value-quantity=x$gt2", "b"),
                    ("component-code-value-quantity=http://s.example|y$5||u", "a"),
                    ("component-code-value-quantity=x$ne1", "b"),
                    ("component-code-value-quantity=x$5,y$5", "a b"), ("component-code-value-quantity=z$5", ""),
                    ("component-code-value-concept=x$yes", "c"),
                    ("component-code-value-concept=http://s.example|x$http://v.example|no", "d"),
                    ("component-code-value-concept=x$no,y$no", "c d"), ("combo-code-value-concept=y$yes", "d"),
                    ("code-value-string=panel$Top \\$ value\\, with", "a b c d"),
                    ("code-value-string=panel$nothing", ""),
                    ("code-value-string=http://s.example|panel$top", "a b c d"), ("code-value-date=alone$2019", "e"),
                    ("code-value-date=alone$gt2019", ""), ("code-value-date=alone$lt2020", "e"),
                    ("code-value-date=panel$2019", ""),
                    ("component-code-value-quantity:missing=true", "c d e"),
                    ("component-code-value-quantity:missing=false", "a b"),
                    ("component-code-value-concept:missing=false", "c d"), ("code-value-date:missing=false", "e"),
                ])
            try await client.expectRefused(
                "Observation",
                [
                    "component-code-value-quantity=x", "component-code-value-quantity=x$",
                    "component-code-value-quantity=$1",
                    "component-code-value-quantity=x$1$2", "component-code-value-quantity=x$abc",
                    "code-value-date=x$gt",
                    "component-code-value-quantity:exact=x$1",
                ])
        }
    }
}
