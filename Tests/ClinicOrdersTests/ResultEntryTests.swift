import ClinicTesting
import FHIRServerTesting
import JSONTape
import Testing

/// `DiagnosticReport/$enter-results`: types, units, ranges and flags.
@Suite struct ResultEntryTests {
    private static let path = "DiagnosticReport/$enter-results"

    private static func quantity(_ value: String, _ unit: String?, comparator: String? = nil) -> String {
        let rest = (unit.map { #","unit":"\#($0)""# } ?? "") + (comparator.map { #","comparator":"\#($0)""# } ?? "")
        return #""valueQuantity":{"value":\#(value)\#(rest)}"#
    }

    @Test func flagsOfPotassium() async throws {
        try await OrderClinic.with { clinic in
            let cases: [(value: String, flag: String)] = [
                (Self.quantity("3.50", "mmol/L"), "N"), (Self.quantity("5.1", "mmol/L"), "N"),
                (Self.quantity("3.499", "mmol/L"), "L"), (Self.quantity("5.10001", "mmol/L"), "H"),
                (Self.quantity("2.4", "mmol/L"), "LL"), (Self.quantity("2.5", "mmol/L"), "L"),
                (Self.quantity("6.51", "mmol/L"), "HH"), (Self.quantity("6.5", "mmol/L"), "H"),
                // Other units of the same kind.
                (Self.quantity("4200", "umol/L"), "N"), (Self.quantity("0.0070", "mol/L"), "HH"),
                // The true value lies beside the number.
                (Self.quantity("2.5", "mmol/L", comparator: "<"), "LL"),
                (Self.quantity("4", "mmol/L", comparator: "<"), "-"),
                (Self.quantity("4", "mmol/L", comparator: ">"), "-"),
                (Self.quantity("6.5", "mmol/L", comparator: ">"), "HH"),
            ]
            for (number, entry) in cases.enumerated() {
                let order = try await clinic.order("flag-\(number)")
                let report = try await clinic.enter(order, "2823-3", entry.value)
                let found = try await clinic.flag(of: report)
                #expect(found == entry.flag, "\(entry.value)")
            }
        }
    }

    @Test func valuesStayAsTheyWereGiven() async throws {
        try await OrderClinic.with { clinic in
            let report = try await clinic.enter(try await clinic.order(), "2823-3", Self.quantity("4.200", "mmol/L"))
            let value = try #require(try await clinic.observation(of: report)["valueQuantity"])
            #expect(value["value"]?.numberText == "4.200")
            #expect(value["unit"]?.string == "mmol/L")
            #expect(value["code"]?.string == "mmol/L")
            #expect(value["system"]?.string == "http://unitsofmeasure.org")
            let range = try #require(try await clinic.observation(of: report)["referenceRange"]?.items.first)
            #expect(range["low"]?["value"]?.numberText == "3.5")
            // A number with its unit beside it.
            let order = try await clinic.order("1")
            let parts = [OrderClinic.text("unit", "mmol/L"), OrderClinic.text("note", "second run")]
            let number = try await clinic.ok(
                clinic.technician, Self.path,
                [OrderClinic.request(order), OrderClinic.result("2823-3", #""valueDecimal":3.90"#, parts)])
            let observation = try await clinic.observation(of: "DiagnosticReport/\(number["id"]?.string ?? "")")
            #expect(observation["valueQuantity"]?["value"]?.numberText == "3.90")
            #expect(observation["valueQuantity"]?["code"]?.string == "mmol/L")
            #expect(observation["note"]?.items.first?["text"]?.string == "second run")
        }
    }

    @Test func textsAndCodes() async throws {
        try await OrderClinic.with { clinic in
            let positive = #""valueCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"10828004"}]}"#
            for (system, id) in [("10828004", "positive"), ("260385009", "negative")] {
                try await clinic.put(
                    #"{"resourceType":"ValueSet","id":"\#(id)","url":"http://clinic.org/vs/\#(id)","status":"active","#
                        + #""compose":{"include":[{"system":"http://snomed.info/sct","#
                        + #""concept":[{"code":"\#(system)"}]}]}}"#
                )
            }
            try await clinic.put(
                """
                {"resourceType":"ObservationDefinition","id":"coded","code":\(OrderClinic.concept("coded")),
                 "permittedDataType":["CodeableConcept"],
                 "normalCodedValueSet":{"reference":"ValueSet/negative"},
                 "abnormalCodedValueSet":{"reference":"ValueSet/positive"}}
                """)
            let order = try await clinic.order("1")
            #expect(try await clinic.flag(of: try await clinic.enter(order, "coded", positive)) == "A")
            let second = try await clinic.order("2")
            let negative = positive.replacing("10828004", with: "260385009")
            #expect(try await clinic.flag(of: try await clinic.enter(second, "coded", negative)) == "N")
            let third = try await clinic.order("3")
            let report = try await clinic.enter(third, "text", #""valueString":"cloudy""#)
            #expect(try await clinic.observation(of: report)["valueString"]?.string == "cloudy")
            #expect(try await clinic.flag(of: report) == "-")
        }
    }

    @Test func refusals() async throws {
        try await OrderClinic.with { clinic in
            let order = try await clinic.order()
            try await clinic.put(
                """
                {"resourceType":"ObservationDefinition","id":"coded","code":\(OrderClinic.concept("coded")),
                 "permittedDataType":["CodeableConcept"]}
                """)
            func entry(_ code: String, _ value: String, _ parts: [String] = []) -> [String] {
                [OrderClinic.request(order), OrderClinic.result(code, value, parts)]
            }
            let cases: [([String], String)] = [
                ([OrderClinic.request(order)], "400 invalid-parameter"),
                ([OrderClinic.result("1", OrderClinic.mmol("1"))], "400 invalid-parameter"),
                (
                    [OrderClinic.request("ServiceRequest/none"), OrderClinic.result("1", OrderClinic.mmol("1"))],
                    "422 unknown-reference"
                ),
                (entry("2823-3", Self.quantity("4", "mg/dL")), "422 unit-mismatch"),
                (entry("2823-3", Self.quantity("4", "bananas")), "422 unit-mismatch"),
                (entry("2823-3", Self.quantity("4", nil)), "422 unit-mismatch"),
                (entry("2823-3", OrderClinic.mmol("4"), [OrderClinic.text("unit", "mol/L")]), "422 unit-mismatch"),
                (entry("2823-3", #""valueString":"high""#), "422 value-type"),
                (entry("2823-3", #""valueQuantity":{"unit":"mmol/L"}"#), "422 value-type"),
                (entry("coded", OrderClinic.mmol("4")), "422 value-type"),
                (entry("1", #""valueString":"x""#, [OrderClinic.text("unit", "mmol/L")]), "422 value-type"),
                (entry("1", #""valueAttachment":{"contentType":"text/plain"}"#), "400 invalid-parameter"),
                (entry("1", #""valueQuantity":{"value":"4"}"#), "400 invalid-parameter"),
            ]
            for (parameters, expected) in cases {
                #expect(try await clinic.outcome(clinic.technician, Self.path, parameters) == expected, "\(parameters)")
            }
            #expect(try await clinic.count("SELECT count(*) FROM diagnosticreport") == 0)
            #expect(try await clinic.count("SELECT count(*) FROM observation") == 0)
            try await clinic.ok(clinic.doctor, "\(order)/$cancel")
            #expect(
                try await clinic.outcome(clinic.technician, Self.path, entry("1", OrderClinic.mmol("1")))
                    == "422 illegal-transition")
        }
    }

    /// Many at once are one report.
    @Test func parallelEntriesMakeOneReport() async throws {
        try await OrderClinic.with { clinic in
            let order = try await clinic.order()
            let outcomes = try await parallel(32) { number in
                try await clinic.outcome(
                    clinic.technician, Self.path,
                    [OrderClinic.request(order), OrderClinic.result("c\(number % 16)", OrderClinic.mmol("\(number)"))])
            }
            #expect(outcomes == ["200": 32])
            #expect(try await clinic.count("SELECT count(*) FROM diagnosticreport") == 1)
            #expect(try await clinic.count("SELECT count(*) FROM observation") == 16)
        }
    }

    @Test func panicValuesHoldWhereTheDefinitionSaysNothing() async throws {
        try await OrderClinic.with { clinic in
            let sodium = try await clinic.enter(try await clinic.order("1"), "2951-2", OrderClinic.mmol("119"))
            #expect(try await clinic.flag(of: sodium) == "LL")
            try await clinic.ok(
                clinic.doctor, "$clinic-setting-set",
                [
                    OrderClinic.code("name", "results.panic-values"),
                    OrderClinic.text("value", #"{\"http://loinc.org|2951-2\":{\"low\":110,\"unit\":\"mmol/L\"}}"#),
                ])
            let again = try await clinic.enter(try await clinic.order("2"), "2951-2", OrderClinic.mmol("119"))
            #expect(try await clinic.flag(of: again) == "-")
        }
    }
}
