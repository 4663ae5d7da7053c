import ClinicTesting
import FHIRServerTesting
import Foundation
import JSONTape
import Testing

/// The laboratory catalogue among the fixtures: it is valid, and gives each person their own range.
@Suite struct CatalogueTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "fixtures/fhir/catalogue")

    private struct Row {
        var name: String
        /// As on 1 May 2026.
        var patient: (gender: String?, born: String?)
        var value: String
        var unit: String
        var flag: String
        init(_ name: String, _ gender: String?, _ born: String?, _ value: String, _ unit: String, _ flag: String) {
            self.name = name
            patient = (gender, born)
            self.value = value
            self.unit = unit
            self.flag = flag
        }
    }

    private static let rows = [
        Row("hemoglobin", "male", "1980-01-01", "13.0", "g/dL", "L"),
        Row("hemoglobin", "female", "1980-01-01", "13.0", "g/dL", "N"),
        Row("hemoglobin", "male", "2016-01-01", "13.0", "g/dL", "N"),
        Row("hemoglobin", "female", "2026-04-20", "13.0", "g/dL", "L"),
        Row("hemoglobin", "female", "1980-01-01", "130", "g/L", "N"),
        Row("hemoglobin", "female", "1980-01-01", "6.9", "g/dL", "LL"),
        // The birthday decides: eighteen today, and tomorrow.
        Row("hemoglobin", "male", "2008-05-01", "16.0", "g/dL", "N"),
        Row("hemoglobin", "male", "2008-05-02", "16.0", "g/dL", "H"),
        // Without sex or age only what holds for all can be said.
        Row("hemoglobin", nil, "1980-01-01", "13.0", "g/dL", "-"),
        Row("hemoglobin", nil, nil, "21", "g/dL", "HH"),
        Row("platelets", nil, nil, "149", "10*3/uL", "L"),
        Row("platelets", nil, nil, "149000", "/uL", "L"),
        Row("creatinine", "female", "2020-05-01", "0.8", "mg/dL", "H"),
        Row("creatinine", "female", "1990-05-01", "0.8", "mg/dL", "N"),
        // By amount of substance: the definition knows the molar mass.
        Row("creatinine", "female", "1990-05-01", "120", "umol/L", "H"),
        Row("glucose", "male", "1990-05-01", "5.0", "mmol/L", "N"),
        Row("glucose", "male", "1990-05-01", "30", "mmol/L", "HH"),
        Row("glucose", "male", "2026-05-01", "65", "mg/dL", "H"),
        Row("bilirubin", "male", "2026-04-28", "10", "mg/dL", "N"),
        Row("bilirubin", "male", "2026-04-28", "16", "mg/dL", "HH"),
        Row("bilirubin", "male", "1990", "10", "mg/dL", "H"),
        Row("inr", "male", "1990", "5.1", "{INR}", "HH"),
        Row("tsh", "female", "1990", "5.0", "m[IU]/L", "H"),
        Row("tsh", "female", "2014", "5.0", "m[IU]/L", "N"),
        Row("alkaline-phosphatase", "male", "2010-01-01", "300", "U/L", "N"),
        Row("alkaline-phosphatase", "female", "2010-01-01", "300", "U/L", "H"),
        Row("cholesterol", "male", "1980-01-01", "199", "mg/dL", "N"),
        Row("cholesterol", "male", "2014-01-01", "199", "mg/dL", "H"),
        Row("crp", "male", "1980-01-01", "5.1", "mg/L", "H"),
    ]

    @Test func everyPersonHasTheirOwnRange() async throws {
        try await OrderClinic.with { clinic in
            #expect(try await clinic.doctor.delete("ObservationDefinition/potassium").status < 300)
            var codes: [String: String] = [:]
            let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
                .filter { $0.hasSuffix(".json") }
            #expect(files.count == 25)
            for file in files {
                let text = try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
                try await clinic.put(text)
                let node = JSONNode(try Document.parse(Array(text.utf8)))
                codes[String(file.dropLast(5))] = node["code"]?["coding"]?.items.first?["code"]?.string
            }
            for (number, row) in Self.rows.enumerated() {
                let gender = row.patient.gender.map { #","gender":"\#($0)""# } ?? ""
                let born = row.patient.born.map { #","birthDate":"\#($0)""# } ?? ""
                try await clinic.put(#"{"resourceType":"Patient","id":"c\#(number)"\#(gender)\#(born)}"#)
                let code = try #require(codes[row.name])
                let order = try await clinic.order(code, patient: "c\(number)")
                try await clinic.ok(
                    clinic.nurse, "Specimen/$collect",
                    OrderClinic.collect(order, "C\(number)") + [
                        #"{"name":"collected","valueDateTime":"2026-05-01T08:00:00Z"}"#
                    ])
                let value = #""valueQuantity":{"value":\#(row.value),"unit":"\#(row.unit)"}"#
                let report = try await clinic.enter(order, code, value)
                let flag = try await clinic.flag(of: report)
                #expect(flag == row.flag, "\(row.name) \(row.patient) \(row.value)")
            }
        }
    }
}
